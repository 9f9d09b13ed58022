/* Resources: the blobs of our contexts, and the guest blobs, by number. */
#include "host-renderer/transport/virgl/resource.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host-renderer/transport/virgl/device.h"
#include "host-renderer/transport/virgl/exports.h"
#include "host-renderer/transport/virgl/real.h"

struct resource {
	uint32_t id;
	int fd; /* of a blob of a context of ours; -1: a guest blob */
	uint64_t offset, size;
	void *map;               /* for the monitor, or NULL */
	const struct iovec *iov; /* of a guest blob: the monitor's */
	int num_iovs;
	bool handed_on; /* the real library has it, too */
};

static void *resources; /* of tsearch(); guarded by the device's lock */

static int by_id(const void *a, const void *b)
{
	const struct resource *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct resource *find_locked(uint32_t id)
{
	const struct resource key = {.id = id};
	struct resource *const *node = tfind(&key, &resources, by_id);

	return node ? *node : NULL;
}

/* As find_locked(), but only for a blob that is ours alone. */
static struct resource *find_ours_locked(uint32_t id)
{
	struct resource *res = find_locked(id);

	return res && !res->handed_on ? res : NULL;
}

static int add_locked(const struct resource *what)
{
	struct resource *res = malloc(sizeof(*res));

	if (!res)
		return -ENOMEM;
	*res = *what;
	if (tsearch(res, &resources, by_id))
		return 0;
	free(res);
	return -ENOMEM;
}

/* A monitor that still has it mapped for the guest must not fall into a hole. */
static void leave_zeroes(const struct resource *res)
{
	if (res->map &&
	    mmap(res->map, res->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		munmap(res->map, res->size);
}

static void release(void *resource)
{
	struct resource *res = resource;

	leave_zeroes(res);
	if (res->fd >= 0)
		close(res->fd);
	free(res);
}

void vt_virgl_resources_clear_locked(void)
{
	tdestroy(resources, release);
	resources = NULL;
}

/* --- Made and freed --- */

static int create_ours(const struct vt_virgl_blob_args *args)
{
	struct resource res = {.id = args->res_handle, .fd = -1, .size = args->size};
	struct vt_bridge *bridge;
	int err;

	if (!args->res_handle || args->blob_mem != VT_VIRGL_MEM_HOST3D || args->num_iovs)
		return -EINVAL;
	vt_virgl_lock();
	bridge = vt_virgl_bridge_locked(args->ctx_id);
	err = !bridge || find_locked(res.id) ? -EINVAL : 0;
	if (!err)
		err = vt_bridge_blob(bridge, args->ctx_id, args->blob_id, args->size, &res.fd,
				     &res.offset);
	if (!err) {
		err = add_locked(&res);
		if (err)
			close(res.fd);
	}
	vt_virgl_unlock();
	return err;
}

static int create_guest(const struct vt_virgl_blob_args *args)
{
	struct resource res = {.id = args->res_handle,
			       .fd = -1,
			       .size = args->size,
			       .iov = args->iov,
			       .num_iovs = (int)args->num_iovs,
			       .handed_on = vt_virgl_up()};
	int err;

	if (!res.id || !res.size)
		return -EINVAL;
	vt_virgl_lock();
	err = find_locked(res.id) ? -EINVAL : add_locked(&res);
	vt_virgl_unlock();
	if (!err && res.handed_on) {
		err = VT_VIRGL_REAL(-ENOSYS, virgl_renderer_resource_create_blob, args);
		if (err)
			virgl_renderer_resource_unref(res.id);
	}
	return err;
}

EXPORT int virgl_renderer_resource_create_blob(const struct vt_virgl_blob_args *args)
{
	if (args->blob_mem == VT_VIRGL_MEM_GUEST)
		return create_guest(args);
	if (vt_virgl_is_ours(args->ctx_id))
		return create_ours(args);
	return VT_VIRGL_REAL(-EINVAL, virgl_renderer_resource_create_blob, args);
}

EXPORT void virgl_renderer_resource_unref(uint32_t res_handle)
{
	struct resource *res;
	bool theirs;

	vt_virgl_lock();
	res = find_locked(res_handle);
	theirs = !res || res->handed_on;
	if (res) {
		tdelete(res, &resources, by_id);
		release(res);
	}
	vt_virgl_unlock();
	if (theirs)
		VT_VIRGL_REAL((void)0, virgl_renderer_resource_unref, res_handle);
}

/* --- The guest's pages --- */

EXPORT int virgl_renderer_resource_attach_iov(int res_handle, struct iovec *iov, int num_iovs)
{
	struct resource *res;
	bool theirs, wrong;
	int err;

	vt_virgl_lock();
	res = find_locked((uint32_t)res_handle);
	theirs = !res || res->handed_on;
	wrong = res && (res->fd >= 0 || res->iov);
	vt_virgl_unlock();
	if (wrong)
		return -EINVAL;
	err = theirs ? VT_VIRGL_REAL(-EINVAL, virgl_renderer_resource_attach_iov, res_handle, iov,
				     num_iovs)
		     : 0;
	if (err)
		return err;
	vt_virgl_lock();
	res = find_locked((uint32_t)res_handle);
	if (res) {
		res->iov = iov;
		res->num_iovs = num_iovs;
	}
	vt_virgl_unlock();
	return 0;
}

/* Not declared const in the library's ABI, although the pages come in as const. */
static struct iovec *not_const(const struct iovec *iov)
{
	union {
		const struct iovec *in;
		struct iovec *out;
	} u = {.in = iov};

	return u.out;
}

EXPORT void virgl_renderer_resource_detach_iov(int res_handle, struct iovec **iov, int *num_iovs)
{
	struct resource *res;
	bool theirs;

	vt_virgl_lock();
	res = find_locked((uint32_t)res_handle);
	theirs = !res || res->handed_on;
	if (res) {
		if (iov)
			*iov = not_const(res->iov);
		if (num_iovs)
			*num_iovs = res->num_iovs;
		res->iov = NULL;
		res->num_iovs = 0;
	}
	vt_virgl_unlock();
	if (theirs)
		VT_VIRGL_REAL((void)0, virgl_renderer_resource_detach_iov, res_handle, iov,
			      num_iovs);
}

/* --- Contexts: ours reach all they may by names of their own --- */

static bool concerns_us(int ctx_id, int res_handle)
{
	bool ours;

	vt_virgl_lock();
	ours = vt_virgl_bridge_locked((uint32_t)ctx_id) || find_ours_locked((uint32_t)res_handle);
	vt_virgl_unlock();
	return ours;
}

EXPORT void virgl_renderer_ctx_attach_resource(int ctx_id, int res_handle)
{
	if (!concerns_us(ctx_id, res_handle))
		VT_VIRGL_REAL((void)0, virgl_renderer_ctx_attach_resource, ctx_id, res_handle);
}

EXPORT void virgl_renderer_ctx_detach_resource(int ctx_id, int res_handle)
{
	if (!concerns_us(ctx_id, res_handle))
		VT_VIRGL_REAL((void)0, virgl_renderer_ctx_detach_resource, ctx_id, res_handle);
}

/* --- Mapped by the monitor --- */

/* Maps the first bytes of it at addr (MAP_FIXED among flags) or anywhere. Returns 0 or -errno. */
static int map_locked(const struct resource *res, void *addr, uint64_t size, int prot, int flags,
		      void **ret)
{
	void *at;

	if (res->fd < 0 || size > res->size)
		return -EINVAL;
	at = mmap(addr, size, prot, flags, res->fd, (off_t)res->offset);
	if (at == MAP_FAILED)
		return -errno;
	*ret = at;
	return 0;
}

EXPORT int virgl_renderer_resource_map(uint32_t res_handle, void **map, uint64_t *size)
{
	struct resource *res;
	int err = -EINVAL;

	vt_virgl_lock();
	res = find_ours_locked(res_handle);
	if (res && !res->map)
		err =
		    map_locked(res, NULL, res->size, PROT_READ | PROT_WRITE, MAP_SHARED, &res->map);
	if (!err) {
		*map = res->map;
		*size = res->size;
	}
	vt_virgl_unlock();
	return res ? err
		   : VT_VIRGL_REAL(-EINVAL, virgl_renderer_resource_map, res_handle, map, size);
}

EXPORT int virgl_renderer_resource_map_fixed(uint32_t res_handle, void *addr)
{
	struct resource *res;
	int err = -EINVAL;

	vt_virgl_lock();
	res = find_ours_locked(res_handle);
	if (res)
		err = map_locked(res, addr, res->size, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_FIXED, &addr);
	vt_virgl_unlock();
	return res ? err
		   : VT_VIRGL_REAL(-EOPNOTSUPP, virgl_renderer_resource_map_fixed, res_handle,
				   addr);
}

EXPORT int virgl_renderer_resource_map2(uint32_t res_handle, void *addr, uint64_t size, int prot,
					int flags)
{
	struct resource *res;
	int err = -EINVAL;

	vt_virgl_lock();
	res = find_ours_locked(res_handle);
	if (res && flags & MAP_FIXED)
		err = map_locked(res, addr, size, prot, flags, &addr);
	vt_virgl_unlock();
	return res ? err
		   : VT_VIRGL_REAL(-EOPNOTSUPP, virgl_renderer_resource_map2, res_handle, addr,
				   size, prot, flags);
}

EXPORT int virgl_renderer_resource_unmap(uint32_t res_handle)
{
	struct resource *res;
	int err = -EINVAL;

	vt_virgl_lock();
	res = find_ours_locked(res_handle);
	if (res && res->map) {
		err = munmap(res->map, res->size) < 0 ? -errno : 0;
		res->map = NULL;
	}
	vt_virgl_unlock();
	return res ? err : VT_VIRGL_REAL(-EINVAL, virgl_renderer_resource_unmap, res_handle);
}

/* --- Told about --- */

EXPORT int virgl_renderer_resource_get_map_info(uint32_t res_handle, uint32_t *map_info)
{
	bool ours;

	vt_virgl_lock();
	ours = find_ours_locked(res_handle);
	vt_virgl_unlock();
	if (!ours)
		return VT_VIRGL_REAL(-EINVAL, virgl_renderer_resource_get_map_info, res_handle,
				     map_info);
	*map_info = VT_VIRGL_MAP_CACHED;
	return 0;
}

EXPORT int virgl_renderer_resource_get_info(int res_handle, struct vt_virgl_info *info)
{
	bool ours;

	vt_virgl_lock();
	ours = find_ours_locked((uint32_t)res_handle);
	vt_virgl_unlock();
	if (!ours)
		return VT_VIRGL_REAL(EINVAL, virgl_renderer_resource_get_info, res_handle, info);
	*info = (struct vt_virgl_info){.handle = (uint32_t)res_handle, .fd = -1};
	return 0;
}

/* Whoever gets the file maps it from its start. */
EXPORT int virgl_renderer_resource_export_blob(uint32_t res_handle, uint32_t *fd_type, int *fd)
{
	struct resource *res;
	int copy = -EINVAL;

	vt_virgl_lock();
	res = find_ours_locked(res_handle);
	if (res && res->fd >= 0 && !res->offset) {
		copy = fcntl(res->fd, F_DUPFD_CLOEXEC, 0);
		copy = copy < 0 ? -errno : copy;
	}
	vt_virgl_unlock();
	if (!res)
		return VT_VIRGL_REAL(-EINVAL, virgl_renderer_resource_export_blob, res_handle,
				     fd_type, fd);
	if (copy < 0)
		return copy;
	*fd_type = VT_VIRGL_FD_SHM;
	*fd = copy;
	return 0;
}
