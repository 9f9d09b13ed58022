/*
 * host-renderer/object/memory.h - memory that the client allocates or lends.
 *
 * Functions return 0 or -errno with outputs untouched; addresses, sizes and ids come from the
 * client and are checked here. One thread.
 */
#ifndef VT_OBJECT_MEMORY_H
#define VT_OBJECT_MEMORY_H

#include "host-renderer/object/ctx.h"
#include "host-renderer/object/slab.h"

/*
 * Bits of HsaMemFlags that are handed on: those of thunk 5.2, and of later ones ExtendedCoherent
 * (20) and Contiguous (22). NoAddress, OnlyAddress and GTTAccess mean memory that is not where its
 * address is. Hints of thunk 7 to other systems are accepted, and kept from providers, for which
 * the bits are reserved: ExecuteBlit (23), QueueObject (24).
 */
#define VT_MEMORY_FLAGS 0x0053ffffu
#define VT_MEMORY_HINTS 0x01800000u

struct vt_memory {
	uint64_t id, va, size;
	uint32_t kind; /* VT_KIND_MEMORY or VT_KIND_USER */
	uint32_t node, flags;
	uint64_t mapped_mask;    /* of memory that is alone */
	struct vt_slab *slab;    /* NULL: alone */
	struct vt_ranges mapped; /* of scratch: the pieces that are mapped */
};

/* MEM_ALLOC. ret_fd is the file of rep->blob if that is new, the caller's to close, else -1. */
int vt_memory_alloc(struct vt_ctx *ctx, const struct vt_mem_alloc_req *req,
		    struct vt_mem_alloc_rep *rep, int *ret_fd);

/* MEM_FREE. */
int vt_memory_free(struct vt_ctx *ctx, uint64_t mem_id);

/* MEM_MAP, MEM_UNMAP. */
int vt_memory_map(struct vt_ctx *ctx, const struct vt_mem_map_req *req, uint64_t *ret_mask);
int vt_memory_unmap(struct vt_ctx *ctx, const struct vt_mem_unmap_req *req);

/* MEM_EXPORT. *ret_fd is the caller's to close. */
int vt_memory_export_part(struct vt_ctx *ctx, const struct vt_mem_export_req *req, int *ret_fd,
			  uint64_t *ret_offset);

/* MEM_AVAILABLE: what the provider says, or computes from its sizes, and the limit allows. */
int vt_memory_available(struct vt_ctx *ctx, uint32_t node, uint64_t *ret_bytes);

/* USER_REGISTER; fd stays the caller's. */
int vt_memory_register(struct vt_ctx *ctx, const struct vt_user_register_req *req, int fd,
		       struct vt_user_register_rep *rep);

/* USER_DEREGISTER. */
int vt_memory_deregister(struct vt_ctx *ctx, uint64_t mem_id);

/* Ends all memory and all slabs. */
void vt_memory_fini(struct vt_ctx *ctx);

/*
 * Maps [va, va + size) to the nodes of mask beside those where it is mapped already; *ret_gpu_va,
 * unless NULL, is where they have it, which is va for all but registered memory. Returns 0 or the
 * provider's error. For slab.c, user.c and memory.c.
 */
int vt_memory_map_nodes(const struct vt_ctx *ctx, uint64_t va, uint64_t size, uint64_t mask,
			uint32_t map_flags, uint64_t *ret_gpu_va);

/*
 * Allocates at va, which is taken from the window, maps to GPUs and gives a file. On failure the
 * window has the address back. fd is -1 if the flags say that the CPU has no access. For slab.c and
 * memory.c.
 */
int vt_memory_back(struct vt_ctx *ctx, uint32_t node, uint32_t flags, uint64_t va, uint64_t size,
		   uint64_t mask, struct vt_export *ret);

/* A sealed file for [va, va + size) of provider memory, with a new blob id. For page.c, too. */
int vt_memory_export(struct vt_ctx *ctx, uint64_t va, uint64_t size, struct vt_export *ret);

/* The nodes to which memory of this node is mapped from the start. */
uint64_t vt_memory_home_mask(const struct vt_ctx *ctx, uint32_t node);

#endif
