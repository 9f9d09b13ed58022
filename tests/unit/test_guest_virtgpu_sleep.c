/*
 * Sleeping over virtio-gpu: fences for answers and for the bell, one for all waiters, and the end
 * of the host in the middle of it.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "proto/wire/op.h"
#include "tests/support/vt_test.h"
#include "tests/unit/test_guest_virtgpu_support.h"

VT_TEST_ROWS(virtgpu_sleep, a_slow_answer_is_slept_for, 2)
{
	struct fake_virtgpu_counts c;

	vt_bed_begin(row ? &vt_bed_old : &vt_bed_good);
	atomic_store(&vt_bed_delay_ms, 30);
	for (unsigned i = 0; i < 5; i++)
		vt_bed_ping();
	fake_virtgpu_count(&c);
	VT_ASSERT(c.awaits[VT_VGPU_WORD_REPLIES_TAIL] >= 5);
	VT_ASSERT(c.awaits[VT_VGPU_WORD_REPLIES_TAIL] < 20);
	vt_bed_end();
}

VT_TEST(virtgpu_sleep, a_sleeping_renderer_is_woken)
{
	int64_t start;

	vt_bed_begin(&vt_bed_good);
	for (unsigned i = 0; i < 20; i++) {
		vt_bed_sleep_ms(5); /* it falls asleep after 1 us */
		start = vt_bed_now_ms();
		vt_bed_ping();
		VT_ASSERT(vt_bed_now_ms() - start < 350); /* it looks by itself every 400 ms */
	}
	vt_bed_end();
}

struct waiter {
	uint32_t seen;
	const struct timespec *deadline;
	int err;
};

static void *wait_for_bell(void *arg)
{
	struct waiter *w = arg;

	while (!w->err && atomic_load(&bed.t->events->header.bell) == w->seen)
		w->err = bed.t->ops->wait_events(bed.t, w->seen, w->deadline);
	return NULL;
}

static unsigned bell_awaits(void)
{
	struct fake_virtgpu_counts c;

	fake_virtgpu_count(&c);
	return c.awaits[VT_VGPU_WORD_BELL];
}

#define WAITERS 4

static void start_waiters(struct waiter *w, pthread_t *thread)
{
	for (unsigned i = 0; i < WAITERS; i++) {
		w[i] = (struct waiter){.seen = atomic_load(&bed.t->events->header.bell)};
		VT_ASSERT_EQ(pthread_create(&thread[i], NULL, wait_for_bell, &w[i]), 0);
	}
	while (bell_awaits() == 0)
		vt_bed_sleep_ms(1);
	vt_bed_sleep_ms(10);
}

static void join_waiters(const struct waiter *w, const pthread_t *thread)
{
	for (unsigned i = 0; i < WAITERS; i++) {
		pthread_join(thread[i], NULL);
		VT_ASSERT_EQ(w[i].err, 0);
	}
}

VT_TEST(virtgpu_sleep, waiters_share_one_fence)
{
	struct waiter w[WAITERS];
	pthread_t thread[WAITERS];

	vt_bed_begin(&vt_bed_good);
	atomic_fetch_add(&bed.t->events->slot[3].waiters, 1);
	start_waiters(w, thread);
	VT_ASSERT_EQ(bell_awaits(), 1);
	stub_publish(&bed.renderer, 3);
	join_waiters(w, thread);
	VT_ASSERT_EQ(bell_awaits(), 1);
	vt_bed_end();
}

VT_TEST(virtgpu_sleep, own_events_need_no_host)
{
	struct fake_virtgpu_counts c, later;
	struct waiter w[WAITERS];
	pthread_t thread[WAITERS];

	vt_bed_begin(&vt_bed_good);
	start_waiters(w, thread);
	fake_virtgpu_count(&c);
	atomic_fetch_add(&bed.t->events->header.bell, 1);
	bed.t->ops->wake_events(bed.t);
	join_waiters(w, thread);
	fake_virtgpu_count(&later);
	VT_ASSERT_EQ(later.ioctls, c.ioctls);
	vt_bed_end();
}

/* A wait that times out leaves its fence; it ends the next wait. */
VT_TEST(virtgpu_sleep, a_fence_outlives_a_wait)
{
	struct waiter w = {.seen = 0};
	pthread_t thread;

	vt_bed_begin(&vt_bed_good);
	atomic_fetch_add(&bed.t->events->slot[0].waiters, 1);
	for (unsigned i = 0; i < 3; i++) {
		int64_t start = vt_bed_now_ms();
		struct timespec deadline;

		clock_gettime(CLOCK_MONOTONIC, &deadline);
		deadline.tv_nsec += 30000000;
		if (deadline.tv_nsec >= 1000000000) {
			deadline.tv_nsec -= 1000000000;
			deadline.tv_sec++;
		}
		VT_ASSERT_EQ(bed.t->ops->wait_events(bed.t, 0, &deadline), -ETIMEDOUT);
		VT_ASSERT(vt_bed_now_ms() - start >= 29 && vt_bed_now_ms() - start < 5000);
	}
	VT_ASSERT_EQ(bell_awaits(), 1);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, wait_for_bell, &w), 0);
	vt_bed_sleep_ms(10);
	stub_publish(&bed.renderer, 0);
	pthread_join(thread, NULL);
	VT_ASSERT_EQ(w.err, 0);
	VT_ASSERT_EQ(bell_awaits(), 1);
	vt_bed_end();
}

