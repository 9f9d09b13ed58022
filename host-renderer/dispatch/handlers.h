/*
 * host-renderer/dispatch/handlers.h - one function per row of op.def. Private to dispatch.
 *
 * Each returns 0 or -errno, which becomes the reply. On 0 it has filled in call->rep.
 */
#ifndef VT_DISPATCH_HANDLERS_H
#define VT_DISPATCH_HANDLERS_H

#include "host-renderer/dispatch/dispatch.h"

#define VT_OP(num, NAME, name, how, req, req_fds, rep, rep_fds) \
	int vt_on_##name(struct vt_dispatch *d, struct vt_call *call);
#include "proto/wire/op.def"
#undef VT_OP

#endif
