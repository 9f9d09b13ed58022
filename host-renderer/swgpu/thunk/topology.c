/*
 * Topology: node 0 is the host, node 1 the GPU, joined by PCI Express with atomics.
 *
 * As in AMD's library, properties can be read only while a snapshot is taken.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "host-renderer/swgpu/thunk/host.h"
#include "host-renderer/swgpu/thunk/thunk.h"

#define SIMDS_A_UNIT 4u
#define GPU_CACHES   2u
#define GPU_BANKS    3u
#define KFD_GPU_ID   0x5347u /* any number but 0 */

HSAKMT_STATUS hsaKmtAcquireSystemProperties(HsaSystemProperties *SystemProperties)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (SystemProperties) {
		*SystemProperties = (HsaSystemProperties){.NumNodes = SWGPU_NUM_NODES};
		pthread_mutex_lock(&t->lock);
		t->snapshot = true;
		pthread_mutex_unlock(&t->lock);
	}
	swgpu_thunk_put(t);
	return SystemProperties ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_PARAMETER;
}

HSAKMT_STATUS hsaKmtReleaseSystemProperties(void)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	pthread_mutex_lock(&t->lock);
	t->snapshot = false;
	pthread_mutex_unlock(&t->lock);
	swgpu_thunk_put(t);
	return HSAKMT_STATUS_SUCCESS;
}

/* Begins a query about a node, whose result goes to `out`. On SUCCESS the caller puts *ret. */
static HSAKMT_STATUS begin(HSAuint32 node, const void *out, struct swgpu_thunk **ret)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	bool snapshot;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	pthread_mutex_lock(&t->lock);
	snapshot = t->snapshot;
	pthread_mutex_unlock(&t->lock);
	if (out && snapshot && node < SWGPU_NUM_NODES) {
		*ret = t;
		return HSAKMT_STATUS_SUCCESS;
	}
	swgpu_thunk_put(t);
	return out ? HSAKMT_STATUS_INVALID_NODE_UNIT : HSAKMT_STATUS_INVALID_PARAMETER;
}

static void set_name(HsaNodeProperties *p, const char *name)
{
	for (unsigned i = 0; i + 1 < HSA_PUBLIC_NAME_SIZE && name[i]; i++)
		p->MarketingName[i] = (unsigned char)name[i];
}

static void fill_cpu(HsaNodeProperties *p)
{
	HsaCacheProperties caches[SWGPU_HOST_CACHES];
	char name[HSA_PUBLIC_NAME_SIZE];

	p->NumCPUCores = swgpu_host_processors();
	p->NumMemoryBanks = 1;
	p->NumCaches = swgpu_host_caches(caches);
	p->NumIOLinks = 1;
	p->MaxEngineClockMhzCCompute = swgpu_host_mhz();
	p->DrmRenderMinor = -1;
	swgpu_host_name(name, sizeof(name));
	set_name(p, name);
}

static void fill_gpu_engine(HsaNodeProperties *p, const struct swgpu_config *c)
{
	p->NumFComputeCores = c->units * SIMDS_A_UNIT;
	p->NumSIMDPerCU = SIMDS_A_UNIT;
	p->NumCUPerArray = c->units;
	p->NumArrays = 1;
	p->NumShaderBanks = 1;
	p->WaveFrontSize = 64;
	p->MaxWavesPerSIMD = 10;
	p->MaxSlotsScratchCU = 32;
	p->LDSSizeInKB = 64;
	p->VGPRSizePerCU = 256 << 10;
	p->SGPRSizePerCU = 12800;
	p->EngineId.ui32.Major = c->major & 0x3f;
	p->EngineId.ui32.Minor = c->minor & 0xff;
	p->EngineId.ui32.Stepping = c->stepping & 0xff;
	p->Capability.ui32.DoorbellType = 2;
	p->NumSdmaEngines = 2;
	p->NumSdmaQueuesPerEngine = 2;
	p->NumCpQueues = 24;
	p->NumGws = SWGPU_QUEUE_GWS;
	p->MaxEngineClockMhzFCompute = 1000;
}

static void fill_gpu(HsaNodeProperties *p, const struct swgpu_config *c)
{
	/* The runtime of ROCm 6 divides by the number of XCCs. */
	const struct vt_abi_late late = {
	    .num_xcc = 1, .kfd_gpu_id = KFD_GPU_ID, .family_id = c->family_id};
	char name[HSA_PUBLIC_NAME_SIZE];

	fill_gpu_engine(p, c);
	p->NumMemoryBanks = GPU_BANKS;
	p->NumCaches = GPU_CACHES;
	p->NumIOLinks = 1;
	p->FComputeIdLo = 0x80000000;
	p->VendorId = 0x1002;
	p->DeviceId = c->device_id;
	p->LocationId = 0x100; /* 01:00.0 */
	p->LocalMemSize = c->vram_bytes;
	p->DrmRenderMinor = -1;
	p->UniqueID = 0x7377677075000001;
	vt_abi_put_late(p, &late);
	snprintf((char *)p->AMDName, sizeof(p->AMDName), "%s", c->gfx);
	snprintf(name, sizeof(name), "vthunk swgpu (%s)", c->gfx);
	set_name(p, name);
}

