/* A program's side of queues, signals and kernels. */
#include <string.h>
#include <time.h>

#include "tests/unit/test_swgpu_support.h"

#define AQL_PACKETS 64u
#define SDMA_BYTES  65536u

void gpu_open(void)
{
	HsaSystemProperties system;

	ASSERT_OK(hsaKmtOpenKFD());
	ASSERT_OK(hsaKmtAcquireSystemProperties(&system));
}

void gpu_close(void)
{
	ASSERT_OK(hsaKmtReleaseSystemProperties());
	ASSERT_OK(hsaKmtCloseKFD());
}

void *gpu_alloc_on(HSAuint32 node, size_t bytes)
{
	HsaMemFlags flags = {.Value = 0};
	HSAuint64 va = 0;
	void *p = NULL;

	flags.ui32.HostAccess = 1;
	flags.ui32.NonPaged = node == GPU_NODE;
	flags.ui32.ExecuteAccess = 1;
	ASSERT_OK(hsaKmtAllocMemory(node, bytes, flags, &p));
	ASSERT_OK(hsaKmtMapMemoryToGPU(p, bytes, &va));
	VT_ASSERT_EQ(va, (uintptr_t)p);
	return p;
}

void *gpu_alloc(size_t bytes)
{
	return gpu_alloc_on(CPU_NODE, (bytes + TEST_PAGE - 1) / TEST_PAGE * TEST_PAGE);
}

void gpu_free(void *p)
{
	ASSERT_OK(hsaKmtFreeMemory(p, 0));
}

HsaEvent *event_new(HSA_EVENTTYPE type, bool manual)
{
	HsaEventDescriptor desc = {.EventType = type, .NodeId = GPU_NODE};
	HsaEvent *event = NULL;

	ASSERT_OK(hsaKmtCreateEvent(&desc, manual, false, &event));
	return event;
}

amd_signal_t *signal_new(int64_t value, const HsaEvent *event)
{
	amd_signal_t *signal = gpu_alloc(sizeof(*signal));

	signal->kind = AMD_SIGNAL_KIND_USER;
	signal->value = value;
	if (event) {
		signal->event_mailbox_ptr = event->EventData.HWData2;
		signal->event_id = event->EventId;
	}
	return signal;
}

uint64_t signal_handle(const amd_signal_t *signal)
{
	return (uintptr_t)signal;
}

bool becomes(const volatile int64_t *word, int64_t want, unsigned ms)
{
	struct timespec nap = {0, 200000};

	for (unsigned i = 0; i < 5 * ms; i++) {
		if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == want)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

void aql_open(struct test_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->bytes = AQL_PACKETS * 64;
	q->ring = gpu_alloc(q->bytes);
	for (unsigned i = 0; i < AQL_PACKETS; i++)
		q->ring[64 * i] = HSA_PACKET_TYPE_INVALID;
	q->inactive = signal_new(0, NULL);
	q->amd = gpu_alloc(sizeof(*q->amd));
	q->amd->queue_inactive_signal.handle = signal_handle(q->inactive);
	q->res.QueueRptrValue = (uintptr_t)&q->amd->read_dispatch_id;
	q->res.QueueWptrValue = (uintptr_t)&q->amd->write_dispatch_id;
	ASSERT_OK(hsaKmtCreateQueue(GPU_NODE, HSA_QUEUE_COMPUTE_AQL, 100, HSA_QUEUE_PRIORITY_NORMAL,
				    q->ring, q->bytes, NULL, &q->res));
}

void sdma_open(struct test_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->bytes = SDMA_BYTES;
	q->ring = gpu_alloc(q->bytes);
	ASSERT_OK(hsaKmtCreateQueue(GPU_NODE, HSA_QUEUE_SDMA, 100, HSA_QUEUE_PRIORITY_NORMAL,
				    q->ring, q->bytes, NULL, &q->res));
}

void aql_put(struct test_queue *q, const void *packet)
{
	uint64_t index = q->amd->write_dispatch_id;
	uint8_t *slot = q->ring + index % AQL_PACKETS * 64;
	uint16_t header;

	memcpy(&header, packet, sizeof(header));
	memcpy(slot + 2, (const uint8_t *)packet + 2, 62);
	__atomic_store_n((uint16_t *)(void *)slot, header, __ATOMIC_RELEASE);
	__atomic_store_n(&q->amd->write_dispatch_id, index + 1, __ATOMIC_RELEASE);
	__atomic_store_n(q->res.Queue_DoorBell_aql, index, __ATOMIC_RELEASE);
}

hsa_barrier_and_packet_t aql_barrier(unsigned type, amd_signal_t *done, amd_signal_t *const *deps,
				     unsigned n)
{
	hsa_barrier_and_packet_t p = {.header = (uint16_t)type};

	for (unsigned i = 0; i < n; i++)
		p.dep_signal[i].handle = signal_handle(deps[i]);
	p.completion_signal.handle = signal_handle(done);
	return p;
}

hsa_kernel_dispatch_packet_t aql_dispatch(const void *object, uint32_t groups, uint16_t items,
					  void *kernarg, amd_signal_t *done)
{
	return (hsa_kernel_dispatch_packet_t){
	    .header = HSA_PACKET_TYPE_KERNEL_DISPATCH,
	    .setup = 1,
	    .workgroup_size_x = items,
	    .workgroup_size_y = 1,
	    .workgroup_size_z = 1,
	    .grid_size_x = groups * items,
	    .grid_size_y = 1,
	    .grid_size_z = 1,
	    .kernel_object = (uintptr_t)object,
	    .kernarg_address = kernarg,
	    .completion_signal.handle = signal_handle(done),
	};
}

void *kernel_new(const uint32_t *code, size_t words)
{
	uint8_t *object = gpu_alloc(256 + 4 * words);
	const uint64_t entry = 256;
	const uint32_t rsrc1 = 0;               /* 4 VGPRs */
	const uint32_t rsrc2 = 2 << 1 | 1 << 7; /* 2 user SGPRs, workgroup id x */
	const uint16_t properties = 1 << 3;     /* kernarg segment pointer */

	memcpy(object + 16, &entry, sizeof(entry));
	memcpy(object + 48, &rsrc1, sizeof(rsrc1));
	memcpy(object + 52, &rsrc2, sizeof(rsrc2));
	memcpy(object + 56, &properties, sizeof(properties));
	memcpy(object + 256, code, 4 * words);
	return object;
}

void sdma_put(struct test_queue *q, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memcpy(q->ring + q->sdma_write % q->bytes, &words[i], 4);
		q->sdma_write += 4;
	}
}

void sdma_ring(struct test_queue *q)
{
	__atomic_store_n(q->res.Queue_write_ptr_aql, q->sdma_write, __ATOMIC_RELEASE);
	__atomic_store_n(q->res.Queue_DoorBell_aql, q->sdma_write, __ATOMIC_RELEASE);
}
