/* A transport without a renderer: requests are unpacked, answered by the test, and the answer is
 * packed again. */
#include <linux/futex.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest-thunk/transport/local.h"
#include "proto/wire/codec.h"
#include "proto/wire/msg.h"
#include "tests/unit/test_guest_fake.h"

#define WINDOW_BYTES (UINT64_C(1) << 30)

struct answer {
	int err, len, fd;
	uint8_t body[256];
};

struct fake {
	struct vt_transport base;
	vt_fake_renderer *renderer;
	unsigned count[VT_OP_COUNT];
	struct answer answer[VT_CALL_MANY];
	unsigned sent, received;
	uint8_t body[VT_MAX_BODY];
	struct vt_arena arena;
	_Alignas(16) uint8_t req[65536], rep[65536]; /* any struct of msg.h */
};

static struct fake *from_base(const struct vt_transport *t)
{
	return (struct fake *)(uintptr_t)t;
}

/* Answers at once; receive finds the answer where it was left. */
static int fake_send(struct vt_transport *base, struct vt_parcel *request)
{
	struct fake *f = from_base(base);
	unsigned op = request->frame.op;
	struct answer *a = &f->answer[f->sent++ % VT_CALL_MANY];

	f->count[op]++;
	memset(f->rep, 0, sizeof(f->rep));
	if (vt_codec_msg_size(op, VT_REQUEST) &&
	    vt_codec_unpack(op, VT_REQUEST, request->body, request->frame.body_len, f->req,
			    &f->arena))
		abort();
	a->fd = -1;
	a->err = f->renderer(op, f->req, f->rep, &a->fd);
	a->len = 0;
	if (!a->err && vt_codec_msg_size(op, VT_REPLY))
		a->len = vt_codec_pack(op, VT_REPLY, f->rep, f->body);
	if (a->len < 0 || a->len > (int)sizeof(a->body))
		abort();
	memcpy(a->body, f->body, (size_t)a->len);
	if (vt_op_info(op)->posted)
		f->sent--;
	return 0;
}

static int fake_receive(struct vt_transport *base, const struct vt_frame *request,
			struct vt_parcel *reply)
{
	struct fake *f = from_base(base);
	const struct answer *a = &f->answer[f->received++ % VT_CALL_MANY];

	reply->frame = *request;
	reply->frame.error = (uint8_t)-a->err;
	reply->frame.body_len = (uint32_t)a->len;
	memcpy(reply->body, a->body, (size_t)a->len);
	reply->num_handles = 0;
	if (a->fd >= 0)
		reply->handle[reply->num_handles++] = a->fd;
	return 0;
}

static int fake_map(struct vt_transport *base, int handle, uint64_t file_offset, size_t size,
		    void *addr, void **ret)
{
	(void)base;
	*ret = mmap(addr, size, PROT_READ | PROT_WRITE, MAP_SHARED | (addr ? MAP_FIXED : 0), handle,
		    (off_t)file_offset);
	return *ret == MAP_FAILED ? -1 : 0;
}

static void fake_close_handle(struct vt_transport *base, int handle)
{
	(void)base;
	close(handle);
}

static int fake_export_handle(struct vt_transport *base, int handle, uint64_t size, int *ret_fd)
{
	(void)base;
	(void)size;
	*ret_fd = dup(handle);
	return *ret_fd < 0 ? -1 : 0;
}

static void fake_nothing(struct vt_transport *base)
{
	(void)base;
}

static void fake_destroy(struct vt_transport *base)
{
	munmap(base->events, VT_EVENT_PAGE_BYTES);
	free(from_base(base));
}

static const struct vt_transport_ops fake_ops = {
    .send = fake_send,
    .receive = fake_receive,
    .map = fake_map,
    .close_handle = fake_close_handle,
    .export_handle = fake_export_handle,
    .make_memory = vt_local_make_memory,
    .clear = vt_local_clear,
    .wait_events = vt_local_wait_events,
    .wake_events = vt_local_wake_events,
    .wait_gone = fake_nothing,
    .stop = fake_nothing,
    .destroy = fake_destroy,
};

static void *map_anonymous(size_t bytes, int prot, int share)
{
	void *p = mmap(NULL, bytes, prot, share | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

struct vt_session *vt_fake_session_create(vt_fake_renderer *renderer)
{
	struct vt_session *s = calloc(1, sizeof(*s));
	struct fake *f = calloc(1, sizeof(*f));

	if (!s || !f)
		abort();
	f->base.ops = &fake_ops;
	f->base.piece_bytes = VT_LOCAL_PIECE_BYTES;
	f->base.events = map_anonymous(VT_EVENT_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED);
	f->renderer = renderer;
	vt_caller_init(&s->caller, &f->base);
	s->window.base = (uint64_t)map_anonymous(WINDOW_BYTES, PROT_NONE, MAP_PRIVATE);
	s->window.size = WINDOW_BYTES;
	s->topology.system.num_nodes = 2;
	s->topology.node = calloc(2, sizeof(*s->topology.node));
	s->topology.gpu_mask = 2;
	vt_blobs_init(&s->blobs);
	vt_memory_init(&s->memory);
	vt_queues_init(&s->queues);
	vt_events_init(&s->events, &f->base);
	return s;
}

void vt_fake_session_destroy(struct vt_session *s)
{
	vt_memory_fini(&s->memory);
	vt_queues_fini(&s->queues);
	vt_events_fini(&s->events);
	vt_blobs_fini(&s->blobs);
	vt_window_release(&s->window);
	vt_topology_fini(&s->topology);
	vt_caller_fini(&s->caller);
	free(s);
}

unsigned vt_fake_count(const struct vt_session *s, unsigned op)
{
	return from_base(s->caller.transport)->count[op];
}

void vt_fake_publish(struct vt_session *s, unsigned slot, const struct vt_event_payload *payload)
{
	struct vt_event_page *page = s->events.page;

	if (payload)
		page->slot[slot].payload = *payload;
	atomic_fetch_add_explicit(&page->slot[slot].sets, 1, memory_order_seq_cst);
	atomic_fetch_add(&page->header.bell, 1);
	if (atomic_load(&page->slot[slot].waiters))
		syscall(SYS_futex, &page->header.bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
