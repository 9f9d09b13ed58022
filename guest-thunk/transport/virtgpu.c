/*
 * The transport through a context of a virtio-gpu device (proto/wire/virtgpu.h).
 *
 * Nothing of it is inherited by a child but the mappings of made memory: the others are
 * MADV_DONTFORK, and the descriptors close-on-exec. A forked child's copy of the node is the same
 * open file, so that an ioctl of the child's would be one of the parent's: it only closes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "guest-thunk/transport/transport.h"
#include "guest-thunk/transport/virtgpu_blobs.h"
#include "guest-thunk/transport/virtgpu_device.h"
#include "guest-thunk/transport/virtgpu_find.h"
#include "guest-thunk/transport/virtgpu_sleep.h"
#include "proto/wire/op.h"
#include "proto/wire/ring.h"

#define GREETING_TIMEOUT_MS 10000
#define GREETING_STEP_US    500

/* Memory up to this size is made zero by writing; larger is cheaper to give back and make anew. */
#define CLEAR_MAX_BYTES ((size_t)16 << 20)

struct virtgpu_transport {
	struct vt_transport base;
	int node;
	pid_t process; /* whose it is */
	uint64_t seqno;
	struct vt_vgpu_control *control;
	struct vt_vgpu_blobs blobs;
	struct vt_vgpu_sleep sleep;
	struct vt_channel channel;
	struct vt_ring_hooks hooks;
};

static struct virtgpu_transport *from_base(struct vt_transport *t)
{
	return (struct virtgpu_transport *)(void *)((char *)t -
						    offsetof(struct virtgpu_transport, base));
}

static bool is_inherited(const struct virtgpu_transport *t)
{
	return t->process != getpid();
}

/* --- Rings: waking and sleeping --- */

static void hook_wake(void *arg, const _Atomic uint32_t *word)
{
	struct virtgpu_transport *t = arg;
	const struct vt_vgpu_wake wake = {.op = VT_VGPU_WAKE,
					  .word = word == &t->channel.requests.shared->tail
						      ? VT_VGPU_WORD_REQUESTS_TAIL
						      : VT_VGPU_WORD_REPLIES_HEAD};

	vt_vgpu_submit(t->node, &wake, sizeof(wake));
}

static void hook_wait(void *arg, const _Atomic uint32_t *word, uint32_t seen, int64_t ns)
{
	struct virtgpu_transport *t = arg;

	if (word == &t->channel.replies.shared->tail)
		vt_vgpu_sleep_on(&t->sleep, VT_VGPU_RING_REPLIES, VT_VGPU_WORD_REPLIES_TAIL, seen,
				 ns);
	else
		vt_vgpu_sleep_on(&t->sleep, VT_VGPU_RING_ROOM, VT_VGPU_WORD_REQUESTS_HEAD, seen,
				 ns);
	if (vt_vgpu_sleep_is_over(&t->sleep))
		vt_channel_close(&t->channel);
}

/* --- Messages --- */

/* Tells which new memory goes with the request. */
static int send_files(struct virtgpu_transport *t, const struct vt_parcel *request)
{
	struct vt_vgpu_files files = {
	    .op = VT_VGPU_FILES, .num = request->num_handles, .seqno = t->seqno};

	for (unsigned i = 0; i < request->num_handles; i++) {
		files.blob_id[i] = vt_vgpu_blobs_id(&t->blobs, request->handle[i]);
		if (!files.blob_id[i])
			return -EBADMSG;
	}
	return vt_vgpu_submit(t->node, &files, sizeof(files));
}

static int virtgpu_send(struct vt_transport *base, struct vt_parcel *request)
{
	struct virtgpu_transport *t = from_base(base);
	int err = 0;

	request->frame.seqno = ++t->seqno;
	request->frame.flags = request->num_handles ? VT_FRAME_FDS : 0;
	request->frame.error = 0;
	if (request->num_handles)
		err = send_files(t, request);
	return err ? err : vt_ring_write(&t->channel.requests, &request->frame, request->body, -1);
}

/* Names for the files of a reply: as many as the operation can have, since how many there are is
 * only known from its body. */
static int name_files(struct virtgpu_transport *t, const struct vt_frame *request,
		      struct vt_parcel *reply)
{
	unsigned num = vt_op_info(request->op)->max_reply_fds;

	if (!num)
		return -EBADMSG;
	for (unsigned i = 0; i < num; i++) {
		int err = vt_vgpu_blobs_enter(&t->blobs, VT_VGPU_BLOB_FILE(request->seqno, i),
					      &reply->handle[i]);

		if (err)
			return err;
		reply->num_handles++;
	}
	return 0;
}

