/*
 * The transport over a unix socket: greeting and files on the socket, messages in rings of shared
 * memory.
 *
 * Nothing of it is inherited by a child: the mappings are MADV_DONTFORK and the descriptors
 * close-on-exec; what a forked child keeps of the descriptors it closes itself (client/session.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "guest-thunk/transport/local.h"
#include "guest-thunk/transport/transport.h"
#include "proto/wire/ring.h"
#include "proto/wire/sock.h"

#define GREETING_TIMEOUT_MS 10000

struct sock_transport {
	struct vt_transport base;
	int sock;
	uint64_t seqno;
	void *channel_memory;
	struct vt_channel channel;
};

static struct sock_transport *from_base(struct vt_transport *t)
{
	return (struct sock_transport *)(void *)((char *)t - offsetof(struct sock_transport, base));
}

static int sock_send(struct vt_transport *base, struct vt_parcel *request)
{
	struct sock_transport *t = from_base(base);
	int err = 0;

	request->frame.seqno = ++t->seqno;
	request->frame.flags = request->num_handles ? VT_FRAME_FDS : 0;
	request->frame.error = 0;
	if (request->num_handles)
		err = vt_sock_send_fds(t->sock, t->seqno, request->handle, request->num_handles);
	return err ? err : vt_ring_write(&t->channel.requests, &request->frame, request->body, -1);
}

static int sock_receive(struct vt_transport *base, const struct vt_frame *request,
			struct vt_parcel *reply)
{
	struct sock_transport *t = from_base(base);
	int err = vt_ring_read(&t->channel.replies, &reply->frame, reply->body, VT_MAX_BODY,
			       VT_RING_SPIN_NS, -1);

	reply->num_handles = 0;
	if (!err)
		err = vt_frame_check_reply(&reply->frame, request->op, request->seqno);
	if (!err && (reply->frame.flags & VT_FRAME_FDS))
		err = vt_sock_recv_fds(t->sock, request->seqno, reply->handle, VT_MAX_FDS,
				       &reply->num_handles);
	return err;
}

/* A file that is shorter than what is mapped of it would end the program with SIGBUS later. */
static int check_file(int fd, uint64_t file_offset, size_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < 0 || file_offset > (uint64_t)st.st_size ||
	    size > (uint64_t)st.st_size - file_offset)
		return -EBADMSG;
	return 0;
}

static int sock_map(struct vt_transport *base, int handle, uint64_t file_offset, size_t size,
		    void *addr, void **ret)
{
	int err = check_file(handle, file_offset, size);
	void *p;

	(void)base;
	if (err)
		return err;
	p = mmap(addr, size, PROT_READ | PROT_WRITE, MAP_SHARED | (addr ? MAP_FIXED : 0), handle,
		 (off_t)file_offset);
	if (p == MAP_FAILED)
		return -errno;
	madvise(p, size, MADV_DONTFORK);
	*ret = p;
	return 0;
}

static void sock_close_handle(struct vt_transport *base, int handle)
{
	(void)base;
	close(handle);
}

