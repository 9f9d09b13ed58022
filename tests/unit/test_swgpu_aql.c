/* AQL queues: packets and their errors. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/test_swgpu_kernels.h"

VT_TEST(swgpu_aql, barriers_wait_for_signals)
{
	amd_signal_t *deps[3], *done;
	struct test_queue q;

	gpu_open();
	aql_open(&q);
	for (unsigned i = 0; i < 3; i++)
		deps[i] = signal_new(1, NULL);
	done = signal_new(1, NULL);
	put_barrier(&q, HSA_PACKET_TYPE_BARRIER_AND, done, deps, 3);
	poke(&deps[0]->value, 0);
	poke(&deps[2]->value, 0);
	VT_ASSERT(!becomes(&done->value, 0, NEVER_MS));
	VT_ASSERT_EQ(peek(&q.amd->read_dispatch_id), 0);
	poke(&deps[1]->value, 0);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	VT_ASSERT_EQ(peek(&q.amd->read_dispatch_id), 1);
	VT_ASSERT_EQ(q.ring[0], HSA_PACKET_TYPE_INVALID);
	VT_ASSERT(done->start_ts && done->end_ts >= done->start_ts);

	for (unsigned i = 0; i < 3; i++)
		poke(&deps[i]->value, 5);
	poke(&done->value, 1);
	put_barrier(&q, HSA_PACKET_TYPE_BARRIER_OR, done, deps, 3);
	VT_ASSERT(!becomes(&done->value, 0, NEVER_MS));
	poke(&deps[2]->value, 0);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_aql, completion_raises_the_event)
{
	struct test_queue q;
	amd_signal_t *done;
	HsaEvent *event;

	gpu_open();
	aql_open(&q);
	event = event_new(HSA_EVENTTYPE_SIGNAL, false);
	done = signal_new(3, event);
	put_barrier(&q, HSA_PACKET_TYPE_BARRIER_AND, done, NULL, 0);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	VT_ASSERT_EQ(peek(&done->value), 2);
	VT_ASSERT_EQ(*(uint64_t *)event->EventData.HWData2, event->EventId);
	gpu_close();
}

VT_TEST(swgpu_aql, a_kernel_runs)
{
	enum { GROUPS = 1000 };
	uint32_t *out;
	struct test_queue q;
	amd_signal_t *done;

	gpu_open();
	aql_open(&q);
	out = gpu_alloc_on(GPU_NODE, 64 * 4 * 1024);
	done = signal_new(1, NULL);
	put_dispatch(&q, KERNEL(code_store), GROUPS, kernarg_of(out), done);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	for (unsigned i = 0; i < 64 * GROUPS; i++)
		VT_ASSERT_EQ(out[i], i + 1);
	VT_ASSERT_EQ(out[64 * GROUPS], 0);
	VT_ASSERT_EQ(peek(&q.inactive->value), 0);
	gpu_close();
}

VT_TEST(swgpu_aql, many_packets_in_order)
{
	uint32_t *out;
	struct test_queue q;
	amd_signal_t *done;
	void *kernel;
	uint64_t *kernarg;

	gpu_open();
	aql_open(&q);
	out = gpu_alloc(4096);
	done = signal_new(1000, NULL);
	kernel = KERNEL(code_store);
	kernarg = kernarg_of(out);
	for (unsigned i = 0; i < 1000; i++) {
		while (q.amd->write_dispatch_id - (uint64_t)peek(&q.amd->read_dispatch_id) >= 64)
			VT_ASSERT(becomes((const volatile int64_t *)&q.amd->read_dispatch_id,
					  (int64_t)q.amd->write_dispatch_id, SOON_MS));
		put_dispatch(&q, kernel, 1 + i % 4, kernarg, done);
	}
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	VT_ASSERT_EQ(peek(&q.amd->read_dispatch_id), 1000);
	VT_ASSERT_EQ(out[255], 256);
	gpu_close();
}

VT_TEST(swgpu_aql, registered_memory_is_reached_at_both_addresses)
{
	HsaMemFlags flags = {.Value = 0};
	uint32_t *heap = calloc(4096, 4);
	amd_signal_t *done;
	struct test_queue q;
	HSAuint64 va = 0;
	void *kernel;

	gpu_open();
	VT_ASSERT(heap);
	aql_open(&q);
	flags.ui32.HostAccess = 1;
	ASSERT_OK(hsaKmtRegisterMemoryWithFlags(heap, 4096 * 4, flags));
	ASSERT_OK(hsaKmtMapMemoryToGPU(heap, 4096 * 4, &va));
	kernel = KERNEL(code_store);
	done = signal_new(2, NULL);
	put_dispatch(&q, kernel, 4, kernarg_of(heap), done);
	put_dispatch(&q, kernel, 4, kernarg_of((void *)(va + 1024 * 4)), done);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	for (unsigned i = 0; i < 256; i++)
		VT_ASSERT(heap[i] == i + 1 && heap[1024 + i] == i + 1);
	ASSERT_OK(hsaKmtDeregisterMemory(heap));
	gpu_close();
	free(heap);
}

VT_TEST(swgpu_aql, a_kernel_raises_an_event)
{
	struct test_queue q;
	uint64_t *kernarg;
	HsaEvent *event;

	gpu_open();
	aql_open(&q);
	event = event_new(HSA_EVENTTYPE_SIGNAL, false);
	kernarg = gpu_alloc(64);
	kernarg[0] = event->EventId;
	put_dispatch(&q, KERNEL(code_interrupt), 1, kernarg, NULL);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_aql, an_unmapped_indirect_buffer_faults)
{
	uint32_t packet[16] = {0 | 1 << 16, 0xc0023f00, 0x1000, 0, 7 | 1 << 23, 10};
	struct test_queue q;
	HsaEvent *event;

	gpu_open();
	aql_open(&q);
	event = event_new(HSA_EVENTTYPE_MEMORY, true);
	aql_put(&q, packet);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	VT_ASSERT_EQ(event->EventData.EventData.MemoryAccessFault.VirtualAddress, 0x1000);
	gpu_close();
}

VT_TEST(swgpu_aql, indirect_buffers_run)
{
	static const uint32_t acquire[] = {0xc0055800, 1u << 29, ~0u, 0xff, 0, 0, 4};
	uint32_t packet[16] = {0 | 1 << 16, 0xc0023f00, 0, 0, 7 | 1 << 23, 10};
	struct test_queue q;
	uint64_t at;
	uint32_t *ib;

	gpu_open();
	aql_open(&q);
	ib = gpu_alloc(4096);
	memcpy(ib, acquire, sizeof(acquire));
	packet[2] = (uint32_t)(uintptr_t)ib;
	packet[3] = (uint32_t)((uintptr_t)ib >> 32);
	aql_put(&q, packet);
	at = (uintptr_t)&q.amd->read_dispatch_id;
	VT_ASSERT(becomes((const volatile int64_t *)at, 1, SOON_MS));
	VT_ASSERT_EQ(peek(&q.inactive->value), 0);
	ib[0] = 0xc0019900; /* an operation that it does not know */
	aql_put(&q, packet);
	VT_ASSERT(becomes(&q.inactive->value, 256, SOON_MS));
	gpu_close();
}

