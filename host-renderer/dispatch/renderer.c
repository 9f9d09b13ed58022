/* Handlers: the renderer itself, and modes of the process on the GPU. */
#include <errno.h>
#include <stdio.h>

#include "host-renderer/dispatch/handlers.h"
#include "host-renderer/object/event.h"

int vt_on_ping(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_ping_req *req = call->req;
	struct vt_ping_rep *rep = call->rep;

	(void)d;
	rep->value = req->value;
	return 0;
}

int vt_on_renderer_info(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_renderer_info_rep *rep = call->rep;

	snprintf(rep->version, sizeof(rep->version), "%s", d->version);
	snprintf(rep->provider, sizeof(rep->provider), "%.127s", d->ctx->p->path);
	snprintf(rep->device, sizeof(rep->device), "%s", d->device);
	rep->memory_limit_bytes = d->ctx->limits.memory_bytes;
	rep->queue_limit = d->ctx->limits.queues;
	rep->event_limit = d->ctx->limits.events;
	return 0;
}

int vt_on_stats(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_stats_rep *rep = call->rep;

	*rep = d->stats;
	rep->blobs_exported = d->ctx->blobs_exported;
	rep->memory_bytes = d->ctx->memory_bytes;
	rep->memory_objects = d->ctx->num_memory;
	rep->queues = d->ctx->num_queues;
	rep->events = d->ctx->num_events;
	rep->worker_sleeps = d->channel->requests.sleeps;
	rep->events_published = vt_event_published(d->ctx);
	return 0;
}

int vt_on_xnack_get(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_xnack_get_rep *rep = call->rep;
	HSAint32 enabled = 0;
	int err = vt_err_from_status(d->ctx->p->GetXNACKMode(&enabled));

	rep->enabled = enabled;
	return err;
}

int vt_on_xnack_set(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_xnack_set_req *req = call->req;

	return vt_err_from_status(d->ctx->p->SetXNACKMode(req->enable));
}

int vt_on_trap_handler(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_trap_handler_req *req = call->req;
	bool buffer = req->buffer_va || req->buffer_size;

	if (req->node >= d->ctx->num_nodes)
		return -ENODEV;
	if (!vt_ctx_owns(d->ctx, req->handler_va, req->handler_size) ||
	    (buffer && !vt_ctx_owns(d->ctx, req->buffer_va, req->buffer_size)))
		return -EINVAL;
	return vt_err_from_status(
	    d->ctx->p->SetTrapHandler(req->node, vt_va_ptr(req->handler_va), req->handler_size,
				      vt_va_ptr(req->buffer_va), req->buffer_size));
}

int vt_on_runtime_enable(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_runtime_enable_req *req = call->req;

	if (req->setup_ttmp > 1)
		return -EINVAL;
	return vt_err_from_status(d->ctx->p->RuntimeEnable(NULL, req->setup_ttmp));
}

int vt_on_runtime_disable(struct vt_dispatch *d, struct vt_call *call)
{
	(void)call;
	return vt_err_from_status(d->ctx->p->RuntimeDisable());
}
