/*
 * The calls that thunks 6.2.4 and 7.2 have and 5.2 has not, on whichever library is found. Compiled
 * for each layout. Prints "ok" and exits with 0 if all is as it should.
 */
#include <amdgpu.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/abi/thunk.h"
#include "tests/e2e/check.h"

enum { CPU = 0, GPU = 1, NOWHERE = 9 };

static const HsaMemFlags vram = {.ui32 = {.HostAccess = 1, .NonPaged = 1, .CoarseGrain = 1}};
static const HsaMemFlags ram = {.ui32 = {.HostAccess = 1}};

/* The structures are where the library has them. */
static void test_layout(void)
{
	HsaNodeProperties node;
	HsaIoLinkProperties link[2];

	memset(&node, 0xaa, sizeof(node));
	memset(link, 0xaa, sizeof(link));
	OK(hsaKmtGetNodeProperties(GPU, &node));
	CHECK(node.NumFComputeCores && node.NumMemoryBanks == 3 && node.WaveFrontSize == 64);
	CHECK(node.EngineId.ui32.Major == 9 && node.VendorId == 0x1002);
	CHECK(strncmp((const char *)node.AMDName, "gfx9", 4) == 0 && node.SGPRSizePerCU == 12800);
#ifdef VT_THUNK_7
	CHECK(node.NumXcc == 1 && node.KFDGpuID && node.FamilyID && !node.NumNeuralCores);
	CHECK(!node.OverrideEngineId.Value && !node.Capability2);
#else
	CHECK(((const HSAuint32 *)&node)[VT_ABI_LATE_OFFSET / 4] == 1);
#endif
	OK(hsaKmtGetNodeIoLinkProperties(CPU, 1, link));
	CHECK(link[0].NodeTo == GPU && link[0].RecTransferSize == 0);
	CHECK(((unsigned char *)&link[1])[0] == 0xaa);
}

static void *set_later(void *arg)
{
	usleep(20000);
	OK(hsaKmtSetEvent(arg));
	OK(hsaKmtResetEvent(arg));
	return NULL;
}

/* Set and reset again before the waiter looks: only the age tells. */
static void test_ages(void)
{
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_SIGNAL};
	uint64_t age[3] = {1, 1, 0};
	pthread_t thread;
	HsaEvent *e[3];

	for (unsigned i = 0; i < 2; i++)
		OK(hsaKmtCreateEvent(&desc, true, false, &e[i]));
	desc.EventType = HSA_EVENTTYPE_HW_EXCEPTION;
	OK(hsaKmtCreateEvent(&desc, true, false, &e[2]));
	STATUS(hsaKmtWaitOnMultipleEvents_Ext(e, 3, false, 0, age), HSAKMT_STATUS_WAIT_TIMEOUT);
	CHECK(pthread_create(&thread, NULL, set_later, e[1]) == 0);
	pthread_join(thread, NULL);
	STATUS(hsaKmtWaitOnEvent(e[1], 0), HSAKMT_STATUS_WAIT_TIMEOUT);
	OK(hsaKmtWaitOnMultipleEvents_Ext(e, 3, false, 10000, age));
	CHECK(age[0] == 1 && age[1] == 2 && age[2] == 0);
	STATUS(hsaKmtWaitOnEvent_Ext(e[1], 10, &age[1]), HSAKMT_STATUS_WAIT_TIMEOUT);
	STATUS(hsaKmtWaitOnEvent_Ext(NULL, 10, &age[1]), HSAKMT_STATUS_INVALID_HANDLE);
	for (unsigned i = 0; i < 3; i++)
		OK(hsaKmtDestroyEvent(e[i]));
	STATUS(hsaKmtDestroyEvent(NULL), HSAKMT_STATUS_INVALID_HANDLE);
}

