/* Rings: order, wrap, full and empty, lies, closing, two threads. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/wire/ring.h"
#include "tests/support/vt_test.h"

static _Alignas(4096) uint8_t shared[VT_CHANNEL_BYTES];
static uint8_t body[VT_MAX_BODY], got[VT_MAX_BODY];

/* Two views, as two processes have them. */
static struct vt_channel a, b;

static void begin(uint32_t start)
{
	memset(shared, 0, sizeof(shared));
	vt_channel_init(&a, shared);
	vt_channel_init(&b, shared);
	atomic_store(&a.requests.shared->head, start);
	atomic_store(&a.requests.shared->tail, start);
	a.requests.pos = a.requests.seen = b.requests.pos = b.requests.seen = start;
}

static int put(uint32_t len, uint64_t seqno)
{
	struct vt_frame f = {.body_len = len, .op = 1, .seqno = seqno};

	for (uint32_t i = 0; i < len; i++)
		body[i] = (uint8_t)(seqno + i);
	return vt_ring_write(&a.requests, &f, body, 0);
}

static void take(uint32_t len, uint64_t seqno)
{
	struct vt_frame f;

	VT_ASSERT_EQ(vt_ring_read(&b.requests, &f, got, sizeof(got), 0, 1000), 0);
	VT_ASSERT_EQ(f.body_len, len);
	VT_ASSERT_EQ(f.seqno, seqno);
	for (uint32_t i = 0; i < len; i++)
		VT_ASSERT_EQ(got[i], (uint8_t)(seqno + i));
}

VT_TEST(ring, empty_times_out)
{
	struct vt_frame f;

	begin(0);
	VT_ASSERT_EQ(vt_ring_read(&b.requests, &f, got, sizeof(got), 1000, 0), -ETIMEDOUT);
	VT_ASSERT_EQ(vt_ring_read(&b.requests, &f, got, sizeof(got), 1000, 20), -ETIMEDOUT);
	VT_ASSERT_EQ(atomic_load(&b.requests.shared->reader_sleeps), 0);
	VT_ASSERT_EQ(put(8, 1), 0);
	take(8, 1);
}

/* Every body length, over the end of the data and over the wrap of the counters. */
VT_TEST_ROWS(ring, wraps, 3)
{
	static const uint32_t starts[3] = {0, VT_RING_BYTES - 24, UINT32_MAX - 39};

	begin(starts[row] & ~7u);
	for (uint32_t i = 0; i < 3000; i++) {
		uint32_t len = i * 37 % 9000;

		VT_ASSERT_EQ(put(len, i), 0);
		take(len, i);
	}
}

VT_TEST(ring, full_times_out_and_loses_nothing)
{
	uint32_t n = 0;

	begin(0);
	while (put(VT_MAX_BODY - 100, n) == 0)
		n++;
	VT_ASSERT_EQ(n, 4);
	VT_ASSERT_EQ(put(VT_MAX_BODY - 100, n), -ETIMEDOUT);
	take(VT_MAX_BODY - 100, 0);
	VT_ASSERT_EQ(put(VT_MAX_BODY - 100, n), 0);
	for (uint32_t i = 1; i <= n; i++)
		take(VT_MAX_BODY - 100, i);
}

VT_TEST(ring, largest_body)
{
	struct vt_frame f = {.body_len = VT_MAX_BODY + 1};

	begin(8);
	VT_ASSERT_EQ(put(VT_MAX_BODY, 5), 0);
	take(VT_MAX_BODY, 5);
	VT_ASSERT_EQ(vt_ring_write(&a.requests, &f, body, 0), -EBADMSG);
}

VT_TEST_ROWS(ring, lying_tail, 6)
{
	static const uint32_t tails[6] = {1,          15,         VT_RING_BYTES + 1,
					  0x80000000, UINT32_MAX, UINT32_MAX - 7};
	struct vt_frame f;

	begin(0);
	atomic_store(&a.requests.shared->tail, tails[row]);
	VT_ASSERT_EQ(vt_ring_read(&b.requests, &f, got, sizeof(got), 0, 0), -EBADMSG);
}

