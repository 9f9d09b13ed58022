/*
 * Memory that the client allocates.
 *
 * Small allocations with host access are parts of slabs. Large ones, and memory that the CPU cannot
 * reach (which we could not clear), are allocations of their own. Scratch is a reservation of
 * addresses, mapped piece by piece. Invariant: every object is in ctx->ids and in ctx->ranges.
 */
#include "host-renderer/object/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/base/check.h"
#include "proto/base/log.h"

#define PAGE       4096ull
#define LARGE_PAGE (2ull << 20)
#define MAX_ALIGN  (1ull << 30)

static HsaMemFlags flags_of(uint32_t bits)
{
	HsaMemFlags flags = {.Value = bits};

	return flags;
}

/* What tells one slab from another, and what the provider is asked for. */
static uint32_t class_of(uint32_t bits)
{
	HsaMemFlags flags = flags_of(bits & ~VT_MEMORY_HINTS);

	flags.ui32.FixedAddress = 1;
	return flags.Value;
}

uint64_t vt_memory_home_mask(const struct vt_ctx *ctx, uint32_t node)
{
	uint64_t own = 1ull << node;

	return ctx->gpu_mask & own ? own : ctx->gpu_mask;
}

int vt_memory_map_nodes(const struct vt_ctx *ctx, uint64_t va, uint64_t size, uint64_t mask,
			uint32_t map_flags, uint64_t *ret_gpu_va)
{
	uint32_t nodes[VT_MAX_NODES];
	HsaMemMapFlags flags = {.Value = map_flags};
	HSAuint64 alternate = 0, n = 0;
	int err = 0;

	for (uint32_t node = 0; node < VT_MAX_NODES; node++)
		if (mask >> node & 1)
			nodes[n++] = node;
	if (n)
		err = vt_err_from_status(
		    ctx->p->MapMemoryToGPUNodes(vt_va_ptr(va), size, &alternate, flags, n, nodes));
	if (!err && ret_gpu_va)
		*ret_gpu_va = alternate ? alternate : va;
	return err;
}

/* Keeps the client from shrinking the file under our mapping. Files that cannot shrink have no
 * seals. */
static void seal(const struct vt_ctx *ctx, int fd)
{
	static bool said;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || seals & F_SEAL_SHRINK)
		return;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0 || said)
		return;
	said = true;
	vt_log(VT_LOG_WARN, ctx->id,
	       "the provider's memory cannot be sealed: a client can stop its own worker");
}

static int make_file(struct vt_ctx *ctx, uint64_t va, uint64_t size, int *ret_fd,
		     uint64_t *ret_offset)
{
	HSAuint64 offset = 0;
	int fd = -1,
	    err = vt_err_from_status(ctx->p->ExportDMABufHandle(vt_va_ptr(va), size, &fd, &offset));

	if (err)
		return err;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	seal(ctx, fd);
	ctx->blobs_exported++;
	*ret_fd = fd;
	*ret_offset = offset;
	return 0;
}

int vt_memory_export(struct vt_ctx *ctx, uint64_t va, uint64_t size, struct vt_export *ret)
{
	uint64_t offset;
	int fd, err = make_file(ctx, va, size, &fd, &offset);

	if (err)
		return err;
	*ret = (struct vt_export){
	    .blob = {.blob_id = ++ctx->next_blob_id,
		     .base_va = va,
		     .size = size,
		     .file_offset = offset,
		     .is_new = true},
	    .fd = fd,
	};
	return 0;
}