/* What is wrong with a dispatch, and the error that it must give. */
enum wrong {
	WRONG_TYPE,
	WRONG_DIMS,
	WRONG_GROUP,
	WRONG_GRID,
	WRONG_UNUSED,
	WRONG_TOTAL,
	WRONG_ITEMS,
	WRONG_LDS,
	WRONG_OBJECT,
	WRONG_ENTRY,
	WRONG_VGPRS,
	WRONG_VENDOR,
	WRONG_COUNT
};

static int64_t spoil(enum wrong what, hsa_kernel_dispatch_packet_t *p)
{
	uint8_t *object = (uint8_t *)p->kernel_object;

	switch (what) {
	case WRONG_TYPE: p->header = 6; return 32;
	case WRONG_DIMS: p->setup = 0; return 2;
	case WRONG_GROUP: p->workgroup_size_x = 0; return 2;
	case WRONG_GRID: p->grid_size_x = 0; return 2;
	case WRONG_UNUSED: p->grid_size_y = 2; return 2;
	case WRONG_TOTAL:
		p->setup = 3;
		p->workgroup_size_x = 1;
		p->grid_size_x = p->grid_size_y = p->grid_size_z = UINT32_MAX;
		return 2;
	case WRONG_ITEMS: p->workgroup_size_x = 1025; return 64;
	case WRONG_LDS: p->group_segment_size = 65537; return 4;
	case WRONG_OBJECT: p->kernel_object = 0; return 8;
	case WRONG_ENTRY: object[16] = 2; return 8;
	case WRONG_VGPRS:
		p->workgroup_size_x = 1024;
		object[48] = 31;
		return 128;
	case WRONG_VENDOR:
		p->header = 0;
		p->setup = 9;
		return 256;
	case WRONG_COUNT: break;
	}
	return 0;
}

