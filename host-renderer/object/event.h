/*
 * host-renderer/object/event.h - events: the provider's, published in the shared event page.
 *
 * A thread of its own, the pump, waits for all events of the context in the provider and writes to
 * the page what has been signalled (evpage.h has the order of writes). All provider events are
 * manual-reset; the pump resets one before it publishes it, so that what comes later is a signal of
 * its own.
 *
 * Functions are called by the thread that executes requests.
 */
#ifndef VT_OBJECT_EVENT_H
#define VT_OBJECT_EVENT_H

#include "host-renderer/object/ctx.h"

/* Starts the pump. page is a mapped vt_event_page. Returns 0 or -errno. */
int vt_event_start(struct vt_ctx *ctx, void *page);

/* EVENT_CREATE. */
int vt_event_create(struct vt_ctx *ctx, const struct vt_event_create_req *req,
		    struct vt_event_create_rep *rep);

/*
 * EVENT_DESTROY. The provider's event ends soon afterwards, when the pump no longer waits for it.
 * Returns 0, -ENOENT, or -EBUSY while a queue has it.
 */
int vt_event_destroy(struct vt_ctx *ctx, uint64_t event_id);

/* The provider's event, which cannot be destroyed until it is dropped as often as it was held; or
 * NULL. For queues. */
HsaEvent *vt_event_hold(const struct vt_ctx *ctx, uint64_t event_id);
void vt_event_drop(const struct vt_ctx *ctx, uint64_t event_id);

/* Publications since the start. */
uint64_t vt_event_published(const struct vt_ctx *ctx);

/* Destroys all events and stops the pump. No pump is fine. */
void vt_event_fini(struct vt_ctx *ctx);

#endif
