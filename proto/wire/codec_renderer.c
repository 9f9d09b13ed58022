/* Chapters renderer, event and mode of the schema. */
#include "proto/schema/event.pb-c.h"
#include "proto/schema/mode.pb-c.h"
#include "proto/schema/renderer.pb-c.h"
#include "proto/wire/codec_row.h"
#include "proto/wire/msg.h"

#define PING(F) F(value)
VT_SCALARS(ping_req, Vt__PingReq, PING)
VT_SCALARS(ping_rep, Vt__PingRep, PING)

#define STATS(F)          \
	F(calls)          \
	F(posts)          \
	F(errors)         \
	F(request_bytes)  \
	F(reply_bytes)    \
	F(blobs_exported) \
	F(memory_bytes)   \
	F(memory_objects) F(queues) F(events) F(worker_sleeps) F(events_published)
VT_SCALARS(stats_rep, Vt__StatsRep, STATS)

#define WINDOW(F) F(base_va) F(size)
VT_SCALARS(window_req, Vt__WindowReq, WINDOW)

#define EVENT_CREATE_REQ(F) F(type) F(node)
VT_SCALARS(event_create_req, Vt__EventCreateReq, EVENT_CREATE_REQ)

#define EVENT_CREATE_REP(F) F(event_id) F(provider_id) F(slot) F(mailbox_va) F(trigger) F(sets)
VT_SCALARS(event_create_rep, Vt__EventCreateRep, EVENT_CREATE_REP)

#define EVENT_DESTROY(F) F(event_id)
VT_SCALARS(event_destroy_req, Vt__EventDestroyReq, EVENT_DESTROY)

#define XNACK_GET(F) F(enabled)
VT_SCALARS(xnack_get_rep, Vt__XnackGetRep, XNACK_GET)

#define XNACK_SET(F) F(enable)
VT_SCALARS(xnack_set_req, Vt__XnackSetReq, XNACK_SET)

#define TRAP_HANDLER(F) F(node) F(handler_va) F(handler_size) F(buffer_va) F(buffer_size)
VT_SCALARS(trap_handler_req, Vt__TrapHandlerReq, TRAP_HANDLER)

#define RUNTIME_ENABLE(F) F(setup_ttmp)
VT_SCALARS(runtime_enable_req, Vt__RuntimeEnableReq, RUNTIME_ENABLE)

#define INFO_NUMBERS(F) F(memory_limit_bytes) F(queue_limit) F(event_limit)

/* The strings are only read: protobuf-c's structs are not const. */
static char *borrow(const char *s)
{
	union {
		const char *in;
		char *out;
	} u = {s};

	return u.out;
}

static int renderer_info_rep_pack(const void *msg, uint8_t *body)
{
	const struct vt_renderer_info_rep *m = msg;
	Vt__RendererInfoRep pb;

	vt__renderer_info_rep__init(&pb);
	INFO_NUMBERS(VT_PUT_FIELD)
	pb.version = borrow(m->version);
	pb.provider = borrow(m->provider);
	pb.device = borrow(m->device);
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int renderer_info_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__RendererInfoRep *pb = (const Vt__RendererInfoRep *)from;
	struct vt_renderer_info_rep *m = msg;
	int err = vt_codec_take_string(pb->version, m->version, sizeof(m->version));

	if (!err)
		err = vt_codec_take_string(pb->provider, m->provider, sizeof(m->provider));
	if (!err)
		err = vt_codec_take_string(pb->device, m->device, sizeof(m->device));
	INFO_NUMBERS(VT_GET_FIELD)
	return err;
}

VT_ROW(renderer_info_rep)
