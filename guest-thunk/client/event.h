/*
 * guest-thunk/client/event.h - events: made by message, then set, reset and waited for here
 * (proto/wire/evpage.h).
 *
 * An event is named by a pointer of the caller's choice, its key, which is never followed. Whether
 * it is set is decided here: the renderer has signalled it since it was last consumed, or this
 * process has set it. Auto-reset events are consumed by the wait that ends because of them, and by
 * no other.
 *
 * The age of an event is 1 at first and grows whenever it is set, here or by the renderer, as in
 * the kernel driver from interface 1.14 on. A waiter that tells the age that it has seen is not
 * kept waiting for what was set, and reset by somebody else, in the meantime.
 */
#ifndef VT_GUEST_CLIENT_EVENT_H
#define VT_GUEST_CLIENT_EVENT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/wire/evpage.h"

struct vt_session;
struct vt_transport;
struct vt_event;

/* Numbers of AMD's HSA_EVENTTYPE that make a difference here. */
enum {
	VT_EVENT_SIGNAL = 0,
	VT_EVENT_HW_EXCEPTION = 3,
	VT_EVENT_DEBUG = 5,
	VT_EVENT_MEMORY = 8,
	VT_EVENT_TYPES = 9, /* all numbers are below */
};

#define VT_WAIT_FOREVER UINT32_MAX

struct vt_event_table {
	pthread_mutex_t lock;
	struct vt_event *by_key; /* guarded by lock */
	struct vt_event *spare;  /* guarded by lock: made in advance, of type signal */
	struct vt_transport *transport;
	struct vt_event_page *page;           /* the transport's: shared with the renderer */
	bool lost;                            /* guarded by lock: the renderer has gone */
	struct vt_event_payload lost_payload; /* what events of faults then say */
};

/* What AMD's HsaEvent shows of an event. */
struct vt_event_ids {
	uint32_t provider_id, trigger;
	uint64_t event_id, mailbox_va;
};

void vt_events_init(struct vt_event_table *t, struct vt_transport *transport);
void vt_events_fini(struct vt_event_table *t);

/* Makes an event. Returns 0, -EINVAL: no such type, -ENOMEM, or the call's error. */
int vt_event_create(struct vt_session *s, const void *key, uint32_t type, uint32_t node,
		    bool manual_reset, bool is_set, struct vt_event_ids *ret);

/* Ends it; those who wait for it get -ENOENT. Returns 0 or -ENOENT. */
int vt_event_destroy(struct vt_session *s, const void *key);

/* Sets or resets it and wakes waiters. Returns 0, -ENOENT, or -EIO: only the GPU sets events of
 * this type. */
int vt_event_set(struct vt_session *s, const void *key, bool set);

/* Whether it exists. Returns 0 or -ENOENT. */
int vt_event_check(struct vt_session *s, const void *key);

/* The renderer's id of the event, or 0 if there is none. */
uint64_t vt_event_id(struct vt_session *s, const void *key);

/*
 * Waits until one of the events is set, or all are at the same time, at most timeout_ms. Blocks.
 * Any thread. ages: NULL, or num of them: 0, or an age, and then an event of type signal that has
 * another one counts as set; where it does, or is set, and the wait succeeds, its age is stored.
 * Returns 0, -ETIMEDOUT, -ENOENT, or -EPIPE if the renderer is gone and none is set. An
 * event of type memory or hardware exception is set then.
 */
int vt_event_wait(struct vt_session *s, const void *const *keys, uint32_t num, bool all,
		  uint32_t timeout_ms, uint64_t *ages);

/* What the fault was of which the event tells. Returns its type if there was one, else UINT32_MAX.
 */
uint32_t vt_event_payload(struct vt_session *s, const void *key, struct vt_event_payload *ret);

/* The renderer has gone: from now on waits end. `node` is where faults are said to be. Returns
 * whether an event exists that tells the program. */
bool vt_events_lose(struct vt_event_table *t, uint32_t node);

#endif