int vt_memory_back(struct vt_ctx *ctx, uint32_t node, uint32_t flags, uint64_t va, uint64_t size,
		   uint64_t mask, struct vt_export *ret)
{
	struct vt_export out = {.fd = -1};
	void *at = vt_va_ptr(va);
	int err = vt_err_from_status(ctx->p->AllocMemory(node, size, flags_of(flags), &at));

	if (err)
		goto give_window;
	if (at != vt_va_ptr(va)) {
		err = -EIO;
		goto free_memory;
	}
	if (flags_of(flags).ui32.Scratch)
		goto done;
	err = vt_memory_map_nodes(ctx, va, size, mask, 0, NULL);
	if (err)
		goto free_memory;
	if (flags_of(flags).ui32.HostAccess)
		err = vt_memory_export(ctx, va, size, &out);
	if (err)
		goto unmap_gpu;
done:
	*ret = out;
	return 0;

unmap_gpu:
	ctx->p->UnmapMemoryToGPU(at);
free_memory:
	ctx->p->FreeMemory(at, size);
give_window:
	vt_window_give(&ctx->window, va, size);
	return err;
}

int vt_memory_export_part(struct vt_ctx *ctx, const struct vt_mem_export_req *req, int *ret_fd,
			  uint64_t *ret_offset)
{
	const struct vt_memory *m = vt_idtable_find(&ctx->ids, req->mem_id, VT_KIND_MEMORY);

	if (!m)
		return -ENOENT;
	if (!req->size || !vt_range_inside(req->offset, req->size, 0, m->size) ||
	    flags_of(m->flags).ui32.Scratch)
		return -EINVAL;
	if (m->slab)
		return -EOPNOTSUPP;
	return make_file(ctx, m->va + req->offset, req->size, ret_fd, ret_offset);
}

static int check_request(const struct vt_ctx *ctx, const struct vt_mem_alloc_req *req)
{
	HsaMemFlags flags = flags_of(req->flags_bits);

	if (req->node >= ctx->num_nodes)
		return -ENODEV;
	if (req->flags_bits & ~(VT_MEMORY_FLAGS | VT_MEMORY_HINTS) || flags.ui32.GDSMemory)
		return -EOPNOTSUPP;
	if (ctx->num_memory >= ctx->limits.objects)
		return -ENOSPC;
	if (!req->size || req->size % PAGE || req->size > VT_WINDOW_MAX)
		return -EINVAL;
	if (req->align && (!vt_is_pow2(req->align) || req->align > MAX_ALIGN))
		return -EINVAL;
	if ((bool)flags.ui32.FixedAddress != (req->fixed_va != 0) || req->fixed_va % PAGE)
		return -EINVAL;
	if (flags.ui32.Scratch)
		return ctx->gpu_mask >> req->node & 1 ? 0 : -ENODEV;
	if (ctx->limits.memory_bytes && req->size > ctx->limits.memory_bytes - ctx->memory_bytes)
		return -ENOMEM;
	return 0;
}

/* An allocation of its own, at m->va or where there is room. */
static int alloc_alone(struct vt_ctx *ctx, struct vt_memory *m, uint64_t align,
		       struct vt_export *ret)
{
	bool scratch = flags_of(m->flags).ui32.Scratch;
	uint64_t mask = scratch ? 0 : vt_memory_home_mask(ctx, m->node);
	int err = vt_window_take(&ctx->window, m->size, align, &m->va);

	if (err)
		return err;
	err = vt_memory_back(ctx, m->node, m->flags, m->va, m->size, mask, ret);
	if (err)
		return err;
	m->mapped_mask = mask;
	return 0;
}

/* Ends what is behind an object that is in no table any more, or not yet. */
static void release(struct vt_ctx *ctx, struct vt_memory *m)
{
	if (m->slab) {
		vt_slab_give(m->slab, m->va, m->size);
		return;
	}
	if (m->mapped_mask)
		ctx->p->UnmapMemoryToGPU(vt_va_ptr(m->va));
	for (uint32_t i = 0; i < m->mapped.count; i++)
		ctx->p->UnmapMemoryToGPU(vt_va_ptr(m->mapped.range[i].at));
	ctx->p->FreeMemory(vt_va_ptr(m->va), m->size);
	vt_window_give(&ctx->window, m->va, m->size);
}