HSAKMT_STATUS hsaKmtGetNodeProperties(HSAuint32 NodeId, HsaNodeProperties *NodeProperties)
{
	struct swgpu_thunk *t;
	HSAKMT_STATUS status = begin(NodeId, NodeProperties, &t);

	if (status)
		return status;
	memset(NodeProperties, 0, sizeof(*NodeProperties));
	if (NodeId == SWGPU_GPU_NODE)
		fill_gpu(NodeProperties, &t->config);
	else
		fill_cpu(NodeProperties);
	swgpu_thunk_put(t);
	return HSAKMT_STATUS_SUCCESS;
}

/* Each fills an array that has room for all there is, and returns how many that is. */
static unsigned memory_of_cpu(const struct swgpu_config *c, HsaMemoryProperties *ret)
{
	ret[0] = (HsaMemoryProperties){.HeapType = HSA_HEAPTYPE_SYSTEM,
				       .SizeInBytes = c->ram_bytes,
				       .Width = 64,
				       .MemoryClockMax = 1600};
	return 1;
}

static unsigned memory_of_gpu(const struct swgpu_config *c, HsaMemoryProperties *ret)
{
	ret[0] = (HsaMemoryProperties){.HeapType = HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC,
				       .SizeInBytes = c->vram_bytes,
				       .Width = 64,
				       .MemoryClockMax = 1600};
	ret[1] = (HsaMemoryProperties){.HeapType = HSA_HEAPTYPE_GPU_LDS,
				       .SizeInBytes = 64 << 10,
				       .VirtualBaseAddress = SWGPU_SHARED_BASE};
	ret[2] = (HsaMemoryProperties){.HeapType = HSA_HEAPTYPE_GPU_SCRATCH,
				       .SizeInBytes = 4ull << 30,
				       .VirtualBaseAddress = SWGPU_PRIVATE_BASE};
	return GPU_BANKS;
}

static unsigned caches_of_gpu(HsaCacheProperties *ret)
{
	for (unsigned i = 0; i < GPU_CACHES; i++) {
		ret[i] = (HsaCacheProperties){
		    .ProcessorIdLow = 0x80000000,
		    .CacheLevel = i + 1,
		    .CacheSize = i ? 4096 : 16,
		    .CacheLineSize = 64,
		    .CacheLinesPerTag = 1,
		};
		ret[i].CacheType.ui32.Data = 1;
		ret[i].CacheType.ui32.HSACU = 1;
	}
	return GPU_CACHES;
}

HSAKMT_STATUS hsaKmtGetNodeMemoryProperties(HSAuint32 NodeId, HSAuint32 NumBanks,
					    HsaMemoryProperties *MemoryProperties)
{
	HsaMemoryProperties bank[GPU_BANKS];
	struct swgpu_thunk *t;
	HSAKMT_STATUS status = begin(NodeId, MemoryProperties, &t);
	unsigned n;

	if (status)
		return status;
	n = NodeId == SWGPU_GPU_NODE ? memory_of_gpu(&t->config, bank)
				     : memory_of_cpu(&t->config, bank);
	for (HSAuint32 i = 0; i < NumBanks; i++)
		MemoryProperties[i] = i < n ? bank[i] : (HsaMemoryProperties){0};
	swgpu_thunk_put(t);
	return HSAKMT_STATUS_SUCCESS;
}

/* As AMD's library, this gives all caches of the node, whatever ProcessorId says. */
HSAKMT_STATUS hsaKmtGetNodeCacheProperties(HSAuint32 NodeId, HSAuint32 ProcessorId,
					   HSAuint32 NumCaches, HsaCacheProperties *CacheProperties)
{
	HsaCacheProperties cache[SWGPU_HOST_CACHES];
	struct swgpu_thunk *t;
	HSAKMT_STATUS status = begin(NodeId, CacheProperties, &t);
	unsigned n;

	(void)ProcessorId;
	if (status)
		return status;
	n = NodeId == SWGPU_GPU_NODE ? caches_of_gpu(cache) : swgpu_host_caches(cache);
	if (NumCaches > n)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else
		memcpy(CacheProperties, cache, NumCaches * sizeof(*cache));
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtGetNodeIoLinkProperties(HSAuint32 NodeId, HSAuint32 NumIoLinks,
					    HsaIoLinkProperties *IoLinkProperties)
{
	struct swgpu_thunk *t;
	HSAKMT_STATUS status = begin(NodeId, IoLinkProperties, &t);

	if (status)
		return status;
	if (NumIoLinks > 1)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else if (NumIoLinks)
		*IoLinkProperties = (HsaIoLinkProperties){
		    .IoLinkType = HSA_IOLINKTYPE_PCIEXPRESS,
		    .VersionMajor = 3,
		    .NodeFrom = NodeId,
		    .NodeTo = NodeId == SWGPU_GPU_NODE ? SWGPU_CPU_NODE : SWGPU_GPU_NODE,
		    .Weight = 20,
		};
	swgpu_thunk_put(t);
	return status;
}
