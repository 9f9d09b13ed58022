/*
 * sched/sched.h - runs dispatches: spreads their workgroups over threads, fairly among dispatches.
 *
 * The thread that runs a dispatch works on it itself; up to threads - 1 helpers join in where there
 * is more than a moment's work. Workgroups begin in ascending order. A workgroup that is at it for
 * long, or that sleeps, is set aside for others of its dispatch (up to a bound, so that groups may
 * wait for later ones), and helpers go round all dispatches; so nothing that spins keeps anything
 * else from running.
 */
#ifndef SWGPU_SCHED_SCHED_H
#define SWGPU_SCHED_SCHED_H

#include "host-renderer/swgpu/exec/group.h"
#include "host-renderer/swgpu/sched/gate.h"

struct swgpu_sched;

/* threads >= 1, all in all. Helpers are started when the first dispatch needs them. Returns 0 or
 * -ENOMEM. */
int swgpu_sched_create(struct swgpu_sched **out, struct swgpu_vm *vm, unsigned threads);

/* Ends the helpers. No dispatch may be running. NULL is fine. */
void swgpu_sched_destroy(struct swgpu_sched *sched);

/* Runs a dispatch to its end, on this thread and helpers; at most max_threads in all. `gate` is
 * this thread's: while it is shut the dispatch is suspended, when it breaks the dispatch is
 * abandoned. `tlb` is this thread's, entered; it is left and entered again where the thread sleeps.
 * Returns 0; -EFAULT (an instruction failed; *fault says how), -ECANCELED (gate broken) or -ENOMEM.
 * When it returns, no thread works on the dispatch any more. */
int swgpu_sched_run(struct swgpu_sched *sched, const struct swgpu_launch *launch,
		    struct swgpu_gate *gate, struct swgpu_tlb *tlb, unsigned max_threads,
		    struct swgpu_fault *fault);

#endif
