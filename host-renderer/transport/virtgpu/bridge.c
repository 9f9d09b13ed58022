/*
 * The bridge: its contexts by number, and the thread that watches their sockets.
 *
 * Invariant: contexts are made and freed on the caller's thread only; the watcher finds them by
 * slot and serial number, under the lock, and so never one that is gone.
 */
#include "host-renderer/transport/virtgpu/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/context.h"
#include "proto/base/log.h"

#define STOP_EVENT UINT64_MAX

int vt_bridge_thread(pthread_t *ret, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = -pthread_create(ret, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

static void on_event(struct vt_bridge *b, uint64_t which)
{
	struct vt_vctx *ctx;

	pthread_mutex_lock(&b->lock);
	ctx = b->ctx[(uint32_t)which % VT_BRIDGE_CONTEXTS];
	if (ctx && ctx->serial == which >> 32 && ctx->phase != VT_VCTX_ENDED) {
		ctx->users++;
		vt_vctx_event_locked(ctx);
		ctx->users--;
		pthread_cond_broadcast(&b->idle);
	}
	pthread_mutex_unlock(&b->lock);
}

static void *watcher(void *arg)
{
	struct vt_bridge *b = arg;
	struct epoll_event ev[16];

	prctl(PR_SET_NAME, "vt-bridge");
	for (;;) {
		int n = epoll_wait(b->epoll_fd, ev, 16, -1);

		for (int i = 0; i < n; i++) {
			if (ev[i].data.u64 == STOP_EVENT)
				return NULL;
			on_event(b, ev[i].data.u64);
		}
	}
}

/* --- Control pages --- */

int vt_bridge_control_create(void)
{
	int err, fd = memfd_create("vt-control", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)VT_BRIDGE_CONTROL_BYTES) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

void vt_bridge_control_gone(int control_fd)
{
	const uint32_t gone = VT_VGPU_GONE;
	off_t at = 0;

	/* Only pages that were given to a context have been written to. */
	while ((at = lseek(control_fd, at, SEEK_DATA)) >= 0) {
		at &= ~(off_t)(VT_VGPU_CONTROL_BYTES - 1);
		if (pwrite(control_fd, &gone, sizeof(gone), at) != sizeof(gone))
			return;
		at += VT_VGPU_CONTROL_BYTES;
	}
}

static int map_control(struct vt_bridge *b, int control_fd)
{
	struct stat st;

	b->control_fd = -1;
	if (control_fd < 0)
		return 0;
	b->control_fd = fcntl(control_fd, F_DUPFD_CLOEXEC, 0);
	if (b->control_fd < 0)
		return -errno;
	if (fstat(b->control_fd, &st) < 0 || (uint64_t)st.st_size < VT_BRIDGE_CONTROL_BYTES) {
		close(b->control_fd);
		return -EINVAL;
	}
	b->control = mmap(NULL, VT_BRIDGE_CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			  b->control_fd, 0);
	if (b->control == MAP_FAILED) {
		int err = -errno;

		close(b->control_fd);
		return err;
	}
	return 0;
}

static void unmap_control(struct vt_bridge *b)
{
	if (b->control_fd < 0)
		return;
	munmap(b->control, VT_BRIDGE_CONTROL_BYTES);
	close(b->control_fd);
}

/* --- The bridge --- */

static int start_watcher(struct vt_bridge *b)
{
	struct epoll_event stop = {.events = EPOLLIN, .data.u64 = STOP_EVENT};
	int err;

	b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	b->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (b->epoll_fd < 0 || b->stop_fd < 0 ||
	    epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, b->stop_fd, &stop) < 0)
		err = -errno;
	else
		err = vt_bridge_thread(&b->watcher, watcher, b);
	if (err) {
		close(b->epoll_fd);
		close(b->stop_fd);
	}
	return err;
}

int vt_bridge_create(const char *socket, int control_fd, const struct vt_bridge_ops *ops,
		     void *device, struct vt_bridge **ret)
{
	struct vt_bridge *b;
	int err;

	if (strlen(socket) >= sizeof(b->socket))
		return -ENAMETOOLONG;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	memcpy(b->socket, socket, strlen(socket));
	b->ops = ops;
	b->device = device;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->idle, NULL);
	err = map_control(b, control_fd);
	if (err)
		goto free_bridge;
	err = start_watcher(b);
	if (err)
		goto unmap;
	*ret = b;
	return 0;

unmap:
	unmap_control(b);
free_bridge:
	free(b);
	return err;
}

