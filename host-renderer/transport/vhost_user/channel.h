/*
 * host-renderer/transport/vhost_user/channel.h - messages of vhost-user on a stream socket, never
 * waiting: a message that has come in part stays until the rest is there.
 *
 * Of a message are copied in: its header, at most VU_MAX_BODY bytes, at most VU_MAX_FDS files. One
 * thread.
 */
#ifndef VT_VHOST_CHANNEL_H
#define VT_VHOST_CHANNEL_H

#include "host-renderer/transport/vhost_user/vhost_abi.h"

#define VU_MAX_BODY 512u

struct vu_channel {
	int fd; /* owned, or -1 */
	struct vu_header header;
	_Alignas(8) uint8_t body[VU_MAX_BODY];
	uint32_t have;       /* bytes of header and body */
	int fds[VU_MAX_FDS]; /* of this message; -1 once taken */
	unsigned nfds;
};

/* fd, which is the channel's now, becomes non-blocking. -1: a channel that is closed. */
void vu_channel_init(struct vu_channel *ch, int fd);

/* Closes it and what was received. */
void vu_channel_fini(struct vu_channel *ch);

/*
 * Receives. Returns 1: a message is there whole, until vu_channel_next(); 0: not yet; -EPIPE: the
 * other side has hung up; -EBADMSG: too long, too many files, or of another version; -errno.
 */
int vu_channel_recv(struct vu_channel *ch);

/* Forgets the message, and closes files of it that nobody took. */
void vu_channel_next(struct vu_channel *ch);

/* The file with that number, the caller's now, or -1. */
int vu_channel_take_fd(struct vu_channel *ch, unsigned i);

/* Sends; fd (or -1) stays the caller's. Does not wait: a socket that takes no more is -EAGAIN,
 * after which the channel is of no more use. Returns 0 or -errno. */
int vu_channel_send(struct vu_channel *ch, uint32_t request, uint32_t flags, const void *body,
		    uint32_t size, int fd);

#endif
