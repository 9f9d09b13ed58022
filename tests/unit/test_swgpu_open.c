/* Opening, topology, configuration, and what is refused. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test_swgpu_support.h"

VT_TEST(swgpu_open, is_counted)
{
	HsaVersionInfo version;

	VT_ASSERT_EQ(hsaKmtGetVersion(&version), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	VT_ASSERT_EQ(hsaKmtCloseKFD(), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	ASSERT_OK(hsaKmtOpenKFD());
	VT_ASSERT_EQ(hsaKmtOpenKFD(), HSAKMT_STATUS_KERNEL_ALREADY_OPENED);
	ASSERT_OK(hsaKmtCloseKFD());
	ASSERT_OK(hsaKmtGetVersion(&version));
	VT_ASSERT_EQ(version.KernelInterfaceMajorVersion, 1);
	VT_ASSERT(version.KernelInterfaceMinorVersion >= 4);
	VT_ASSERT_EQ(hsaKmtGetVersion(NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	ASSERT_OK(hsaKmtCloseKFD());
	VT_ASSERT_EQ(hsaKmtGetVersion(&version), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
}

VT_TEST(swgpu_open, a_child_starts_anew)
{
	HsaVersionInfo version;
	int status = 0;
	pid_t pid;

	ASSERT_OK(hsaKmtOpenKFD());
	pid = fork();
	VT_ASSERT(pid >= 0);
	if (pid == 0) {
		bool shut =
		    hsaKmtGetVersion(&version) == HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
		bool open = hsaKmtOpenKFD() == HSAKMT_STATUS_SUCCESS;

		_exit(shut && open && hsaKmtCloseKFD() == HSAKMT_STATUS_SUCCESS ? 0 : 1);
	}
	VT_ASSERT_EQ(waitpid(pid, &status, 0), pid);
	VT_ASSERT_EQ(status, 0);
	ASSERT_OK(hsaKmtCloseKFD());
}

VT_TEST(swgpu_open, needs_a_snapshot)
{
	HsaNodeProperties node;
	HsaSystemProperties system;

	ASSERT_OK(hsaKmtOpenKFD());
	VT_ASSERT_EQ(hsaKmtGetNodeProperties(0, &node), HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(hsaKmtAcquireSystemProperties(NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	ASSERT_OK(hsaKmtAcquireSystemProperties(&system));
	VT_ASSERT_EQ(system.NumNodes, 2);
	ASSERT_OK(hsaKmtGetNodeProperties(0, &node));
	VT_ASSERT_EQ(hsaKmtGetNodeProperties(2, &node), HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(hsaKmtGetNodeProperties(0, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	ASSERT_OK(hsaKmtReleaseSystemProperties());
	VT_ASSERT_EQ(hsaKmtGetNodeProperties(0, &node), HSAKMT_STATUS_INVALID_NODE_UNIT);
	ASSERT_OK(hsaKmtCloseKFD());
}

static void check_node(HSAuint32 node, const HsaNodeProperties *p)
{
	HsaMemoryProperties banks[8];
	HsaCacheProperties caches[8];
	HsaIoLinkProperties link;

	VT_ASSERT(p->NumMemoryBanks && p->NumMemoryBanks <= VT_ARRAY_LEN(banks));
	VT_ASSERT(p->NumCaches && p->NumCaches <= VT_ARRAY_LEN(caches));
	VT_ASSERT_EQ(p->NumIOLinks, 1);
	ASSERT_OK(hsaKmtGetNodeMemoryProperties(node, p->NumMemoryBanks, banks));
	for (unsigned i = 0; i < p->NumMemoryBanks; i++)
		VT_ASSERT(banks[i].SizeInBytes);
	ASSERT_OK(hsaKmtGetNodeCacheProperties(node, 0, p->NumCaches, caches));
	for (unsigned i = 0; i < p->NumCaches; i++)
		VT_ASSERT(caches[i].CacheLevel && caches[i].CacheSize && caches[i].CacheType.Value);
	VT_ASSERT_EQ(hsaKmtGetNodeCacheProperties(node, 0, p->NumCaches + 1, caches),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	ASSERT_OK(hsaKmtGetNodeIoLinkProperties(node, 1, &link));
	VT_ASSERT_EQ(link.NodeFrom, node);
	VT_ASSERT_EQ(link.NodeTo, 1 - node);
	VT_ASSERT_EQ(hsaKmtGetNodeIoLinkProperties(node, 2, &link),
		     HSAKMT_STATUS_INVALID_PARAMETER);
}

VT_TEST(swgpu_topology, describes_both_nodes)
{
	HsaNodeProperties cpu, gpu;

	gpu_open();
	memset(&cpu, 0xff, sizeof(cpu));
	memset(&gpu, 0xff, sizeof(gpu));
	ASSERT_OK(hsaKmtGetNodeProperties(CPU_NODE, &cpu));
	ASSERT_OK(hsaKmtGetNodeProperties(GPU_NODE, &gpu));
	VT_ASSERT(cpu.NumCPUCores && !cpu.NumFComputeCores);
	VT_ASSERT(!gpu.NumCPUCores && gpu.NumFComputeCores >= 4);
	VT_ASSERT_EQ(gpu.NumFComputeCores % gpu.NumSIMDPerCU, 0);
	VT_ASSERT_EQ(gpu.EngineId.ui32.Major, 9);
	VT_ASSERT_EQ(gpu.EngineId.ui32.Stepping, 6);
	VT_ASSERT_EQ(gpu.Capability.ui32.DoorbellType, 2);
	VT_ASSERT_EQ(gpu.Reserved[0], 1); /* NumXcc */
	check_node(CPU_NODE, &cpu);
	check_node(GPU_NODE, &gpu);
	gpu_close();
}

