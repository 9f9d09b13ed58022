/* What a header must satisfy before its body is looked at. */
#include "proto/wire/frame.h"

#include <errno.h>

#include "proto/wire/op.h"

int vt_frame_check_request(const struct vt_frame *f)
{
	const struct vt_op_info *op = vt_op_info(f->op);

	if (!op || f->error || f->body_len > op->max_request)
		return -EBADMSG;
	if (f->flags & ~(unsigned)VT_FRAME_FDS)
		return -EBADMSG;
	if (f->flags & VT_FRAME_FDS && !op->max_request_fds)
		return -EBADMSG;
	return 0;
}

int vt_frame_check_reply(const struct vt_frame *f, uint16_t op, uint64_t seqno)
{
	const struct vt_op_info *info = vt_op_info(op);

	if (!info || info->posted || f->op != op || f->seqno != seqno)
		return -EBADMSG;
	if ((f->flags & ~(unsigned)VT_FRAME_FDS) != VT_FRAME_REPLY)
		return -EBADMSG;
	if (f->flags & VT_FRAME_FDS && !info->max_reply_fds)
		return -EBADMSG;
	if (f->error)
		return f->body_len || f->flags & VT_FRAME_FDS ? -EBADMSG : 0;
	return f->body_len > info->max_reply ? -EBADMSG : 0;
}
