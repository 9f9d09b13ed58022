/* Bodies: golden bytes of every message, and what must be refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire/codec.h"
#include "proto/wire/frame.h"
#include "proto/wire/msg.h"
#include "tests/support/vt_test.h"
#include "tests/wire/samples.h"

static struct vt_arena arena;
static uint8_t body[VT_MAX_BODY], msg[16384];

static void to_hex(const uint8_t *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
	out[2 * len] = '\0';
}

VT_TEST_ROWS(codec, golden, sample_count())
{
	const struct sample *s = sample_get(row);
	static char hex[2 * VT_MAX_BODY + 1];
	int len = vt_codec_pack(s->op, s->dir, s->msg, body);

	VT_ASSERT_MSG(len >= 0, "%s: %d", s->name, len);
	to_hex(body, (size_t)len, hex);
	VT_ASSERT_MSG(strcmp(hex, s->golden) == 0, "%s: %s", s->name, hex);
	VT_ASSERT_EQ(vt_codec_msg_size(s->op, s->dir), s->size);
	memset(msg, 0xee, s->size);
	VT_ASSERT_EQ(vt_codec_unpack(s->op, s->dir, body, (size_t)len, msg, &arena), 0);
	VT_ASSERT_MSG(memcmp(msg, s->msg, s->size) == 0, "%s does not come back", s->name);
}

/* Each message of msg.h has a sample, and so a row above. */
VT_TEST(codec, every_message_has_a_sample)
{
	size_t messages = 0;

	for (unsigned op = 0; op < VT_OP_COUNT; op++)
		messages += (vt_codec_msg_size(op, VT_REQUEST) != 0) +
			    (vt_codec_msg_size(op, VT_REPLY) != 0);
	VT_ASSERT_EQ(messages, sample_count());
}

/* Cut at every byte: never a crash, and what still unpacks stays in its struct. */
VT_TEST_ROWS(codec, truncated, sample_count())
{
	const struct sample *s = sample_get(row);
	int len = vt_codec_pack(s->op, s->dir, s->msg, body);

	for (int cut = 0; cut < len; cut++) {
		uint8_t *copy =
		    malloc((size_t)cut + 1); /* so that a sanitizer sees a read beyond */

		memcpy(copy, body, (size_t)cut);
		vt_codec_unpack(s->op, s->dir, copy, (size_t)cut, msg, &arena);
		free(copy);
	}
}

