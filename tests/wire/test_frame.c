/* Headers, and the table of operations. */
#include <errno.h>
#include <string.h>

#include "proto/wire/frame.h"
#include "proto/wire/msg.h"
#include "proto/wire/op.h"
#include "tests/support/vt_test.h"

VT_TEST_ROWS(frame, requests, 11)
{
	static const struct {
		struct vt_frame f;
		int err;
	} rows[11] = {
	    {{.op = VT_OP_PING, .body_len = 16}, 0},
	    {{.op = VT_OP_PING, .body_len = 17}, -EBADMSG},
	    {{.op = VT_OP_PING, .body_len = UINT32_MAX}, -EBADMSG},
	    {{.op = 0}, -EBADMSG},
	    {{.op = 5}, -EBADMSG},
	    {{.op = VT_OP_COUNT}, -EBADMSG},
	    {{.op = VT_OP_PING, .flags = VT_FRAME_REPLY}, -EBADMSG},
	    {{.op = VT_OP_PING, .flags = VT_FRAME_FDS}, -EBADMSG},
	    {{.op = VT_OP_PING, .flags = 4}, -EBADMSG},
	    {{.op = VT_OP_PING, .error = 1}, -EBADMSG},
	    {{.op = VT_OP_USER_REGISTER, .flags = VT_FRAME_FDS}, 0},
	};

	VT_ASSERT_EQ(vt_frame_check_request(&rows[row].f), rows[row].err);
}

VT_TEST_ROWS(frame, replies, 10)
{
	static const struct {
		struct vt_frame f;
		uint16_t op;
		int err;
	} rows[10] = {
	    {{.op = VT_OP_PING, .flags = 1, .seqno = 9}, VT_OP_PING, 0},
	    {{.op = VT_OP_PING, .flags = 1, .seqno = 8}, VT_OP_PING, -EBADMSG},
	    {{.op = VT_OP_PING, .flags = 0, .seqno = 9}, VT_OP_PING, -EBADMSG},
	    {{.op = VT_OP_STATS, .flags = 1, .seqno = 9}, VT_OP_PING, -EBADMSG},
	    {{.op = VT_OP_MEM_FREE, .flags = 1, .seqno = 9}, VT_OP_MEM_FREE, -EBADMSG},
	    {{.op = VT_OP_PING, .flags = 1, .seqno = 9, .error = 5}, VT_OP_PING, 0},
	    {{.op = VT_OP_PING, .flags = 1, .seqno = 9, .error = 5, .body_len = 1},
	     VT_OP_PING,
	     -EBADMSG},
	    {{.op = VT_OP_PING, .flags = 3, .seqno = 9}, VT_OP_PING, -EBADMSG},
	    {{.op = VT_OP_MEM_ALLOC, .flags = 3, .seqno = 9}, VT_OP_MEM_ALLOC, 0},
	    {{.op = VT_OP_PING, .flags = 1, .seqno = 9, .body_len = 17}, VT_OP_PING, -EBADMSG},
	};

	VT_ASSERT_EQ(vt_frame_check_reply(&rows[row].f, rows[row].op, 9), rows[row].err);
}

VT_TEST(op, rows_are_sane)
{
	unsigned last = 0;

	for (unsigned op = 0; op < VT_OP_COUNT + 10; op++) {
		const struct vt_op_info *info = vt_op_info(op);

		if (!info)
			continue;
		last = op;
		VT_ASSERT(info->max_request <= VT_MAX_BODY && info->max_reply <= VT_MAX_BODY);
		VT_ASSERT(info->max_request_fds <= VT_MAX_FDS && info->max_reply_fds <= VT_MAX_FDS);
		VT_ASSERT(!info->posted || (!info->max_reply && !info->max_reply_fds));
	}
	VT_ASSERT_EQ(last + 1, VT_OP_COUNT);
	VT_ASSERT(strcmp(vt_op_info(VT_OP_QUEUE_CREATE)->name, "queue_create") == 0);
}

VT_TEST(window, candidates_are_aligned_and_apart)
{
	for (unsigned i = 0; i < VT_WINDOW_CANDIDATES; i++) {
		VT_ASSERT_EQ(vt_window_candidate(i) % (2u << 20), 0);
		VT_ASSERT(vt_window_candidate(i) + VT_WINDOW_SIZE <= vt_window_candidate(i + 1));
	}
	VT_ASSERT(vt_window_candidate(VT_WINDOW_CANDIDATES - 1) < 0x550000000000);
}
