/*
 * guest-thunk/client/memory.h - what this process has allocated and registered, by address.
 *
 * Addresses are the same here, in the renderer and on the GPU, except that the GPU may have another
 * one for registered memory: runtimes keep both in one table and rely on that. Questions about
 * memory are answered from the table; mapping allocated memory to the GPU needs no message either,
 * since the renderer has mapped it already.
 */
#ifndef VT_GUEST_CLIENT_MEMORY_H
#define VT_GUEST_CLIENT_MEMORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vt_session;
struct vt_mem;
struct vt_user_mem;

/* As many freed allocations are kept. */
#define VT_MEM_KEPT 4u

struct vt_memory_table {
	pthread_mutex_t lock;
	struct vt_mem **mem;              /* guarded by lock: ascending by address, disjoint */
	size_t count, room;               /* guarded by lock */
	struct vt_mem *kept[VT_MEM_KEPT]; /* guarded by lock: freed, for the next one; or NULL */
	unsigned next_kept;               /* guarded by lock */
	struct vt_user_mem
	    *user; /* guarded by lock for reading; changed with the user lock held, too */
};

struct vt_mem_info {
	uint64_t va, size;
	uint64_t gpu_va; /* where the GPU has va: va, except for registered memory */
	uint32_t node, flags_bits;
	uint64_t registered_mask, mapped_mask; /* nodes, as the program asked for them */
	void *user_data;
	bool is_user; /* registered, not allocated */
};

void vt_memory_init(struct vt_memory_table *t);

/* Ends all registrations (the pages become private again) and frees the table. Sends nothing. */
void vt_memory_fini(struct vt_memory_table *t);

/* Ends all registrations without a message: the pages become private again. */
void vt_memory_end_registrations(struct vt_memory_table *t);

/* Allocates memory, zero. align: 0, or a power of two. fixed_va: 0, or where it must be. Blocks.
 * Returns 0 and *ret_va, -ENOMEM, or the call's error. */
int vt_memory_alloc(struct vt_session *s, uint32_t node, uint64_t size, uint64_t align,
		    uint32_t flags_bits, uint64_t fixed_va, uint64_t *ret_va);

/* Frees what was allocated at va; its pages go back to the system, though the renderer may not hear
 * of it until later. Returns 0 or -ESRCH. */
int vt_memory_free(struct vt_session *s, uint64_t va);

/* Makes memory that was allocated at va, or registered from va on, or a piece of scratch,
 * accessible to the nodes of the mask, and inaccessible to the others. Returns 0, -ESRCH, -EINVAL:
 * not that large, or the call's error. */
int vt_memory_map(struct vt_session *s, uint64_t va, uint64_t size, uint64_t nodes_mask,
		  uint32_t map_flags_bits);

/* Undoes map. Returns 0, -ESRCH, or the call's error. */
int vt_memory_unmap(struct vt_session *s, uint64_t va);

/* Registers the program's own memory; with nodes_mask, for these nodes only. Memory inside an
 * allocation is counted as registered, no more. Blocks while it copies. Returns 0, -EEXIST:
 * registered before with other nodes or another size, or as vt_userptr_acquire() and the call. */
int vt_memory_register(struct vt_session *s, uint64_t va, uint64_t size, uint32_t flags_bits,
		       uint64_t nodes_mask);

/* Ends one registration that began at va. Returns 0 or -ESRCH. */
int vt_memory_deregister(struct vt_session *s, uint64_t va);

/* What va lies in. Returns 0 or -ESRCH. */
int vt_memory_query(struct vt_session *s, uint64_t va, struct vt_mem_info *ret);

/* A file for [va, va + size), the caller's to close, and where in it va is. Blocks. Returns 0,
 * -EINVAL: not inside one allocation, or the call's error. */
int vt_memory_export(struct vt_session *s, uint64_t va, uint64_t size, int *ret_fd,
		     uint64_t *ret_offset);

/* What a GPU's memory has room for. Blocks. Returns 0 or the call's error. */
int vt_memory_available(struct vt_session *s, uint32_t node, uint64_t *ret_bytes);

/* Keeps a pointer of the program's for what begins at va. Returns 0 or -ESRCH. */
int vt_memory_set_user_data(struct vt_session *s, uint64_t va, void *user_data);

/* To be called around fork; see userptr.h. */
void vt_memory_fork_prepare(void);
void vt_memory_fork_parent(void);
void vt_memory_fork_child(void);

#endif
