/*
 * A queue's thread: steps while there is something to do, looks for a moment whether more comes,
 * then sleeps.
 */
#include <sched.h>
#include <sys/prctl.h>

#include "host-renderer/swgpu/queue/device_state.h"
#include "host-renderer/swgpu/sched/clock.h"

#define LOOK_NS      50000u
#define SLEEP_MAX_NS 20000000u
/* The default of 50 us would be most of a short sleep. */
#define TIMER_SLACK_NS 5000ul

/* Sleeps after a step that found nothing for the time `idle`. */
static void rest(struct swgpu_queue *q, enum swgpu_progress progress, uint64_t since, uint64_t idle)
{
	swgpu_tlb_leave(&q->tlb);
	if (progress == SWGPU_PROGRESS_IDLE)
		swgpu_watch_park(q->dev->watch, q, since);
	else
		swgpu_gate_sleep(&q->gate, idle / 8 < SLEEP_MAX_NS ? idle / 8 : SLEEP_MAX_NS);
	swgpu_tlb_enter(&q->tlb, q->dev->vm);
}

/* Works until the gate is not open or the queue has failed. */
static void work(struct swgpu_queue *q)
{
	enum swgpu_progress last = SWGPU_PROGRESS_MADE;
	uint64_t since = 0;

	while (!swgpu_gate_busy(&q->gate)) {
		enum swgpu_progress progress = q->ops->step(q);
		uint64_t now;

		swgpu_tlb_sync(&q->tlb);
		if (progress == SWGPU_PROGRESS_STOPPED)
			return;
		now = swgpu_clock_ns();
		if (progress == SWGPU_PROGRESS_MADE || progress != last)
			since = now;
		last = progress;
		if (progress == SWGPU_PROGRESS_MADE)
			continue;
		if (now - since > LOOK_NS)
			rest(q, progress, since, now - since);
		else if (q->dev->config.threads > 1)
			__builtin_ia32_pause();
		else
			sched_yield(); /* there is but one processor, and the program needs it */
	}
}

void *swgpu_queue_main(void *arg)
{
	struct swgpu_queue *q = arg;

	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	while (swgpu_gate_pass(&q->gate)) {
		if (q->failed) {
			swgpu_gate_sleep(&q->gate, UINT64_MAX);
			continue;
		}
		swgpu_tlb_enter(&q->tlb, q->dev->vm);
		work(q);
		swgpu_tlb_leave(&q->tlb);
	}
	swgpu_gate_end(&q->gate);
	return NULL;
}
