/*
 * A context: from the guest's hello to its end, however that comes about. Invariant: the socket is
 * with the watcher (in its epoll) from the greeting until the context has ended, and no longer.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/context.h"
#include "proto/base/err.h"
#include "proto/base/log.h"

#define CONNECT_SECONDS 1

static void set_state(struct vt_vctx *ctx, enum vt_vgpu_state state)
{
	atomic_store_explicit(&ctx->control->state, (uint32_t)state, memory_order_release);
}

static uint32_t next_page(struct vt_bridge *b)
{
	bool taken = true;

	while (taken) {
		b->next_page = (b->next_page + 1) % VT_BRIDGE_CONTROL_PAGES;
		taken = false;
		for (unsigned i = 0; i < VT_BRIDGE_CONTEXTS; i++)
			taken |= b->ctx[i] && b->ctx[i]->page == b->next_page;
	}
	return b->next_page;
}

static void take_page(struct vt_vctx *ctx)
{
	ctx->page = next_page(ctx->bridge);
	ctx->control = (struct vt_vgpu_control *)(ctx->bridge->control +
						  (size_t)ctx->page * VT_VGPU_CONTROL_BYTES);
	memset(ctx->control, 0, VT_VGPU_CONTROL_BYTES);
}

static int make_page(struct vt_vctx *ctx)
{
	int err, fd = vt_files_new_memory(VT_VGPU_CONTROL_BYTES);

	if (fd < 0)
		return fd;
	ctx->control = mmap(NULL, VT_VGPU_CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ctx->control == MAP_FAILED) {
		err = -errno;
		close(fd);
		return err;
	}
	ctx->control_fd = fd;
	return 0;
}

static void drop_page(struct vt_vctx *ctx)
{
	if (ctx->control_fd < 0)
		return;
	munmap(ctx->control, VT_VGPU_CONTROL_BYTES);
	close(ctx->control_fd);
}

static int init(struct vt_vctx *ctx, struct vt_bridge *b, uint32_t ctx_id, uint32_t slot)
{
	ctx->bridge = b;
	ctx->id = ctx_id;
	ctx->slot = slot;
	ctx->serial = ++b->serial[slot];
	ctx->sock = ctx->channel_fd = ctx->events_fd = ctx->control_fd = -1;
	if (b->control_fd < 0)
		return make_page(ctx);
	take_page(ctx);
	return 0;
}

int vt_vctx_create_locked(struct vt_bridge *b, uint32_t ctx_id)
{
	struct vt_vctx *ctx;
	uint32_t slot = 0;
	int err;

	while (slot < VT_BRIDGE_CONTEXTS && b->ctx[slot])
		slot++;
	if (slot == VT_BRIDGE_CONTEXTS)
		return -ENOSPC;
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx)
		return -ENOMEM;
	err = init(ctx, b, ctx_id, slot);
	if (err)
		goto free_ctx;
	for (unsigned i = 0; i < VT_VGPU_RINGS; i++) {
		err = vt_vring_init(&ctx->ring[i], ctx, i);
		if (err)
			goto drop_page;
	}
	b->ctx[slot] = ctx;
	return 0;

drop_page:
	drop_page(ctx);
free_ctx:
	free(ctx);
	return err;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void advance_all_locked(struct vt_vctx *ctx)
{
	for (unsigned i = 0; i < VT_VGPU_RINGS; i++)
		vt_vring_advance_locked(&ctx->ring[i]);
}

void vt_vctx_end_locked(struct vt_vctx *ctx, enum vt_vgpu_state state)
{
	if (ctx->phase == VT_VCTX_ENDED)
		return;
	ctx->phase = VT_VCTX_ENDED;
	if (ctx->sock >= 0)
		epoll_ctl(ctx->bridge->epoll_fd, EPOLL_CTL_DEL, ctx->sock, NULL);
	close_fd(&ctx->sock);
	close_fd(&ctx->channel_fd);
	close_fd(&ctx->events_fd);
	vt_files_fini(&ctx->replies);
	vt_files_fini(&ctx->memory);
	set_state(ctx, state);
	ctx->users++;
	advance_all_locked(ctx);
	ctx->users--;
	pthread_cond_broadcast(&ctx->bridge->idle);
}

static bool in_use(const struct vt_vctx *ctx)
{
	bool used = ctx->users > 0;

	for (unsigned i = 0; i < VT_VGPU_RINGS; i++)
		used |= ctx->ring[i].draining || ctx->ring[i].count;
	return used;
}

static void log_counts(const struct vt_vctx *ctx)
{
	const uint64_t *c = ctx->counts.commands;

	vt_log(VT_LOG_DEBUG, ctx->context_id,
	       "the guest's context %u made %llu blobs, %llu fences, %llu commands (wake %llu, "
	       "files %llu, drop %llu, await %llu)",
	       ctx->id, (unsigned long long)ctx->counts.blobs,
	       (unsigned long long)ctx->counts.fences,
	       (unsigned long long)(c[VT_VGPU_HELLO] + c[VT_VGPU_WAKE] + c[VT_VGPU_FILES] +
				    c[VT_VGPU_DROP] + c[VT_VGPU_AWAIT]),
	       (unsigned long long)c[VT_VGPU_WAKE], (unsigned long long)c[VT_VGPU_FILES],
	       (unsigned long long)c[VT_VGPU_DROP], (unsigned long long)c[VT_VGPU_AWAIT]);
}

void vt_vctx_destroy_locked(struct vt_vctx *ctx)
{
	struct vt_bridge *b = ctx->bridge;

	vt_vctx_end_locked(ctx, VT_VGPU_GONE);
	while (in_use(ctx))
		pthread_cond_wait(&b->idle, &b->lock);
	for (unsigned i = 0; i < VT_VGPU_RINGS; i++)
		vt_vring_fini_locked(&ctx->ring[i]);
	b->ctx[ctx->slot] = NULL;
	if (ctx->channel.requests.shared)
		munmap(ctx->channel.requests.shared, VT_CHANNEL_BYTES);
	if (ctx->events)
		munmap(ctx->events, VT_EVENT_PAGE_BYTES);
	drop_page(ctx);
	log_counts(ctx);
	free(ctx);
}

_Atomic uint32_t *vt_vctx_word(const struct vt_vctx *ctx, uint32_t word)
{
	struct vt_ring_shared *requests = ctx->channel.requests.shared;
	struct vt_ring_shared *replies = ctx->channel.replies.shared;

	if (!requests || !ctx->events)
		return NULL;
	switch (word) {
	case VT_VGPU_WORD_REQUESTS_TAIL: return &requests->tail;
	case VT_VGPU_WORD_REPLIES_HEAD: return &replies->head;
	case VT_VGPU_WORD_REQUESTS_HEAD: return &requests->head;
	case VT_VGPU_WORD_REPLIES_TAIL: return &replies->tail;
	case VT_VGPU_WORD_BELL: return &ctx->events->header.bell;
	default: return NULL;
	}
}

/* --- The greeting --- */

