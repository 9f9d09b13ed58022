/*
 * Queues.
 *
 * Invariant: the memory objects that a queue's ring and indices lie in may be freed by the client
 * while the queue runs: the provider then meets unmapped memory, or recycled memory of the same
 * client, which is the client's loss.
 */
#include "host-renderer/object/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/object/event.h"
#include "host-renderer/object/page.h"
#include "host-renderer/object/relay.h"
#include "proto/base/check.h"

#define MAX_RING (1ull << 32)
#define NO_SLOT  UINT32_MAX

struct vt_queue {
	HSA_QUEUEID provider_id;
	uint64_t event_id; /* held; or 0 */
	struct vt_page *doorbell, *read_ptr, *write_ptr;
	uint32_t relay_slot; /* NO_SLOT: the client rings the doorbell itself */
};

/* A word in this process's memory: an address that the provider gave. */
static uint64_t va_of(const void *ptr)
{
	return (uint64_t)(uintptr_t)ptr;
}

static bool is_aql(uint32_t type)
{
	return type == HSA_QUEUE_COMPUTE_AQL;
}

static bool known_type(uint32_t type)
{
	return type == HSA_QUEUE_COMPUTE || type == HSA_QUEUE_SDMA || type == HSA_QUEUE_SDMA_XGMI ||
	       is_aql(type);
}

static int check_ring(const struct vt_ctx *ctx, uint64_t va, uint64_t size)
{
	if (!vt_is_pow2(size) || size < 1024 || size > MAX_RING || va % 256)
		return -EINVAL;
	return vt_ctx_owns(ctx, va, size) ? 0 : -EINVAL;
}

static bool owned_word(const struct vt_ctx *ctx, uint64_t va)
{
	return va % 8 == 0 && vt_ctx_owns(ctx, va, 8);
}

static int check_share(uint32_t percentage, int32_t priority)
{
	if (percentage > 100 || priority < HSA_QUEUE_PRIORITY_MINIMUM ||
	    priority > HSA_QUEUE_PRIORITY_MAXIMUM)
		return -EINVAL;
	return 0;
}

static int check_create(const struct vt_ctx *ctx, const struct vt_queue_create_req *req)
{
	int err = check_share(req->percentage, req->priority);

	if (err)
		return err;
	if (req->node >= VT_MAX_NODES || !(ctx->gpu_mask >> req->node & 1))
		return -ENODEV;
	if (!known_type(req->type))
		return -EOPNOTSUPP;
	if (ctx->num_queues >= ctx->limits.queues)
		return -ENOSPC;
	err = check_ring(ctx, req->ring_va, req->ring_size);
	if (err)
		return err;
	if (is_aql(req->type)) {
		if (!owned_word(ctx, req->read_ptr_va) || !owned_word(ctx, req->write_ptr_va))
			return -EINVAL;
	} else if (req->read_ptr_va || req->write_ptr_va) {
		return -EINVAL;
	}
	return req->error_reason_va && !owned_word(ctx, req->error_reason_va) ? -EINVAL : 0;
}

static int create_at_provider(struct vt_ctx *ctx, const struct vt_queue_create_req *req,
			      HsaEvent *event, HsaQueueResource *res)
{
	memset(res, 0, sizeof(*res));
	res->QueueRptrValue = req->read_ptr_va;
	res->QueueWptrValue = req->write_ptr_va;
	res->ErrorReason = vt_va_ptr(req->error_reason_va);
	return vt_err_from_status(
	    ctx->p->CreateQueue(req->node, (HSA_QUEUE_TYPE)req->type, req->percentage,
				(HSA_QUEUE_PRIORITY)req->priority, vt_va_ptr(req->ring_va),
				req->ring_size, event, res));
}

/* Fills in a word of the reply that lies in an exported page, with its file if the client does not
 * have it yet. */
static void describe_page(struct vt_page *page, const void *word, struct vt_word *out,
			  int fds[VT_QUEUE_FDS], unsigned *nfds)
{
	out->blob = page->blob;
	out->offset = va_of(word) - page->base;
	if (!page->blob.is_new)
		return;
	fds[(*nfds)++] = page->fd;
	page->fd = -1;
	page->blob.is_new = false;
}

static void drop_pages(struct vt_queue *q)
{
	vt_page_put(q->doorbell);
	vt_page_put(q->read_ptr);
	vt_page_put(q->write_ptr);
	q->doorbell = q->read_ptr = q->write_ptr = NULL;
}

/* Words in pages that the provider shares. Returns -errno if one of them cannot be: then none is
 * taken. */