VT_TEST(swgpu_topology, local_memory_and_apertures)
{
	HsaMemoryProperties banks[5];

	gpu_open();
	memset(banks, 0xff, sizeof(banks));
	ASSERT_OK(hsaKmtGetNodeMemoryProperties(GPU_NODE, 5, banks));
	VT_ASSERT_EQ(banks[0].HeapType, HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC);
	VT_ASSERT_EQ(banks[1].HeapType, HSA_HEAPTYPE_GPU_LDS);
	VT_ASSERT(banks[1].VirtualBaseAddress != 0);
	VT_ASSERT_EQ(banks[2].HeapType, HSA_HEAPTYPE_GPU_SCRATCH);
	VT_ASSERT(banks[2].VirtualBaseAddress != 0);
	VT_ASSERT_EQ(banks[3].SizeInBytes, 0);
	VT_ASSERT_EQ(banks[4].SizeInBytes, 0);
	gpu_close();
}

/* A variable, its value, and the status of opening with it. */
static const struct {
	const char *name, *value;
	HSAKMT_STATUS status;
} settings[] = {
    {"SWGPU_GFX", "gfx900", HSAKMT_STATUS_SUCCESS},
    {"SWGPU_GFX", "gfx90c", HSAKMT_STATUS_SUCCESS},
    {"SWGPU_GFX", "gfx1030", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_GFX", "", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_CUS", "7", HSAKMT_STATUS_SUCCESS},
    {"SWGPU_CUS", "0", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_CUS", "-1", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_CUS", "4x", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_CUS", "99999999999999999999", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_VRAM_MIB", "64", HSAKMT_STATUS_SUCCESS},
    {"SWGPU_VRAM_MIB", "1", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"SWGPU_LOG", "verbose", HSAKMT_STATUS_SUCCESS},
    {"HSA_OVERRIDE_GFX_VERSION", "9.0.0", HSAKMT_STATUS_SUCCESS},
    {"HSA_OVERRIDE_GFX_VERSION", "9.0", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
    {"HSA_OVERRIDE_GFX_VERSION", "99.0.0", HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED},
};

VT_TEST_ROWS(swgpu_config, is_read_or_refused, VT_ARRAY_LEN(settings))
{
	VT_ASSERT_EQ(setenv(settings[row].name, settings[row].value, 1), 0);
	VT_ASSERT_EQ(hsaKmtOpenKFD(), settings[row].status);
	if (settings[row].status == HSAKMT_STATUS_SUCCESS)
		ASSERT_OK(hsaKmtCloseKFD());
	unsetenv(settings[row].name);
}

VT_TEST(swgpu_config, decides_the_topology)
{
	HsaNodeProperties gpu;

	setenv("SWGPU_GFX", "gfx90c", 1);
	setenv("SWGPU_CUS", "3", 1);
	setenv("SWGPU_VRAM_MIB", "100", 1);
	gpu_open();
	ASSERT_OK(hsaKmtGetNodeProperties(GPU_NODE, &gpu));
	VT_ASSERT_EQ(gpu.EngineId.ui32.Stepping, 12);
	VT_ASSERT_EQ(gpu.NumFComputeCores, 12);
	VT_ASSERT_EQ(gpu.LocalMemSize, 100ull << 20);
	gpu_close();
	setenv("HSA_OVERRIDE_GFX_VERSION", "9.0.0", 1);
	gpu_open();
	ASSERT_OK(hsaKmtGetNodeProperties(GPU_NODE, &gpu));
	VT_ASSERT_EQ(gpu.EngineId.ui32.Stepping, 0);
	gpu_close();
	unsetenv("SWGPU_GFX");
	unsetenv("SWGPU_CUS");
	unsetenv("SWGPU_VRAM_MIB");
	unsetenv("HSA_OVERRIDE_GFX_VERSION");
}

VT_TEST(swgpu_misc, clocks_run)
{
	HsaClockCounters a, b;

	gpu_open();
	ASSERT_OK(hsaKmtGetClockCounters(GPU_NODE, &a));
	usleep(2000);
	ASSERT_OK(hsaKmtGetClockCounters(GPU_NODE, &b));
	VT_ASSERT_EQ(a.SystemClockFrequencyHz, 1000000000);
	VT_ASSERT(b.SystemClockCounter - a.SystemClockCounter >= 2000000);
	VT_ASSERT(b.GPUClockCounter - a.GPUClockCounter >= 200000);
	ASSERT_OK(hsaKmtGetClockCounters(CPU_NODE, &b));
	VT_ASSERT_EQ(hsaKmtGetClockCounters(2, &b), HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(hsaKmtGetClockCounters(GPU_NODE, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	gpu_close();
}

VT_TEST(swgpu_misc, xnack_is_off)
{
	HSAint32 mode = 7;

	gpu_open();
	ASSERT_OK(hsaKmtGetXNACKMode(&mode));
	VT_ASSERT_EQ(mode, 0);
	ASSERT_OK(hsaKmtSetXNACKMode(0));
	VT_ASSERT_EQ(hsaKmtSetXNACKMode(1), HSAKMT_STATUS_NOT_SUPPORTED);
	gpu_close();
}

VT_TEST(swgpu_refused, says_why)
{
	HsaCounterProperties *counters;
	HsaSharedMemoryHandle handle;
	HSAuint32 word;
	HSAuint64 copied = 5;

	VT_ASSERT_EQ(hsaKmtDbgRegister(GPU_NODE), HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	gpu_open();
	VT_ASSERT_EQ(hsaKmtDbgRegister(GPU_NODE), HSAKMT_STATUS_NOT_SUPPORTED);
	VT_ASSERT_EQ(hsaKmtDbgRegister(9), HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(hsaKmtPmcGetCounterProperties(GPU_NODE, NULL),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtPmcGetCounterProperties(GPU_NODE, &counters),
		     HSAKMT_STATUS_NOT_SUPPORTED);
	VT_ASSERT_EQ(hsaKmtPmcQueryTrace(0), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtPmcQueryTrace(1), HSAKMT_STATUS_INVALID_HANDLE);
	VT_ASSERT_EQ(hsaKmtSPMAcquire(GPU_NODE), HSAKMT_STATUS_NOT_SUPPORTED);
	VT_ASSERT_EQ(hsaKmtShareMemory(&word, 4096, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtShareMemory(&word, 4096, &handle), HSAKMT_STATUS_NOT_SUPPORTED);
	VT_ASSERT_EQ(hsaKmtSVMGetAttr((void *)4096, 4096, 0, NULL), HSAKMT_STATUS_NOT_SUPPORTED);
	VT_ASSERT_EQ(hsaKmtSVMGetAttr((void *)4097, 4096, 0, NULL),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtProcessVMRead(1, NULL, 1, NULL, 1, &copied),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(copied, 0);
	VT_ASSERT_EQ(hsaKmtRuntimeEnable(NULL, false), HSAKMT_STATUS_NOT_SUPPORTED);
	gpu_close();
}