VT_TEST_ROWS(ring, lying_head, 3)
{
	static const uint32_t heads[3] = {8, 0x80000000, UINT32_MAX - VT_RING_BYTES};

	begin(0);
	VT_ASSERT_EQ(put(VT_MAX_BODY, 1), 0);
	VT_ASSERT_EQ(put(VT_MAX_BODY, 2), 0);
	VT_ASSERT_EQ(put(VT_MAX_BODY, 3), 0);
	atomic_store(&a.requests.shared->head, a.requests.pos + heads[row]);
	VT_ASSERT_EQ(put(VT_MAX_BODY, 4), -EBADMSG);
}

VT_TEST_ROWS(ring, lying_length, 4)
{
	static const uint32_t lens[4] = {17, VT_MAX_BODY, VT_MAX_BODY + 1, UINT32_MAX};
	struct vt_frame f = {.body_len = lens[row]};

	begin(0);
	VT_ASSERT_EQ(put(16, 1), 0);
	memcpy(a.requests.data, &f, sizeof(f));
	VT_ASSERT_EQ(vt_ring_read(&b.requests, &f, got, sizeof(got), 0, 0), -EBADMSG);
}

/* What was copied is what was checked: changing the ring afterwards changes nothing. */
VT_TEST(ring, body_longer_than_the_readers_room)
{
	struct vt_frame f;

	begin(0);
	VT_ASSERT_EQ(put(100, 1), 0);
	VT_ASSERT_EQ(vt_ring_read(&b.requests, &f, got, 99, 0, 0), -EBADMSG);
}

enum { FRAMES = 20000 };

static void *produce(void *arg)
{
	for (uint64_t i = 0; i < FRAMES; i++) {
		struct vt_frame f = {.body_len = (uint32_t)(i * 7919 % 3000), .seqno = i};
		static uint8_t bytes[3000];

		memset(bytes, (int)i, f.body_len);
		if (vt_ring_write(&a.requests, &f, bytes, -1))
			return arg;
		if (i % 997 == 0) {
			const struct timespec pause = {.tv_nsec = 200000};

			nanosleep(&pause, NULL); /* so that the reader sleeps now and then */
		}
	}
	return NULL;
}

VT_TEST(ring, two_threads)
{
	pthread_t thread;
	void *failed;

	begin(UINT32_MAX & ~7u);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, produce, &a), 0);
	for (uint64_t i = 0; i < FRAMES; i++) {
		struct vt_frame f;

		VT_ASSERT_EQ(
		    vt_ring_read(&b.requests, &f, got, sizeof(got), i % 2 ? 0 : 20000, 10000), 0);
		VT_ASSERT_EQ(f.seqno, i);
		VT_ASSERT_EQ(f.body_len, i * 7919 % 3000);
		for (uint32_t j = 0; j < f.body_len; j++)
			VT_ASSERT_EQ(got[j], (uint8_t)i);
	}
	VT_ASSERT_EQ(pthread_join(thread, &failed), 0);
	VT_ASSERT(!failed);
	VT_ASSERT(b.requests.sleeps > 0);
}

static void *wait_frame(void *arg)
{
	struct vt_frame f;
	static int result;

	(void)arg;
	result = vt_ring_read(&b.requests, &f, got, sizeof(got), 0, -1);
	return &result;
}

VT_TEST(ring, close_wakes_at_once)
{
	const struct timespec pause = {.tv_nsec = 50000000};
	struct timespec before, after;
	pthread_t thread;
	void *result;

	begin(0);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, wait_frame, NULL), 0);
	nanosleep(&pause, NULL);
	clock_gettime(CLOCK_MONOTONIC, &before);
	vt_channel_close(&b);
	VT_ASSERT_EQ(pthread_join(thread, &result), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	VT_ASSERT_EQ(*(int *)result, -EPIPE);
	VT_ASSERT(after.tv_sec - before.tv_sec <= 1);
	VT_ASSERT_EQ(vt_ring_write(&b.requests, &(struct vt_frame){0}, NULL, -1), -EPIPE);
}