static int enter(struct vt_ctx *ctx, struct vt_memory *m)
{
	int err = vt_ranges_add(&ctx->ranges, m->va, m->size, m);

	if (err)
		return err;
	err = vt_idtable_add(&ctx->ids, m, m->kind, &m->id);
	if (err)
		vt_ranges_remove(&ctx->ranges, m->va);
	return err;
}

static bool fits_slab(const struct vt_mem_alloc_req *req)
{
	HsaMemFlags flags = flags_of(req->flags_bits);

	return req->size <= VT_SLAB_MAX_PART && req->align <= VT_SLAB_MAX_PART && !req->fixed_va &&
	       flags.ui32.HostAccess && !flags.ui32.Scratch;
}

static int place(struct vt_ctx *ctx, const struct vt_mem_alloc_req *req, struct vt_memory *m,
		 struct vt_export *out)
{
	uint64_t align = req->align;
	int err;

	if (!fits_slab(req)) {
		if (!align)
			align = req->size >= LARGE_PAGE ? LARGE_PAGE : PAGE;
		return alloc_alone(ctx, m, align, out);
	}
	err = vt_slab_take(ctx, m->node, m->flags, m->size, align ? align : PAGE, &m->slab, &m->va);
	if (err)
		return err;
	out->blob = m->slab->blob;
	out->fd = m->slab->fd;
	m->slab->fd = -1;
	m->slab->blob.is_new = false;
	return 0;
}

static void describe(const struct vt_memory *m, const struct vt_export *out,
		     struct vt_mem_alloc_rep *rep)
{
	memset(rep, 0, sizeof(*rep));
	rep->mem_id = m->id;
	rep->va = m->va;
	rep->mapped_nodes_mask = m->slab ? m->slab->mapped_mask : m->mapped_mask;
	rep->blob = out->blob;
	if (!out->blob.blob_id)
		rep->attr_bits = VT_MEM_NO_BLOB;
	else if (!m->slab)
		rep->attr_bits = VT_MEM_OWN_BLOB;
}

int vt_memory_alloc(struct vt_ctx *ctx, const struct vt_mem_alloc_req *req,
		    struct vt_mem_alloc_rep *rep, int *ret_fd)
{
	struct vt_export out = {.fd = -1};
	struct vt_memory *m;
	int err = check_request(ctx, req);

	if (err)
		return err;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	*m = (struct vt_memory){.va = req->fixed_va,
				.size = req->size,
				.kind = VT_KIND_MEMORY,
				.node = req->node,
				.flags = class_of(req->flags_bits)};
	err = place(ctx, req, m, &out);
	if (err)
		goto free_object;
	err = enter(ctx, m);
	if (err)
		goto release_memory;
	ctx->num_memory++;
	if (!flags_of(m->flags).ui32.Scratch)
		ctx->memory_bytes += m->size;
	describe(m, &out, rep);
	*ret_fd = out.fd;
	return 0;

release_memory:
	if (m->slab && out.fd >= 0) { /* the next one that uses the slab brings the file */
		m->slab->fd = out.fd;
		m->slab->blob.is_new = true;
	} else if (out.fd >= 0) {
		close(out.fd);
	}
	release(ctx, m);
free_object:
	free(m);
	return err;
}

static void end_memory(struct vt_ctx *ctx, struct vt_memory *m)
{
	vt_ranges_remove(&ctx->ranges, m->va);
	if (!flags_of(m->flags).ui32.Scratch)
		ctx->memory_bytes -= m->size;
	ctx->num_memory -= 1 + m->mapped.count;
	release(ctx, m);
	vt_ranges_fini(&m->mapped);
	free(m);
}

int vt_memory_free(struct vt_ctx *ctx, uint64_t mem_id)
{
	struct vt_memory *m = vt_idtable_take(&ctx->ids, mem_id, VT_KIND_MEMORY);

	if (!m)
		return -ENOENT;
	end_memory(ctx, m);
	return 0;
}

