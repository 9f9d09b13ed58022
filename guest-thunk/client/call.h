/*
 * guest-thunk/client/call.h - one forwarded operation: pack, send, receive, unpack, count.
 */
#ifndef VT_GUEST_CLIENT_CALL_H
#define VT_GUEST_CLIENT_CALL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "guest-thunk/transport/transport.h"
#include "proto/base/arena.h"
#include "proto/wire/op.h"

/* The way to one renderer. Any number of threads; they take turns, since no operation blocks in the
 * renderer. */
struct vt_caller {
	struct vt_transport *transport; /* owned */
	_Atomic bool gone;              /* for ever, once set */
	pthread_mutex_t lock;           /* guards all below and the transport's send and receive */
	struct vt_arena arena;
	uint8_t request[VT_MAX_BODY], reply[VT_MAX_BODY];
};

/* Handles that go with a call. Those in `out` are the caller's to end with ops->close_handle. */
struct vt_call_handles {
	int in[VT_MAX_FDS];
	unsigned num_in;
	int out[VT_MAX_FDS];
	unsigned num_out;
};

void vt_caller_init(struct vt_caller *c, struct vt_transport *transport);

/* Frees the transport. Nobody may be in a call. */
void vt_caller_fini(struct vt_caller *c);

/*
 * Performs op. req and rep are its structs of msg.h, or NULL where the message is empty. handles
 * may be NULL. A posted operation returns when it is on its way. Blocks until the answer comes or
 * the renderer is gone. Returns 0, the renderer's error as -errno, or -EPIPE if it is gone. *rep is
 * written on 0 only.
 */
int vt_call(struct vt_caller *c, enum vt_op op, const void *req, void *rep,
	    struct vt_call_handles *handles);

/* The most that one vt_call_many() does: the rings have room for them and their answers. */
#define VT_CALL_MANY 128u

/*
 * Performs the same op num times, with one wait for all: req is the same for each, and rep an array
 * of num structs. For operations with small messages and without handles. Returns how many
 * succeeded (the first so many of rep are theirs), or -errno if none did.
 */
int vt_call_many(struct vt_caller *c, enum vt_op op, unsigned num, const void *req, void *rep);

#endif
