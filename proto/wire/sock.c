/*
 * The socket: packets with files. Invariant: a file received is either handed to the caller or
 * closed, whatever the peer sent; room is made for VT_MAX_FDS + 1, and the kernel drops and closes
 * what does not fit.
 */
#include "proto/wire/sock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/base/err.h"
#include "proto/wire/evpage.h"
#include "proto/wire/ring.h"

#define FDS_ROOM    (VT_MAX_FDS + 1)
#define FDS_WAIT_MS 1000

union fd_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(FDS_ROOM * sizeof(int))];
};

int vt_sock_send(int sock, const void *packet, size_t len, const int *fds, unsigned nfds)
{
	union fd_control control;
	struct iovec iov = {.iov_len = len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t sent;

	if (nfds > VT_MAX_FDS)
		return -EINVAL;
	memcpy(&iov.iov_base, &packet, sizeof(packet)); /* sendmsg() does not write to it */
	if (nfds) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof(control));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	do {
		sent = sendmsg(sock, &msg, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
	return (size_t)sent == len ? 0 : -EIO;
}

static void close_all(const int *fds, unsigned nfds)
{
	for (unsigned i = 0; i < nfds; i++)
		close(fds[i]);
}

static unsigned collect_fds(struct msghdr *msg, int fds[FDS_ROOM])
{
	unsigned n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t bytes = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < bytes / sizeof(int) && n < FDS_ROOM; i++)
			memcpy(&fds[n++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
	}
	return n;
}

static int wait_packet(int sock, int timeout_ms)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	int n;

	do {
		n = poll(&p, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

int vt_sock_recv(int sock, void *packet, size_t len, int *fds, unsigned max_fds, unsigned *ret_nfds,
		 int timeout_ms)
{
	union fd_control control;
	struct iovec iov = {.iov_base = packet, .iov_len = len};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control)};
	int got[FDS_ROOM], err = wait_packet(sock, timeout_ms);
	unsigned ngot;
	ssize_t n;

	if (err)
		return err;
	n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	/* A peer that closed without reading what we sent: told once, before its own last words. */
	if (n < 0 && errno == ECONNRESET)
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : errno == ECONNRESET ? -EPIPE : -errno;
	ngot = collect_fds(&msg, got);
	if (n == 0 && !ngot)
		return -EPIPE;
	if ((size_t)n != len || msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || ngot > max_fds) {
		close_all(got, ngot);
		return -EBADMSG;
	}
	if (ngot)
		memcpy(fds, got, ngot * sizeof(int));
	if (ret_nfds)
		*ret_nfds = ngot;
	return 0;
}

int vt_sock_send_fds(int sock, uint64_t seqno, const int *fds, unsigned nfds)
{
	struct vt_fds_packet p = {.seqno = seqno, .nfds = nfds};

	return nfds ? vt_sock_send(sock, &p, sizeof(p), fds, nfds) : -EINVAL;
}

int vt_sock_recv_fds(int sock, uint64_t seqno, int *fds, unsigned max_fds, unsigned *ret_nfds)
{
	struct vt_fds_packet p;
	int got[VT_MAX_FDS];
	unsigned ngot = 0;
	int err = vt_sock_recv(sock, &p, sizeof(p), got, VT_MAX_FDS, &ngot, FDS_WAIT_MS);

	if (err)
		return err == -EPIPE ? err : -EBADMSG;
	if (p.seqno != seqno || p.nfds != ngot || p.reserved || !ngot || ngot > max_fds) {
		close_all(got, ngot);
		return -EBADMSG;
	}
	memcpy(fds, got, ngot * sizeof(int));
	*ret_nfds = ngot;
	return 0;
}

void vt_hello_init(struct vt_hello *hello, const char *name)
{
	size_t i = 0;

	memset(hello, 0, sizeof(*hello));
	hello->magic = VT_HELLO_MAGIC;
	hello->major = VT_PROTO_MAJOR;
	hello->minor = VT_PROTO_MINOR;
	hello->page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	hello->pid = (uint32_t)getpid();
	for (; name && name[i] && i < sizeof(hello->name) - 1; i++)
		hello->name[i] = name[i] > ' ' && name[i] < 0x7f ? name[i] : '?';
}

/* Checks a welcome that was received whole; says in text what is wrong. */
static int check_welcome(const struct vt_hello *hello, const struct vt_welcome *w, unsigned nfds,
			 char text[128])
{
	if (w->magic != VT_HELLO_MAGIC) {
		snprintf(text, 128, "what listens on the socket is not a vthunk renderer");
		return -EPROTO;
	}
	if (w->error) {
		snprintf(text, 128, "%.*s", (int)sizeof(w->text) - 1, w->text);
		return -(int)(w->error < 4096 ? w->error : (uint32_t)EIO);
	}
	if (w->major != hello->major) {
		snprintf(text, 128, "the renderer speaks protocol %u.%u, this library %u.%u",
			 w->major, w->minor, hello->major, hello->minor);
		return -EPROTO;
	}
	if (w->ring_bytes != VT_RING_BYTES || w->event_slots != VT_EVENT_SLOTS ||
	    nfds != VT_WELCOME_FDS) {
		snprintf(text, 128, "the renderer's shared memory has another layout");
		return -EPROTO;
	}
	return 0;
}

int vt_welcome_check(const struct vt_hello *hello, const struct vt_welcome *w, char text[128])
{
	return check_welcome(hello, w, VT_WELCOME_FDS, text);
}

int vt_sock_welcome(int sock, const struct vt_hello *hello, struct vt_welcome *ret,
		    int fds[VT_WELCOME_FDS], char text[128], int timeout_ms)
{
	struct vt_welcome w;
	int got[VT_WELCOME_FDS];
	unsigned ngot = 0;
	int err = vt_sock_recv(sock, &w, sizeof(w), got, VT_WELCOME_FDS, &ngot, timeout_ms);

	if (err) {
		snprintf(text, 128, "no answer from the renderer: %s", vt_err_name(err));
		return err;
	}
	err = check_welcome(hello, &w, ngot, text);
	if (err) {
		close_all(got, ngot);
		return err;
	}
	memcpy(fds, got, sizeof(got));
	*ret = w;
	return 0;
}

int vt_sock_greet(int sock, const struct vt_hello *hello, struct vt_welcome *ret,
		  int fds[VT_WELCOME_FDS], char text[128], int timeout_ms)
{
	int err = vt_sock_send(sock, hello, sizeof(*hello), NULL, 0);

	/* A renderer that refuses at once may be gone before it reads; its welcome can still be
	 * read. */
	if (!err || err == -EPIPE)
		return vt_sock_welcome(sock, hello, ret, fds, text, timeout_ms);
	snprintf(text, 128, "no answer from the renderer: %s", vt_err_name(err));
	return err;
}
