/*
 * guest-thunk/client/memory_table.h - the entries of the memory table, for memory.c and
 * memory_user.c alone.
 */
#ifndef VT_GUEST_CLIENT_MEMORY_TABLE_H
#define VT_GUEST_CLIENT_MEMORY_TABLE_H

#include "guest-thunk/client/memory.h"
#include "guest-thunk/client/userptr.h"
#include "guest-thunk/transport/transport.h"

/* All members but va, size and the ids are guarded by the table's lock. */
struct vt_mem {
	uint64_t va, size;
	uint64_t mem_id;
	uint64_t own_blob_id; /* the blob that holds this memory alone; 0: it shares one */
	uint32_t node, flags_bits;
	uint64_t reachable_mask; /* nodes to which the renderer has mapped it */
	uint64_t mapped_mask;    /* nodes to which the program has */
	void *user_data;
	unsigned registrations; /* counted only */
	bool in_pieces;         /* scratch: mapped piece by piece, by message */
};

struct vt_user_mem {
	uint64_t va, size; /* as the program gave them */
	uint64_t gpu_va;   /* where the GPU has va */
	struct vt_userptr_pin pin;
	uint32_t flags_bits;
	uint64_t registered_mask, mapped_mask;
	void *user_data;
	unsigned registrations;
	struct vt_user_mem *next;
};

/* Makes an allocation that is in no table zero if it is of a kind that is worth keeping; its pages
 * go back to the system where the transport can do that. Returns whether it can be kept. */
bool vt_mem_empty_to_keep(struct vt_transport *t, const struct vt_mem *m);

/* Keeps it. Returns the one that has to go for it, or NULL. */
struct vt_mem *vt_mem_keep_locked(struct vt_memory_table *t, struct vt_mem *m);

/* One that was kept and serves, in no table any more; or NULL. */
struct vt_mem *vt_mem_take_kept_locked(struct vt_memory_table *t, uint32_t node, uint64_t size,
				       uint64_t align, uint32_t flags_bits);

/* Any that was kept, or NULL. */
struct vt_mem *vt_mem_give_kept_locked(struct vt_memory_table *t);

/* The allocation that va lies in, or NULL. */
struct vt_mem *vt_mem_find_locked(const struct vt_memory_table *t, uint64_t va);

/* The registration that va lies in, or that begins at va, here or on the GPU. */
struct vt_user_mem *vt_user_mem_find_locked(const struct vt_memory_table *t, uint64_t va);
struct vt_user_mem *vt_user_mem_find_start_locked(const struct vt_memory_table *t, uint64_t va);

#endif
