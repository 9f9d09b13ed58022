/* Slabs. Invariant: bytes of a slab at or above clean_from are as the provider gave them, which is
 * zero. */
#include "host-renderer/object/slab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/object/memory.h"

/* Slabs may hold this much more than the client's limit, so that a few half-empty ones do not lock
 * it out. */
#define SLACK (256ull << 20)

static int make_slab(struct vt_ctx *ctx, uint32_t node, uint32_t flags, struct vt_slab **ret)
{
	struct vt_slab *slab;
	struct vt_export out;
	uint64_t limit = ctx->limits.memory_bytes;
	int err;

	if (limit && ctx->slab_bytes + VT_SLAB_BYTES > limit + SLACK)
		return -ENOMEM;
	slab = calloc(1, sizeof(*slab));
	if (!slab)
		return -ENOMEM;
	slab->size = VT_SLAB_BYTES;
	slab->node = node;
	slab->flags = flags;
	slab->mapped_mask = vt_memory_home_mask(ctx, node);
	err = vt_window_take(&ctx->window, slab->size, VT_SLAB_MAX_PART, &slab->va);
	if (err)
		goto free_slab;
	err = vt_extents_init(&slab->free, slab->va, slab->size);
	if (err)
		goto give_window;
	err = vt_memory_back(ctx, node, flags, slab->va, slab->size, slab->mapped_mask, &out);
	if (err)
		goto fini_extents; /* vt_memory_back() has given the address back */
	slab->blob = out.blob;
	slab->fd = out.fd;
	slab->data_fd = fcntl(out.fd, F_DUPFD_CLOEXEC, 0);
	slab->next = ctx->slabs;
	ctx->slabs = slab;
	ctx->slab_bytes += slab->size;
	*ret = slab;
	return 0;

give_window:
	vt_window_give(&ctx->window, slab->va, slab->size);
fini_extents:
	vt_extents_fini(&slab->free);
free_slab:
	free(slab);
	return err;
}

/* Clears [at, end) of a slab where its file has data. Pages that nobody has ever written are not
 * there, and stay so. */
static void clear_data(const struct vt_slab *slab, uint64_t at, uint64_t end)
{
	uint64_t first = slab->blob.file_offset;
	off_t data, hole;

	while (at < end) {
		data = lseek(slab->data_fd, (off_t)(first + at), SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			return;
		hole = data < 0 ? -1 : lseek(slab->data_fd, data, SEEK_HOLE);
		if (hole < 0) /* not a file that can tell */
			break;
		if ((uint64_t)data >= first + end)
			return;
		at = (uint64_t)data - first;
		hole = (uint64_t)hole < first + end ? hole : (off_t)(first + end);
		memset(vt_va_ptr(slab->va + at), 0, (uint64_t)hole - first - at);
		at = (uint64_t)hole - first;
	}
	if (at < end)
		memset(vt_va_ptr(slab->va + at), 0, end - at);
}

/* Clears the part of [va, va + size) that was handed out before, and notes that it is handed out
 * now. */
static void clear_part(struct vt_slab *slab, uint64_t va, uint64_t size)
{
	uint64_t at = va - slab->va, end = at + size;

	if (at < slab->clean_from) {
		uint64_t dirty_end = end < slab->clean_from ? end : slab->clean_from;

		clear_data(slab, at, dirty_end);
	}
	if (end > slab->clean_from)
		slab->clean_from = end;
}

int vt_slab_take(struct vt_ctx *ctx, uint32_t node, uint32_t flags, uint64_t size, uint64_t align,
		 struct vt_slab **ret, uint64_t *ret_va)
{
	struct vt_slab *slab;
	uint64_t va;
	int err = -ENOSPC;

	for (slab = ctx->slabs; slab; slab = slab->next) {
		if (slab->node != node || slab->flags != flags)
			continue;
		err = vt_extents_take(&slab->free, size, align, &va);
		if (err != -ENOSPC)
			break;
	}
	if (err == -ENOSPC) {
		err = make_slab(ctx, node, flags, &slab);
		if (!err)
			err = vt_extents_take(&slab->free, size, align, &va);
	}
	if (err)
		return err;
	clear_part(slab, va, size);
	*ret = slab;
	*ret_va = va;
	return 0;
}

void vt_slab_give(struct vt_slab *slab, uint64_t va, uint64_t size)
{
	vt_extents_give(&slab->free, va, size);
}

void vt_slab_fini(struct vt_ctx *ctx)
{
	while (ctx->slabs) {
		struct vt_slab *slab = ctx->slabs;

		ctx->slabs = slab->next;
		ctx->p->UnmapMemoryToGPU(vt_va_ptr(slab->va));
		ctx->p->FreeMemory(vt_va_ptr(slab->va), slab->size);
		vt_window_give(&ctx->window, slab->va, slab->size);
		vt_extents_fini(&slab->free);
		if (slab->fd >= 0)
			close(slab->fd);
		if (slab->data_fd >= 0)
			close(slab->data_fd);
		free(slab);
	}
	ctx->slab_bytes = 0;
}