static int share_directly(struct vt_ctx *ctx, struct vt_queue *q, const HsaQueueResource *res,
			  bool aql, struct vt_queue_create_rep *rep, int fds[VT_QUEUE_FDS],
			  unsigned *nfds)
{
	int err = vt_page_get(ctx, va_of(res->Queue_DoorBell), &q->doorbell);

	if (!err && !aql)
		err = vt_page_get(ctx, va_of(res->Queue_read_ptr), &q->read_ptr);
	if (!err && !aql)
		err = vt_page_get(ctx, va_of(res->Queue_write_ptr), &q->write_ptr);
	if (err) {
		drop_pages(q);
		return err;
	}
	describe_page(q->doorbell, res->Queue_DoorBell, &rep->doorbell, fds, nfds);
	if (!aql) {
		describe_page(q->read_ptr, res->Queue_read_ptr, &rep->read_ptr, fds, nfds);
		describe_page(q->write_ptr, res->Queue_write_ptr, &rep->write_ptr, fds, nfds);
	}
	return 0;
}

/* Words in a slot of the relay. */
static int share_by_relay(struct vt_ctx *ctx, struct vt_queue *q, const HsaQueueResource *res,
			  bool aql, struct vt_queue_create_rep *rep, int fds[VT_QUEUE_FDS],
			  unsigned *nfds)
{
	struct vt_relay_words words = {.doorbell = vt_va_ptr(va_of(res->Queue_DoorBell))};
	struct vt_blob blob;
	uint64_t at;
	int fd, err;

	if (!aql) {
		words.read_ptr = vt_va_ptr(va_of(res->Queue_read_ptr));
		words.write_ptr = vt_va_ptr(va_of(res->Queue_write_ptr));
	}
	err = vt_relay_add(ctx, &words, &q->relay_slot, &blob, &fd);
	if (err)
		return err;
	if (fd >= 0)
		fds[(*nfds)++] = fd;
	at = q->relay_slot * sizeof(struct vt_relay_slot);
	rep->doorbell = (struct vt_word){blob, at + offsetof(struct vt_relay_slot, doorbell)};
	if (!aql) {
		blob.is_new = false;
		rep->read_ptr =
		    (struct vt_word){blob, at + offsetof(struct vt_relay_slot, read_ptr)};
		rep->write_ptr =
		    (struct vt_word){blob, at + offsetof(struct vt_relay_slot, write_ptr)};
	}
	return 0;
}

static void end_queue(struct vt_ctx *ctx, struct vt_queue *q)
{
	if (q->relay_slot != NO_SLOT)
		vt_relay_remove(ctx, q->relay_slot);
	ctx->p->DestroyQueue(q->provider_id);
	drop_pages(q);
	if (q->event_id)
		vt_event_drop(ctx, q->event_id);
	free(q);
}

static int hold_event(struct vt_ctx *ctx, uint64_t event_id, HsaEvent **ret)
{
	*ret = event_id ? vt_event_hold(ctx, event_id) : NULL;
	return event_id && !*ret ? -ENOENT : 0;
}

/* Makes the provider's queue and enters it: q is empty and has its event. */
static int make_queue(struct vt_ctx *ctx, struct vt_queue *q, const struct vt_queue_create_req *req,
		      HsaEvent *event, struct vt_queue_create_rep *rep, int fds[VT_QUEUE_FDS],
		      unsigned *nfds)
{
	HsaQueueResource res;
	int err = create_at_provider(ctx, req, event, &res);

	if (err)
		return err;
	q->provider_id = res.QueueId;
	q->relay_slot = NO_SLOT;
	err = vt_idtable_add(&ctx->ids, q, VT_KIND_QUEUE, &rep->queue_id);
	if (err)
		goto destroy_queue;
	if (share_directly(ctx, q, &res, is_aql(req->type), rep, fds, nfds))
		err = share_by_relay(ctx, q, &res, is_aql(req->type), rep, fds, nfds);
	if (err)
		goto take_id;
	ctx->num_queues++;
	return 0;

take_id:
	vt_idtable_take(&ctx->ids, rep->queue_id, VT_KIND_QUEUE);
destroy_queue:
	ctx->p->DestroyQueue(q->provider_id);
	return err;
}

int vt_queue_create(struct vt_ctx *ctx, const struct vt_queue_create_req *req,
		    struct vt_queue_create_rep *rep, int fds[VT_QUEUE_FDS], unsigned *nfds)
{
	struct vt_queue_create_rep out = {0};
	HsaEvent *event;
	struct vt_queue *q;
	int err = check_create(ctx, req);

