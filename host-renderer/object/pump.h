/*
 * host-renderer/object/pump.h - waiting for the provider's events, on a thread of its own.
 *
 * The pump waits for all its events at once and publishes what is signalled. They are manual-reset;
 * the pump resets one before it publishes it, so that what comes later is a signal of its own.
 *
 * Functions are called by one thread at a time.
 */
#ifndef VT_OBJECT_PUMP_H
#define VT_OBJECT_PUMP_H

#include "host-renderer/object/publish.h"
#include "host-renderer/provider/provider.h"

struct vt_pump;

/* An event that the pump waits for; the caller's, until release() has it back. */
struct vt_pumped {
	HsaEvent *event;
	uint32_t slot;
	uint32_t index;         /* the pump's */
	struct vt_pumped *next; /* the pump's */
};

/* Starts the thread. `release` is called on it with each entry that was removed, once the provider
 * has destroyed its event. Returns 0 or -errno. */
int vt_pump_start(const struct vt_provider *p, uint64_t ctx_id, struct vt_publisher *pub,
		  void (*release)(void *arg, struct vt_pumped *e), void *arg, struct vt_pump **ret);

/* At most VT_EVENT_SLOTS at a time. */
void vt_pump_add(struct vt_pump *pump, struct vt_pumped *e);

/* Has the provider's event destroyed and the entry released, soon: when the pump does not wait for
 * it any more. */
void vt_pump_remove(struct vt_pump *pump, struct vt_pumped *e);

/* Releases what was removed and stops the thread. Nothing is left that was not removed. */
void vt_pump_stop(struct vt_pump *pump);

#endif