static void virtgpu_close_handle(struct vt_transport *base, int handle)
{
	struct virtgpu_transport *t = from_base(base);

	if (!is_inherited(t))
		vt_vgpu_blobs_close(&t->blobs, handle);
}

static int virtgpu_receive(struct vt_transport *base, const struct vt_frame *request,
			   struct vt_parcel *reply)
{
	struct virtgpu_transport *t = from_base(base);
	int err = vt_ring_read(&t->channel.replies, &reply->frame, reply->body, VT_MAX_BODY,
			       VT_RING_SPIN_NS, -1);

	reply->num_handles = 0;
	if (!err)
		err = vt_frame_check_reply(&reply->frame, request->op, request->seqno);
	if (!err && (reply->frame.flags & VT_FRAME_FDS))
		err = name_files(t, request, reply);
	while (err && reply->num_handles)
		virtgpu_close_handle(base, reply->handle[--reply->num_handles]);
	return err;
}

/* --- Memory --- */

static int virtgpu_map(struct vt_transport *base, int handle, uint64_t file_offset, size_t size,
		       void *addr, void **ret)
{
	void *p;
	int err = vt_vgpu_blobs_map(&from_base(base)->blobs, handle, file_offset, size, addr, &p);

	if (err)
		return err;
	madvise(p, size, MADV_DONTFORK);
	*ret = p;
	return 0;
}

static int virtgpu_export_handle(struct vt_transport *base, int handle, uint64_t size, int *ret_fd)
{
	return vt_vgpu_blobs_export(&from_base(base)->blobs, handle, size, ret_fd);
}

static int virtgpu_make_memory(struct vt_transport *base, size_t size, void **ret, int *ret_handle)
{
	return vt_vgpu_blobs_make(&from_base(base)->blobs, size, ret, ret_handle);
}

/* The kernel takes no pages out of a device's mapping. */
static int virtgpu_clear(struct vt_transport *base, void *addr, size_t size)
{
	(void)base;
	if (size > CLEAR_MAX_BYTES)
		return -EOPNOTSUPP;
	memset(addr, 0, size);
	return 0;
}

/* --- Events, and the end --- */

static int virtgpu_wait_events(struct vt_transport *base, uint32_t seen,
			       const struct timespec *deadline)
{
	return vt_vgpu_sleep_on_bell(&from_base(base)->sleep, &base->events->header.bell, seen,
				     deadline);
}

static void virtgpu_wake_events(struct vt_transport *base)
{
	vt_vgpu_sleep_wake_bell(&from_base(base)->sleep);
}

static void virtgpu_wait_gone(struct vt_transport *base)
{
	vt_vgpu_sleep_until_over(&from_base(base)->sleep);
}

static void virtgpu_stop(struct vt_transport *base)
{
	struct virtgpu_transport *t = from_base(base);

	vt_channel_close(&t->channel);
	vt_vgpu_sleep_end(&t->sleep);
}

static void virtgpu_destroy(struct vt_transport *base)
{
	struct virtgpu_transport *t = from_base(base);

	if (is_inherited(t)) {
		vt_vgpu_sleep_close(&t->sleep);
	} else {
		vt_vgpu_blobs_fini(&t->blobs);
		vt_vgpu_sleep_fini(&t->sleep);
	}
	vt_vgpu_close(t->node);
	free(t);
}

static const struct vt_transport_ops virtgpu_ops = {
    .send = virtgpu_send,
    .receive = virtgpu_receive,
    .map = virtgpu_map,
    .close_handle = virtgpu_close_handle,
    .export_handle = virtgpu_export_handle,
    .make_memory = virtgpu_make_memory,
    .clear = virtgpu_clear,
    .wait_events = virtgpu_wait_events,
    .wake_events = virtgpu_wake_events,
    .wait_gone = virtgpu_wait_gone,
    .stop = virtgpu_stop,
    .destroy = virtgpu_destroy,
};

/* --- Connecting --- */

/* Maps one of the blobs that a context always has. */
static int map_fixed_blob(struct virtgpu_transport *t, uint64_t blob_id, size_t size, void **ret)
{
	int handle, err = vt_vgpu_blobs_enter(&t->blobs, blob_id, &handle);

	if (err)
		return err;
	err = virtgpu_map(&t->base, handle, 0, size, NULL, ret);
	vt_vgpu_blobs_close(&t->blobs, handle);
	return err;
}

/* Waits until the control page says something. There is no word for that to sleep on. */
static uint32_t await_state(struct virtgpu_transport *t)
{
	const struct timespec step = {.tv_nsec = GREETING_STEP_US * 1000};
	unsigned left = GREETING_TIMEOUT_MS * 1000 / GREETING_STEP_US;
	uint32_t state;

	do {
		state = atomic_load_explicit(&t->control->state, memory_order_acquire);
		if (state == VT_VGPU_NEW)
			nanosleep(&step, NULL);
	} while (state == VT_VGPU_NEW && --left);
	return state;
}