void vt_bridge_destroy(struct vt_bridge *b)
{
	const uint64_t one = 1;
	ssize_t ignored;

	if (!b)
		return;
	vt_bridge_reset(b);
	ignored = write(b->stop_fd, &one, sizeof(one));
	(void)ignored;
	pthread_join(b->watcher, NULL);
	close(b->stop_fd);
	close(b->epoll_fd);
	unmap_control(b);
	pthread_cond_destroy(&b->idle);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void vt_bridge_reset(struct vt_bridge *b)
{
	pthread_mutex_lock(&b->lock);
	/* First all of them: the workers end at the same time. */
	for (unsigned i = 0; i < VT_BRIDGE_CONTEXTS; i++)
		if (b->ctx[i])
			vt_vctx_end_locked(b->ctx[i], VT_VGPU_GONE);
	for (unsigned i = 0; i < VT_BRIDGE_CONTEXTS; i++)
		if (b->ctx[i])
			vt_vctx_destroy_locked(b->ctx[i]);
	pthread_mutex_unlock(&b->lock);
}

void vt_bridge_capset(uint64_t window_bytes, struct vt_capset *ret)
{
	*ret = (struct vt_capset){.magic = VT_HELLO_MAGIC,
				  .major = VT_PROTO_MAJOR,
				  .minor = VT_PROTO_MINOR,
				  .window_bytes = window_bytes};
}

int vt_bridge_is_ours(const char *name, size_t len)
{
	return len >= sizeof(VT_VGPU_NAME) - 1 &&
	       memcmp(name, VT_VGPU_NAME, sizeof(VT_VGPU_NAME) - 1) == 0;
}

/* --- Contexts by number --- */

static struct vt_vctx *find_locked(struct vt_bridge *b, uint32_t ctx_id)
{
	for (unsigned i = 0; i < VT_BRIDGE_CONTEXTS; i++)
		if (b->ctx[i] && b->ctx[i]->id == ctx_id)
			return b->ctx[i];
	return NULL;
}

int vt_bridge_context_create(struct vt_bridge *b, uint32_t ctx_id)
{
	int err;

	pthread_mutex_lock(&b->lock);
	err = find_locked(b, ctx_id) ? -EEXIST : vt_vctx_create_locked(b, ctx_id);
	pthread_mutex_unlock(&b->lock);
	return err;
}

int vt_bridge_context_destroy(struct vt_bridge *b, uint32_t ctx_id)
{
	struct vt_vctx *ctx;

	pthread_mutex_lock(&b->lock);
	ctx = find_locked(b, ctx_id);
	if (ctx)
		vt_vctx_destroy_locked(ctx);
	pthread_mutex_unlock(&b->lock);
	return ctx ? 0 : -ENOENT;
}

/* Ends a context that has broken the protocol. Gives the lock up in between. */
static void break_locked(struct vt_vctx *ctx, const char *what)
{
	vt_log(VT_LOG_WARN, ctx->context_id, "the guest's context %u broke the protocol: %s",
	       ctx->id, what);
	vt_vctx_end_locked(ctx, VT_VGPU_GONE);
}

int vt_bridge_submit(struct vt_bridge *b, uint32_t ctx_id, const void *cmd, size_t bytes)
{
	struct vt_vctx *ctx;
	int err = 0;

	pthread_mutex_lock(&b->lock);
	ctx = find_locked(b, ctx_id);
	if (!ctx)
		err = -ENOENT;
	else if (ctx->phase == VT_VCTX_ENDED)
		err = -EPIPE;
	else
		err = vt_vctx_command_locked(ctx, cmd, bytes);
	if (err == -EBADMSG)
		break_locked(ctx, "a command");
	pthread_mutex_unlock(&b->lock);
	return err;
}

static int fence_locked(struct vt_vctx *ctx, uint32_t ring, uint64_t fence_id)
{
	struct vt_vfence fence = ctx->await;

	ctx->await.waits = false;
	ctx->counts.fences++;
	fence.id = fence_id;
	if (fence.waits && ring == 0)
		return -EBADMSG;
	return vt_vring_push_locked(&ctx->ring[ring], &fence);
}

int vt_bridge_fence(struct vt_bridge *b, uint32_t ctx_id, uint32_t ring, uint64_t fence_id)
{
	struct vt_vctx *ctx;
	bool queued = false;
	int err = -ENOENT;

	pthread_mutex_lock(&b->lock);
	ctx = find_locked(b, ctx_id);
	if (ctx) {
		err = ring < VT_VGPU_RINGS ? fence_locked(ctx, ring, fence_id) : -EBADMSG;
		queued = !err;
		if (!err)
			err = vt_vring_advance_locked(&ctx->ring[ring]);
		if (err)
			break_locked(ctx, "a fence");
	}
	pthread_mutex_unlock(&b->lock);
	if (!queued)
		b->ops->retire(b->device, ctx_id, ring, fence_id);
	return err;
}

/* --- Blobs --- */

static int dup_part(int fd, uint64_t room, uint64_t size)
{
	int copy;

	if (fd < 0)
		return -ENOENT;
	if (size > room)
		return -EINVAL;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return copy < 0 ? -errno : copy;
}

/* New memory; a name more than there may be ends the context. */
static int make_memory_locked(struct vt_vctx *ctx, uint64_t blob_id, uint64_t size)
{
	int fd, copy, err;

	if (ctx->phase != VT_VCTX_OPEN)
		return -ENOENT;
	if (vt_files_peek(&ctx->memory, blob_id) >= 0)
		return -EEXIST;
	fd = vt_files_new_memory(size);
	if (fd < 0)
		return fd;
	copy = dup_part(fd, size, size);
	err = copy < 0 ? copy : vt_files_add(&ctx->memory, blob_id, fd);
	if (err) {
		close(fd);
		if (copy >= 0)
			close(copy);
		return err == -ENOSPC ? -EBADMSG : err;
	}
	return copy;
}

/* A copy: the name stays until the guest drops it. Where its first blob found no room in the window
 * the guest tries again. */
static int copy_file_locked(struct vt_vctx *ctx, uint64_t blob_id, uint64_t size)
{
	off_t end;
	int err, fd;

	if (ctx->phase != VT_VCTX_OPEN)
		return -ENOENT;
	if (vt_files_peek(&ctx->replies, blob_id) < 0) {
		err = vt_files_drain(&ctx->replies, ctx->sock);
		if (err)
			return err;
	}
	fd = vt_files_peek(&ctx->replies, blob_id);
	if (fd < 0)
		return -ENOENT;
	end = lseek(fd, 0, SEEK_END);
	if (end < 0 || size > (uint64_t)end)
		return -EINVAL;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* Returns the file or -errno. */
static int blob_locked(struct vt_vctx *ctx, uint64_t blob_id, uint64_t size, uint64_t *offset)
{
	switch (blob_id) {
	case VT_VGPU_BLOB_CONTROL:
		if (ctx->control_fd >= 0)
			return dup_part(ctx->control_fd, VT_VGPU_CONTROL_BYTES, size);
		*offset = (uint64_t)ctx->page * VT_VGPU_CONTROL_BYTES;
		return dup_part(ctx->bridge->control_fd, VT_VGPU_CONTROL_BYTES, size);
	case VT_VGPU_BLOB_CHANNEL: return dup_part(ctx->channel_fd, VT_CHANNEL_BYTES, size);
	case VT_VGPU_BLOB_EVENTS: return dup_part(ctx->events_fd, VT_EVENT_PAGE_BYTES, size);
	default: break;
	}
	if (blob_id & VT_VGPU_BLOB_FILE(0, 0))
		return copy_file_locked(ctx, blob_id, size);
	if (blob_id & VT_VGPU_BLOB_NEW(0))
		return make_memory_locked(ctx, blob_id, size);
	return -ENOENT;
}

int vt_bridge_blob(struct vt_bridge *b, uint32_t ctx_id, uint64_t blob_id, uint64_t size,
		   int *ret_fd, uint64_t *ret_offset)
{
	struct vt_vctx *ctx;
	uint64_t offset = 0;
	int fd = -ENOENT;

	if (!size || size % VT_VGPU_CONTROL_BYTES)
		return -EINVAL;
	pthread_mutex_lock(&b->lock);
	ctx = find_locked(b, ctx_id);
	if (ctx)
		fd = blob_locked(ctx, blob_id, size, &offset);
	if (ctx && fd >= 0)
		ctx->counts.blobs++;
	if (fd == -EBADMSG)
		break_locked(ctx, "files");
	pthread_mutex_unlock(&b->lock);
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	*ret_offset = offset;
	return 0;
}
