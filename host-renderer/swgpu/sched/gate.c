/*
 * Holding a queue's thread.
 */
#include "host-renderer/swgpu/sched/gate.h"

#include <errno.h>

#include "host-renderer/swgpu/sched/clock.h"

void swgpu_gate_init(struct swgpu_gate *gate)
{
	pthread_condattr_t attr;

	atomic_init(&gate->state, SWGPU_GATE_SHUT);
	gate->held = false;
	gate->nudged = false;
	pthread_mutex_init(&gate->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&gate->changed, &attr);
	pthread_condattr_destroy(&attr);
}

void swgpu_gate_fini(struct swgpu_gate *gate)
{
	pthread_cond_destroy(&gate->changed);
	pthread_mutex_destroy(&gate->lock);
}

void swgpu_gate_set(struct swgpu_gate *gate, enum swgpu_gate_state state)
{
	pthread_mutex_lock(&gate->lock);
	if (gate->state != SWGPU_GATE_BROKEN)
		gate->state = state;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

int swgpu_gate_wait_held(struct swgpu_gate *gate, unsigned timeout_ms)
{
	struct timespec until = swgpu_clock_at(swgpu_clock_ns() + timeout_ms * 1000000ull);
	int err = 0;

	pthread_mutex_lock(&gate->lock);
	while (!gate->held && err == 0)
		if (pthread_cond_timedwait(&gate->changed, &gate->lock, &until) == ETIMEDOUT)
			err = gate->held ? 0 : -ETIMEDOUT;
	pthread_mutex_unlock(&gate->lock);
	return err;
}

bool swgpu_gate_pass(struct swgpu_gate *gate)
{
	bool broken;

	if (!swgpu_gate_busy(gate))
		return true;
	pthread_mutex_lock(&gate->lock);
	gate->held = true;
	pthread_cond_broadcast(&gate->changed);
	while (gate->state == SWGPU_GATE_SHUT)
		pthread_cond_wait(&gate->changed, &gate->lock);
	gate->held = false;
	broken = gate->state == SWGPU_GATE_BROKEN;
	pthread_mutex_unlock(&gate->lock);
	return !broken;
}

void swgpu_gate_sleep(struct swgpu_gate *gate, uint64_t ns)
{
	struct timespec until = swgpu_clock_at(swgpu_clock_ns() + (ns == UINT64_MAX ? 0 : ns));
	int err = 0;

	pthread_mutex_lock(&gate->lock);
	while (!gate->nudged && gate->state == SWGPU_GATE_OPEN && err != ETIMEDOUT)
		err = ns == UINT64_MAX
			  ? pthread_cond_wait(&gate->changed, &gate->lock)
			  : pthread_cond_timedwait(&gate->changed, &gate->lock, &until);
	gate->nudged = false;
	pthread_mutex_unlock(&gate->lock);
}

void swgpu_gate_nudge(struct swgpu_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->nudged = true;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

void swgpu_gate_end(struct swgpu_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->held = true;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}
