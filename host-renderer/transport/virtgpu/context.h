/*
 * host-renderer/transport/virtgpu/context.h - inside the bridge: its contexts and their parts.
 *
 * Everything here is guarded by vt_bridge.lock, but for what is said to be fixed. Names in _locked
 * want it held; some give it up in between, and say so. A context is freed by the thread that calls
 * the bridge, once nobody else is using it: see vt_vctx_destroy_locked().
 */
#ifndef VT_VIRTGPU_CONTEXT_H
#define VT_VIRTGPU_CONTEXT_H

#include <pthread.h>
#include <stdbool.h>

#include "host-renderer/transport/virtgpu/bridge.h"
#include "proto/wire/evpage.h"
#include "proto/wire/ring.h"

/* --- Files that have a name: of replies, and new memory --- */

struct vt_named_file {
	uint64_t blob_id;
	int fd;
};

struct vt_named_files {
	struct vt_named_file *file;
	uint32_t count, room;
};

/* Closes all. */
void vt_files_fini(struct vt_named_files *files);

/* Enters fd, which is the table's then. Returns 0, -EEXIST, -ENOSPC (VT_VGPU_MAX_FILES), -ENOMEM.
 */
int vt_files_add(struct vt_named_files *files, uint64_t blob_id, int fd);

/* The file, which stays the table's, or -1. */
int vt_files_peek(const struct vt_named_files *files, uint64_t blob_id);

/* The file, which is the caller's now, or -1. */
int vt_files_take(struct vt_named_files *files, uint64_t blob_id);

/* Takes over all files of replies that are on the socket. Does not wait. Returns 0, -EBADMSG (what
 * is there is no packet of files, or there are too many), -ENOMEM. */
int vt_files_drain(struct vt_named_files *files, int sock);

/* A sealed, zeroed memfd of that size. Returns it or -errno. */
int vt_files_new_memory(uint64_t size);

/* --- Rings: fences, and what they wait for --- */

struct vt_vfence {
	uint64_t id;
	uint32_t word, seen; /* of VT_VGPU_AWAIT */
	bool waits;
};

struct vt_vring {
	struct vt_vfence fence[VT_VGPU_MAX_FENCES];
	uint32_t first, count;
	bool draining; /* somebody retires fences, and will look again */
	bool has_thread, stop, exited;
	pthread_t thread;
	pthread_cond_t changed;      /* count, draining or stop */
	_Atomic uint32_t *sleeps_on; /* of the thread: where it is, or NULL */
	uint32_t number;             /* fixed */
	struct vt_vctx *ctx;         /* fixed */
};

/* --- Contexts --- */

enum vt_vctx_phase {
	VT_VCTX_NEW,      /* no hello yet */
	VT_VCTX_GREETING, /* hello sent, no welcome yet */
	VT_VCTX_OPEN,
	VT_VCTX_ENDED, /* all fences retire at once; nothing but the control page is left */
};

struct vt_vctx_counts {
	uint64_t blobs, fences, commands[VT_VGPU_AWAIT + 1]; /* by vt_vgpu_op */
};

struct vt_vctx {
	struct vt_bridge *bridge; /* fixed */
	uint32_t id;              /* fixed: the guest's number */
	uint32_t slot, serial;    /* fixed: its place in the bridge, and which of those there */
	enum vt_vctx_phase phase;
	uint32_t users;      /* threads that are at work on it and have given the lock up */
	int sock;            /* or -1 */
	uint64_t context_id; /* the renderer's, once welcomed; for the log */
	struct vt_hello hello;
	struct vt_vgpu_control *control; /* fixed */
	uint32_t page;                   /* fixed: its number in the bridge's file */
	int control_fd;                  /* fixed: a file of its own, or -1 */
	int channel_fd, events_fd;       /* or -1 */
	struct vt_channel channel;       /* once open; the mapping stays as long as the context */
	struct vt_event_page *events;
	struct vt_named_files replies, memory;
	struct vt_vfence await; /* waits: the command whose fence has not come yet */
	struct vt_vring ring[VT_VGPU_RINGS];
	struct vt_vctx_counts counts;
};

struct vt_bridge {
	pthread_mutex_t lock;
	pthread_cond_t idle;             /* some vt_vctx.users or vt_vring.draining has ended */
	const struct vt_bridge_ops *ops; /* fixed, as are the next */
	void *device;
	char socket[108];
	int control_fd; /* or -1: each context has a file of its own */
	uint8_t *control;
	int epoll_fd, stop_fd;
	pthread_t watcher;
	struct vt_vctx *ctx[VT_BRIDGE_CONTEXTS];
	uint32_t serial[VT_BRIDGE_CONTEXTS];
	uint32_t next_page;
};

/* Starts a thread with all signals blocked. Returns 0 or -errno. */
int vt_bridge_thread(pthread_t *ret, void *(*run)(void *), void *arg);

/* Returns 0, -ENOSPC, -ENOMEM, -errno (of a file). */
int vt_vctx_create_locked(struct vt_bridge *b, uint32_t ctx_id);

/* Ends it and frees it. Gives the lock up in between. */
void vt_vctx_destroy_locked(struct vt_vctx *ctx);

/*
 * Ends it, with this state for the guest: VT_VGPU_GONE, or VT_VGPU_REFUSED with the reason in the
 * control page. All fences retire. Gives the lock up in between. Again: does nothing.
 */
void vt_vctx_end_locked(struct vt_vctx *ctx, enum vt_vgpu_state state);

/* Sends the guest's hello to the renderer; from here on the watcher has the socket. A renderer that
 * is not there ends the context. Gives the lock up in between. */
void vt_vctx_greet_locked(struct vt_vctx *ctx, const struct vt_hello *hello);

/* The watcher's: something has happened on the socket. Gives the lock up in between. */
void vt_vctx_event_locked(struct vt_vctx *ctx);

/* Executes a command, a copy of the guest's. Returns 0, or -EBADMSG: the context must end. */
int vt_vctx_command_locked(struct vt_vctx *ctx, const void *cmd, size_t bytes);

/* The word in shared memory, or NULL: there is none at present, or VT_VGPU_WORD_GONE. */
_Atomic uint32_t *vt_vctx_word(const struct vt_vctx *ctx, uint32_t word);

/* Returns 0 or -ENOMEM. */
int vt_vring_init(struct vt_vring *ring, struct vt_vctx *ctx, uint32_t number);

/* Ends the ring's thread. All fences must have retired. Gives the lock up in between. */
void vt_vring_fini_locked(struct vt_vring *ring);

/* Puts a fence at the end. Returns 0 or -ENOSPC. */
int vt_vring_push_locked(struct vt_vring *ring, const struct vt_vfence *fence);

/* Retires, in order, what need not wait (any more), and sees to it that the ring's thread waits for
 * the rest. Gives the lock up in between. Returns 0 or -errno: no thread, so the context must end.
 */
int vt_vring_advance_locked(struct vt_vring *ring);

#endif
