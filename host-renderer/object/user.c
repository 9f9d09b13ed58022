/*
 * Memory that the client lends: pages that it has replaced by a file.
 *
 * The file is hostile until checked: a memfd that cannot shrink, writable, long enough. It is
 * mapped where the client has it, and nowhere else: if something of ours is there already, the
 * client is told so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-renderer/object/memory.h"
#include "proto/base/check.h"

#define PAGE       4096ull
#define LOWEST_VA  65536ull
#define HIGHEST_VA (1ull << 47)

static int check_file(int fd, uint64_t offset, uint64_t size)
{
	struct stat st;
	int mode = fcntl(fd, F_GETFL), seals = fcntl(fd, F_GET_SEALS);

	if (mode < 0 || (mode & O_ACCMODE) != O_RDWR || mode & O_PATH)
		return -EINVAL;
	if (seals < 0 || !(seals & F_SEAL_SHRINK))
		return -EINVAL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return -EINVAL;
	return vt_range_inside(offset, size, 0, (uint64_t)st.st_size) ? 0 : -EINVAL;
}

static int check_range(const struct vt_ctx *ctx, const struct vt_user_register_req *req)
{
	if (!req->size || req->size % PAGE || req->base_va % PAGE || req->file_offset % PAGE)
		return -EINVAL;
	if (req->flags_bits & ~VT_MEMORY_FLAGS)
		return -EOPNOTSUPP;
	if (!vt_range_inside(req->base_va, req->size, LOWEST_VA, HIGHEST_VA - LOWEST_VA))
		return -EINVAL;
	if (vt_range_meets(req->base_va, req->size, ctx->window.base, ctx->window.size))
		return -EINVAL;
	return 0;
}

static int map_file(const struct vt_user_register_req *req, int fd)
{
	void *want = vt_va_ptr(req->base_va), *got;

	got = mmap(want, req->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, fd,
		   (off_t)req->file_offset);
	if (got == MAP_FAILED)
		return -errno;
	if (got != want) { /* a kernel before 4.17 takes the address for a hint */
		munmap(got, req->size);
		return -EEXIST;
	}
	return 0;
}

static int give_to_gpu(struct vt_ctx *ctx, const struct vt_user_register_req *req,
		       uint64_t *ret_gpu_va)
{
	HsaMemFlags flags = {.Value = req->flags_bits};
	void *at = vt_va_ptr(req->base_va);
	int err = vt_err_from_status(ctx->p->RegisterMemoryWithFlags(at, req->size, flags));

	if (err)
		return err;
	err = vt_memory_map_nodes(ctx, req->base_va, req->size, ctx->gpu_mask, 0, ret_gpu_va);
	if (err)
		ctx->p->DeregisterMemory(at);
	return err;
}

static void take_from_gpu(struct vt_ctx *ctx, uint64_t va)
{
	ctx->p->UnmapMemoryToGPU(vt_va_ptr(va));
	ctx->p->DeregisterMemory(vt_va_ptr(va));
}

static int enter(struct vt_ctx *ctx, const struct vt_user_register_req *req, uint64_t *ret_id)
{
	struct vt_memory *m = calloc(1, sizeof(*m));
	int err;

	if (!m)
		return -ENOMEM;
	*m = (struct vt_memory){.va = req->base_va,
				.size = req->size,
				.kind = VT_KIND_USER,
				.mapped_mask = ctx->gpu_mask};
	err = vt_ranges_add(&ctx->ranges, m->va, m->size, m);
	if (err)
		goto free_object;
	err = vt_idtable_add(&ctx->ids, m, m->kind, &m->id);
	if (err)
		goto remove_range;
	ctx->num_memory++;
	*ret_id = m->id;
	return 0;

remove_range:
	vt_ranges_remove(&ctx->ranges, m->va);
free_object:
	free(m);
	return err;
}

int vt_memory_register(struct vt_ctx *ctx, const struct vt_user_register_req *req, int fd,
		       struct vt_user_register_rep *rep)
{
	uint64_t id, gpu_va = 0;
	int err = check_range(ctx, req);

	if (!err)
		err = check_file(fd, req->file_offset, req->size);
	if (!err && ctx->num_memory >= ctx->limits.objects)
		err = -ENOSPC;
	if (!err)
		err = map_file(req, fd);
	if (err)
		return err;
	err = give_to_gpu(ctx, req, &gpu_va);
	if (err)
		goto unmap_file;
	err = enter(ctx, req, &id);
	if (err)
		goto take_back;
	rep->mem_id = id;
	rep->mapped_nodes_mask = ctx->gpu_mask;
	rep->gpu_va = gpu_va;
	return 0;

take_back:
	take_from_gpu(ctx, req->base_va);
unmap_file:
	munmap(vt_va_ptr(req->base_va), req->size);
	return err;
}

int vt_memory_deregister(struct vt_ctx *ctx, uint64_t mem_id)
{
	struct vt_memory *m = vt_idtable_take(&ctx->ids, mem_id, VT_KIND_USER);

	if (!m)
		return -ESRCH;
	vt_ranges_remove(&ctx->ranges, m->va);
	take_from_gpu(ctx, m->va);
	munmap(vt_va_ptr(m->va), m->size);
	ctx->num_memory--;
	free(m);
	return 0;
}