/* Ends the context with the reason in the control page. Gives the lock up in between. */
static void refuse_locked(struct vt_vctx *ctx, int err, const char *text)
{
	struct vt_welcome *w = &ctx->control->welcome;

	vt_log(VT_LOG_WARN, 0, "the guest's context %u is refused: %s", ctx->id, text);
	w->magic = VT_HELLO_MAGIC;
	w->major = VT_PROTO_MAJOR;
	w->minor = VT_PROTO_MINOR;
	w->error = (uint32_t)-err;
	snprintf(w->text, sizeof(w->text), "%s", text);
	vt_vctx_end_locked(ctx, VT_VGPU_REFUSED);
}

/* Connects; non-blocking from then on. Returns the socket or -errno. */
static int connect_to(const char *path)
{
	const struct timeval limit = {.tv_sec = CONNECT_SECONDS};
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int err, sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (sock < 0)
		return -errno;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    fcntl(sock, F_SETFL, O_NONBLOCK) < 0) {
		err = -errno;
		close(sock);
		return err;
	}
	return sock;
}

static int watch(struct vt_vctx *ctx, int op, uint32_t events)
{
	struct epoll_event ev = {.events = events,
				 .data.u64 = (uint64_t)ctx->serial << 32 | ctx->slot};

	return epoll_ctl(ctx->bridge->epoll_fd, op, ctx->sock, &ev) < 0 ? -errno : 0;
}

void vt_vctx_greet_locked(struct vt_vctx *ctx, const struct vt_hello *hello)
{
	struct vt_bridge *b = ctx->bridge;
	char text[128];
	int sock, err;

	ctx->hello = *hello;
	ctx->phase = VT_VCTX_GREETING;
	pthread_mutex_unlock(&b->lock);
	sock = connect_to(b->socket);
	err = sock < 0 ? sock : vt_sock_send(sock, hello, sizeof(*hello), NULL, 0);
	pthread_mutex_lock(&b->lock);
	if (sock >= 0)
		ctx->sock = sock;
	/* A renderer that refuses at once may be gone before it reads; its welcome is there. */
	if (!err || (err == -EPIPE && sock >= 0))
		err = watch(ctx, EPOLL_CTL_ADD, EPOLLIN);
	if (err) {
		snprintf(text, sizeof(text), "the host's renderer cannot be reached: %s",
			 strerror(-err));
		refuse_locked(ctx, err, text);
	}
}

/* Maps a file of the renderer's that must be so large and stay so. */
static void *map_shared(int fd, size_t size)
{
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);
	void *at;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size < size || seals < 0 ||
	    !(seals & F_SEAL_SHRINK))
		return NULL;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

static int open_shared(struct vt_vctx *ctx, const int fds[VT_WELCOME_FDS])
{
	void *channel, *events;

	ctx->channel_fd = fds[VT_WELCOME_CHANNEL_FD];
	ctx->events_fd = fds[VT_WELCOME_EVENTS_FD];
	channel = map_shared(ctx->channel_fd, VT_CHANNEL_BYTES);
	if (channel)
		vt_channel_init(&ctx->channel, channel);
	events = map_shared(ctx->events_fd, VT_EVENT_PAGE_BYTES);
	ctx->events = events;
	return channel && events ? 0 : -EPROTO;
}

static void take_welcome_locked(struct vt_vctx *ctx)
{
	struct vt_welcome w;
	int fds[VT_WELCOME_FDS];
	char text[128];
	int err = vt_sock_welcome(ctx->sock, &ctx->hello, &w, fds, text, 0);

	if (err == -ETIMEDOUT)
		return;
	if (!err) {
		err = open_shared(ctx, fds);
		if (!err)
			err = watch(ctx, EPOLL_CTL_MOD, 0); /* the hang-up is always told */
		if (err)
			snprintf(text, sizeof(text), "what the renderer shares is of no use");
	}
	if (err) {
		refuse_locked(ctx, err, text);
		return;
	}
	ctx->context_id = w.context_id;
	ctx->control->welcome = w;
	ctx->phase = VT_VCTX_OPEN;
	set_state(ctx, VT_VGPU_WELCOMED);
	vt_log(VT_LOG_INFO, w.context_id, "serves the guest's context %u", ctx->id);
}

void vt_vctx_event_locked(struct vt_vctx *ctx)
{
	if (ctx->phase == VT_VCTX_GREETING)
		take_welcome_locked(ctx);
	else
		vt_vctx_end_locked(ctx, VT_VGPU_GONE);
}
