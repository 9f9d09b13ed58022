/* proto/wire/op.h - op.def as an enum and as a table. */
#ifndef VT_WIRE_OP_H
#define VT_WIRE_OP_H

#include <stdbool.h>
#include <stdint.h>

enum vt_op {
#define VT_OP(num, NAME, name, how, req, req_fds, rep, rep_fds) VT_OP_##NAME = (num),
#include "proto/wire/op.def"
#undef VT_OP
	VT_OP_COUNT = 61, /* one more than the greatest number */
};

struct vt_op_info {
	const char *name;                /* NULL: no such operation */
	uint32_t max_request, max_reply; /* bytes of body */
	uint8_t max_request_fds, max_reply_fds;
	bool posted; /* no reply */
};

/* The row of op, or NULL if there is none. The result lives for ever. */
const struct vt_op_info *vt_op_info(unsigned op);

#endif
