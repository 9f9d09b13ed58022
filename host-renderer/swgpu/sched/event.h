/*
 * sched/event.h - KFD events: what the GPU raises and the host waits for.
 *
 * Semantics are the kernel driver's: setting an auto-reset event wakes every thread that waits for
 * it at that moment and leaves it unset; with no waiter it stays set until one wait consumes it.
 * An event's age is 1 at first and grows whenever it is set. An id is a small number, 1 to
 * SWGPU_EVENT_LIMIT. Any thread.
 */
#ifndef SWGPU_SCHED_EVENT_H
#define SWGPU_SCHED_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#define SWGPU_EVENT_LIMIT   4096u
#define SWGPU_EVENT_FOREVER UINT32_MAX

struct swgpu_events;

/* What a MEMORY event tells. */
struct swgpu_event_fault {
	uint64_t va;
	bool write, execute;
	bool present; /* mapped, but not for this access */
};

/* Returns 0 or -ENOMEM. */
int swgpu_events_create(struct swgpu_events **out);

/* Makes every wait, present and future, return -ECANCELED. */
void swgpu_events_shutdown(struct swgpu_events *events);

/* No thread may be in a call. NULL is fine. */
void swgpu_events_destroy(struct swgpu_events *events);

/* From now on fn(arg, id) is called whenever an event of type 0 (signal) is set: under the lock of
 * the events, so it must not call back. Before the first event is made. */
void swgpu_events_tell(struct swgpu_events *events, void (*fn)(void *arg, uint32_t id), void *arg);

/* `type` is an HSA_EVENTTYPE, kept for swgpu_events_raise. Returns 0 or -ENOSPC. */
int swgpu_event_create(struct swgpu_events *events, uint32_t type, bool manual_reset, bool set,
		       uint32_t *ret_id);

/* Waits for it in progress return -ENOENT. Each of the following returns 0 or -ENOENT. */
int swgpu_event_destroy(struct swgpu_events *events, uint32_t id);
int swgpu_event_set(struct swgpu_events *events, uint32_t id);
int swgpu_event_reset(struct swgpu_events *events, uint32_t id);
int swgpu_event_query(struct swgpu_events *events, uint32_t id, bool *ret_set);

/* Sets every event of a type; `fault` (may be NULL) is kept for swgpu_event_fault. Returns how many
 * there were. */
unsigned swgpu_events_raise(struct swgpu_events *events, uint32_t type,
			    const struct swgpu_event_fault *fault);

/* The fault that the event was last raised with. Returns 0 or -ENOENT (also if there was none). */
int swgpu_event_fault(struct swgpu_events *events, uint32_t id, struct swgpu_event_fault *ret);

/* Blocks until one (or, with `all`, each) of the n events has been set, or timeout_ms have passed;
 * 0 asks only, SWGPU_EVENT_FOREVER waits without end. ret_set[i] tells which were; may be NULL.
 * ages: NULL, or n numbers: where one is neither 0 nor the event's age, and the event is of type 0
 * (signal), that counts as set, too; after success each that counted has its event's age.
 * Returns 0, -ETIMEDOUT (and consumes nothing), -ENOENT, -EINVAL (no or too many events), -ENOMEM
 * or -ECANCELED. */
int swgpu_events_wait(struct swgpu_events *events, const uint32_t *ids, uint32_t n, bool all,
		      uint32_t timeout_ms, bool *ret_set, uint64_t *ages);

#endif
