/*
 * proto/wire/sock.h - the socket beside the rings: greeting, files, and the news that the peer has
 * died.
 *
 * A SOCK_SEQPACKET unix socket. Packets, in this order:
 *   client -> renderer   struct vt_hello
 *   renderer -> client   struct vt_welcome, with VT_WELCOME_FDS files unless error is set
 *   then, either way     struct vt_fds_packet with nfds files, always before the frame that they
 * belong to is written
 *
 * A side takes the files when it reads a frame with VT_FRAME_FDS: the next packet on the socket
 * must then be there, with the frame's seqno. Hang-up of the socket is the end of the connection;
 * poll() with no events asked for waits for nothing else.
 */
#ifndef VT_WIRE_SOCK_H
#define VT_WIRE_SOCK_H

#include <stddef.h>
#include <stdint.h>

#include "proto/wire/frame.h"

#define VT_PROTO_MAJOR 2u                /* must be equal */
#define VT_PROTO_MINOR 0u                /* the smaller one holds */
#define VT_HELLO_MAGIC 0x4b4e55485456ull /* "VTHUNK" and two NULs in memory; never changes */

enum vt_feature {
	VT_FEATURE_NONE =
	    0, /* none is defined in version 2.0; each side ignores bits that it does not know */
};

struct vt_hello {
	uint64_t magic;
	uint16_t major, minor;
	uint32_t page_size; /* of the client; must be the renderer's */
	uint64_t features;  /* vt_feature bits that the client can use */
	uint32_t pid;       /* in the client's own name space: for the log only */
	char name[20]; /* program's name, NUL-terminated, printable: for tools that watch the socket
			*/
};
_Static_assert(sizeof(struct vt_hello) == 48, "wire size");

enum { VT_WELCOME_CHANNEL_FD, VT_WELCOME_EVENTS_FD, VT_WELCOME_FDS };

struct vt_welcome {
	uint64_t magic;
	uint16_t major, minor;
	uint32_t error;       /* 0, or an errno: then `text` says why, and the socket closes */
	uint64_t features;    /* those of hello that the renderer has, too */
	uint64_t context_id;  /* the name of this connection in the renderer's log; not 0 */
	uint32_t ring_bytes;  /* VT_RING_BYTES of the renderer; must be the client's */
	uint32_t event_slots; /* VT_EVENT_SLOTS of the renderer; must be the client's */
	char text[128];       /* NUL-terminated */
};
_Static_assert(sizeof(struct vt_welcome) == 168, "wire size");

struct vt_fds_packet {
	uint64_t seqno;
	uint32_t nfds;     /* 1..VT_MAX_FDS */
	uint32_t reserved; /* 0 */
};
_Static_assert(sizeof(struct vt_fds_packet) == 16, "wire size");

/*
 * Sends one packet with nfds files, which stay the caller's. Blocks while the socket is full.
 * MSG_NOSIGNAL. Returns 0 or -errno (-EPIPE when the peer is gone).
 */
int vt_sock_send(int sock, const void *packet, size_t len, const int *fds, unsigned nfds);

/*
 * Receives one packet of exactly `len` bytes within timeout_ms (-1: for ever) and up to max_fds
 * files, which become the caller's, close-on-exec; *ret_nfds says how many. max_fds may be 0 with
 * fds and ret_nfds NULL. Returns 0, -ETIMEDOUT, -EPIPE on hang-up, or -EBADMSG: another length, or
 * more files (all closed again).
 */
int vt_sock_recv(int sock, void *packet, size_t len, int *fds, unsigned max_fds, unsigned *ret_nfds,
		 int timeout_ms);

/* Sends the files of frame `seqno`. As vt_sock_send(). */
int vt_sock_send_fds(int sock, uint64_t seqno, const int *fds, unsigned nfds);

/*
 * Takes the files of frame `seqno`: exactly one packet, which must be there already or arrive
 * within a second. Returns 0, -EPIPE, or -EBADMSG: not there, another seqno, no file or more than
 * max_fds. On an error nothing stays open.
 */
int vt_sock_recv_fds(int sock, uint64_t seqno, int *fds, unsigned max_fds, unsigned *ret_nfds);

/*
 * The second half of the client's greeting: takes the answer to `hello` within timeout_ms, checks
 * magic, version and layout. On 0, *ret holds the welcome and fds[VT_WELCOME_FDS] are the caller's.
 * Returns -ETIMEDOUT if nothing has come (it may be called again), or -errno and a sentence in
 * text[128] that says what is wrong, for the user.
 */
int vt_sock_welcome(int sock, const struct vt_hello *hello, struct vt_welcome *ret,
		    int fds[VT_WELCOME_FDS], char text[128], int timeout_ms);

/*
 * The client's side of the greeting on a connected socket, whole: sends a hello, waits for the
 * welcome (at most timeout_ms), checks magic, version and layout. On 0, *ret holds the welcome and
 * fds[VT_WELCOME_FDS] are the caller's. On failure returns -errno and fills text[128] with a
 * sentence that says what is wrong, for the user.
 */
int vt_sock_greet(int sock, const struct vt_hello *hello, struct vt_welcome *ret,
		  int fds[VT_WELCOME_FDS], char text[128], int timeout_ms);

/* What there is to check of a welcome, which answers `hello`: magic, error, version, layout.
 * Returns 0, or -errno and a sentence for the user in text. */
int vt_welcome_check(const struct vt_hello *hello, const struct vt_welcome *w, char text[128]);

/* A hello of this build's version and this process's page size, with pid and name filled in. */
void vt_hello_init(struct vt_hello *hello, const char *name);

#endif