VT_TEST_ROWS(swgpu_aql, a_bad_packet_gives_its_error, WRONG_COUNT)
{
	hsa_kernel_dispatch_packet_t p;
	struct test_queue q;
	amd_signal_t *done;
	HsaEvent *event;
	int64_t error;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_SIGNAL, false);
	aql_open(&q);
	q.inactive->event_mailbox_ptr = event->EventData.HWData2;
	q.inactive->event_id = event->EventId;
	done = signal_new(1, NULL);
	p = aql_dispatch(KERNEL(code_store), 1, 64, kernarg_of(&p), done);
	error = spoil((enum wrong)row, &p);
	aql_put(&q, &p);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	VT_ASSERT_EQ(peek(&q.inactive->value), error);
	VT_ASSERT_EQ(peek(&done->value), 1);
	ASSERT_OK(hsaKmtDestroyQueue(q.res.QueueId));
	gpu_close();
}

VT_TEST(swgpu_aql, illegal_instructions_and_traps)
{
	struct test_queue a, b;

	gpu_open();
	aql_open(&a);
	aql_open(&b);
	put_dispatch(&a, KERNEL(code_illegal), 1, NULL, NULL);
	put_dispatch(&b, KERNEL(code_trap), 1, NULL, NULL);
	VT_ASSERT(becomes(&a.inactive->value, 0x40000000, SOON_MS));
	VT_ASSERT(becomes(&b.inactive->value, 0x80000000, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_aql, a_stray_store_faults)
{
	struct test_queue q, other;
	amd_signal_t *done;
	HsaEvent *event;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_MEMORY, true);
	aql_open(&q);
	aql_open(&other);
	done = signal_new(1, NULL);
	put_dispatch(&q, KERNEL(code_store), 8, kernarg_of((void *)0x123400000000), done);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	VT_ASSERT(event->EventData.EventData.MemoryAccessFault.VirtualAddress >> 20 == 0x1234000);
	VT_ASSERT_EQ(peek(&done->value), 1);
	/* Other queues are not concerned. */
	put_barrier(&other, HSA_PACKET_TYPE_BARRIER_AND, done, NULL, 0);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_aql, bad_queues_are_refused)
{
	HsaQueueResource res = {.QueueId = 0};
	HSAuint32 mask = 1;
	struct test_queue q;

	gpu_open();
	aql_open(&q);
	res = q.res;
#define CREATE(node, type, percent, priority, ring, bytes) \
	hsaKmtCreateQueue(node, type, percent, priority, ring, bytes, NULL, &res)
	VT_ASSERT_EQ(CREATE(CPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, 0, q.ring, 4096),
		     HSAKMT_STATUS_INVALID_NODE_UNIT);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 101, 0, q.ring, 4096),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, 4, q.ring, 4096),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, 0, q.ring, 4095),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, 0, q.ring, 1ull << 40),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, 0, NULL, 4096),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_MULTIMEDIA_DECODE, 100, 0, q.ring, 4096),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE, 100, 0, q.ring, 4096),
		     HSAKMT_STATUS_NOT_SUPPORTED);
	res.QueueWptrValue = (uintptr_t)&res;
	VT_ASSERT_EQ(CREATE(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, 0, q.ring, 4096),
		     HSAKMT_STATUS_INVALID_PARAMETER);
#undef CREATE
	VT_ASSERT_EQ(hsaKmtDestroyQueue(0), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtDestroyQueue(q.res.QueueId + 1), HSAKMT_STATUS_INVALID_HANDLE);
	VT_ASSERT_EQ(hsaKmtSetQueueCUMask(q.res.QueueId, 31, &mask),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtSetQueueCUMask(q.res.QueueId, 32, NULL),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	ASSERT_OK(hsaKmtSetQueueCUMask(q.res.QueueId, 32, &mask));
	gpu_close();
}

VT_TEST(swgpu_aql, doorbells_and_pointers_can_be_exported)
{
	struct test_queue aql, sdma;
	HSAuint64 offset;
	int fd;

	gpu_open();
	aql_open(&aql);
	sdma_open(&sdma);
	VT_ASSERT(aql.res.QueueDoorBell != sdma.res.QueueDoorBell);
	ASSERT_OK(hsaKmtExportDMABufHandle(aql.res.Queue_DoorBell, 8, &fd, &offset));
	VT_ASSERT_EQ(offset, aql.res.QueueDoorBell % TEST_PAGE);
	close(fd);
	ASSERT_OK(hsaKmtExportDMABufHandle(sdma.res.Queue_write_ptr, 8, &fd, &offset));
	close(fd);
	gpu_close();
}
