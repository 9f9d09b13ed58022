/* The bridge against guests that lie: their context ends, or is told no, and the others go on. */
#include <errno.h>
#include <unistd.h>

#include "tests/unit/test_bridge_support.h"

static struct test_vgpu guest, other;

VT_TEST(bridge, blobs_that_are_not)
{
	static const struct {
		uint64_t id, size;
		int err;
	} rows[] = {
	    {0, 4096, -ENOENT},
	    {4, 4096, -ENOENT},
	    {UINT64_MAX, 4096, -ENOENT},
	    {VT_VGPU_BLOB_CONTROL, 0, -EINVAL},
	    {VT_VGPU_BLOB_CONTROL, 8192, -EINVAL},
	    {VT_VGPU_BLOB_CONTROL, 100, -EINVAL},
	    {VT_VGPU_BLOB_CHANNEL, VT_CHANNEL_BYTES + 4096, -EINVAL},
	    {VT_VGPU_BLOB_CHANNEL, UINT64_MAX & ~4095ull, -EINVAL},
	    {VT_VGPU_BLOB_FILE(1, 0), 4096, -ENOENT},
	    {VT_VGPU_BLOB_NEW(1), 4097, -EINVAL},
	};
	uint64_t offset;
	int fd;

	bridge_begin(NULL);
	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 2), 0);
	VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 2, VT_VGPU_BLOB_CHANNEL, 4096, &fd, &offset),
		     -ENOENT); /* no hello yet */
	VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 2, VT_VGPU_BLOB_NEW(1), 4096, &fd, &offset),
		     -ENOENT);
	bridge_open(&guest, 1);
	for (unsigned i = 0; i < VT_ARRAY_LEN(rows); i++)
		VT_ASSERT_EQ(
		    vt_bridge_blob(bridge_dev.bridge, 1, rows[i].id, rows[i].size, &fd, &offset),
		    rows[i].err);
	VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 9, VT_VGPU_BLOB_CONTROL, 4096, &fd, &offset),
		     -ENOENT);
	test_vgpu_ping(&guest);
	bridge_close(&guest);
	bridge_end();
}

/* Commands that end their context, and that context alone. */
VT_TEST_ROWS(bridge, bad_commands, 16)
{
	static const struct {
		uint32_t bytes, word[12];
	} rows[16] = {
	    {0, {0}},
	    {3, {VT_VGPU_WAKE}},
	    {4, {VT_VGPU_WAKE}},
	    {12, {VT_VGPU_WAKE}},
	    {8, {VT_VGPU_WAKE, VT_VGPU_WORD_REQUESTS_HEAD}},
	    {8, {VT_VGPU_WAKE, UINT32_MAX}},
	    {8, {0}},
	    {8, {6, 0}},
	    {8, {UINT32_MAX, 0}},
	    {56, {VT_VGPU_HELLO, 0}}, /* a second one */
	    {48, {VT_VGPU_FILES, 0, 1}},
	    {48, {VT_VGPU_FILES, 5, 1}},
	    {48, {VT_VGPU_FILES, 1, 1, 0, 77, 1u << 30}}, /* no such memory */
	    {16, {VT_VGPU_DROP, 1}},
	    {16, {VT_VGPU_AWAIT, VT_VGPU_WORD_REQUESTS_TAIL}},
	    {16, {VT_VGPU_AWAIT, 6}},
	};
	uint64_t pending;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	bridge_open(&other, 2);
	pending = test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
	VT_ASSERT_EQ(vt_bridge_submit(bridge_dev.bridge, 1, rows[row].word, rows[row].bytes),
		     -EBADMSG);
	VT_ASSERT(bridge_retires(&bridge_dev, pending, 1000));
	VT_ASSERT_EQ(atomic_load(&guest.control->state), VT_VGPU_GONE);
	VT_ASSERT_EQ(vt_bridge_submit(bridge_dev.bridge, 1, rows[row].word, rows[row].bytes),
		     -EPIPE);
	VT_ASSERT(test_renderer_workers(&bridge_renderer, 1));
	test_vgpu_ping(&other);
	bridge_close(&guest);
	bridge_close(&other);
	bridge_end();
}

