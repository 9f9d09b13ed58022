/* A libvirglrenderer for tests. */
#include "tests/support/fake_virgl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host-renderer/transport/virgl/exports.h"

EXPORT extern struct fake_virgl fake_virgl;
struct fake_virgl fake_virgl;

static const struct vt_virgl_callbacks *callbacks;
static void *cookie;

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *fmt, ...)
{
	size_t len = strlen(fake_virgl.log);
	va_list args;

	va_start(args, fmt);
	vsnprintf(fake_virgl.log + len, sizeof(fake_virgl.log) - len, fmt, args);
	va_end(args);
}

static bool has(uint32_t ctx_id)
{
	return ctx_id < 32 && fake_virgl.contexts >> ctx_id & 1;
}

EXPORT int virgl_renderer_init(void *user, int flags, struct vt_virgl_callbacks *cbs)
{
	note("init %#x;", (unsigned)flags);
	if (fake_virgl.broken || flags & fake_virgl.refuses)
		return -1;
	cookie = user;
	callbacks = cbs;
	return 0;
}

EXPORT void virgl_renderer_cleanup(void *user)
{
	note("cleanup %d;", user == cookie);
	fake_virgl.contexts = 0;
}

EXPORT void virgl_renderer_reset(void)
{
	note("reset;");
	fake_virgl.contexts = 0;
}

EXPORT void virgl_renderer_poll(void)
{
	note("poll;");
}

EXPORT void virgl_renderer_force_ctx_0(void)
{
	note("force;");
}

EXPORT void virgl_renderer_get_cap_set(uint32_t set, uint32_t *max_ver, uint32_t *max_size)
{
	*max_ver = set == 2 ? 2 : set == 1;
	*max_size = set == 1 ? 308 : set == 2 ? 1000 : 0;
	if (!fake_virgl.no_capsets && set == 4)
		*max_size = FAKE_VIRGL_VENUS_BYTES;
	if (!fake_virgl.no_capsets && set == 6)
		*max_size = FAKE_VIRGL_DRM_BYTES;
}

EXPORT void virgl_renderer_fill_caps(uint32_t set, uint32_t version, void *caps)
{
	uint32_t max_ver, size;

	note("fill_caps %u %u;", set, version);
	virgl_renderer_get_cap_set(set, &max_ver, &size);
	memset(caps, 0xa0 + (int)set, size);
}

EXPORT int virgl_renderer_context_create_with_flags(uint32_t ctx_id, uint32_t flags, uint32_t nlen,
						    const char *name)
{
	note("context %u %#x %.*s;", ctx_id, flags, (int)nlen, name);
	if (ctx_id >= 32)
		return EINVAL;
	fake_virgl.contexts |= 1u << ctx_id;
	return 0;
}

/* By way of another public function, as the real library does. */
EXPORT int virgl_renderer_context_create(uint32_t ctx_id, uint32_t nlen, const char *name)
{
	return virgl_renderer_context_create_with_flags(ctx_id, 2, nlen, name);
}

EXPORT void virgl_renderer_context_destroy(uint32_t ctx_id)
{
	note("destroy %u;", ctx_id);
	if (has(ctx_id))
		fake_virgl.contexts &= ~(1u << ctx_id);
}

EXPORT int virgl_renderer_submit_cmd(void *buffer, int ctx_id, int ndw)
{
	(void)buffer;
	note("submit %d %d;", ctx_id, ndw);
	return has((uint32_t)ctx_id) ? 0 : EINVAL;
}

EXPORT void virgl_renderer_ctx_attach_resource(int ctx_id, int res_handle)
{
	note("attach %d %d;", ctx_id, res_handle);
}

EXPORT void virgl_renderer_ctx_detach_resource(int ctx_id, int res_handle)
{
	note("detach %d %d;", ctx_id, res_handle);
}

/* Both kinds are over at once. */
EXPORT int virgl_renderer_create_fence(int fence_id, uint32_t ctx_id)
{
	note("fence %d %u;", fence_id, ctx_id);
	if (fake_virgl.no_fences)
		return EINVAL;
	callbacks->write_fence(cookie, (uint32_t)fence_id);
	return 0;
}

EXPORT int virgl_renderer_context_create_fence(uint32_t ctx_id, uint32_t flags, uint32_t ring,
					       uint64_t fence_id)
{
	note("context_fence %u %u %u %llu;", ctx_id, flags, ring, (unsigned long long)fence_id);
	if (fake_virgl.no_fences || !has(ctx_id))
		return -EINVAL;
	callbacks->write_context_fence(cookie, ctx_id, ring, fence_id);
	return 0;
}

EXPORT int virgl_renderer_resource_create(void *args, struct iovec *iov, uint32_t n)
{
	(void)args;
	(void)iov;
	note("resource %u;", n);
	return 0;
}

EXPORT int virgl_renderer_resource_create_blob(const struct vt_virgl_blob_args *args)
{
	note("blob %u %u %u %u %llu %llu %u;", args->res_handle, args->ctx_id, args->blob_mem,
	     args->blob_flags, (unsigned long long)args->blob_id, (unsigned long long)args->size,
	     args->num_iovs);
	return args->ctx_id && !has(args->ctx_id) ? -EINVAL : 0;
}

EXPORT void virgl_renderer_resource_unref(uint32_t res_handle)
{
	note("unref %u;", res_handle);
}

EXPORT int virgl_renderer_resource_attach_iov(int res_handle, struct iovec *iov, int num_iovs)
{
	(void)iov;
	note("attach_iov %d %d;", res_handle, num_iovs);
	return 0;
}

EXPORT void virgl_renderer_resource_detach_iov(int res_handle, struct iovec **iov, int *num_iovs)
{
	note("detach_iov %d %d;", res_handle, iov && num_iovs);
}

EXPORT int virgl_renderer_resource_map(uint32_t res_handle, void **map, uint64_t *size)
{
	note("map %u;", res_handle);
	*map = NULL;
	*size = 0;
	return -EINVAL;
}

EXPORT int virgl_renderer_resource_unmap(uint32_t res_handle)
{
	note("unmap %u;", res_handle);
	return 0;
}

EXPORT int virgl_renderer_resource_get_map_info(uint32_t res_handle, uint32_t *map_info)
{
	note("map_info %u;", res_handle);
	*map_info = 3;
	return 0;
}

EXPORT int virgl_renderer_resource_get_info(int res_handle, struct vt_virgl_info *info)
{
	note("info %d;", res_handle);
	info->fd = 77;
	return 0;
}

EXPORT int virgl_renderer_transfer_write_iov(uint32_t res, uint32_t ctx, int level, uint32_t stride,
					     uint32_t layer, void *box, uint64_t offset,
					     struct iovec *iov, unsigned int n)
{
	(void)box;
	(void)iov;
	note("transfer %u %u %d %u %u %llu %u;", res, ctx, level, stride, layer,
	     (unsigned long long)offset, n);
	return 0;
}
