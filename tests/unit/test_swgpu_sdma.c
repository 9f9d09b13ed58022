/* SDMA queues, with packets written by hand. */
#include <string.h>

#include "tests/unit/test_swgpu_support.h"

#define LO(p) ((uint32_t)(uintptr_t)(p))
#define HI(p) ((uint32_t)((uintptr_t)(p) >> 32))

/* What ends a sequence of packets: a fence whose word the test waits for. */
static int64_t *fence_new(void)
{
	return gpu_alloc(sizeof(int64_t));
}

static void put_fence(struct test_queue *q, const int64_t *fence)
{
	const uint32_t packet[] = {5, LO(fence), HI(fence), 1};

	sdma_put(q, packet, VT_ARRAY_LEN(packet));
}

static void put_copy(struct test_queue *q, const void *dst, const void *src, uint32_t bytes)
{
	const uint32_t packet[] = {1, bytes - 1, 0, LO(src), HI(src), LO(dst), HI(dst)};

	sdma_put(q, packet, VT_ARRAY_LEN(packet));
}

static void fill_random(uint8_t *p, size_t bytes)
{
	uint32_t seed = 12345;

	for (size_t i = 0; i < bytes; i++) {
		seed = seed * 1664525u + 1013904223u;
		p[i] = (uint8_t)(seed >> 24);
	}
}

VT_TEST(swgpu_sdma, copies)
{
	static const uint32_t sizes[] = {1, 3, 4, 4096, 100001, 1u << 21};
	struct test_queue q;
	int64_t *fence;
	uint8_t *src, *dst;

	gpu_open();
	sdma_open(&q);
	src = gpu_alloc(1u << 22);
	dst = gpu_alloc_on(GPU_NODE, 1u << 22);
	fill_random(src, 1u << 22);
	for (unsigned i = 0; i < VT_ARRAY_LEN(sizes); i++) {
		fence = fence_new();
		memset(dst, 0, 1u << 22);
		put_copy(&q, dst + 5, src + 2, sizes[i]);
		put_fence(&q, fence);
		sdma_ring(&q);
		VT_ASSERT(becomes(fence, 1, SOON_MS));
		VT_ASSERT(memcmp(dst + 5, src + 2, sizes[i]) == 0);
		VT_ASSERT(dst[4] == 0 && dst[5 + sizes[i]] == 0);
	}
	ASSERT_OK(hsaKmtDestroyQueue(q.res.QueueId));
	gpu_close();
}

VT_TEST(swgpu_sdma, goes_round_the_ring)
{
	struct test_queue q;
	int64_t *fence;
	uint32_t *words;

	gpu_open();
	sdma_open(&q);
	words = gpu_alloc(8192);
	for (unsigned i = 0; i < 4000; i++) { /* 28 bytes each: three times round */
		words[1] = i;
		fence = NULL;
		put_copy(&q, words, words + 1, 4);
		if (i % 500 == 499) {
			fence = fence_new();
			put_fence(&q, fence);
			sdma_ring(&q);
			VT_ASSERT(becomes(fence, 1, SOON_MS));
			VT_ASSERT_EQ(words[0], i);
		}
	}
	VT_ASSERT_EQ(peek(q.res.Queue_read_ptr_aql), q.sdma_write);
	gpu_close();
}

VT_TEST(swgpu_sdma, copies_rectangles)
{
	/* 16-byte elements: 3 x 4 x 2 of them, from a 10 x 8 array to a 5 x 6 one. */
	struct test_queue q;
	int64_t *fence;
	uint8_t *src, *dst;

	gpu_open();
	sdma_open(&q);
	src = gpu_alloc(65536);
	dst = gpu_alloc(65536);
	fence = fence_new();
	fill_random(src, 65536);
	{
		const uint32_t packet[] = {
		    1 | 4 << 8 | 4u << 29,
		    LO(src),
		    HI(src),
		    2 | 1 << 16,
		    1 | 9 << 13,
		    79,
		    LO(dst),
		    HI(dst),
		    1 | 2 << 16,
		    0 | 4 << 13,
		    29,
		    2 | 3 << 16,
		    1,
		};

		sdma_put(&q, packet, VT_ARRAY_LEN(packet));
	}
	put_fence(&q, fence);
	sdma_ring(&q);
	VT_ASSERT(becomes(fence, 1, SOON_MS));
	for (unsigned z = 0; z < 2; z++)
		for (unsigned y = 0; y < 4; y++)
			VT_ASSERT(memcmp(dst + 16 * (z * 30 + (2 + y) * 5 + 1),
					 src + 16 * ((1 + z) * 80 + (1 + y) * 10 + 2), 48) == 0);
	gpu_close();
}

/* What the packets of the next test work on. */
struct work {
	int64_t *flag, *count;
	uint32_t *words;
	uint64_t *stamp;
	HsaEvent *event;
};

