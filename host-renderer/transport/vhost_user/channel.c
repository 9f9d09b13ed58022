/* Messages on a socket. Invariant: fds[] below nfds are open and ours, or -1. */
#include "host-renderer/transport/vhost_user/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union fd_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(VU_MAX_FDS * sizeof(int))];
};

void vu_channel_init(struct vu_channel *ch, int fd)
{
	ch->fd = fd;
	ch->have = 0;
	ch->nfds = 0;
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
}

void vu_channel_next(struct vu_channel *ch)
{
	for (unsigned i = 0; i < ch->nfds; i++)
		if (ch->fds[i] >= 0)
			close(ch->fds[i]);
	ch->nfds = 0;
	ch->have = 0;
}

void vu_channel_fini(struct vu_channel *ch)
{
	vu_channel_next(ch);
	if (ch->fd >= 0)
		close(ch->fd);
	ch->fd = -1;
}

int vu_channel_take_fd(struct vu_channel *ch, unsigned i)
{
	int fd = i < ch->nfds ? ch->fds[i] : -1;

	if (fd >= 0)
		ch->fds[i] = -1;
	return fd;
}

/* Keeps what fits; the rest is closed. Returns whether all of them fit. */
static int keep_fds(struct vu_channel *ch, struct msghdr *msg)
{
	int all = 1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (ch->nfds < VU_MAX_FDS) {
				ch->fds[ch->nfds++] = fd;
			} else {
				close(fd);
				all = 0;
			}
		}
	}
	return all && !(msg->msg_flags & MSG_CTRUNC);
}

/* Reads towards `want` bytes of header or body. Returns 1 when they are there, 0 or -errno. */
static int fill(struct vu_channel *ch, uint8_t *to, uint32_t have, uint32_t want)
{
	union fd_control control;
	struct iovec iov = {.iov_base = to + have, .iov_len = want - have};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control)};
	ssize_t n;

	if (have == want)
		return 1;
	do {
		n = recvmsg(ch->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : errno == ECONNRESET ? -EPIPE : -errno;
	if (!keep_fds(ch, &msg))
		return -EBADMSG;
	if (n == 0)
		return -EPIPE;
	ch->have += (uint32_t)n;
	return (uint32_t)n == want - have;
}

int vu_channel_recv(struct vu_channel *ch)
{
	const uint32_t head = sizeof(ch->header);
	uint8_t header[sizeof(ch->header)];
	int got;

	if (ch->have < head) {
		memcpy(header, &ch->header, head);
		got = fill(ch, header, ch->have, head);
		memcpy(&ch->header, header, head);
		if (got <= 0)
			return got;
	}
	if ((ch->header.flags & VU_VERSION_MASK) != VU_VERSION || ch->header.size > VU_MAX_BODY)
		return -EBADMSG;
	return fill(ch, ch->body, ch->have - head, ch->header.size);
}

int vu_channel_send(struct vu_channel *ch, uint32_t request, uint32_t flags, const void *body,
		    uint32_t size, int fd)
{
	struct vu_header header = {request, VU_VERSION | flags, size};
	union fd_control control;
	struct iovec iov[2] = {{.iov_base = &header, .iov_len = sizeof(header)}, {.iov_len = size}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};
	ssize_t sent;

	memcpy(&iov[1].iov_base, &body, sizeof(body)); /* sendmsg() does not write to it */
	if (fd >= 0) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof(control));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do {
		sent = sendmsg(ch->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return -errno;
	return (size_t)sent == sizeof(header) + size ? 0 : -EAGAIN;
}
