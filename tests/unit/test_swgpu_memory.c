/* Memory through the thunk: allocation, mapping, registration, export. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/test_swgpu_support.h"

static HsaMemFlags host_flags(void)
{
	HsaMemFlags flags = {.Value = 0};

	flags.ui32.HostAccess = 1;
	return flags;
}

VT_TEST(swgpu_memory, comes_zeroed_and_is_told_about)
{
	HsaMemFlags flags = host_flags();
	HsaPointerInfo info;
	HSAuint64 va = 0;
	uint8_t *p = NULL;

	gpu_open();
	ASSERT_OK(hsaKmtAllocMemory(CPU_NODE, 3 * TEST_PAGE, flags, (void **)&p));
	for (unsigned i = 0; i < 3 * TEST_PAGE; i++)
		VT_ASSERT(p[i] == 0);
	ASSERT_OK(hsaKmtSetMemoryUserData(p + 100, &va));
	ASSERT_OK(hsaKmtQueryPointerInfo(p + 2 * TEST_PAGE + 5, &info));
	VT_ASSERT_EQ(info.Type, HSA_POINTER_ALLOCATED);
	VT_ASSERT(info.CPUAddress == p && info.UserData == &va);
	VT_ASSERT_EQ(info.GPUAddress, (uintptr_t)p);
	VT_ASSERT_EQ(info.SizeInBytes, 3 * TEST_PAGE);
	VT_ASSERT_EQ(info.MemFlags.Value, flags.Value);
	VT_ASSERT_EQ(info.NMappedNodes, 0);
	ASSERT_OK(hsaKmtMapMemoryToGPU(p, 3 * TEST_PAGE, &va));
	ASSERT_OK(hsaKmtMapMemoryToGPU(p, 3 * TEST_PAGE, &va)); /* again */
	ASSERT_OK(hsaKmtQueryPointerInfo(p, &info));
	VT_ASSERT_EQ(info.NMappedNodes, 1);
	VT_ASSERT_EQ(info.MappedNodes[0], GPU_NODE);
	ASSERT_OK(hsaKmtUnmapMemoryToGPU(p));
	ASSERT_OK(hsaKmtUnmapMemoryToGPU(p));
	ASSERT_OK(hsaKmtFreeMemory(p, 3 * TEST_PAGE));
	VT_ASSERT(hsaKmtFreeMemory(p, 3 * TEST_PAGE) != HSAKMT_STATUS_SUCCESS);
	VT_ASSERT_EQ(hsaKmtQueryPointerInfo(p, &info), HSAKMT_STATUS_ERROR);
	VT_ASSERT_EQ(info.Type, HSA_POINTER_UNKNOWN);
	gpu_close();
}

