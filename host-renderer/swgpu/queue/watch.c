/*
 * The watcher.
 *
 * Invariant: a queue is in the list only while its thread is in swgpu_watch_park, so what ready()
 * reads of it does not change.
 */
#include "host-renderer/swgpu/queue/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "host-renderer/swgpu/queue/queue.h"
#include "host-renderer/swgpu/sched/clock.h"
#include "host-renderer/swgpu/sched/thread.h"

#define SLEEP_MIN_NS 20000u
#define SLEEP_MAX_NS 20000000u
/* The default of 50 us would be most of a short sleep. */
#define TIMER_SLACK_NS 5000ul

struct swgpu_watch {
	struct swgpu_vm *vm;
	pthread_t thread;
	pthread_mutex_t lock; /* guards all that follows */
	pthread_cond_t changed;
	struct swgpu_queue *parked;
	bool quit;
};

/* Calls the queues that are ready; returns how long to sleep then. */
static uint64_t look_locked(struct swgpu_watch *watch, struct swgpu_tlb *tlb)
{
	uint64_t now = swgpu_clock_ns(), least = SLEEP_MAX_NS;

	swgpu_tlb_enter(tlb, watch->vm);
	for (struct swgpu_queue *q = watch->parked; q; q = q->next_parked) {
		uint64_t ns = (now - q->idle_since) / 8;

		if (q->called)
			continue;
		if (q->ops->ready(q, tlb)) {
			q->called = true;
			swgpu_gate_nudge(&q->gate);
			continue;
		}
		least = ns < least ? ns : least;
	}
	swgpu_tlb_leave(tlb);
	return least > SLEEP_MIN_NS ? least : SLEEP_MIN_NS;
}

static bool all_called_locked(const struct swgpu_watch *watch)
{
	for (const struct swgpu_queue *q = watch->parked; q; q = q->next_parked)
		if (!q->called)
			return false;
	return true;
}

static void *watch_main(void *arg)
{
	struct swgpu_watch *watch = arg;
	struct swgpu_tlb tlb = {0};

	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	pthread_mutex_lock(&watch->lock);
	while (!watch->quit) {
		struct timespec until;

		if (all_called_locked(watch)) {
			pthread_cond_wait(&watch->changed, &watch->lock);
			continue;
		}
		until = swgpu_clock_at(swgpu_clock_ns() + look_locked(watch, &tlb));
		pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
	}
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

int swgpu_watch_create(struct swgpu_watch **out, struct swgpu_vm *vm)
{
	struct swgpu_watch *watch = calloc(1, sizeof(*watch));
	pthread_condattr_t attr;

	if (!watch)
		return -ENOMEM;
	watch->vm = vm;
	pthread_mutex_init(&watch->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (swgpu_thread_start(&watch->thread, "swgpu-watch", watch_main, watch) < 0) {
		pthread_cond_destroy(&watch->changed);
		pthread_mutex_destroy(&watch->lock);
		free(watch);
		return -EAGAIN;
	}
	*out = watch;
	return 0;
}

void swgpu_watch_destroy(struct swgpu_watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->quit = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->changed);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void swgpu_watch_park(struct swgpu_watch *watch, struct swgpu_queue *q, uint64_t idle_since)
{
	struct swgpu_queue **at = &watch->parked;

	pthread_mutex_lock(&watch->lock);
	q->idle_since = idle_since;
	q->called = false;
	q->next_parked = watch->parked;
	watch->parked = q;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);

	swgpu_gate_sleep(&q->gate, UINT64_MAX);

	pthread_mutex_lock(&watch->lock);
	while (*at != q)
		at = &(*at)->next_parked;
	*at = q->next_parked;
	pthread_mutex_unlock(&watch->lock);
}