static int greet(struct virtgpu_transport *t, char text[VT_CONNECT_TEXT])
{
	struct vt_vgpu_hello hello = {.op = VT_VGPU_HELLO};
	struct vt_welcome welcome;
	uint32_t state;
	char why[128];
	int err;

	vt_hello_init(&hello.hello, program_invocation_short_name);
	err = vt_vgpu_submit(t->node, &hello, sizeof(hello));
	state = err ? (uint32_t)VT_VGPU_GONE : await_state(t);
	if (state == VT_VGPU_NEW || state == VT_VGPU_GONE) {
		snprintf(text, VT_CONNECT_TEXT, "no answer from the renderer on the host");
		return err ? err : state == VT_VGPU_NEW ? -ETIMEDOUT : -EPIPE;
	}
	welcome = t->control->welcome;
	err = vt_welcome_check(&hello.hello, &welcome, why);
	if (!err && state != VT_VGPU_WELCOMED) {
		snprintf(why, sizeof(why), "the renderer has refused without a reason");
		err = -ECONNREFUSED;
	}
	if (err) {
		snprintf(text, VT_CONNECT_TEXT, "%s", why);
		return err;
	}
	t->base.context_id = welcome.context_id;
	t->base.major = welcome.major;
	t->base.minor = welcome.minor;
	t->base.features = welcome.features;
	return 0;
}

static int map_shared(struct virtgpu_transport *t)
{
	void *channel, *events;
	int err = map_fixed_blob(t, VT_VGPU_BLOB_CHANNEL, VT_CHANNEL_BYTES, &channel);

	if (!err)
		err = map_fixed_blob(t, VT_VGPU_BLOB_EVENTS, VT_EVENT_PAGE_BYTES, &events);
	if (err)
		return err;
	t->base.events = events;
	vt_channel_init(&t->channel, channel);
	t->hooks = (struct vt_ring_hooks){.wake = hook_wake, .wait = hook_wait, .arg = t};
	vt_channel_use_hooks(&t->channel, &t->hooks);
	return 0;
}

static int begin(struct virtgpu_transport *t, uint32_t capset_id)
{
	void *control;
	int err = vt_vgpu_context(t->node, capset_id, program_invocation_short_name);

	if (!err)
		err = map_fixed_blob(t, VT_VGPU_BLOB_CONTROL, VT_VGPU_CONTROL_BYTES, &control);
	if (err)
		return err;
	t->control = control;
	t->sleep.control = control;
	return 0;
}

static int set_up(struct virtgpu_transport *t, const struct vt_vgpu_found *found,
		  char text[VT_CONNECT_TEXT])
{
	int err = begin(t, found->capset_id);

	if (err) {
		snprintf(text, VT_CONNECT_TEXT, "%s gives no context: %s", found->path,
			 strerror(-err));
		return err;
	}
	err = greet(t, text);
	if (err)
		return err;
	err = map_shared(t);
	if (err)
		snprintf(text, VT_CONNECT_TEXT, "the renderer's shared memory cannot be mapped: %s",
			 strerror(-err));
	return err;
}

/* The node is the transport's in any case. */
static int make(int node, struct virtgpu_transport **ret)
{
	struct virtgpu_transport *t = calloc(1, sizeof(*t));
	int err = t ? vt_vgpu_blobs_init(&t->blobs, node) : -ENOMEM;

	if (err)
		goto close_node;
	err = vt_vgpu_sleep_init(&t->sleep, node);
	if (err)
		goto fini_blobs;
	t->base.ops = &virtgpu_ops;
	t->node = node;
	t->process = getpid();
	*ret = t;
	return 0;

fini_blobs:
	vt_vgpu_blobs_fini(&t->blobs);
close_node:
	free(t);
	vt_vgpu_close(node);
	return err;
}

int vt_transport_virtgpu_connect(const char *path, struct vt_transport **ret,
				 char text[VT_CONNECT_TEXT])
{
	struct virtgpu_transport *t;
	struct vt_vgpu_found found;
	int err = vt_vgpu_find(path, &found, text);

	if (err)
		return err;
	err = make(found.node, &t);
	if (err) {
		snprintf(text, VT_CONNECT_TEXT, "%s: %s", found.path, strerror(-err));
		return err;
	}
	err = set_up(t, &found, text);
	if (err) {
		virtgpu_destroy(&t->base);
		return err;
	}
	*ret = &t->base;
	return 0;
}
