/* A renderer of one thread. */
#include "tests/support/stub_renderer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/vt_test.h"

static int make_file(size_t size)
{
	int fd = memfd_create("stub", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
		abort();
	return fd;
}

static void *map_file(int fd, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

static void welcome(struct stub_renderer *r)
{
	struct vt_welcome w = {.magic = VT_HELLO_MAGIC,
			       .major = VT_PROTO_MAJOR,
			       .minor = VT_PROTO_MINOR,
			       .error = r->refuse,
			       .context_id = 77,
			       .ring_bytes = VT_RING_BYTES,
			       .event_slots = VT_EVENT_SLOTS};
	int fds[VT_WELCOME_FDS] = {make_file(VT_CHANNEL_BYTES), make_file(VT_EVENT_PAGE_BYTES)};

	r->channel_memory = map_file(fds[VT_WELCOME_CHANNEL_FD], VT_CHANNEL_BYTES);
	r->events = map_file(fds[VT_WELCOME_EVENTS_FD], VT_EVENT_PAGE_BYTES);
	vt_channel_init(&r->channel, r->channel_memory);
	snprintf(w.text, sizeof(w.text), "%s", r->refuse ? "not today" : "");
	atomic_store(&r->greeted, true);
	vt_sock_send(r->sock, &w, sizeof(w), fds, r->refuse ? 0 : VT_WELCOME_FDS);
	for (unsigned i = 0; i < VT_WELCOME_FDS; i++)
		close(fds[i]);
}

static void serve(struct stub_renderer *r)
{
	static uint8_t body[VT_MAX_BODY];
	struct vt_frame f;

	while (!atomic_load(&r->ends)) {
		int fds[VT_MAX_FDS],
		    err = vt_ring_read(&r->channel.requests, &f, body, sizeof(body), 1000, 1000);
		unsigned nfds = 0;

		if (err == -ETIMEDOUT)
			continue;
		if (err)
			return;
		if ((f.flags & VT_FRAME_FDS) &&
		    vt_sock_recv_fds(r->sock, f.seqno, fds, VT_MAX_FDS, &nfds))
			abort();
		r->on_request(r, &f, body, fds, nfds);
	}
}

static void *run(void *arg)
{
	struct stub_renderer *r = arg;
	struct vt_hello hello;
	int sock = accept4(r->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (sock < 0)
		return NULL;
	atomic_store(&r->sock, sock);
	if (vt_sock_recv(r->sock, &hello, sizeof(hello), NULL, 0, NULL, 5000) == 0) {
		welcome(r);
		if (!r->refuse)
			serve(r);
	}
	shutdown(sock, SHUT_RDWR);
	return NULL;
}

void stub_renderer_start(struct stub_renderer *r, stub_request *on_request, uint32_t refuse)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	memset(r, 0, sizeof(*r));
	r->on_request = on_request;
	r->refuse = refuse;
	atomic_init(&r->sock, -1);
	strcpy(r->folder, "/tmp/vt-stub-XXXXXX");
	VT_ASSERT(mkdtemp(r->folder));
	snprintf(r->socket, sizeof(r->socket), "%s/sock", r->folder);
	strcpy(addr.sun_path, r->socket);
	r->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	VT_ASSERT(bind(r->listen_fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	VT_ASSERT(listen(r->listen_fd, 4) == 0);
	VT_ASSERT_EQ(pthread_create(&r->thread, NULL, run, r), 0);
}

void stub_renderer_hang_up(struct stub_renderer *r)
{
	atomic_store(&r->ends, true);
	shutdown(r->listen_fd, SHUT_RDWR);
	if (atomic_load(&r->sock) >= 0)
		shutdown(atomic_load(&r->sock), SHUT_RDWR);
	if (atomic_load(&r->greeted))
		vt_channel_close(&r->channel);
	pthread_join(r->thread, NULL);
	if (atomic_load(&r->sock) >= 0)
		close(atomic_load(&r->sock));
	atomic_store(&r->sock, -1);
	close(r->listen_fd);
	r->listen_fd = -1;
}

void stub_renderer_stop(struct stub_renderer *r)
{
	if (r->listen_fd >= 0)
		stub_renderer_hang_up(r);
	if (r->channel_memory)
		munmap(r->channel_memory, VT_CHANNEL_BYTES);
	if (r->events)
		munmap(r->events, VT_EVENT_PAGE_BYTES);
	unlink(r->socket);
	rmdir(r->folder);
}

void stub_reply(struct stub_renderer *r, const struct vt_frame *request, int err, const void *body,
		uint32_t len, const int *fds, unsigned nfds)
{
	struct vt_frame f = {.body_len = err ? 0 : len,
			     .op = request->op,
			     .flags = (uint8_t)(VT_FRAME_REPLY | (nfds ? VT_FRAME_FDS : 0)),
			     .error = (uint8_t)-err,
			     .seqno = request->seqno};

	if (nfds && vt_sock_send_fds(r->sock, f.seqno, fds, nfds) && !atomic_load(&r->ends))
		abort();
	vt_ring_write(&r->channel.replies, &f, body, -1);
}

void stub_publish(struct stub_renderer *r, unsigned slot)
{
	struct vt_event_page *page = atomic_load(&r->greeted) ? r->events : NULL;

	VT_ASSERT(page);
	atomic_fetch_add(&page->slot[slot].sets, 1);
	if (!atomic_load(&page->slot[slot].waiters))
		return;
	atomic_fetch_add(&page->header.bell, 1);
	syscall(SYS_futex, &page->header.bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
