/* Chapters memory and queue of the schema. */
#include <errno.h>

#include "proto/schema/memory.pb-c.h"
#include "proto/schema/queue.pb-c.h"
#include "proto/wire/codec_row.h"
#include "proto/wire/msg.h"

#define MEM_ALLOC_REQ(F) F(node) F(flags_bits) F(size) F(align) F(fixed_va)
VT_SCALARS(mem_alloc_req, Vt__MemAllocReq, MEM_ALLOC_REQ)

#define MEM_ID(F) F(mem_id)
VT_SCALARS(mem_free_req, Vt__MemFreeReq, MEM_ID)
VT_SCALARS(user_deregister_req, Vt__UserDeregisterReq, MEM_ID)

#define MEM_MAP_REQ(F) F(mem_id) F(offset) F(size) F(nodes_mask) F(map_flags_bits)
VT_SCALARS(mem_map_req, Vt__MemMapReq, MEM_MAP_REQ)

#define MEM_MAP_REP(F) F(mapped_nodes_mask)
VT_SCALARS(mem_map_rep, Vt__MemMapRep, MEM_MAP_REP)

#define MEM_UNMAP(F) F(mem_id) F(offset)
VT_SCALARS(mem_unmap_req, Vt__MemUnmapReq, MEM_UNMAP)

#define USER_REQ(F) F(base_va) F(size) F(file_offset) F(flags_bits)
VT_SCALARS(user_register_req, Vt__UserRegisterReq, USER_REQ)

#define USER_REP(F) F(mem_id) F(mapped_nodes_mask) F(gpu_va)
VT_SCALARS(user_register_rep, Vt__UserRegisterRep, USER_REP)

#define POLICY(F) F(node) F(default_policy) F(alternate_policy) F(alternate_va) F(alternate_size)
VT_SCALARS(memory_policy_req, Vt__MemoryPolicyReq, POLICY)

#define MEM_AVAILABLE_REQ(F) F(node)
VT_SCALARS(mem_available_req, Vt__MemAvailableReq, MEM_AVAILABLE_REQ)

#define MEM_AVAILABLE_REP(F) F(bytes)
VT_SCALARS(mem_available_rep, Vt__MemAvailableRep, MEM_AVAILABLE_REP)

#define MEM_EXPORT_REQ(F) F(mem_id) F(offset) F(size)
VT_SCALARS(mem_export_req, Vt__MemExportReq, MEM_EXPORT_REQ)

#define MEM_EXPORT_REP(F) F(file_offset)
VT_SCALARS(mem_export_rep, Vt__MemExportRep, MEM_EXPORT_REP)

#define QUEUE_CREATE(F) \
	F(node)         \
	F(type)         \
	F(percentage)   \
	F(priority)     \
	F(ring_va) F(ring_size) F(event_id) F(read_ptr_va) F(write_ptr_va) F(error_reason_va)
VT_SCALARS(queue_create_req, Vt__QueueCreateReq, QUEUE_CREATE)

#define QUEUE_UPDATE(F) F(queue_id) F(percentage) F(priority) F(ring_va) F(ring_size) F(event_id)
VT_SCALARS(queue_update_req, Vt__QueueUpdateReq, QUEUE_UPDATE)

#define QUEUE_ID(F) F(queue_id)
VT_SCALARS(queue_destroy_req, Vt__QueueDestroyReq, QUEUE_ID)
VT_SCALARS(queue_info_req, Vt__QueueInfoReq, QUEUE_ID)

#define GWS_REQ(F) F(queue_id) F(num_gws)
VT_SCALARS(queue_gws_req, Vt__QueueGwsReq, GWS_REQ)

#define GWS_REP(F) F(first_gws)
VT_SCALARS(queue_gws_rep, Vt__QueueGwsRep, GWS_REP)

#define BLOB(F) F(blob_id) F(base_va) F(size) F(file_offset) F(is_new)

static void put_blob(const struct vt_blob *m, Vt__Blob *to)
{
	Vt__Blob pb = VT__BLOB__INIT;

	BLOB(VT_PUT_FIELD)
	*to = pb;
}

/* pb may be NULL: no blob. */
static void get_blob(const Vt__Blob *pb, struct vt_blob *m)
{
	if (pb) {
		BLOB(VT_GET_FIELD)
	}
}

#define MEM_ALLOC_REP(F) F(mem_id) F(va) F(mapped_nodes_mask) F(attr_bits)

