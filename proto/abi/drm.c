/* libdrm's functions: ours for our devices, the real library's for all others. */
#include "proto/abi/drm.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "proto/abi/drm_next.h"

#define NODES 64u

/* Never read or written. Whole pages, so that a function of the real library that is given one by
 * mistake meets zeros. */
static const struct device {
	char room[4096];
} devices[NODES];

amdgpu_device_handle vt_abi_drm_device(uint32_t node)
{
	union {
		const struct device *in;
		amdgpu_device_handle out;
	} u = {&devices[node % NODES]};

	return u.out;
}

/* The node of a handle of ours, or NODES. */
static uint32_t node_of(amdgpu_device_handle dev)
{
	uintptr_t at = (uintptr_t)dev - (uintptr_t)devices;

	return at < sizeof(devices) ? (uint32_t)(at / sizeof(devices[0])) : NODES;
}

bool vt_drm_is_ours(amdgpu_device_handle dev)
{
	return node_of(dev) != NODES;
}

static uintptr_t find_in(const char *library, const char *name)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);

	return handle ? (uintptr_t)dlsym(handle, name) : 0;
}

bool vt_drm_next(struct vt_drm_next *next, void *fn)
{
	uintptr_t at = atomic_load(&next->found);

	if (!at)
		at = (uintptr_t)dlsym(RTLD_NEXT, next->name);
	if (!at)
		at = find_in("libdrm_amdgpu.so.1", next->name);
	if (!at)
		at = find_in("libdrm.so.2", next->name);
	atomic_store(&next->found, at);
	memcpy(fn, &at, sizeof(at));
	return at;
}

int amdgpu_query_gpu_info(amdgpu_device_handle dev, struct amdgpu_gpu_info *info)
{
	static struct vt_drm_next next = {.name = "amdgpu_query_gpu_info"};
	__typeof__(&amdgpu_query_gpu_info) fn;

	if (!vt_drm_is_ours(dev))
		return dev && vt_drm_next(&next, &fn) ? fn(dev, info) : -EOPNOTSUPP;
	if (!info)
		return -EINVAL;
	memset(info, 0, sizeof(*info));
	return vt_abi_drm_info(node_of(dev), info);
}

int amdgpu_bo_import(amdgpu_device_handle dev, enum amdgpu_bo_handle_type type,
		     uint32_t shared_handle, struct amdgpu_bo_import_result *output)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_import"};
	__typeof__(&amdgpu_bo_import) fn;

	if (!dev || vt_drm_is_ours(dev) || !vt_drm_next(&next, &fn))
		return -EOPNOTSUPP;
	return fn(dev, type, shared_handle, output);
}

int amdgpu_bo_export(amdgpu_bo_handle bo, enum amdgpu_bo_handle_type type, uint32_t *shared_handle)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_export"};
	__typeof__(&amdgpu_bo_export) fn;

	return bo && vt_drm_next(&next, &fn) ? fn(bo, type, shared_handle) : -EOPNOTSUPP;
}

int amdgpu_bo_free(amdgpu_bo_handle buf_handle)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_free"};
	__typeof__(&amdgpu_bo_free) fn;

	return buf_handle && vt_drm_next(&next, &fn) ? fn(buf_handle) : -EOPNOTSUPP;
}

int amdgpu_bo_cpu_map(amdgpu_bo_handle bo, void **cpu)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_cpu_map"};
	__typeof__(&amdgpu_bo_cpu_map) fn;

	return bo && vt_drm_next(&next, &fn) ? fn(bo, cpu) : -EOPNOTSUPP;
}

int amdgpu_bo_va_op(amdgpu_bo_handle bo, uint64_t offset, uint64_t size, uint64_t addr,
		    uint64_t flags, uint32_t ops)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_va_op"};
	__typeof__(&amdgpu_bo_va_op) fn;

	return bo && vt_drm_next(&next, &fn) ? fn(bo, offset, size, addr, flags, ops) : -EOPNOTSUPP;
}

int drmCommandWriteRead(int fd, unsigned long drmCommandIndex, void *data, unsigned long size)
{
	static struct vt_drm_next next = {.name = "drmCommandWriteRead"};
	__typeof__(&drmCommandWriteRead) fn;

	if (!vt_drm_next(&next, &fn))
		return -EOPNOTSUPP;
	return fn(fd, drmCommandIndex, data, size);
}
