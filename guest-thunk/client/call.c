/* One operation at a time goes to the renderer; whatever breaks the protocol ends the connection.
 */
#include <errno.h>
#include <string.h>

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

static int send_locked(struct vt_caller *c, enum vt_op op, const void *req,
		       const struct vt_call_handles *handles, struct vt_frame *ret_frame)
{
	struct vt_parcel request = {.frame = {.op = (uint16_t)op}, .body = c->request};
	int err, len = vt_codec_pack(op, VT_REQUEST, req, c->request);

	if (len < 0)
		return len;
	request.frame.body_len = (uint32_t)len;
	if (handles) {
		request.num_handles = handles->num_in;
		memcpy(request.handle, handles->in, sizeof(request.handle));
	}
	err = c->transport->ops->send(c->transport, &request);
	*ret_frame = request.frame;
	return err ? give_up(c, op, err) : 0;
}

/* Takes the answer to a request; *ret_bytes is its size. */
static int receive_locked(struct vt_caller *c, const struct vt_frame *request, void *rep,
			  struct vt_call_handles *handles, size_t *ret_bytes)
{
	struct vt_parcel reply = {.body = c->reply};
	enum vt_op op = (enum vt_op)request->op;
	int err = c->transport->ops->receive(c->transport, request, &reply);

	if (err)
		return give_up(c, op, err);
	*ret_bytes = sizeof(struct vt_frame) + reply.frame.body_len;
	if (reply.frame.error) {
		close_handles(c, &reply);
		return -(int)reply.frame.error;
	}
	err = take_reply(c, op, &reply, rep, handles);
	return err ? give_up(c, op, err) : 0;
}

static int call_locked(struct vt_caller *c, enum vt_op op, const void *req, void *rep,
		       struct vt_call_handles *handles)
{
	uint64_t start = vt_stats_now();
	struct vt_frame request;
	size_t reply_bytes = 0;
	int err = send_locked(c, op, req, handles, &request);

	if (!err && !vt_op_info(op)->posted)
		err = receive_locked(c, &request, rep, handles, &reply_bytes);
	if (!atomic_load(&c->gone))
		vt_stats_call(op, vt_stats_now() - start, sizeof(request) + request.body_len,
			      reply_bytes);
	return err;
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

/* All answers are taken, also those behind one that says no. */
static int call_many_locked(struct vt_caller *c, enum vt_op op, unsigned num, const void *req,
			    void *rep)
{
	size_t size = vt_codec_msg_size(op, VT_REPLY), reply_bytes = 0;
	struct vt_frame request[VT_CALL_MANY];
	int err = 0, first_err = 0, done = 0;
	uint64_t start = vt_stats_now();

	for (unsigned i = 0; i < num; i++) {
		err = send_locked(c, op, req, NULL, &request[i]);
		if (err)
			return err;
	}
	for (unsigned i = 0; i < num && !atomic_load(&c->gone); i++) {
		err = receive_locked(c, &request[i], (char *)rep + (size_t)done * size, NULL,
				     &reply_bytes);
		if (!err)
			done++;
		else if (!first_err)
			first_err = err;
		vt_stats_call(op, (vt_stats_now() - start) / num,
			      sizeof(request[i]) + request[i].body_len, reply_bytes);
	}
	return done ? done : first_err;
}

int vt_call_many(struct vt_caller *c, enum vt_op op, unsigned num, const void *req, void *rep)
{
	int ret = -EPIPE;

	if (!vt_op_info(op) || vt_op_info(op)->posted || !num || num > VT_CALL_MANY)
		return -EINVAL;
	pthread_mutex_lock(&c->lock);
	if (!atomic_load(&c->gone))
		ret = call_many_locked(c, op, num, req, rep);
	pthread_mutex_unlock(&c->lock);
	return ret;
}
