/* One operation at a time goes to the renderer; whatever breaks the protocol ends the connection.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "guest-thunk/client/call.h"
#include "guest-thunk/client/stats.h"
#include "proto/base/err.h"
#include "proto/base/log.h"
#include "proto/wire/codec.h"

void vt_caller_init(struct vt_caller *c, struct vt_transport *transport)
{
	c->transport = transport;
	atomic_init(&c->gone, false);
	pthread_mutex_init(&c->lock, NULL);
}

void vt_caller_fini(struct vt_caller *c)
{
	c->transport->ops->destroy(c->transport);
	pthread_mutex_destroy(&c->lock);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void close_handles(struct vt_caller *c, const struct vt_parcel *p)
{
	for (unsigned i = 0; i < p->num_handles; i++)
		c->transport->ops->close_handle(c->transport, p->handle[i]);
}

/* Hands the answer over. -EBADMSG: the renderer sends what the operation does not have. */
static int take_reply(struct vt_caller *c, enum vt_op op, struct vt_parcel *reply, void *rep,
		      struct vt_call_handles *handles)
{
	int err = reply->num_handles && !handles ? -EBADMSG : 0;

	if (!err && vt_codec_msg_size(op, VT_REPLY))
		err = vt_codec_unpack(op, VT_REPLY, reply->body, reply->frame.body_len, rep,
				      &c->arena);
	if (err) {
		close_handles(c, reply);
		return -EBADMSG;
	}
	if (handles) {
		handles->num_out = reply->num_handles;
		memcpy(handles->out, reply->handle, sizeof(handles->out));
	}
	return 0;
}

/* The connection is of no more use. The watcher of the session sees it, too, and does the rest. */
static int give_up(struct vt_caller *c, enum vt_op op, int err)
{
	if (err != -EPIPE && !atomic_load(&c->gone))
		vt_log(VT_LOG_ERROR, c->transport->context_id,
		       "%s: the renderer breaks the protocol: %s", vt_op_info(op)->name,
		       vt_err_name(err));
	atomic_store(&c->gone, true);
	c->transport->ops->stop(c->transport);
	return -EPIPE;
}

static int call_locked(struct vt_caller *c, enum vt_op op, const void *req, void *rep,
		       struct vt_call_handles *handles)
{
	struct vt_parcel request = {.frame = {.op = (uint16_t)op}, .body = c->request};
	struct vt_parcel reply = {.body = c->reply};
	bool posted = vt_op_info(op)->posted;
	uint64_t start = now_ns();
	int err, len = vt_codec_pack(op, VT_REQUEST, req, c->request);

	if (len < 0)
		return len;
	request.frame.body_len = (uint32_t)len;
	if (handles) {
		request.num_handles = handles->num_in;
		memcpy(request.handle, handles->in, sizeof(request.handle));
	}
	err = c->transport->ops->exchange(c->transport, &request, posted ? NULL : &reply);
	if (err)
		return give_up(c, op, err);
	vt_stats_call(op, now_ns() - start, sizeof(struct vt_frame) + (size_t)len,
		      posted ? 0 : sizeof(struct vt_frame) + reply.frame.body_len);
	if (posted)
		return 0;
	if (reply.frame.error) {
		close_handles(c, &reply);
		return -(int)reply.frame.error;
	}
	err = take_reply(c, op, &reply, rep, handles);
	return err ? give_up(c, op, err) : 0;
}

int vt_call(struct vt_caller *c, enum vt_op op, const void *req, void *rep,
	    struct vt_call_handles *handles)
{
	int err = -EPIPE;

	if (!vt_op_info(op))
		return -EINVAL;
	pthread_mutex_lock(&c->lock);
	if (!atomic_load(&c->gone))
		err = call_locked(c, op, req, rep, handles);
	pthread_mutex_unlock(&c->lock);
	return err;
}