static int sock_export_handle(struct vt_transport *base, int handle, uint64_t size, int *ret_fd)
{
	int fd = fcntl(handle, F_DUPFD_CLOEXEC, 0);

	(void)base;
	(void)size;
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static void sock_wait_gone(struct vt_transport *base)
{
	struct pollfd pfd = {.fd = from_base(base)->sock, .events = POLLRDHUP};

	while (poll(&pfd, 1, -1) < 0 && errno == EINTR)
		;
}

static void sock_stop(struct vt_transport *base)
{
	struct sock_transport *t = from_base(base);

	vt_channel_close(&t->channel);
	shutdown(t->sock, SHUT_RDWR);
}

static void sock_destroy(struct vt_transport *base)
{
	struct sock_transport *t = from_base(base);

	if (base->events)
		munmap(base->events, VT_EVENT_PAGE_BYTES);
	if (t->channel_memory)
		munmap(t->channel_memory, VT_CHANNEL_BYTES);
	close(t->sock);
	free(t);
}

static const struct vt_transport_ops sock_ops = {
    .send = sock_send,
    .receive = sock_receive,
    .map = sock_map,
    .close_handle = sock_close_handle,
    .export_handle = sock_export_handle,
    .make_memory = vt_local_make_memory,
    .clear = vt_local_clear,
    .wait_events = vt_local_wait_events,
    .wake_events = vt_local_wake_events,
    .wait_gone = sock_wait_gone,
    .stop = sock_stop,
    .destroy = sock_destroy,
};

static int connect_to(const char *path, int *ret, char text[VT_CONNECT_TEXT])
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int err, sock;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		snprintf(text, VT_CONNECT_TEXT,
			 "the socket's path is too long (%zu bytes, at most %zu)", strlen(path),
			 sizeof(addr.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	strcpy(addr.sun_path, path);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0) {
		err = -errno;
		snprintf(text, VT_CONNECT_TEXT, "no socket: %s", strerror(-err));
		return err;
	}
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == 0) {
		*ret = sock;
		return 0;
	}
	err = -errno;
	close(sock);
	if (err == -ENOENT || err == -ECONNREFUSED)
		snprintf(text, VT_CONNECT_TEXT, "no renderer listens at %.150s", path);
	else
		snprintf(text, VT_CONNECT_TEXT, "cannot connect to %.150s: %s", path,
			 strerror(-err));
	return err;
}

/* Maps what came with the welcome; fds stay the caller's. */
static int map_welcome(struct sock_transport *t, const int fds[VT_WELCOME_FDS])
{
	void *events;
	int err = sock_map(&t->base, fds[VT_WELCOME_CHANNEL_FD], 0, VT_CHANNEL_BYTES, NULL,
			   &t->channel_memory);

	if (!err)
		err = sock_map(&t->base, fds[VT_WELCOME_EVENTS_FD], 0, VT_EVENT_PAGE_BYTES, NULL,
			       &events);
	if (err)
		return err;
	t->base.events = events;
	vt_channel_init(&t->channel, t->channel_memory);
	return 0;
}

static int greet(struct sock_transport *t, char text[VT_CONNECT_TEXT])
{
	struct vt_welcome welcome;
	struct vt_hello hello;
	int fds[VT_WELCOME_FDS], err;
	char why[128] = "";

	vt_hello_init(&hello, program_invocation_short_name);
	err = vt_sock_greet(t->sock, &hello, &welcome, fds, why, GREETING_TIMEOUT_MS);
	if (err) {
		snprintf(text, VT_CONNECT_TEXT, "%.127s", why);
		return err;
	}
	t->base.context_id = welcome.context_id;
	t->base.major = welcome.major;
	t->base.minor = welcome.minor;
	t->base.features = welcome.features;
	err = map_welcome(t, fds);
	if (err)
		snprintf(text, VT_CONNECT_TEXT, "the renderer's shared memory cannot be mapped: %s",
			 strerror(-err));
	for (unsigned i = 0; i < VT_WELCOME_FDS; i++)
		close(fds[i]);
	return err;
}

int vt_transport_sock_connect(const char *path, struct vt_transport **ret,
			      char text[VT_CONNECT_TEXT])
{
	struct sock_transport *t = calloc(1, sizeof(*t));
	int err;

	if (!t) {
		snprintf(text, VT_CONNECT_TEXT, "out of memory");
		return -ENOMEM;
	}
	t->base.ops = &sock_ops;
	t->base.piece_bytes = VT_LOCAL_PIECE_BYTES;
	err = connect_to(path, &t->sock, text);
	if (err) {
		free(t);
		return err;
	}
	err = greet(t, text);
	if (err) {
		sock_destroy(&t->base);
		return err;
	}
	*ret = &t->base;
	return 0;
}