static struct vt_memory *find_any(const struct vt_ctx *ctx, uint64_t id)
{
	struct vt_memory *m = vt_idtable_find(&ctx->ids, id, VT_KIND_MEMORY);

	return m ? m : vt_idtable_find(&ctx->ids, id, VT_KIND_USER);
}

/* Scratch: each piece is mapped by itself and unmapped by its start. It costs us as much as an
 * object, so it counts as one. */
static int map_piece(struct vt_ctx *ctx, struct vt_memory *m, const struct vt_mem_map_req *req)
{
	uint64_t va = m->va + req->offset;
	int err;

	if (ctx->num_memory >= ctx->limits.objects)
		return -ENOSPC;
	err = vt_ranges_add(&m->mapped, va, req->size, m);
	if (err)
		return err;
	err = vt_memory_map_nodes(ctx, va, req->size, req->nodes_mask, req->map_flags_bits, NULL);
	if (err)
		vt_ranges_remove(&m->mapped, va);
	else
		ctx->num_memory++;
	return err;
}

int vt_memory_map(struct vt_ctx *ctx, const struct vt_mem_map_req *req, uint64_t *ret_mask)
{
	struct vt_memory *m = find_any(ctx, req->mem_id);
	uint64_t *mask, va, size;
	int err;

	if (!m)
		return -ENOENT;
	if (req->offset % PAGE || req->size % PAGE ||
	    !vt_range_inside(req->offset, req->size, 0, m->size))
		return -EINVAL;
	if (!req->nodes_mask || req->nodes_mask & ~ctx->gpu_mask)
		return -ENODEV;
	if (flags_of(m->flags).ui32.Scratch) {
		err = map_piece(ctx, m, req);
		if (!err)
			*ret_mask = 0;
		return err;
	}
	/* A slab is mapped as a whole, or its parts would have to be told apart. */
	mask = m->slab ? &m->slab->mapped_mask : &m->mapped_mask;
	va = m->slab ? m->slab->va : m->va;
	size = m->slab ? m->slab->size : m->size;
	if (req->nodes_mask & ~*mask) {
		err = vt_memory_map_nodes(ctx, va, size, *mask | req->nodes_mask,
					  req->map_flags_bits, NULL);
		if (err)
			return err;
		*mask |= req->nodes_mask;
	}
	*ret_mask = *mask;
	return 0;
}

int vt_memory_unmap(struct vt_ctx *ctx, const struct vt_mem_unmap_req *req)
{
	struct vt_memory *m = find_any(ctx, req->mem_id);
	uint64_t va;

	if (!m)
		return -ENOENT;
	if (!flags_of(m->flags).ui32.Scratch)
		return 0;
	if (!vt_add(m->va, req->offset, &va) || vt_ranges_find(&m->mapped, va, 1) == NULL)
		return -ESRCH;
	for (uint32_t i = 0; i < m->mapped.count; i++) {
		if (m->mapped.range[i].at != va)
			continue;
		vt_ranges_remove(&m->mapped, va);
		ctx->num_memory--;
		return vt_err_from_status(ctx->p->UnmapMemoryToGPU(vt_va_ptr(va)));
	}
	return -ESRCH;
}

void vt_memory_fini(struct vt_ctx *ctx)
{
	uint32_t cursor = 0;
	uint64_t id;
	struct vt_memory *m;

	while ((m = vt_idtable_next(&ctx->ids, VT_KIND_USER, &cursor, &id)))
		vt_memory_deregister(ctx, id);
	cursor = 0;
	while ((m = vt_idtable_next(&ctx->ids, VT_KIND_MEMORY, &cursor, &id)))
		vt_memory_free(ctx, id);
	vt_slab_fini(ctx);
	vt_ranges_fini(&ctx->ranges);
}
