/*
 * host-renderer/dispatch/dispatch.h - requests of one client, one after the other.
 *
 * The loop reads a frame, checks it against op.def, takes its files, unpacks its body, calls the
 * handler and answers. A handler starts with a message of the right shape; what its numbers mean is
 * checked by the object that they go to. A malformed request ends the connection with one line in
 * the log; a request that fails gets its error as the reply.
 */
#ifndef VT_DISPATCH_DISPATCH_H
#define VT_DISPATCH_DISPATCH_H

#include "host-renderer/object/ctx.h"
#include "proto/wire/codec.h"
#include "proto/wire/frame.h"
#include "proto/wire/ring.h"

/* One request as a handler sees it. */
struct vt_call {
	const void *req;     /* the struct of msg.h; of no meaning if the message is empty */
	void *rep;           /* likewise; all zero when the handler starts */
	int fds[VT_MAX_FDS]; /* of the request; the loop closes them */
	unsigned nfds;
	int rep_fds[VT_MAX_FDS]; /* for the reply; the loop sends and closes them, after a failure
				    too */
	unsigned num_rep_fds;
};

struct vt_dispatch {
	struct vt_ctx *ctx;
	struct vt_channel *channel;
	int sock;
	const char *version, *device; /* for RENDERER_INFO */
	struct vt_stats_rep stats;    /* what the loop counts */
	uint64_t last_seqno;
	struct vt_arena arena;
	uint8_t body[VT_MAX_BODY];
	_Alignas(16) uint8_t req[16384], rep[16384]; /* larger than any struct of msg.h */
};

/*
 * Serves until the client is gone or breaks the protocol. ctx, channel, sock, version and device
 * are set; the rest is zero. Blocks. Returns -EPIPE (gone) or -EBADMSG.
 */
int vt_dispatch_run(struct vt_dispatch *d);

#endif
