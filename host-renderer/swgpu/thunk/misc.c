/*
 * Small chapters: clocks, trap handler, tiling, paging modes, the debugger's handshake.
 */
#include <string.h>
#include <time.h>

#include "host-renderer/swgpu/sched/clock.h"
#include "host-renderer/swgpu/thunk/thunk.h"

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The status for a call about the GPU that has no further effect: `ok` if it is well-formed. */
static HSAKMT_STATUS gpu_call(HSAuint32 node, bool valid, HSAKMT_STATUS ok)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	swgpu_thunk_put(t);
	status = swgpu_check_gpu_node(node);
	if (!status && !valid)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	return status ? status : ok;
}

/* As the kernel driver, which gives the machine's clocks for a CPU node, too: ROCr asks node 0 for
 * their frequency. */
HSAKMT_STATUS hsaKmtGetClockCounters(HSAuint32 NodeId, HsaClockCounters *Counters)
{
	bool is_cpu = NodeId == SWGPU_CPU_NODE;
	HSAKMT_STATUS status =
	    gpu_call(is_cpu ? SWGPU_GPU_NODE : NodeId, Counters != NULL, HSAKMT_STATUS_SUCCESS);

	if (!status)
		*Counters = (HsaClockCounters){
		    .GPUClockCounter = is_cpu ? 0 : swgpu_clock_gpu(),
		    .CPUClockCounter = read_clock(CLOCK_MONOTONIC_RAW),
		    .SystemClockCounter = read_clock(CLOCK_BOOTTIME),
		    .SystemClockFrequencyHz = 1000000000,
		};
	return status;
}

/* Traps are handled by the processor itself; the handler is never run. */
HSAKMT_STATUS hsaKmtSetTrapHandler(HSAuint32 NodeId, void *TrapHandlerBaseAddress,
				   HSAuint64 TrapHandlerSizeInBytes, void *TrapBufferBaseAddress,
				   HSAuint64 TrapBufferSizeInBytes)
{
	(void)TrapHandlerBaseAddress;
	(void)TrapHandlerSizeInBytes;
	(void)TrapBufferBaseAddress;
	(void)TrapBufferSizeInBytes;
	return gpu_call(NodeId, true, HSAKMT_STATUS_SUCCESS);
}

/* Memory is linear: no tile modes, and an address configuration of 0. */
HSAKMT_STATUS hsaKmtGetTileConfig(HSAuint32 NodeId, HsaGpuTileConfig *config)
{
	HSAKMT_STATUS status = gpu_call(NodeId, config != NULL, HSAKMT_STATUS_SUCCESS);

	if (status)
		return status;
	config->NumTileConfigs = 0;
	config->NumMacroTileConfigs = 0;
	config->GbAddrConfig = 0;
	config->NumBanks = 0;
	config->NumRanks = 0;
	return HSAKMT_STATUS_SUCCESS;
}

/* As AMD's library for every GPU after gfx7. */
HSAKMT_STATUS hsaKmtSetMemoryPolicy(HSAuint32 Node, HSAuint32 DefaultPolicy,
				    HSAuint32 AlternatePolicy, void *MemoryAddressAlternate,
				    HSAuint64 MemorySizeInBytes)
{
	(void)DefaultPolicy;
	(void)AlternatePolicy;
	(void)MemoryAddressAlternate;
	(void)MemorySizeInBytes;
	return gpu_call(Node, true, HSAKMT_STATUS_NOT_IMPLEMENTED);
}

/* Page faults cannot be retried: off is the only mode. */
HSAKMT_STATUS hsaKmtGetXNACKMode(HSAint32 *enable)
{
	HSAKMT_STATUS status = gpu_call(SWGPU_GPU_NODE, enable != NULL, HSAKMT_STATUS_SUCCESS);

	if (!status)
		*enable = 0;
	return status;
}

HSAKMT_STATUS hsaKmtSetXNACKMode(HSAint32 enable)
{
	return gpu_call(SWGPU_GPU_NODE, true,
			enable ? HSAKMT_STATUS_NOT_SUPPORTED : HSAKMT_STATUS_SUCCESS);
}

/* No debugger can attach; the runtime goes on without its handshake. */
HSAKMT_STATUS hsaKmtRuntimeEnable(void *rDebug, bool setupTtmp)
{
	(void)rDebug;
	(void)setupTtmp;
	return gpu_call(SWGPU_GPU_NODE, true, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtRuntimeDisable(void)
{
	return gpu_call(SWGPU_GPU_NODE, true, HSAKMT_STATUS_NOT_SUPPORTED);
}

/* What a debugger may do: no bits. */
HSAKMT_STATUS hsaKmtGetRuntimeCapabilities(HSAuint32 *caps_mask)
{
	HSAKMT_STATUS status = gpu_call(SWGPU_GPU_NODE, caps_mask != NULL, HSAKMT_STATUS_SUCCESS);

	if (!status)
		*caps_mask = 0;
	return status;
}