/* Bounds: fences, new memory, and an await without its fence. */
VT_TEST_ROWS(bridge, too_much, 4)
{
	const struct vt_vgpu_await await = {VT_VGPU_AWAIT, VT_VGPU_WORD_BELL, 0, 0};
	uint64_t first = 0, offset;
	int fd, err = 0;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	bridge_open(&other, 2);
	if (row == 0) {
		first = test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
		for (unsigned i = 1; i < VT_VGPU_MAX_FENCES; i++)
			test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
		VT_ASSERT(!bridge_retires(&bridge_dev, first, 10));
		test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
		VT_ASSERT_EQ(bridge_dev.count, bridge_dev.last);
	} else if (row == 1) {
		for (unsigned i = 0; i < VT_VGPU_MAX_FILES; i++) {
			VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 1, VT_VGPU_BLOB_NEW(i), 4096,
						    &fd, &offset),
				     0);
			close(fd);
		}
		err = vt_bridge_blob(bridge_dev.bridge, 1, VT_VGPU_BLOB_NEW(9999), 4096, &fd,
				     &offset);
		VT_ASSERT_EQ(err, -EBADMSG);
	} else if (row == 2) {
		VT_ASSERT_EQ(vt_bridge_submit(bridge_dev.bridge, 1, &await, sizeof(await)), 0);
		VT_ASSERT_EQ(vt_bridge_submit(bridge_dev.bridge, 1, &await, sizeof(await)),
			     -EBADMSG);
	} else {
		first = test_vgpu_await(&guest, 0, VT_VGPU_WORD_BELL, 0);
		VT_ASSERT(bridge_retires(&bridge_dev, first, 0));
	}
	VT_ASSERT_EQ(atomic_load(&guest.control->state), VT_VGPU_GONE);
	test_vgpu_ping(&other);
	bridge_close(&guest);
	bridge_close(&other);
	VT_ASSERT_EQ(bridge_dev.count, bridge_dev.last);
	bridge_end();
}

/* Files that the guest never takes up end its context, not the bridge. */
VT_TEST(bridge, files_that_nobody_wants)
{
	struct vt_mem_alloc_req req = {.node = 1, .flags_bits = TEST_VRAM, .size = 64 << 20};
	struct vt_mem_free_req release;
	struct vt_mem_alloc_rep rep;
	struct vt_vgpu_drop drop = {.op = VT_VGPU_DROP};
	unsigned i;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	bridge_window(&guest);
	for (i = 0; i < VT_VGPU_MAX_FILES + 2 && !atomic_load(&guest.control->state) - 1; i++) {
		VT_ASSERT_EQ(test_vgpu_call(&guest, VT_OP_MEM_ALLOC, &req, &rep), 0);
		VT_ASSERT_EQ(guest.nfds, 1);
		release.mem_id = rep.mem_id;
		drop.blob_id = VT_VGPU_BLOB_FILE(guest.seqno + 1000000, 0);
		test_vgpu_command(&guest, &drop, sizeof(drop));
		if (atomic_load(&guest.control->state) == VT_VGPU_GONE)
			break;
		VT_ASSERT_EQ(vt_ring_write(&guest.channel.requests,
					   &(struct vt_frame){.op = VT_OP_MEM_FREE,
							      .seqno = ++guest.seqno,
							      .body_len = (uint32_t)vt_codec_pack(
								  VT_OP_MEM_FREE, VT_REQUEST,
								  &release, guest.body)},
					   guest.body, 1000),
			     0);
	}
	VT_ASSERT_EQ(i, VT_VGPU_MAX_FILES);
	bridge_close(&guest);
	bridge_end();
}