VT_TEST_ROWS(codec, flipped_bits, sample_count())
{
	const struct sample *s = sample_get(row);
	int len = vt_codec_pack(s->op, s->dir, s->msg, body);

	for (int bit = 0; bit < 8 * len; bit++) {
		body[bit / 8] ^= (uint8_t)(1u << bit % 8);
		vt_codec_unpack(s->op, s->dir, body, (size_t)len, msg, &arena);
		body[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

VT_TEST(codec, random_bytes)
{
	srand(7);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned op = (unsigned)rand() % VT_OP_COUNT, len = (unsigned)rand() % 200;

		for (unsigned j = 0; j < len; j++)
			body[j] = (uint8_t)rand();
		vt_codec_unpack(op, (enum vt_direction)(i & 1), body, len, msg, &arena);
	}
}

/* The largest messages there can be: every number all ones, every array and string full. */
static struct {
	struct vt_node_rep node;
	struct vt_node_caches_rep caches;
	struct vt_queue_info_rep queue_info;
	struct vt_queue_cu_mask_req cu_mask;
	struct vt_tile_config_rep tiles;
	struct vt_renderer_info_rep info;
	struct vt_mem_alloc_rep alloc;
	struct vt_queue_create_rep queue;
	uint8_t other[16384];
} big;

static void make_big(void)
{
	memset(&big, 0xff, sizeof(big));
	big.node.num_banks = VT_MAX_BANKS;
	big.node.num_links = VT_MAX_LINKS;
	big.caches.num_caches = VT_MAX_CACHES;
	big.queue_info.num_words = big.cu_mask.num_words = VT_MAX_CU_WORDS;
	big.tiles.num_tiles = VT_MAX_TILES;
	big.tiles.num_macro_tiles = VT_MAX_MACRO_TILES;
	memset(&big.info, 0x7e, sizeof(big.info));
	big.info.version[31] = big.info.provider[127] = big.info.device[63] = '\0';
	memset(&big.alloc.blob.is_new, 1, 1);
	memset(&big.queue.doorbell.blob.is_new, 1, 1);
	memset(&big.queue.read_ptr.blob.is_new, 1, 1);
	memset(&big.queue.write_ptr.blob.is_new, 1, 1);
}

static const void *big_message(unsigned op, enum vt_direction dir)
{
	static const struct {
		unsigned op;
		enum vt_direction dir;
		const void *msg;
	} rows[] = {
	    {VT_OP_NODE, VT_REPLY, &big.node},
	    {VT_OP_NODE_CACHES, VT_REPLY, &big.caches},
	    {VT_OP_QUEUE_INFO, VT_REPLY, &big.queue_info},
	    {VT_OP_QUEUE_CU_MASK, VT_REQUEST, &big.cu_mask},
	    {VT_OP_TILE_CONFIG, VT_REPLY, &big.tiles},
	    {VT_OP_RENDERER_INFO, VT_REPLY, &big.info},
	    {VT_OP_MEM_ALLOC, VT_REPLY, &big.alloc},
	    {VT_OP_QUEUE_CREATE, VT_REPLY, &big.queue},
	};

	for (size_t i = 0; i < VT_ARRAY_LEN(rows); i++)
		if (rows[i].op == op && rows[i].dir == dir)
			return rows[i].msg;
	return big.other;
}

VT_TEST_ROWS(codec, largest_fit_their_row, VT_OP_COUNT)
{
	unsigned op = (unsigned)row;
	const struct vt_op_info *info = vt_op_info(op);

	if (!info)
		return;
	make_big();
	for (unsigned i = 0; i < 2; i++) {
		enum vt_direction dir = i ? VT_REPLY : VT_REQUEST;
		uint32_t max = i ? info->max_reply : info->max_request;
		int len = vt_codec_pack(op, dir, big_message(op, dir), body);

		VT_ASSERT(len >= 0);
		VT_ASSERT_MSG((uint32_t)len <= max, "%s: %d bytes", info->name, len);
		VT_ASSERT_EQ(vt_codec_unpack(op, dir, body, (size_t)len, msg, &arena), 0);
	}
}

VT_TEST(codec, counts_beyond_their_array)
{
	static struct vt_queue_cu_mask_req mask = {.num_words = VT_MAX_CU_WORDS + 1};
	static struct vt_node_rep node = {.num_banks = VT_MAX_BANKS + 1};

	VT_ASSERT_EQ(vt_codec_pack(VT_OP_QUEUE_CU_MASK, VT_REQUEST, &mask, body), -EINVAL);
	VT_ASSERT_EQ(vt_codec_pack(VT_OP_NODE, VT_REPLY, &node, body), -EINVAL);
	/* Field 3 of QueueCuMaskReq, packed, 65 words. */
	body[0] = 0x1a;
	body[1] = 0x84;
	body[2] = 0x02;
	memset(body + 3, 0, 260);
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_QUEUE_CU_MASK, VT_REQUEST, body, 263, msg, &arena),
		     -EBADMSG);
	body[1] = 0x80;
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_QUEUE_CU_MASK, VT_REQUEST, body, 259, msg, &arena), 0);
}

/* Floods that ask protobuf-c for far more memory than they are long. */
VT_TEST_ROWS(codec, floods, 3)
{
	/* Empty submessages: banks of NodeRep; caches; fields that nobody knows. */
	static const struct {
		unsigned op;
		uint8_t pattern[3], len;
	} floods[3] = {
	    {VT_OP_NODE, {0xd2, 0x02, 0x00}, 3},
	    {VT_OP_NODE_CACHES, {0x0a, 0x00}, 2},
	    {VT_OP_TOPOLOGY, {0xf8, 0x07, 0x01}, 3},
	};

	for (size_t i = 0; i + 3 <= VT_MAX_BODY; i += floods[row].len)
		memcpy(body + i, floods[row].pattern, floods[row].len);
	VT_ASSERT_EQ(vt_codec_unpack(floods[row].op, VT_REPLY, body,
				     VT_MAX_BODY / floods[row].len * floods[row].len, msg, &arena),
		     -EBADMSG);
	VT_ASSERT(arena.used <= VT_ARENA_BYTES);
}

VT_TEST(codec, unknown_operations)
{
	VT_ASSERT_EQ(vt_codec_pack(0, VT_REQUEST, NULL, body), -EINVAL);
	VT_ASSERT_EQ(vt_codec_pack(VT_OP_COUNT + 5, VT_REPLY, NULL, body), -EINVAL);
	VT_ASSERT_EQ(vt_codec_unpack(0, VT_REQUEST, body, 0, msg, &arena), -EBADMSG);
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_STATS, VT_REQUEST, body, 1, NULL, &arena), -EBADMSG);
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_STATS, VT_REQUEST, body, 0, NULL, &arena), 0);
}

/* Strings end, whatever the peer sends. */
VT_TEST(codec, long_strings)
{
	body[0] = 0x0a; /* field 1 of RendererInfoRep: room for 31 */
	body[1] = 32;
	memset(body + 2, 'x', 32);
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_RENDERER_INFO, VT_REPLY, body, 34, msg, &arena),
		     -EBADMSG);
	body[1] = 31;
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_RENDERER_INFO, VT_REPLY, body, 33, msg, &arena), 0);
	VT_ASSERT_EQ(msg[31], 0);
}
