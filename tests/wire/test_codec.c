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

/* The largest messages there can be fit the maximum of their row. */
VT_TEST_ROWS(codec, largest_fit_their_row, VT_OP_COUNT)
{
	const struct vt_op_info *info = vt_op_info((unsigned)row);
	static struct vt_node_rep node;
	static struct vt_node_caches_rep caches;
	static struct vt_queue_info_rep queue;
	static struct vt_queue_cu_mask_req mask;
	static struct vt_tile_config_rep tiles;
	static struct vt_renderer_info_rep infos;
	static struct vt_mem_alloc_rep alloc;
	static struct vt_queue_create_rep words;
	static uint8_t ones[16384];
	const void *big[2] = {ones, ones};

	if (!info)
		return;
	memset(ones, 0xff, sizeof(ones));
	memset(&node, 0xff, sizeof(node));
	node.num_banks = VT_MAX_BANKS;
	node.num_links = VT_MAX_LINKS;
	memset(&caches, 0xff, sizeof(caches));
	caches.num_caches = VT_MAX_CACHES;
	memset(&queue, 0xff, sizeof(queue));
	queue.num_words = VT_MAX_CU_WORDS;
	memset(&mask, 0xff, sizeof(mask));
	mask.num_words = VT_MAX_CU_WORDS;
	memset(&tiles, 0xff, sizeof(tiles));
	tiles.num_tiles = VT_MAX_TILES;
	tiles.num_macro_tiles = VT_MAX_MACRO_TILES;
	memset(&infos, 0x7e, sizeof(infos));
	infos.version[31] = infos.provider[127] = infos.device[63] = '\0';
	memset(&alloc, 0xff, sizeof(alloc));
	memset(&alloc.blob.is_new, 1, 1);
	memset(&words, 0xff, sizeof(words));
	memset(&words.doorbell.blob.is_new, 1, 1);
	memset(&words.read_ptr.blob.is_new, 1, 1);
	memset(&words.write_ptr.blob.is_new, 1, 1);
	if (row == VT_OP_MEM_ALLOC)
		big[VT_REPLY] = &alloc;
	if (row == VT_OP_QUEUE_CREATE)
		big[VT_REPLY] = &words;
	if (row == VT_OP_NODE)
		big[VT_REPLY] = &node;
	if (row == VT_OP_NODE_CACHES)
		big[VT_REPLY] = &caches;
	if (row == VT_OP_QUEUE_INFO)
		big[VT_REPLY] = &queue;
	if (row == VT_OP_QUEUE_CU_MASK)
		big[VT_REQUEST] = &mask;
	if (row == VT_OP_TILE_CONFIG)
		big[VT_REPLY] = &tiles;
	if (row == VT_OP_RENDERER_INFO)
		big[VT_REPLY] = &infos;
	for (unsigned dir = 0; dir < 2; dir++) {
		int len = vt_codec_pack((unsigned)row, (enum vt_direction)dir, big[dir], body);

		VT_ASSERT(len >= 0);
		VT_ASSERT_MSG((uint32_t)len <=
				  (dir == VT_REQUEST ? info->max_request : info->max_reply),
			      "%s: %d bytes", info->name, len);
		VT_ASSERT_EQ(vt_codec_unpack((unsigned)row, (enum vt_direction)dir, body,
					     (size_t)len, msg, &arena),
			     0);
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
