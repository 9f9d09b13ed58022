/* The loop and its table. */
#include "host-renderer/dispatch/dispatch.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/dispatch/handlers.h"
#include "proto/base/err.h"
#include "proto/base/log.h"
#include "proto/wire/op.h"
#include "proto/wire/sock.h"

typedef int vt_handler(struct vt_dispatch *d, struct vt_call *call);

static vt_handler *const handlers[VT_OP_COUNT] = {
#define VT_OP(num, NAME, name, how, req, req_fds, rep, rep_fds) [num] = vt_on_##name,
#include "proto/wire/op.def"
#undef VT_OP
};

static void close_fds(const int *fds, unsigned nfds)
{
	for (unsigned i = 0; i < nfds; i++)
		close(fds[i]);
}

/* Everything about a request that can be checked without knowing what it means. */
static int take_request(struct vt_dispatch *d, const struct vt_frame *f, struct vt_call *call)
{
	const struct vt_op_info *op;
	int err = vt_frame_check_request(f);

	if (err || f->seqno != d->last_seqno + 1)
		return -EBADMSG;
	d->last_seqno = f->seqno;
	op = vt_op_info(f->op);
	assert(vt_codec_msg_size(f->op, VT_REQUEST) <= sizeof(d->req));
	assert(vt_codec_msg_size(f->op, VT_REPLY) <= sizeof(d->rep));
	err = vt_codec_unpack(f->op, VT_REQUEST, d->body, f->body_len, d->req, &d->arena);
	if (err)
		return err;
	if (f->flags & VT_FRAME_FDS)
		err = vt_sock_recv_fds(d->sock, f->seqno, call->fds, op->max_request_fds,
				       &call->nfds);
	memset(d->rep, 0, vt_codec_msg_size(f->op, VT_REPLY));
	call->req = d->req;
	call->rep = d->rep;
	return err;
}

static int send_reply(struct vt_dispatch *d, const struct vt_frame *f, struct vt_call *call,
		      int result)
{
	struct vt_frame reply = {.op = f->op, .flags = VT_FRAME_REPLY, .seqno = f->seqno};
	int len = 0, err;

	if (!result)
		len = vt_codec_pack(f->op, VT_REPLY, d->rep, d->body);
	if (len < 0)
		result = len;
	if (result) {
		reply.error = (uint8_t)-vt_err_from_status(vt_err_to_status(result));
	} else {
		reply.body_len = (uint32_t)len;
		if (call->num_rep_fds) {
			err = vt_sock_send_fds(d->sock, f->seqno, call->rep_fds, call->num_rep_fds);
			if (err)
				return err;
			reply.flags |= VT_FRAME_FDS;
		}
	}
	d->stats.reply_bytes += sizeof(reply) + reply.body_len;
	return vt_ring_write(&d->channel->replies, &reply, d->body, -1);
}

static int serve(struct vt_dispatch *d, const struct vt_frame *f)
{
	struct vt_call call = {0};
	const struct vt_op_info *op;
	int result, err = take_request(d, f, &call);

	if (err) {
		close_fds(call.fds, call.nfds);
		vt_log(VT_LOG_ERROR, d->ctx->id, "request %u of %u bytes: %s; connection ended",
		       f->op, f->body_len, vt_err_name(err));
		return err;
	}
	op = vt_op_info(f->op);
	result = handlers[f->op](d, &call);
	close_fds(call.fds, call.nfds);
	d->stats.request_bytes += sizeof(*f) + f->body_len;
	d->stats.errors += result != 0;
	if (result)
		vt_log(op->posted ? VT_LOG_WARN : VT_LOG_DEBUG, d->ctx->id, "%s: %s", op->name,
		       vt_err_name(result));
	if (op->posted) {
		d->stats.posts++;
	} else {
		d->stats.calls++;
		err = send_reply(d, f, &call, result);
	}
	close_fds(call.rep_fds, call.num_rep_fds);
	return err;
}

int vt_dispatch_run(struct vt_dispatch *d)
{
	struct vt_frame f;
	int err;

	do {
		err = vt_ring_read(&d->channel->requests, &f, d->body, sizeof(d->body),
				   VT_RING_SPIN_NS, -1);
		if (err == -EBADMSG)
			vt_log(VT_LOG_ERROR, d->ctx->id,
			       "the request ring is inconsistent; connection ended");
		if (!err)
			err = serve(d, &f);
	} while (!err);
	return err == -EPIPE ? err : -EBADMSG;
}
