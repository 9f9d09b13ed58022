/* op.def as a table. */
#include "proto/wire/op.h"

#include <stddef.h>

#define CALL false
#define POST true

static const struct vt_op_info infos[VT_OP_COUNT] = {
#define VT_OP(num, NAME, text, how, req, req_fds, rep, rep_fds) \
	[num] = {.name = #text,                                 \
		 .max_request = (req),                          \
		 .max_reply = (rep),                            \
		 .max_request_fds = (req_fds),                  \
		 .max_reply_fds = (rep_fds),                    \
		 .posted = (how)},
#include "proto/wire/op.def"
#undef VT_OP
};

const struct vt_op_info *vt_op_info(unsigned op)
{
	return op < VT_OP_COUNT && infos[op].name ? &infos[op] : NULL;
}
