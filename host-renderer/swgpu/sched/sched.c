/*
 * Threads for dispatches.
 *
 * Invariant: a dispatch is in the ring from when helpers may join it until its own thread has seen
 * the last of them part, so a helper that holds it has joined it.
 */
#include "host-renderer/swgpu/sched/sched.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/swgpu/sched/clock.h"
#include "host-renderer/swgpu/sched/dispatch.h"
#include "host-renderer/swgpu/sched/thread.h"
#include "proto/base/log.h"

/* How long a helper stays with one dispatch while others have work, and how long all threads of a
 * dispatch sleep when its groups do. */
#define HELPER_STAY_NS 2000000u
#define IDLE_MIN_NS    20000u
#define IDLE_MAX_NS    1000000u

struct swgpu_sched {
	struct swgpu_vm *vm;
	unsigned threads;

	pthread_mutex_t lock; /* guards all that follows */
	pthread_cond_t work;  /* a dispatch has come, or quit */
	struct swgpu_dispatch *first;
	pthread_t *helper;
	unsigned helpers; /* started */
	bool quit;
};

int swgpu_sched_create(struct swgpu_sched **out, struct swgpu_vm *vm, unsigned threads)
{
	struct swgpu_sched *sched = calloc(1, sizeof(*sched));

	if (!sched)
		return -ENOMEM;
	sched->helper = calloc(threads, sizeof(*sched->helper));
	if (!sched->helper) {
		free(sched);
		return -ENOMEM;
	}
	sched->vm = vm;
	sched->threads = threads;
	pthread_mutex_init(&sched->lock, NULL);
	pthread_cond_init(&sched->work, NULL);
	*out = sched;
	return 0;
}

void swgpu_sched_destroy(struct swgpu_sched *sched)
{
	if (!sched)
		return;
	pthread_mutex_lock(&sched->lock);
	sched->quit = true;
	pthread_cond_broadcast(&sched->work);
	pthread_mutex_unlock(&sched->lock);
	for (unsigned i = 0; i < sched->helpers; i++)
		pthread_join(sched->helper[i], NULL);
	pthread_cond_destroy(&sched->work);
	pthread_mutex_destroy(&sched->lock);
	free(sched->helper);
	free(sched);
}

/* The first dispatch that a helper can join; it goes to the end of the line. */
static struct swgpu_dispatch *join_locked(struct swgpu_sched *sched)
{
	struct swgpu_dispatch **at = &sched->first, *d;

	for (; (d = *at); at = &d->next_dispatch)
		if (swgpu_dispatch_has_work(d) && swgpu_dispatch_join(d))
			break;
	if (!d || !d->next_dispatch)
		return d;
	*at = d->next_dispatch;
	while (*at)
		at = &(*at)->next_dispatch;
	*at = d;
	d->next_dispatch = NULL;
	return d;
}

static void help(struct swgpu_sched *sched, struct swgpu_dispatch *d, struct swgpu_tlb *tlb)
{
	uint64_t until = swgpu_clock_ns() + HELPER_STAY_NS;

	swgpu_tlb_enter(tlb, sched->vm);
	while (!swgpu_gate_busy(d->gate) && swgpu_dispatch_turn(d, tlb, false) == SWGPU_TURN_MORE &&
	       swgpu_clock_ns() < until)
		swgpu_tlb_sync(tlb);
	swgpu_tlb_leave(tlb);
	swgpu_dispatch_part(d);
}

static void *helper_main(void *arg)
{
	struct swgpu_sched *sched = arg;
	struct swgpu_tlb tlb = {0};

	pthread_mutex_lock(&sched->lock);
	while (!sched->quit) {
		struct swgpu_dispatch *d = join_locked(sched);

		if (!d) {
			pthread_cond_wait(&sched->work, &sched->lock);
			continue;
		}
		pthread_mutex_unlock(&sched->lock);
		help(sched, d, &tlb);
		pthread_mutex_lock(&sched->lock);
	}
	pthread_mutex_unlock(&sched->lock);
	return NULL;
}

/* Calls the helpers, starting them the first time. Running with fewer is slower, not wrong. */
static void call_helpers(struct swgpu_sched *sched, struct swgpu_dispatch *d)
{
	pthread_mutex_lock(&sched->lock);
	while (sched->helpers + 1 < sched->threads) {
		if (swgpu_thread_start(&sched->helper[sched->helpers], "swgpu-help", helper_main,
				       sched) < 0) {
			vt_log(VT_LOG_WARN, 0, "no thread for kernels: going on with %u",
			       sched->helpers + 1);
			sched->threads = sched->helpers + 1;
			break;
		}
		sched->helpers++;
	}
	d->next_dispatch = sched->first;
	sched->first = d;
	pthread_cond_broadcast(&sched->work);
	pthread_mutex_unlock(&sched->lock);
}

