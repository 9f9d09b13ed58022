/*
 * The codec's table and its two entries. Invariant: protobuf-c allocates from the caller's arena
 * only, so a body asks for VT_ARENA_BYTES at most, and leaving is one assignment.
 */
#include "proto/wire/codec.h"

#include <errno.h>
#include <string.h>

#include "proto/wire/codec_row.h"
#include "proto/wire/frame.h"

/* Which message is which operation's; operations with an empty one have no entry for it. */
static const struct vt_codec_row *const rows[VT_OP_COUNT][2] = {
    [VT_OP_PING] = {&vt_ping_req_row, &vt_ping_rep_row},
    [VT_OP_RENDERER_INFO] = {NULL, &vt_renderer_info_rep_row},
    [VT_OP_STATS] = {NULL, &vt_stats_rep_row},
    [VT_OP_WINDOW] = {&vt_window_req_row, NULL},
    [VT_OP_TOPOLOGY] = {NULL, &vt_topology_rep_row},
    [VT_OP_NODE] = {&vt_node_req_row, &vt_node_rep_row},
    [VT_OP_NODE_CACHES] = {&vt_node_caches_req_row, &vt_node_caches_rep_row},
    [VT_OP_CLOCK_COUNTERS] = {&vt_clock_counters_req_row, &vt_clock_counters_rep_row},
    [VT_OP_TILE_CONFIG] = {&vt_tile_config_req_row, &vt_tile_config_rep_row},
    [VT_OP_MEM_ALLOC] = {&vt_mem_alloc_req_row, &vt_mem_alloc_rep_row},
    [VT_OP_MEM_FREE] = {&vt_mem_free_req_row, NULL},
    [VT_OP_MEM_MAP] = {&vt_mem_map_req_row, &vt_mem_map_rep_row},
    [VT_OP_MEM_UNMAP] = {&vt_mem_unmap_req_row, NULL},
    [VT_OP_USER_REGISTER] = {&vt_user_register_req_row, &vt_user_register_rep_row},
    [VT_OP_USER_DEREGISTER] = {&vt_user_deregister_req_row, NULL},
    [VT_OP_MEMORY_POLICY] = {&vt_memory_policy_req_row, NULL},
    [VT_OP_MEM_AVAILABLE] = {&vt_mem_available_req_row, &vt_mem_available_rep_row},
    [VT_OP_MEM_EXPORT] = {&vt_mem_export_req_row, &vt_mem_export_rep_row},
    [VT_OP_QUEUE_CREATE] = {&vt_queue_create_req_row, &vt_queue_create_rep_row},
    [VT_OP_QUEUE_UPDATE] = {&vt_queue_update_req_row, NULL},
    [VT_OP_QUEUE_DESTROY] = {&vt_queue_destroy_req_row, NULL},
    [VT_OP_QUEUE_CU_MASK] = {&vt_queue_cu_mask_req_row, NULL},
    [VT_OP_QUEUE_INFO] = {&vt_queue_info_req_row, &vt_queue_info_rep_row},
    [VT_OP_QUEUE_GWS] = {&vt_queue_gws_req_row, &vt_queue_gws_rep_row},
    [VT_OP_EVENT_CREATE] = {&vt_event_create_req_row, &vt_event_create_rep_row},
    [VT_OP_EVENT_DESTROY] = {&vt_event_destroy_req_row, NULL},
    [VT_OP_XNACK_GET] = {NULL, &vt_xnack_get_rep_row},
    [VT_OP_XNACK_SET] = {&vt_xnack_set_req_row, NULL},
    [VT_OP_TRAP_HANDLER] = {&vt_trap_handler_req_row, NULL},
    [VT_OP_RUNTIME_ENABLE] = {&vt_runtime_enable_req_row, NULL},
};

static const struct vt_codec_row *find_row(unsigned op, enum vt_direction dir)
{
	return op < VT_OP_COUNT ? rows[op][dir] : NULL;
}

size_t vt_codec_msg_size(unsigned op, enum vt_direction dir)
{
	const struct vt_codec_row *row = find_row(op, dir);

	return row ? row->size : 0;
}

int vt_codec_pack(unsigned op, enum vt_direction dir, const void *msg, uint8_t *body)
{
	const struct vt_codec_row *row = find_row(op, dir);

	if (!vt_op_info(op))
		return -EINVAL;
	return row ? row->pack(msg, body) : 0;
}

static void *arena_alloc(void *arena, size_t size)
{
	return vt_arena_alloc(arena, size);
}

static void arena_free(void *arena, void *at)
{
	(void)arena;
	(void)at;
}

int vt_codec_unpack(unsigned op, enum vt_direction dir, const uint8_t *body, size_t len, void *msg,
		    struct vt_arena *arena)
{
	const struct vt_codec_row *row = find_row(op, dir);
	ProtobufCAllocator allocator = {arena_alloc, arena_free, arena};
	const ProtobufCMessage *pb;

	if (!row)
		return len || !vt_op_info(op) ? -EBADMSG : 0;
	if (len > VT_MAX_BODY)
		return -EBADMSG;
	vt_arena_reset(arena);
	pb = protobuf_c_message_unpack(row->descriptor, &allocator, len, body);
	if (!pb)
		return -EBADMSG;
	memset(msg, 0, row->size);
	return row->unpack(pb, msg);
}

int vt_codec_take_string(const char *from, char *to, size_t room)
{
	size_t len = strlen(from);

	if (len >= room)
		return -EBADMSG;
	memcpy(to, from, len + 1);
	return 0;
}

int vt_codec_take_words(size_t n, const uint32_t *from, uint32_t *to, size_t room, uint32_t *ret_n)
{
	if (n > room)
		return -EBADMSG;
	if (n)
		memcpy(to, from, n * sizeof(*to));
	*ret_n = (uint32_t)n;
	return 0;
}
