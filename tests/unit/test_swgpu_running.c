/* AQL queues at work: beside each other, stopped, destroyed, and with their memory taken away. */
#include "tests/unit/test_swgpu_kernels.h"

static const uint32_t *const waiting_code[] = {code_spin, code_sleep};
static const size_t waiting_words[] = {VT_ARRAY_LEN(code_spin), VT_ARRAY_LEN(code_sleep)};

/* A kernel that waits for the host holds up neither other queues nor its own destruction. */
VT_TEST_ROWS(swgpu_running, queues_do_not_wait_for_each_other, VT_ARRAY_LEN(waiting_code))
{
	struct test_queue waiting, working;
	amd_signal_t *waited, *worked;
	uint32_t *out, *flag;

	gpu_open();
	aql_open(&waiting);
	aql_open(&working);
	flag = gpu_alloc(4096);
	out = gpu_alloc(65536);
	waited = signal_new(1, NULL);
	worked = signal_new(1, NULL);
	put_dispatch(&waiting, kernel_new(waiting_code[row], waiting_words[row]), 8,
		     kernarg_of(flag), waited);
	put_dispatch(&working, KERNEL(code_store), 200, kernarg_of(out), worked);
	VT_ASSERT(becomes(&worked->value, 0, SOON_MS));
	VT_ASSERT_EQ(out[64 * 200 - 1], 64 * 200);
	VT_ASSERT_EQ(peek(&waited->value), 1);
	__atomic_store_n(flag, 1, __ATOMIC_RELEASE);
	VT_ASSERT(becomes(&waited->value, 0, SOON_MS));
	gpu_close();
}

/* More workgroups than threads, of which none ends before all have begun. */
VT_TEST(swgpu_running, workgroups_may_wait_for_later_ones)
{
	struct test_queue q;
	amd_signal_t *done;
	uint64_t *kernarg;
	uint32_t *count;

	gpu_open();
	aql_open(&q);
	count = gpu_alloc(4096);
	kernarg = kernarg_of(count);
	kernarg[1] = 12;
	done = signal_new(1, NULL);
	put_dispatch(&q, KERNEL(code_meet), 12, kernarg, done);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	VT_ASSERT_EQ(*count, 12);
	gpu_close();
}

VT_TEST(swgpu_running, can_be_stopped_and_go_on)
{
	struct test_queue q;
	amd_signal_t *done;
	uint32_t *flag;

	gpu_open();
	aql_open(&q);
	flag = gpu_alloc(4096);
	done = signal_new(1, NULL);
	put_dispatch(&q, KERNEL(code_spin), 4, kernarg_of(flag), done);
	ASSERT_OK(
	    hsaKmtUpdateQueue(q.res.QueueId, 0, HSA_QUEUE_PRIORITY_NORMAL, q.ring, q.bytes, NULL));
	__atomic_store_n(flag, 1, __ATOMIC_RELEASE);
	VT_ASSERT(!becomes(&done->value, 0, NEVER_MS));
	ASSERT_OK(hsaKmtUpdateQueue(q.res.QueueId, 100, HSA_QUEUE_PRIORITY_NORMAL, q.ring, q.bytes,
				    NULL));
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_running, an_endless_kernel_can_be_ended)
{
	struct test_queue q;

	gpu_open();
	aql_open(&q);
	put_dispatch(&q, KERNEL(code_for_ever), 100, NULL, NULL);
	VT_ASSERT(!becomes((const volatile int64_t *)&q.amd->read_dispatch_id, 1, NEVER_MS));
	ASSERT_OK(hsaKmtDestroyQueue(q.res.QueueId));
	VT_ASSERT_EQ(hsaKmtDestroyQueue(q.res.QueueId), HSAKMT_STATUS_INVALID_HANDLE);
	aql_open(&q);
	put_dispatch(&q, KERNEL(code_for_ever), 100, NULL, NULL);
	gpu_close(); /* with the kernel running */
}

/* Memory can be taken away under a running kernel: it faults, and nothing else happens. */
VT_TEST(swgpu_running, memory_freed_in_use_faults)
{
	struct test_queue q;
	HsaEvent *event;
	uint32_t *flag;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_MEMORY, true);
	aql_open(&q);
	flag = gpu_alloc(4096);
	put_dispatch(&q, KERNEL(code_spin), 4, kernarg_of(flag), NULL);
	VT_ASSERT(!becomes((const volatile int64_t *)&q.amd->read_dispatch_id, 1, NEVER_MS));
	gpu_free(flag);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	VT_ASSERT_EQ(event->EventData.EventData.MemoryAccessFault.VirtualAddress, (uintptr_t)flag);
	gpu_close();
}

VT_TEST(swgpu_running, the_ring_freed_in_use_faults)
{
	struct test_queue q;
	HsaEvent *event;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_MEMORY, true);
	aql_open(&q);
	gpu_free(q.ring);
	__atomic_store_n(&q.amd->write_dispatch_id, 1, __ATOMIC_RELEASE);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	ASSERT_OK(hsaKmtDestroyQueue(q.res.QueueId));
	gpu_close();
}
