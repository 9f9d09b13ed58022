/* Handlers: memory, queues and events. The work is in object/. */
#include <errno.h>

#include "host-renderer/dispatch/handlers.h"
#include "host-renderer/object/event.h"
#include "host-renderer/object/memory.h"
#include "host-renderer/object/queue.h"

int vt_on_window(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_window_req *req = call->req;

	return vt_window_reserve(&d->ctx->window, req->base_va, req->size);
}

int vt_on_mem_alloc(struct vt_dispatch *d, struct vt_call *call)
{
	int fd = -1, err = vt_memory_alloc(d->ctx, call->req, call->rep, &fd);

	if (fd >= 0)
		call->rep_fds[call->num_rep_fds++] = fd;
	return err;
}

int vt_on_mem_free(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_mem_free_req *req = call->req;

	return vt_memory_free(d->ctx, req->mem_id);
}

int vt_on_mem_map(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_mem_map_rep *rep = call->rep;

	return vt_memory_map(d->ctx, call->req, &rep->mapped_nodes_mask);
}

int vt_on_mem_unmap(struct vt_dispatch *d, struct vt_call *call)
{
	return vt_memory_unmap(d->ctx, call->req);
}

int vt_on_user_register(struct vt_dispatch *d, struct vt_call *call)
{
	return call->nfds == 1 ? vt_memory_register(d->ctx, call->req, call->fds[0], call->rep)
			       : -EINVAL;
}

int vt_on_user_deregister(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_user_deregister_req *req = call->req;

	return vt_memory_deregister(d->ctx, req->mem_id);
}

int vt_on_memory_policy(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_memory_policy_req *req = call->req;

	if (req->node >= d->ctx->num_nodes)
		return -ENODEV;
	if ((req->alternate_va || req->alternate_size) &&
	    !vt_ctx_owns(d->ctx, req->alternate_va, req->alternate_size))
		return -EINVAL;
	return vt_err_from_status(
	    d->ctx->p->SetMemoryPolicy(req->node, req->default_policy, req->alternate_policy,
				       vt_va_ptr(req->alternate_va), req->alternate_size));
}

int vt_on_mem_available(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_mem_available_req *req = call->req;
	struct vt_mem_available_rep *rep = call->rep;

	return vt_memory_available(d->ctx, req->node, &rep->bytes);
}

int vt_on_mem_export(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_mem_export_rep *rep = call->rep;
	int fd = -1, err = vt_memory_export_part(d->ctx, call->req, &fd, &rep->file_offset);

	if (!err)
		call->rep_fds[call->num_rep_fds++] = fd;
	return err;
}

int vt_on_queue_create(struct vt_dispatch *d, struct vt_call *call)
{
	return vt_queue_create(d->ctx, call->req, call->rep, call->rep_fds, &call->num_rep_fds);
}

int vt_on_queue_update(struct vt_dispatch *d, struct vt_call *call)
{
	return vt_queue_update(d->ctx, call->req);
}

int vt_on_queue_destroy(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_queue_destroy_req *req = call->req;

	return vt_queue_destroy(d->ctx, req->queue_id);
}

int vt_on_queue_cu_mask(struct vt_dispatch *d, struct vt_call *call)
{
	return vt_queue_cu_mask(d->ctx, call->req);
}

int vt_on_queue_info(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_queue_info_req *req = call->req;

	return vt_queue_info(d->ctx, req->queue_id, call->rep);
}

int vt_on_queue_gws(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_queue_gws_rep *rep = call->rep;

	return vt_queue_gws(d->ctx, call->req, &rep->first_gws);
}

int vt_on_event_create(struct vt_dispatch *d, struct vt_call *call)
{
	return vt_event_create(d->ctx, call->req, call->rep);
}

int vt_on_event_destroy(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_event_destroy_req *req = call->req;

	return vt_event_destroy(d->ctx, req->event_id);
}
