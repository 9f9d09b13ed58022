/*
 * host-renderer/transport/virtgpu/bridge.h - the bridge between a virtio-gpu device and renderers.
 *
 * Knows no virtual machine monitor: what a device does (host-renderer/transport/vhost_user, virgl)
 * comes in by these functions, and what it must do goes out by struct vt_bridge_ops. One bridge is
 * one device of one guest. Each of its contexts that is ours is a client of the renderer at
 * `socket`, by proto/wire/sock.h; proto/wire/virtgpu.h says what travels to the guest.
 *
 * Everything that comes from the guest is checked here; a context that breaks the protocol ends,
 * the others go on. Functions return 0 or -errno; the errors are for a line in a log, since a
 * guest does not see them.
 *
 * Threads: the functions are called by one thread at a time; none waits for the guest or for a
 * worker, but vt_bridge_submit() may take as long as a connect() to a local socket. The bridge has
 * one thread that watches the sockets, and one for each ring of a context that sleeps; they block
 * all signals. The ops are called on any of them or within a function, never with a lock held that
 * a function of the bridge wants; they must not wait for a lock that is held while a function of
 * the bridge is called.
 */
#ifndef VT_VIRTGPU_BRIDGE_H
#define VT_VIRTGPU_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/wire/virtgpu.h"

struct vt_bridge;

struct vt_bridge_ops {
	/* Retires a fence that vt_bridge_fence() was given. Those of one ring come in order. */
	void (*retire)(void *device, uint32_t ctx_id, uint32_t ring, uint64_t fence_id);
};

/* Contexts at a time, of one bridge. */
#define VT_BRIDGE_CONTEXTS 256u

/*
 * The file of the control pages. Each context has one that none of the 4,096 before it had,
 * so that a page which a process of the guest has kept longer than its context stays as it was.
 */
#define VT_BRIDGE_CONTROL_PAGES 4096u
#define VT_BRIDGE_CONTROL_BYTES ((uint64_t)VT_VGPU_CONTROL_BYTES * VT_BRIDGE_CONTROL_PAGES)

/* Makes such a file: a memfd, sealed, that takes memory only where it is written. Returns it or
 * -errno. */
int vt_bridge_control_create(void);

/* Says in every page of the file that the renderer has gone: for whoever outlives the process that
 * had the bridge. */
void vt_bridge_control_gone(int control_fd);

/*
 * control_fd: of vt_bridge_control_create(), which stays the caller's; or -1: each context's page
 * is a file of its own. `socket` is copied. Returns 0 or -ENOMEM, -ENAMETOOLONG, -EINVAL (of
 * control_fd), -errno.
 */
int vt_bridge_create(const char *socket, int control_fd, const struct vt_bridge_ops *ops,
		     void *device, struct vt_bridge **ret);

/* Ends all contexts, retires what is waited for and frees the bridge. NULL is fine. */
void vt_bridge_destroy(struct vt_bridge *b);

/* The trailer of the capset (struct vt_capset). window_bytes: 0 if not known. */
void vt_bridge_capset(uint64_t window_bytes, struct vt_capset *ret);

/* Whether a context of that debug name is for us. name need not end in a NUL. */
int vt_bridge_is_ours(const char *name, size_t len);

/* Begins a context. It connects at the guest's hello. Returns 0, -EEXIST, -ENOSPC, -ENOMEM,
 * -EMFILE.
 */
int vt_bridge_context_create(struct vt_bridge *b, uint32_t ctx_id);

/* Ends it: its worker's connection closes, all its fences retire. Its blobs stay until they are
 * unmapped. Returns 0 or -ENOENT. */
int vt_bridge_context_destroy(struct vt_bridge *b, uint32_t ctx_id);

/*
 * What stands behind a HOST3D blob: *ret_fd, the caller's to close, from *ret_offset on, at least
 * size bytes, readable and writable, of a length that nobody can change. Does not block. Returns 0;
 * -ENOENT: no such context or blob (also of a file dropped before); -EEXIST: a name of new memory
 * that is in use; -EINVAL: size is 0, not of whole pages, or more than there is; -ENOMEM, -EMFILE;
 * -EBADMSG: the context has ended, by more files than it may have.
 */
int vt_bridge_blob(struct vt_bridge *b, uint32_t ctx_id, uint64_t blob_id, uint64_t size,
		   int *ret_fd, uint64_t *ret_offset);

/* Executes a command; it is copied before it is looked at. Returns 0, -ENOENT, -EPIPE (the context
 * had ended before), or -EBADMSG: it has ended now. */
int vt_bridge_submit(struct vt_bridge *b, uint32_t ctx_id, const void *cmd, size_t bytes);

/*
 * A fence behind what was submitted to this ring so far: retires now (within the call) or when the
 * ring's VT_VGPU_AWAITs are over. A VT_VGPU_AWAIT belongs to the first fence after it. Retires in
 * any case, also if the context does not exist or this returns an error.
 */
int vt_bridge_fence(struct vt_bridge *b, uint32_t ctx_id, uint32_t ring, uint64_t fence_id);

/* Ends all contexts, as a reset of the guest does. */
void vt_bridge_reset(struct vt_bridge *b);

#endif
