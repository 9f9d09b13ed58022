/*
 * host-renderer/object/event.h - events: the provider's, published in the shared event page.
 *
 * What is signalled is written to the page: at once by a provider that tells of signals
 * (proto/abi/signals.h), else by the pump (pump.h). All provider events are manual-reset.
 *
 * Functions are called by the thread that executes requests.
 */
#ifndef VT_OBJECT_EVENT_H
#define VT_OBJECT_EVENT_H

#include "host-renderer/object/ctx.h"

/* Begins with no events. page is a mapped vt_event_page. Returns 0 or -errno. */
int vt_event_start(struct vt_ctx *ctx, void *page);

/* EVENT_CREATE. */
int vt_event_create(struct vt_ctx *ctx, const struct vt_event_create_req *req,
		    struct vt_event_create_rep *rep);

/*
 * EVENT_DESTROY. The provider's event ends soon afterwards if the pump waits for it, else at once.
 * Returns 0, -ENOENT, or -EBUSY while a queue has it.
 */
int vt_event_destroy(struct vt_ctx *ctx, uint64_t event_id);

/* The provider's event, which cannot be destroyed until it is dropped as often as it was held; or
 * NULL. For queues. */
HsaEvent *vt_event_hold(const struct vt_ctx *ctx, uint64_t event_id);
void vt_event_drop(const struct vt_ctx *ctx, uint64_t event_id);

/* Publications since the start. */
uint64_t vt_event_published(const struct vt_ctx *ctx);

/* Destroys all events and stops the pump. Without a start it does nothing. */
void vt_event_fini(struct vt_ctx *ctx);

#endif
