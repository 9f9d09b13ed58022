/*
 * host-renderer/object/slab.h - large pieces of provider memory, out of which small allocations are
 * cut.
 *
 * Mapping memory in a client is slow, most of all in a virtual machine, so one file serves many
 * allocations. A slab has one node and one set of flags. It is mapped to its GPUs once and lives as
 * long as the context; its parts are recycled, and cleared before they are handed out again: those
 * of their pages, that is, which the file says that it has. One thread.
 */
#ifndef VT_OBJECT_SLAB_H
#define VT_OBJECT_SLAB_H

#include "host-renderer/object/ctx.h"

#define VT_SLAB_BYTES    (16ull << 20)
#define VT_SLAB_MAX_PART (2ull << 20) /* larger allocations are made alone */

struct vt_slab {
	struct vt_slab *next;
	uint64_t va, size;
	uint32_t node, flags;
	uint64_t mapped_mask; /* nodes */
	uint64_t clean_from;  /* offset from which on nothing was ever handed out */
	struct vt_extents free;
	struct vt_blob blob;
	int fd;      /* until the client has it, then -1 */
	int data_fd; /* of the same file, kept; -1: none */
};

/*
 * Cuts `size` bytes, zero, out of a slab for this node and these flags, making one if need be.
 * Returns 0 with the slab and the address, -ENOSPC or -ENOMEM, or the provider's error.
 */
int vt_slab_take(struct vt_ctx *ctx, uint32_t node, uint32_t flags, uint64_t size, uint64_t align,
		 struct vt_slab **ret, uint64_t *ret_va);

/* Gives a part back, as a whole. */
void vt_slab_give(struct vt_slab *slab, uint64_t va, uint64_t size);

/* Frees all slabs. No part of one is in use any more. */
void vt_slab_fini(struct vt_ctx *ctx);

#endif
