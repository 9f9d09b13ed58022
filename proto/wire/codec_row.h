/*
 * proto/wire/codec_row.h - how one message is packed and unpacked: what codec.c gets from the
 * chapters. Private to proto/wire.
 */
#ifndef VT_WIRE_CODEC_ROW_H
#define VT_WIRE_CODEC_ROW_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

struct vt_codec_row {
	const ProtobufCMessageDescriptor *descriptor;
	size_t size; /* of the struct of msg.h */
	/* Returns the length in body, or -EINVAL. */
	int (*pack)(const void *msg, uint8_t *body);
	/* Fills *msg, which is all zero. Returns 0 or -EBADMSG. */
	int (*unpack)(const ProtobufCMessage *pb, void *msg);
};

/*
 * VT_SCALARS(name, PbType, FIELDS) defines `name_row` for a message whose fields are all plain
 * numbers, where FIELDS(F) lists them as F(field) F(field)...: the struct is vt_<name>, and fields
 * have one name on both sides.
 */
#define VT_PUT_FIELD(f) pb.f = m->f;
#define VT_GET_FIELD(f) m->f = pb->f;
#define VT_SCALARS(name, PbType, FIELDS)                                  \
	static int name##_pack(const void *msg, uint8_t *body)            \
	{                                                                 \
		const struct vt_##name *m = msg;                          \
		PbType pb;                                                \
		vt__##name##__init(&pb);                                  \
		FIELDS(VT_PUT_FIELD)                                      \
		return (int)protobuf_c_message_pack(&pb.base, body);      \
	}                                                                 \
	static int name##_unpack(const ProtobufCMessage *from, void *msg) \
	{                                                                 \
		const PbType *pb = (const PbType *)from;                  \
		struct vt_##name *m = msg;                                \
		FIELDS(VT_GET_FIELD)                                      \
		return 0;                                                 \
	}                                                                 \
	VT_ROW(name)

/* Defines `name_row` from name_pack and name_unpack. */
#define VT_ROW(name)                                  \
	const struct vt_codec_row vt_##name##_row = { \
	    &vt__##name##__descriptor, sizeof(struct vt_##name), name##_pack, name##_unpack};

/* Copies a string into an array of `room` chars. Returns 0 or -EBADMSG. */
int vt_codec_take_string(const char *from, char *to, size_t room);

/* Copies a repeated word into an array of `room` of them and its length. Returns 0 or -EBADMSG. */
int vt_codec_take_words(size_t n, const uint32_t *from, uint32_t *to, size_t room, uint32_t *ret_n);

/* Every row there is: defined in the chapters' files. */
extern const struct vt_codec_row vt_ping_req_row, vt_ping_rep_row, vt_renderer_info_rep_row,
    vt_stats_rep_row, vt_window_req_row, vt_topology_rep_row, vt_node_req_row, vt_node_rep_row,
    vt_node_caches_req_row, vt_node_caches_rep_row, vt_clock_counters_req_row,
    vt_clock_counters_rep_row, vt_tile_config_req_row, vt_tile_config_rep_row, vt_mem_alloc_req_row,
    vt_mem_alloc_rep_row, vt_mem_free_req_row, vt_mem_map_req_row, vt_mem_map_rep_row,
    vt_mem_unmap_req_row, vt_user_register_req_row, vt_user_register_rep_row,
    vt_user_deregister_req_row, vt_memory_policy_req_row, vt_mem_available_req_row,
    vt_mem_available_rep_row, vt_mem_export_req_row, vt_mem_export_rep_row, vt_queue_create_req_row,
    vt_queue_create_rep_row, vt_queue_update_req_row, vt_queue_destroy_req_row,
    vt_queue_cu_mask_req_row, vt_queue_info_req_row, vt_queue_info_rep_row, vt_queue_gws_req_row,
    vt_queue_gws_rep_row, vt_event_create_req_row, vt_event_create_rep_row,
    vt_event_destroy_req_row, vt_xnack_get_rep_row, vt_xnack_set_req_row, vt_trap_handler_req_row,
    vt_runtime_enable_req_row;

#endif