VT_TEST(swgpu_memory, bad_arguments_are_refused)
{
	HsaMemFlags flags = host_flags();
	HSAuint32 node = GPU_NODE, other = 5;
	HsaMemMapFlags map = {.Value = 0};
	void *p = NULL;

	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, TEST_PAGE, flags, &p),
		     HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	gpu_open();
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, TEST_PAGE, flags, NULL),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, 0, flags, &p), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, 100, flags, &p), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, 1ull << 63, flags, &p),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtAllocMemory(2, TEST_PAGE, flags, &p), HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(hsaKmtMapMemoryToGPU(NULL, TEST_PAGE, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT(hsaKmtMapMemoryToGPU(&p, TEST_PAGE, NULL) != HSAKMT_STATUS_SUCCESS);
	ASSERT_OK(hsaKmtAllocMemory(CPU_NODE, TEST_PAGE, flags, &p));
	VT_ASSERT(hsaKmtMapMemoryToGPU(p, 2 * TEST_PAGE, NULL) != HSAKMT_STATUS_SUCCESS);
	VT_ASSERT(hsaKmtMapMemoryToGPU(p, UINT64_MAX, NULL) != HSAKMT_STATUS_SUCCESS);
	VT_ASSERT_EQ(hsaKmtMapMemoryToGPUNodes(p, TEST_PAGE, NULL, map, 0, &node),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtMapMemoryToGPUNodes(p, TEST_PAGE, NULL, map, 1, &other),
		     HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(hsaKmtMapMemoryToGPUNodes(p, TEST_PAGE, NULL, map, 1ull << 60, &node),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	ASSERT_OK(hsaKmtMapMemoryToGPUNodes(p, TEST_PAGE, NULL, map, 1, &node));
	VT_ASSERT_EQ(hsaKmtQueryPointerInfo(p, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtFreeMemory(NULL, TEST_PAGE), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT(hsaKmtFreeMemory((char *)p + 8, TEST_PAGE) != HSAKMT_STATUS_SUCCESS);
	ASSERT_OK(hsaKmtUnmapMemoryToGPU(NULL));
	gpu_free(p);
	gpu_close();
}

VT_TEST(swgpu_memory, can_be_placed)
{
	HsaMemFlags flags = host_flags();
	void *hole = mmap(NULL, 4 * TEST_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *p = hole;

	VT_ASSERT(hole != MAP_FAILED);
	flags.ui32.FixedAddress = 1;
	gpu_open();
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, 4 * TEST_PAGE, flags, &p),
		     HSAKMT_STATUS_NO_MEMORY);
	munmap(hole, 4 * TEST_PAGE);
	ASSERT_OK(hsaKmtAllocMemory(CPU_NODE, 4 * TEST_PAGE, flags, &p));
	VT_ASSERT(p == hole);
	memset(p, 1, 4 * TEST_PAGE);
	p = (char *)hole + 8;
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, TEST_PAGE, flags, &p),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	p = NULL;
	VT_ASSERT_EQ(hsaKmtAllocMemory(CPU_NODE, TEST_PAGE, flags, &p),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	gpu_free(hole);
	gpu_close();
}

VT_TEST(swgpu_memory, vram_is_limited)
{
	HsaMemFlags flags = host_flags();
	void *first = NULL, *second = NULL;

	setenv("SWGPU_VRAM_MIB", "64", 1);
	gpu_open();
	flags.ui32.NonPaged = 1;
	ASSERT_OK(hsaKmtAllocMemory(GPU_NODE, 48 << 20, flags, &first));
	VT_ASSERT_EQ(hsaKmtAllocMemory(GPU_NODE, 32 << 20, flags, &second),
		     HSAKMT_STATUS_NO_MEMORY);
	VT_ASSERT(second == NULL);
	gpu_free(first);
	ASSERT_OK(hsaKmtAllocMemory(GPU_NODE, 64 << 20, flags, &second));
	gpu_free(second);
	gpu_close();
	unsetenv("SWGPU_VRAM_MIB");
}

VT_TEST(swgpu_memory, scratch_is_only_an_address)
{
	HsaMemFlags flags = host_flags();
	void *p = NULL;
	HSAuint64 offset;
	int fd;

	gpu_open();
	flags.ui32.Scratch = 1;
	ASSERT_OK(hsaKmtAllocMemory(GPU_NODE, 1ull << 32, flags, &p));
	ASSERT_OK(hsaKmtMapMemoryToGPU(p, 1 << 20, NULL));
	VT_ASSERT_EQ(hsaKmtExportDMABufHandle(p, TEST_PAGE, &fd, &offset),
		     HSAKMT_STATUS_NOT_SUPPORTED);
	gpu_free(p);
	gpu_close();
}

VT_TEST(swgpu_memory, can_be_exported)
{
	uint8_t *p, *again;
	HSAuint64 offset = 1;
	int fd = -1;

	gpu_open();
	p = gpu_alloc_on(GPU_NODE, 4 * TEST_PAGE);
	p[TEST_PAGE] = 77;
	ASSERT_OK(hsaKmtExportDMABufHandle(p, 4 * TEST_PAGE, &fd, &offset));
	VT_ASSERT_EQ(offset, 0);
	again = mmap(NULL, 4 * TEST_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	VT_ASSERT(again != MAP_FAILED);
	VT_ASSERT_EQ(again[TEST_PAGE], 77);
	again[3] = 5;
	VT_ASSERT_EQ(p[3], 5);
	VT_ASSERT(ftruncate(fd, 0) < 0); /* nobody can pull the pages away */
	close(fd);
	ASSERT_OK(hsaKmtExportDMABufHandle(p + TEST_PAGE, TEST_PAGE, &fd, &offset));
	VT_ASSERT_EQ(offset, TEST_PAGE);
	close(fd);
	VT_ASSERT_EQ(hsaKmtExportDMABufHandle(p, 5 * TEST_PAGE, &fd, &offset),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtExportDMABufHandle(&fd, 4, &fd, &offset),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	gpu_free(p);
	VT_ASSERT_EQ(again[3], 5); /* the pages live as long as somebody has them */
	munmap(again, 4 * TEST_PAGE);
	gpu_close();
}

VT_TEST(swgpu_memory, of_the_program_can_be_registered)
{
	HsaMemFlags flags = host_flags();
	HsaPointerInfo info;
	HSAuint64 va = 0;
	char *heap = malloc(3 * TEST_PAGE), *at = heap + 100;

	gpu_open();
	VT_ASSERT(heap);
	ASSERT_OK(hsaKmtRegisterMemoryWithFlags(at, TEST_PAGE, flags));
	ASSERT_OK(hsaKmtMapMemoryToGPU(at, TEST_PAGE, &va));
	VT_ASSERT(va &&
		  va != (uintptr_t)at); /* as on hardware, the GPU has an address of its own */
	ASSERT_OK(hsaKmtQueryPointerInfo(at, &info));
	VT_ASSERT_EQ(info.Type, HSA_POINTER_REGISTERED_USER);
	VT_ASSERT(info.CPUAddress == at);
	VT_ASSERT_EQ(info.GPUAddress, va);
	VT_ASSERT_EQ(info.SizeInBytes, TEST_PAGE);
	ASSERT_OK(hsaKmtQueryPointerInfo((void *)va, &info));
	VT_ASSERT(info.CPUAddress == at);
	ASSERT_OK(hsaKmtUnmapMemoryToGPU(at));
	ASSERT_OK(hsaKmtDeregisterMemory(at));
	VT_ASSERT_EQ(hsaKmtDeregisterMemory(at), HSAKMT_STATUS_MEMORY_NOT_REGISTERED);
	gpu_close();
	free(heap);
}

VT_TEST(swgpu_memory, that_does_not_exist_cannot_be_registered)
{
	HsaMemFlags flags = host_flags();
	char *hole = mmap(NULL, 2 * TEST_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	gpu_open();
	VT_ASSERT(hole != MAP_FAILED);
	VT_ASSERT(hsaKmtRegisterMemoryWithFlags(hole, TEST_PAGE, flags) != HSAKMT_STATUS_SUCCESS);
	flags.ui32.ReadOnly = 1;
	ASSERT_OK(hsaKmtRegisterMemoryWithFlags(hole, TEST_PAGE, flags));
	ASSERT_OK(hsaKmtDeregisterMemory(hole));
	munmap(hole, 2 * TEST_PAGE);
	VT_ASSERT(hsaKmtRegisterMemoryWithFlags(hole, TEST_PAGE, flags) != HSAKMT_STATUS_SUCCESS);
	VT_ASSERT(hsaKmtRegisterMemory(NULL, TEST_PAGE) != HSAKMT_STATUS_SUCCESS);
	VT_ASSERT(hsaKmtRegisterMemory(hole, UINT64_MAX) != HSAKMT_STATUS_SUCCESS);
	flags.ui32.HostAccess = 0;
	VT_ASSERT_EQ(hsaKmtRegisterMemoryWithFlags(&flags, 4, flags), HSAKMT_STATUS_NOT_SUPPORTED);
	gpu_close();
}
