/*
 * guest-thunk/client/userptr.h - the program's own memory, made shareable where it is.
 *
 * The GPU must see a registered page at the program's address while the program goes on using it.
 * So the pages of a registered range, ordinary private memory until then, are replaced in place by
 * shared pages of the transport's with the same contents (hold.h says how no concurrent write is
 * lost); the renderer maps the same memory at the same address. When the last registration that
 * touches them ends, they are replaced by private memory again, unless the program has put
 * something else there meanwhile.
 *
 * Pages that were replaced together are a run, and a page is in one run at most. A registration
 * holds every run that it touches; runs are never split, so a run lives until nobody holds it.
 *
 * All functions: the caller keeps calls apart (client/memory.c has the lock) and holds the same
 * lock over fork. After fork the child has private copies of all the pages and no runs.
 */
#ifndef VT_GUEST_CLIENT_USERPTR_H
#define VT_GUEST_CLIENT_USERPTR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "guest-thunk/transport/transport.h"

struct vt_userptr_run {
	uintptr_t addr; /* whole pages, one after the other in memory and in the file */
	size_t len;
	struct vt_transport *transport; /* whose memory it is; outlives the run */
	int handle;                     /* of the memory; owned by the run; -1: closed */
	dev_t dev;                      /* what /proc/self/maps says of the pages: the file ... */
	ino_t ino;
	uint64_t offset; /* ... and where in it the first one is */
	uint64_t cookie; /* the caller's; 0 when the run is made */
	uint64_t gpu_va; /* the caller's: where the GPU has addr */
	unsigned holders;
	uint64_t epoch; /* when it was made: a registration that is older does not hold it */
	struct vt_userptr_run *next;
};

/* One registration. Filled in by acquire; the caller keeps it, unchanged, for release. */
struct vt_userptr_pin {
	uintptr_t addr; /* whole pages */
	size_t len;
	uint64_t epoch;
};

/* How many runs acquire makes at most: a bound on what one registration can cost the renderer. */
#define VT_USERPTR_MAX_RUNS 64u

/*
 * Makes the pages that [addr, addr + len) touches shared, by memory of the transport's, and holds
 * their runs. Blocks while it copies. Returns 0; -EINVAL: empty or wraps; -ENXIO: not all mapped;
 * -EOPNOTSUPP: a stack, a file's pages, memory that is not writable or another special mapping;
 * -EBUSY: a run in the range is stale (see find_stale); -ENOMEM. On an error everything is as
 * before.
 */
int vt_userptr_acquire(struct vt_transport *t, uintptr_t addr, size_t len,
		       struct vt_userptr_pin *pin);

/* Closes the handle, which nobody needs once the renderer has the memory. */
void vt_userptr_close_memory(struct vt_userptr_run *run);

/* The first run after `prev` (NULL: the first of all) that the registration holds; NULL at the end.
 */
struct vt_userptr_run *vt_userptr_next(const struct vt_userptr_pin *pin,
				       const struct vt_userptr_run *prev);

/* Ends a registration. Of runs that only this one holds, the renderer must have let go before.
 * Blocks while it copies. */
void vt_userptr_release(const struct vt_userptr_pin *pin);

/* A run that touches the range and whose mapping the program has replaced, in part or whole,
 * without ending its registration; NULL if there is none. It is to be dropped before acquire, once
 * the renderer has let go of it. */
struct vt_userptr_run *vt_userptr_find_stale(uintptr_t addr, size_t len);

/* Ends a run, whoever holds it: what is still ours of it becomes private memory again. */
void vt_userptr_drop(struct vt_userptr_run *run);

/* To be called around fork, on its thread: before, then after in the parent, and in the child. In
 * between the parent waits until the child has its copies, so that what it writes next is not in
 * them. */
void vt_userptr_fork_prepare(void);
void vt_userptr_fork_parent(void);
void vt_userptr_fork_child(void);

/* Runs at present. */
size_t vt_userptr_count(void);

#endif
