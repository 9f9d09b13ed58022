/*
 * proto/wire/frame.h - the 16 bytes in front of every message.
 *
 * Little endian, as is everything that both sides share. In a ring a frame starts at a multiple of
 * 8 and its body is padded with zeros to the next one; body_len does not count the padding.
 *
 * A reply carries the op and the seqno of its request. A reply with an error has no body. Files
 * travel beside the ring (sock.h); VT_FRAME_FDS says that there are some.
 */
#ifndef VT_WIRE_FRAME_H
#define VT_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define VT_MAX_BODY 65536u /* bytes; the rows of op.def are all smaller */
#define VT_MAX_FDS  4u

enum vt_frame_flag {
	VT_FRAME_REPLY = 1, /* set by the renderer, never by the client */
	VT_FRAME_FDS =
	    2, /* a vt_fds_packet with this seqno was sent on the socket before this frame */
};

struct vt_frame {
	uint32_t body_len;
	uint16_t op;
	uint8_t flags;  /* vt_frame_flag; unknown bits: -EBADMSG */
	uint8_t error;  /* of a reply: 0 or an errno of err.def; of a request: 0 */
	uint64_t seqno; /* chosen by the client, up by 1 with each request, first 1 */
};
_Static_assert(sizeof(struct vt_frame) == 16, "wire size");
_Static_assert(offsetof(struct vt_frame, op) == 4, "wire offset");
_Static_assert(offsetof(struct vt_frame, flags) == 6, "wire offset");
_Static_assert(offsetof(struct vt_frame, seqno) == 8, "wire offset");

/*
 * Checks a request's header against op.def, the flags and the maxima, but not its seqno.
 * Returns 0 or -EBADMSG. The renderer ends the connection on -EBADMSG.
 */
int vt_frame_check_request(const struct vt_frame *f);

/* As above, for a reply, which must answer `op` with `seqno`. */
int vt_frame_check_reply(const struct vt_frame *f, uint16_t op, uint64_t seqno);

#endif
