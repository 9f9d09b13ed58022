/*
 * guest-thunk/api/api.h - what the chapters of the thunk's API have in common.
 *
 * Each file here is a chapter of hsakmt.h. A function checks its arguments, asks
 * guest-thunk/client, and translates the answer; it keeps no state of its own.
 */
#ifndef VT_GUEST_API_API_H
#define VT_GUEST_API_API_H

#include "guest-thunk/client/session.h"
#include "proto/abi/thunk.h"

/* What the library exports. */
#define VT_API __attribute__((visibility("default")))

/* The status that stands for err (0 or -errno): the only place where the two meet. */
HSAKMT_STATUS vt_api_status(int err);

/* The session, or NULL if the thunk is not open. To be given back with vt_session_put(). */
struct vt_session *vt_api_enter(void);

/* Gives the session back and translates err. */
HSAKMT_STATUS vt_api_leave(struct vt_session *s, int err);

/* The nodes of an array as a mask. Returns 0, -EINVAL: none, or -ENODEV: no such node. */
int vt_api_nodes_mask(const struct vt_session *s, uint64_t num, const HSAuint32 *nodes,
		      uint64_t *ret_mask);

/* 0, -EINVAL or -ENODEV. */
int vt_api_check_node(const struct vt_session *s, HSAuint32 node);
int vt_api_check_gpu(const struct vt_session *s, HSAuint32 node);

#endif