/* Groups that slept have gone on: helpers may look again. */
static void wake_helpers(struct swgpu_sched *sched)
{
	pthread_mutex_lock(&sched->lock);
	pthread_cond_broadcast(&sched->work);
	pthread_mutex_unlock(&sched->lock);
}

/* Ends helping with d: takes it out and waits for those who are at it. */
static void dismiss_helpers(struct swgpu_sched *sched, struct swgpu_dispatch *d)
{
	struct swgpu_dispatch **at = &sched->first;

	pthread_mutex_lock(&sched->lock);
	while (*at != d)
		at = &(*at)->next_dispatch;
	*at = d->next_dispatch;
	pthread_mutex_unlock(&sched->lock);

	pthread_mutex_lock(&d->lock);
	while (d->threads > 1)
		pthread_cond_wait(&d->changed, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

/* Every group is with a helper: waits for one to come back, or for the end. */
static void await_helpers(struct swgpu_dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	while (!d->err && d->done != d->total && !d->aside && d->threads > 1)
		pthread_cond_wait(&d->changed, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

/* What the dispatch's own thread knows of it. */
struct job {
	struct swgpu_sched *sched;
	struct swgpu_dispatch d;
	struct swgpu_gate *gate;
	struct swgpu_tlb *tlb;
	bool helped; /* helpers may be at it */
	uint64_t nap;
	uint64_t begun; /* by swgpu_clock_ns() */
};

/* The gate is not open: waits until nobody works on the dispatch, then at the gate. Returns false
 * if it is broken. */
static bool hold(struct job *job)
{
	bool ok;

	swgpu_tlb_leave(job->tlb);
	if (job->helped)
		dismiss_helpers(job->sched, &job->d);
	job->helped = false;
	ok = swgpu_gate_pass(job->gate);
	swgpu_tlb_enter(job->tlb, job->sched->vm);
	return ok;
}

/* Nothing to do at present for this thread: waits. */
static void rest(struct job *job, enum swgpu_turn turn)
{
	swgpu_tlb_leave(job->tlb);
	if (turn == SWGPU_TURN_EMPTY) {
		await_helpers(&job->d);
	} else {
		swgpu_gate_sleep(job->gate, job->nap);
		if (job->nap < IDLE_MAX_NS)
			job->nap *= 2;
		swgpu_dispatch_wake(&job->d);
	}
	swgpu_tlb_enter(job->tlb, job->sched->vm);
}

static int work(struct job *job)
{
	struct swgpu_dispatch *d = &job->d;
	bool may_help = d->max_threads > 1 && job->sched->threads > 1 && d->total > 1;

	for (bool brief = may_help; !swgpu_dispatch_over(d); brief = false) {
		enum swgpu_turn turn;

		if (swgpu_gate_busy(job->gate) && !hold(job))
			return -ECANCELED;
		turn = swgpu_dispatch_turn(d, job->tlb, brief);
		swgpu_tlb_sync(job->tlb);
		if (turn != SWGPU_TURN_MORE) {
			rest(job, turn);
			continue;
		}
		if (may_help && !job->helped &&
		    swgpu_dispatch_wants_help(d, swgpu_clock_ns() - job->begun)) {
			call_helpers(job->sched, d);
			job->helped = true;
		} else if (job->helped && job->nap != IDLE_MIN_NS) {
			wake_helpers(job->sched);
		}
		job->nap = IDLE_MIN_NS;
	}
	return d->err;
}

int swgpu_sched_run(struct swgpu_sched *sched, const struct swgpu_launch *launch,
		    struct swgpu_gate *gate, struct swgpu_tlb *tlb, unsigned max_threads,
		    struct swgpu_fault *fault)
{
	struct job job = {.sched = sched,
			  .gate = gate,
			  .tlb = tlb,
			  .nap = IDLE_MIN_NS,
			  .begun = swgpu_clock_ns()};
	int err;

	swgpu_dispatch_init(&job.d, launch, gate, max_threads < 1 ? 1 : max_threads);
	swgpu_dispatch_join(&job.d);
	err = work(&job);
	if (job.helped) {
		swgpu_tlb_leave(tlb);
		dismiss_helpers(sched, &job.d);
		swgpu_tlb_enter(tlb, sched->vm);
	}
	if (err == -EFAULT)
		*fault = job.d.fault;
	swgpu_dispatch_part(&job.d);
	swgpu_dispatch_fini(&job.d);
	return err;
}