static void put_work(struct test_queue *q, const struct work *w)
{
	const uint32_t poll[] = {8 | 3u << 28 | 1u << 31, LO(w->flag), HI(w->flag), 7, ~0u,
				 0xfff << 16 | 4};
	const uint32_t flush[] = {8, 0, 0x80000000, 0, 0, 0}; /* polls a register */
	const uint32_t fill[] = {11 | 2u << 30, LO(w->words), HI(w->words), 0x12345678,
				 (100 - 1) * 4};
	const uint32_t add[] = {10 | 47u << 25, LO(w->count), HI(w->count), ~0u, ~0u, 0, 0, 0};
	const uint32_t stamp[] = {13 | 2 << 8, LO(w->stamp), HI(w->stamp)};
	const uint32_t nop[] = {0 | 2 << 16, 0xdead, 0xbeef}; /* with two words of padding */
	const uint32_t trap[] = {6, w->event->EventId};

	sdma_put(q, poll, VT_ARRAY_LEN(poll));
	sdma_put(q, flush, VT_ARRAY_LEN(flush));
	sdma_put(q, fill, VT_ARRAY_LEN(fill));
	sdma_put(q, add, VT_ARRAY_LEN(add));
	sdma_put(q, stamp, VT_ARRAY_LEN(stamp));
	sdma_put(q, nop, VT_ARRAY_LEN(nop));
	sdma_put(q, trap, VT_ARRAY_LEN(trap));
}

VT_TEST(swgpu_sdma, fills_polls_counts_and_raises)
{
	struct test_queue q;
	struct work w;
	int64_t *fence;

	gpu_open();
	sdma_open(&q);
	w = (struct work){gpu_alloc(4096), gpu_alloc(4096), gpu_alloc(4096), gpu_alloc(4096),
			  event_new(HSA_EVENTTYPE_SIGNAL, false)};
	fence = fence_new();
	*w.count = 10;
	put_work(&q, &w);
	put_fence(&q, fence);
	sdma_ring(&q);
	VT_ASSERT(!becomes(fence, 1, NEVER_MS));
	VT_ASSERT_EQ(w.words[0], 0);
	__atomic_store_n((uint32_t *)(void *)w.flag, 7, __ATOMIC_RELEASE);
	VT_ASSERT(becomes(fence, 1, SOON_MS));
	VT_ASSERT_EQ(w.words[99], 0x12345678);
	VT_ASSERT_EQ(w.words[100], 0);
	VT_ASSERT_EQ(*w.count, 9);
	VT_ASSERT(*w.stamp != 0);
	ASSERT_OK(hsaKmtWaitOnEvent(w.event, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_sdma, faults_tell_the_address)
{
	struct test_queue q;
	HsaEvent *event;
	uint8_t *src, *dst;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_MEMORY, true);
	sdma_open(&q);
	src = gpu_alloc(8192);
	dst = gpu_alloc(8192);
	ASSERT_OK(hsaKmtUnmapMemoryToGPU(dst));
	put_copy(&q, dst, src, 8192);
	sdma_ring(&q);
	ASSERT_OK(hsaKmtWaitOnEvent(event, SOON_MS));
	VT_ASSERT_EQ(event->EventData.EventData.MemoryAccessFault.VirtualAddress, (uintptr_t)dst);
	VT_ASSERT_EQ(event->EventData.EventData.MemoryAccessFault.NodeId, GPU_NODE);
	VT_ASSERT_EQ(event->EventData.EventData.MemoryAccessFault.Failure.NotPresent, 1);
	ASSERT_OK(hsaKmtDestroyQueue(q.res.QueueId)); /* a queue that has failed can still go */
	gpu_close();
}

static const struct {
	const char *name;
	uint32_t words[3];
} bad_packets[] = {
    {"unknown operation", {99}},
    {"unknown sub-operation", {1 | 9 << 8}},
    {"copy with broadcast", {1 | 1u << 27}},
    {"atomic exchange", {10 | 8u << 25}},
    {"fill of 8-byte units", {11 | 3u << 30}},
    {"count beyond its field", {1, 1u << 22}},
};

VT_TEST_ROWS(swgpu_sdma, refuses_what_it_does_not_know, VT_ARRAY_LEN(bad_packets))
{
	static const uint32_t padding[16];
	struct test_queue q;
	HsaEvent *event;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_HW_EXCEPTION, true);
	sdma_open(&q);
	sdma_put(&q, bad_packets[row].words, 3);
	sdma_put(&q, padding, VT_ARRAY_LEN(padding));
	sdma_ring(&q);
	VT_ASSERT_MSG(hsaKmtWaitOnEvent(event, SOON_MS) == HSAKMT_STATUS_SUCCESS, "%s",
		      bad_packets[row].name);
	VT_ASSERT_EQ(peek(q.res.Queue_read_ptr_aql), 0);
	gpu_close();
}

VT_TEST(swgpu_sdma, waits_for_the_rest_of_a_packet)
{
	struct test_queue q;
	int64_t *fence;

	gpu_open();
	sdma_open(&q);
	fence = fence_new();
	put_fence(&q, fence);
	q.sdma_write -= 8;
	sdma_ring(&q);
	VT_ASSERT(!becomes(fence, 1, NEVER_MS));
	q.sdma_write += 8;
	sdma_ring(&q);
	VT_ASSERT(becomes(fence, 1, SOON_MS));
	gpu_close();
}