static int mem_alloc_rep_pack(const void *msg, uint8_t *body)
{
	const struct vt_mem_alloc_rep *m = msg;
	Vt__MemAllocRep pb = VT__MEM_ALLOC_REP__INIT;
	Vt__Blob blob;

	MEM_ALLOC_REP(VT_PUT_FIELD)
	if (m->blob.blob_id) {
		put_blob(&m->blob, &blob);
		pb.blob = &blob;
	}
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int mem_alloc_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__MemAllocRep *pb = (const Vt__MemAllocRep *)from;
	struct vt_mem_alloc_rep *m = msg;

	MEM_ALLOC_REP(VT_GET_FIELD)
	get_blob(pb->blob, &m->blob);
	return 0;
}

VT_ROW(mem_alloc_rep)

struct word_room {
	Vt__Word word;
	Vt__Blob blob;
};

static Vt__Word *put_word(const struct vt_word *m, struct word_room *room)
{
	if (!m->blob.blob_id)
		return NULL;
	vt__word__init(&room->word);
	put_blob(&m->blob, &room->blob);
	room->word.blob = &room->blob;
	room->word.offset = m->offset;
	return &room->word;
}

static void get_word(const Vt__Word *pb, struct vt_word *m)
{
	if (!pb)
		return;
	get_blob(pb->blob, &m->blob);
	m->offset = pb->offset;
}

static int queue_create_rep_pack(const void *msg, uint8_t *body)
{
	const struct vt_queue_create_rep *m = msg;
	Vt__QueueCreateRep pb = VT__QUEUE_CREATE_REP__INIT;
	struct word_room room[3];

	pb.queue_id = m->queue_id;
	pb.doorbell = put_word(&m->doorbell, &room[0]);
	pb.read_ptr = put_word(&m->read_ptr, &room[1]);
	pb.write_ptr = put_word(&m->write_ptr, &room[2]);
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int queue_create_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__QueueCreateRep *pb = (const Vt__QueueCreateRep *)from;
	struct vt_queue_create_rep *m = msg;

	m->queue_id = pb->queue_id;
	get_word(pb->doorbell, &m->doorbell);
	get_word(pb->read_ptr, &m->read_ptr);
	get_word(pb->write_ptr, &m->write_ptr);
	return 0;
}

VT_ROW(queue_create_rep)

static int queue_cu_mask_req_pack(const void *msg, uint8_t *body)
{
	struct vt_queue_cu_mask_req copy = *(const struct vt_queue_cu_mask_req *)msg;
	Vt__QueueCuMaskReq pb = VT__QUEUE_CU_MASK_REQ__INIT;

	if (copy.num_words > VT_MAX_CU_WORDS)
		return -EINVAL;
	pb.queue_id = copy.queue_id;
	pb.num_bits = copy.num_bits;
	pb.n_word = copy.num_words;
	pb.word = copy.word;
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int queue_cu_mask_req_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__QueueCuMaskReq *pb = (const Vt__QueueCuMaskReq *)from;
	struct vt_queue_cu_mask_req *m = msg;

	m->queue_id = pb->queue_id;
	m->num_bits = pb->num_bits;
	return vt_codec_take_words(pb->n_word, pb->word, m->word, VT_MAX_CU_WORDS, &m->num_words);
}

VT_ROW(queue_cu_mask_req)

#define QUEUE_INFO_NUMBERS(F) F(detail_error) F(type_extended) F(num_bits)

static int queue_info_rep_pack(const void *msg, uint8_t *body)
{
	struct vt_queue_info_rep copy = *(const struct vt_queue_info_rep *)msg;
	const struct vt_queue_info_rep *m = &copy;
	Vt__QueueInfoRep pb = VT__QUEUE_INFO_REP__INIT;

	if (m->num_words > VT_MAX_CU_WORDS)
		return -EINVAL;
	QUEUE_INFO_NUMBERS(VT_PUT_FIELD)
	pb.n_word = m->num_words;
	pb.word = copy.word;
	return (int)protobuf_c_message_pack(&pb.base, body);
}

static int queue_info_rep_unpack(const ProtobufCMessage *from, void *msg)
{
	const Vt__QueueInfoRep *pb = (const Vt__QueueInfoRep *)from;
	struct vt_queue_info_rep *m = msg;

	QUEUE_INFO_NUMBERS(VT_GET_FIELD)
	return vt_codec_take_words(pb->n_word, pb->word, m->word, VT_MAX_CU_WORDS, &m->num_words);
}

VT_ROW(queue_info_rep)