/* It falls by what is allocated, large or small, and comes back. */
static void test_available(void)
{
	static const HSAuint64 sizes[] = {64 << 20, 65536};
	HSAuint64 before, during, after;
	void *block;

	OK(hsaKmtAllocMemory(GPU, 4096, vram, &block)); /* so that there is an arena */
	for (unsigned i = 0; i < 2; i++) {
		void *more;

		OK(hsaKmtAvailableMemory(GPU, &before));
		OK(hsaKmtAllocMemory(GPU, sizes[i], vram, &more));
		OK(hsaKmtAvailableMemory(GPU, &during));
		OK(hsaKmtFreeMemory(more, sizes[i]));
		OK(hsaKmtAvailableMemory(GPU, &after));
		CHECK(before == after && before - during == sizes[i]);
	}
	OK(hsaKmtFreeMemory(block, 4096));
	STATUS(hsaKmtAvailableMemory(CPU, &before), HSAKMT_STATUS_ERROR);
	STATUS(hsaKmtAvailableMemory(NOWHERE, &before), HSAKMT_STATUS_INVALID_NODE_UNIT);
	STATUS(hsaKmtAvailableMemory(GPU, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
}

static void test_align(void)
{
	HsaMemFlags scratch = {.ui32 = {.Scratch = 1, .HostAccess = 0}};
	HSAuint64 align = 4096;
	void *block;

	for (; align <= 64 << 20; align *= 8) {
		OK(hsaKmtAllocMemoryAlign(GPU, 8192, align, vram, &block));
		CHECK((HSAuint64)block % align == 0);
		*(volatile char *)block = 1;
		OK(hsaKmtFreeMemory(block, 8192));
	}
	STATUS(hsaKmtAllocMemoryAlign(GPU, 4096, 100, vram, &block),
	       HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtAllocMemoryAlign(GPU, 4096, 12288, vram, &block),
	       HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtAllocMemoryAlign(GPU, 4096, 65536, scratch, &block),
	       HSAKMT_STATUS_NOT_IMPLEMENTED);
}

/* A file that another mapping sees the same bytes through. */
static void test_export(void)
{
	HSAuint64 offset = 1;
	char *block, *other;
	int fd = -1;

	OK(hsaKmtAllocMemory(CPU, 8 << 20, ram, (void **)&block));
	strcpy(block + 4096, "shared");
	OK(hsaKmtExportDMABufHandle(block + 4096, 4096, &fd, &offset));
	other = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	CHECK(other != MAP_FAILED && strcmp(other, "shared") == 0);
	munmap(other, 4096);
	close(fd);
	STATUS(hsaKmtExportDMABufHandle(block, 16 << 20, &fd, &offset),
	       HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtExportDMABufHandle(&fd, 4, &fd, &offset), HSAKMT_STATUS_INVALID_PARAMETER);
	STATUS(hsaKmtExportDMABufHandle(block, 4096, NULL, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	OK(hsaKmtFreeMemory(block, 8 << 20));
}

/* Ours are answered here, all others by libdrm_amdgpu. */
static void test_drm(void)
{
	amdgpu_device_handle theirs = (amdgpu_device_handle)0x1234;
	struct amdgpu_bo_import_result imported;
	HsaAMDGPUDeviceHandle ours = NULL;
	struct amdgpu_gpu_info info;
	HSAuint32 caps = 7;

	OK(hsaKmtGetAMDGPUDeviceHandle(GPU, &ours));
	CHECK(ours && amdgpu_query_gpu_info(ours, &info) == 0);
	CHECK(info.gpu_counter_freq == 100000 && info.family_id && info.asic_id);
	CHECK(amdgpu_query_gpu_info(ours, NULL) < 0);
	CHECK(amdgpu_bo_import(ours, amdgpu_bo_handle_type_dma_buf_fd, 3, &imported) < 0);
	STATUS(hsaKmtGetAMDGPUDeviceHandle(CPU, &ours), HSAKMT_STATUS_INVALID_NODE_UNIT);
	CHECK(amdgpu_query_gpu_info(theirs, &info) == 0 && info.asic_id == 0x4321);
	CHECK(amdgpu_bo_import(theirs, amdgpu_bo_handle_type_dma_buf_fd, 3, &imported) == 0);
	CHECK(imported.alloc_size == 3 && amdgpu_bo_free(imported.buf_handle) == 0);
	OK(hsaKmtGetRuntimeCapabilities(&caps));
	CHECK(caps == 0);
}

#ifdef VT_THUNK_7
/* The doorbell by name: a queue is rung, and what is no queue is not. */
static void test_ring(void)
{
	HsaQueueResource resource = {0};
	uint64_t *words;
	bool model = true;
	void *ring;

	CHECK(DtifCreate("HSA"));
	OK(hsaKmtModelEnabled(&model));
	CHECK(!model);
	OK(hsaKmtAllocMemory(CPU, 65536, ram, &ring));
	OK(hsaKmtAllocMemory(CPU, 4096, ram, (void **)&words));
	OK(hsaKmtMapMemoryToGPU(ring, 65536, NULL));
	OK(hsaKmtMapMemoryToGPU(words, 4096, NULL));
	for (unsigned i = 0; i < 65536 / 64; i++)
		((uint16_t *)ring)[i * 32] = 1; /* an invalid packet */
	resource.QueueRptrValue = (HSAuint64)&words[0];
	resource.QueueWptrValue = (HSAuint64)&words[8];
	OK(hsaKmtCreateQueueExt(GPU, HSA_QUEUE_COMPUTE_AQL, 100, HSA_QUEUE_PRIORITY_NORMAL, 0, ring,
				65536, NULL, &resource));
	*(volatile uint64_t *)&words[8] = 3;
	OK(hsaKmtQueueRingDoorbell(resource.QueueId));
	CHECK(*resource.Queue_DoorBell_aql == 2);
	OK(hsaKmtDestroyQueue(resource.QueueId));
	STATUS(hsaKmtQueueRingDoorbell(resource.QueueId), HSAKMT_STATUS_INVALID_PARAMETER);
	memset(&resource, 0, sizeof(resource));
	OK(hsaKmtCreateQueueExt(GPU, (HSA_QUEUE_TYPE)VT_ABI_QUEUE_SDMA_BY_ENG_ID, 100,
				HSA_QUEUE_PRIORITY_NORMAL, 1, ring, 65536, NULL, &resource));
	OK(hsaKmtDestroyQueue(resource.QueueId));
	OK(hsaKmtFreeMemory(ring, 65536));
	OK(hsaKmtFreeMemory(words, 4096));
	DtifDestroy();
}
#else
static void test_ring(void)
{
}
#endif

int main(void)
{
	HsaSystemProperties system;

	OK(hsaKmtOpenKFD());
	OK(hsaKmtAcquireSystemProperties(&system));
	test_layout();
	test_ages();
	test_available();
	test_align();
	test_export();
	test_drm();
	test_ring();
	OK(hsaKmtCloseKFD());
	puts("ok");
	return 0;
}