	if (!err)
		err = hold_event(ctx, req->event_id, &event);
	if (err)
		return err;
	q = calloc(1, sizeof(*q));
	if (!q) {
		err = -ENOMEM;
		goto drop_event;
	}
	q->event_id = req->event_id;
	err = make_queue(ctx, q, req, event, &out, fds, nfds);
	if (err)
		goto free_queue;
	*rep = out;
	return 0;

free_queue:
	free(q);
drop_event:
	if (req->event_id)
		vt_event_drop(ctx, req->event_id);
	return err;
}

int vt_queue_update(struct vt_ctx *ctx, const struct vt_queue_update_req *req)
{
	struct vt_queue *q = vt_idtable_find(&ctx->ids, req->queue_id, VT_KIND_QUEUE);
	HsaEvent *event;
	int err;

	if (!q)
		return -ENOENT;
	err = check_share(req->percentage, req->priority);
	if (!err && req->ring_size)
		err = check_ring(ctx, req->ring_va, req->ring_size);
	if (!err)
		err = hold_event(ctx, req->event_id, &event);
	if (err)
		return err;
	err = vt_err_from_status(ctx->p->UpdateQueue(
	    q->provider_id, req->percentage, (HSA_QUEUE_PRIORITY)req->priority,
	    vt_va_ptr(req->ring_size ? req->ring_va : 0), req->ring_size, event));
	if (err) {
		if (req->event_id)
			vt_event_drop(ctx, req->event_id);
		return err;
	}
	if (q->event_id)
		vt_event_drop(ctx, q->event_id);
	q->event_id = req->event_id;
	return 0;
}

int vt_queue_destroy(struct vt_ctx *ctx, uint64_t queue_id)
{
	struct vt_queue *q = vt_idtable_take(&ctx->ids, queue_id, VT_KIND_QUEUE);

	if (!q)
		return -ENOENT;
	ctx->num_queues--;
	end_queue(ctx, q);
	return 0;
}

int vt_queue_cu_mask(struct vt_ctx *ctx, const struct vt_queue_cu_mask_req *req)
{
	const struct vt_queue *q = vt_idtable_find(&ctx->ids, req->queue_id, VT_KIND_QUEUE);
	uint32_t mask[VT_MAX_CU_WORDS];

	if (!q)
		return -ENOENT;
	if (!req->num_bits || req->num_bits % 32 || req->num_bits / 32 != req->num_words)
		return -EINVAL;
	memcpy(mask, req->word, sizeof(mask));
	return vt_err_from_status(ctx->p->SetQueueCUMask(q->provider_id, req->num_bits, mask));
}

int vt_queue_info(struct vt_ctx *ctx, uint64_t queue_id, struct vt_queue_info_rep *rep)
{
	const struct vt_queue *q = vt_idtable_find(&ctx->ids, queue_id, VT_KIND_QUEUE);
	HsaQueueInfo info = {0};
	int err;

	if (!q)
		return -ENOENT;
	err = vt_err_from_status(ctx->p->GetQueueInfo(q->provider_id, &info));
	if (err)
		return err;
	memset(rep, 0, sizeof(*rep));
	rep->detail_error = info.QueueDetailError;
	rep->type_extended = info.QueueTypeExtended;
	if (!info.CUMaskInfo || info.NumCUAssigned / 32 > VT_MAX_CU_WORDS)
		return 0;
	rep->num_bits = info.NumCUAssigned;
	rep->num_words = info.NumCUAssigned / 32;
	memcpy(rep->word, info.CUMaskInfo, rep->num_words * sizeof(rep->word[0]));
	return 0;
}

int vt_queue_gws(struct vt_ctx *ctx, const struct vt_queue_gws_req *req, uint32_t *ret_first)
{
	const struct vt_queue *q = vt_idtable_find(&ctx->ids, req->queue_id, VT_KIND_QUEUE);
	HSAuint32 first = 0;
	int err;

	if (!q)
		return -ENOENT;
	err = vt_err_from_status(ctx->p->AllocQueueGWS(q->provider_id, req->num_gws, &first));
	if (!err)
		*ret_first = first;
	return err;
}

void vt_queue_fini(struct vt_ctx *ctx)
{
	uint32_t cursor = 0;
	uint64_t id;

	while (vt_idtable_next(&ctx->ids, VT_KIND_QUEUE, &cursor, &id))
		vt_queue_destroy(ctx, id);
	vt_page_fini(ctx);
	vt_relay_fini(ctx);
}