/* Published again and again while threads come and go: nobody sleeps for ever. */
VT_TEST(virtgpu_sleep, no_ring_of_the_bell_is_missed)
{
	struct waiter w[WAITERS];
	pthread_t thread[WAITERS];

	vt_bed_begin(&vt_bed_good);
	atomic_fetch_add(&bed.t->events->slot[0].waiters, 1);
	for (unsigned round = 0; round < 200; round++) {
		for (unsigned i = 0; i < WAITERS; i++) {
			w[i] = (struct waiter){.seen = atomic_load(&bed.t->events->header.bell)};
			VT_ASSERT_EQ(pthread_create(&thread[i], NULL, wait_for_bell, &w[i]), 0);
		}
		stub_publish(&bed.renderer, 0);
		join_waiters(w, thread);
	}
	vt_bed_end();
}

/* --- The end of the host --- */

static void *hang_up_later(void *arg)
{
	(void)arg;
	vt_bed_sleep_ms(50);
	stub_renderer_hang_up(&bed.renderer);
	return NULL;
}

static void *die_later(void *arg)
{
	(void)arg;
	vt_bed_sleep_ms(50);
	fake_virtgpu_die(true);
	return NULL;
}

/* Row 0: the renderer; row 1: the device's process, which retires nothing any more. */
VT_TEST_ROWS(virtgpu_sleep, the_end_of_the_host_ends_a_call, 2)
{
	pthread_t thread;
	int64_t start;

	vt_bed_begin(&vt_bed_good);
	atomic_store(&vt_bed_delay_ms, 700);
	start = vt_bed_now_ms();
	VT_ASSERT_EQ(pthread_create(&thread, NULL, row ? die_later : hang_up_later, NULL), 0);
	memset(bed.body, 0, 8);
	VT_ASSERT_EQ(vt_bed_call(VT_OP_PING, 8, NULL, 0), -EPIPE);
	VT_ASSERT(vt_bed_now_ms() - start < 1500);
	pthread_join(thread, NULL);
	VT_ASSERT_EQ(vt_bed_call(VT_OP_PING, 8, NULL, 0), -EPIPE);
	vt_bed_end();
}

VT_TEST_ROWS(virtgpu_sleep, the_end_of_the_host_is_noticed, 2)
{
	pthread_t thread;
	int64_t start = vt_bed_now_ms();

	vt_bed_begin(&vt_bed_good);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, row ? die_later : hang_up_later, NULL), 0);
	bed.t->ops->wait_gone(bed.t);
	VT_ASSERT(vt_bed_now_ms() - start < 1000);
	pthread_join(thread, NULL);
	vt_bed_end();
}

static void *stop_later(void *arg)
{
	(void)arg;
	vt_bed_sleep_ms(50);
	bed.t->ops->stop(bed.t);
	return NULL;
}

VT_TEST(virtgpu_sleep, stop_ends_a_call_and_the_watch)
{
	pthread_t thread;
	int64_t start = vt_bed_now_ms();

	vt_bed_begin(&vt_bed_good);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, stop_later, NULL), 0);
	bed.t->ops->wait_gone(bed.t);
	pthread_join(thread, NULL);
	VT_ASSERT(vt_bed_now_ms() - start < 1000);
	VT_ASSERT_EQ(vt_bed_call(VT_OP_PING, 8, NULL, 0), -EPIPE);
	vt_bed_end();
}

/* Waiters of a context that has ended do not ask the device again and again. */
VT_TEST(virtgpu_sleep, waits_are_quiet_after_the_end)
{
	struct fake_virtgpu_counts c, later;
	struct waiter w = {.seen = 0};
	pthread_t thread;

	vt_bed_begin(&vt_bed_good);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, wait_for_bell, &w), 0);
	vt_bed_sleep_ms(10);
	stub_renderer_hang_up(&bed.renderer);
	bed.t->ops->wait_gone(bed.t);
	fake_virtgpu_count(&c);
	vt_bed_sleep_ms(50);
	fake_virtgpu_count(&later);
	VT_ASSERT(later.submits - c.submits <= 1);
	atomic_fetch_add(&bed.t->events->header.bell, 1);
	bed.t->ops->wake_events(bed.t);
	pthread_join(thread, NULL);
	vt_bed_end();
}
