/*
 * sched/gate.h - stops and starts the work of one queue from outside.
 *
 * The queue's own thread passes the gate between steps of its work and whenever it has waited. Only
 * that thread calls swgpu_gate_pass and swgpu_gate_sleep; the rest is for any thread.
 */
#ifndef SWGPU_SCHED_GATE_H
#define SWGPU_SCHED_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum swgpu_gate_state {
	SWGPU_GATE_OPEN,
	SWGPU_GATE_SHUT,   /* the thread waits at the gate */
	SWGPU_GATE_BROKEN, /* the thread is to end; for ever */
};

struct swgpu_gate {
	_Atomic int state; /* written under the lock */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool held;   /* guarded by lock: the thread waits at the gate, or has ended */
	bool nudged; /* guarded by lock: cut the present or the next sleep short */
};

/* Starts shut. */
void swgpu_gate_init(struct swgpu_gate *gate);
void swgpu_gate_fini(struct swgpu_gate *gate);

/* Whether the thread should come to the gate: cheap. */
static inline bool swgpu_gate_busy(const struct swgpu_gate *gate)
{
	return atomic_load_explicit(&gate->state, memory_order_relaxed) != SWGPU_GATE_OPEN;
}

/* Changes the state. A broken gate stays broken. */
void swgpu_gate_set(struct swgpu_gate *gate, enum swgpu_gate_state state);

/* Waits until the thread waits at the gate or has ended. Returns 0 or -ETIMEDOUT. */
int swgpu_gate_wait_held(struct swgpu_gate *gate, unsigned timeout_ms);

/* Blocks while the gate is shut. Returns false once it is broken. */
bool swgpu_gate_pass(struct swgpu_gate *gate);

/* Sleeps for ns, or without end for UINT64_MAX; less if nudged or if the state changes. */
void swgpu_gate_sleep(struct swgpu_gate *gate, uint64_t ns);

/* Ends the thread's present sleep, or makes its next one short. */
void swgpu_gate_nudge(struct swgpu_gate *gate);

/* The thread's last act: whoever waits for it to be held goes on. */
void swgpu_gate_end(struct swgpu_gate *gate);

#endif
