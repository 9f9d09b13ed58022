/* How much memory a GPU has left for this context. */
#include <errno.h>

#include "host-renderer/object/memory.h"

static bool is_of_gpu(uint32_t node_of_it, uint32_t flags_bits, uint32_t node)
{
	HsaMemFlags flags = {.Value = flags_bits};

	return node_of_it == node && flags.ui32.NonPaged && !flags.ui32.Scratch;
}

/* The context's own memory on the node. */
static uint64_t held(struct vt_ctx *ctx, uint32_t node)
{
	const struct vt_memory *m;
	uint64_t bytes = 0, id;
	uint32_t cursor = 0;

	while ((m = vt_idtable_next(&ctx->ids, VT_KIND_MEMORY, &cursor, &id)))
		if (is_of_gpu(m->node, m->flags, node))
			bytes += m->size;
	return bytes;
}

/* A thunk before 5.3 cannot tell: what the topology says less what this context holds. */
static int compute(struct vt_ctx *ctx, uint32_t node, uint64_t *ret)
{
	HsaMemoryProperties bank[VT_MAX_BANKS] = {0};
	uint64_t size = 0, used = held(ctx, node);
	HsaNodeProperties props;
	uint32_t n;
	int err = vt_err_from_status(ctx->p->GetNodeProperties(node, &props));

	if (err)
		return err;
	n = props.NumMemoryBanks < VT_MAX_BANKS ? props.NumMemoryBanks : VT_MAX_BANKS;
	err = n ? vt_err_from_status(ctx->p->GetNodeMemoryProperties(node, n, bank)) : 0;
	if (err)
		return err;
	for (uint32_t i = 0; i < n; i++)
		if (bank[i].HeapType == HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC ||
		    bank[i].HeapType == HSA_HEAPTYPE_FRAME_BUFFER_PRIVATE)
			size += bank[i].SizeInBytes;
	*ret = size > used ? size - used : 0;
	return 0;
}

/* What the provider has left, and what slabs hold of it that nobody uses. */
static int ask(struct vt_ctx *ctx, uint32_t node, uint64_t *ret)
{
	HSAuint64 bytes = 0;
	int err = vt_err_from_status(ctx->p->AvailableMemory(node, &bytes));

	if (err)
		return err;
	for (const struct vt_slab *slab = ctx->slabs; slab; slab = slab->next)
		for (uint32_t i = 0; i < slab->free.count; i++)
			if (is_of_gpu(slab->node, slab->flags, node))
				bytes += slab->free.free[i].size;
	*ret = bytes;
	return 0;
}

int vt_memory_available(struct vt_ctx *ctx, uint32_t node, uint64_t *ret_bytes)
{
	uint64_t bytes, limit = ctx->limits.memory_bytes, left;
	int err;

	if (node >= ctx->num_nodes)
		return -ENODEV;
	if (!(ctx->gpu_mask >> node & 1))
		return -EIO; /* as AMD's, for which only GPUs have memory of their own */
	err = ctx->p->AvailableMemory ? ask(ctx, node, &bytes) : compute(ctx, node, &bytes);
	if (err)
		return err;
	left = limit > ctx->memory_bytes ? limit - ctx->memory_bytes : 0;
	*ret_bytes = limit && left < bytes ? left : bytes;
	return 0;
}
