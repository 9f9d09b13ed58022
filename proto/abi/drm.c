/* libdrm's functions: ours for our devices, the real library's for all others. */
#include "proto/abi/drm.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

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

static const struct {
	const char *name, *library;
} real[] = {
    {"amdgpu_query_gpu_info", "libdrm_amdgpu.so.1"}, {"amdgpu_bo_import", "libdrm_amdgpu.so.1"},
    {"amdgpu_bo_export", "libdrm_amdgpu.so.1"},      {"amdgpu_bo_free", "libdrm_amdgpu.so.1"},
    {"amdgpu_bo_cpu_map", "libdrm_amdgpu.so.1"},     {"amdgpu_bo_va_op", "libdrm_amdgpu.so.1"},
    {"drmCommandWriteRead", "libdrm.so.2"},
};

enum { QUERY_GPU_INFO, BO_IMPORT, BO_EXPORT, BO_FREE, BO_CPU_MAP, BO_VA_OP, COMMAND_WRITE_READ };

/* Puts the real function into *fn, a pointer to it. Returns whether there is one. */
static bool find(unsigned i, void *fn)
{
	static _Atomic uintptr_t found[sizeof(real) / sizeof(real[0])];
	uintptr_t at = atomic_load(&found[i]);
	void *library;

	if (!at)
		at = (uintptr_t)dlsym(RTLD_NEXT, real[i].name);
	if (!at) {
		library = dlopen(real[i].library, RTLD_LAZY | RTLD_LOCAL);
		at = library ? (uintptr_t)dlsym(library, real[i].name) : 0;
	}
	atomic_store(&found[i], at);
	memcpy(fn, &at, sizeof(at));
	return at;
}

int amdgpu_query_gpu_info(amdgpu_device_handle dev, struct amdgpu_gpu_info *info)
{
	uint32_t node = node_of(dev);
	__typeof__(&amdgpu_query_gpu_info) next;

	if (node == NODES)
		return find(QUERY_GPU_INFO, &next) ? next(dev, info) : -EOPNOTSUPP;
	if (!info)
		return -EINVAL;
	memset(info, 0, sizeof(*info));
	return vt_abi_drm_info(node, info);
}

int amdgpu_bo_import(amdgpu_device_handle dev, enum amdgpu_bo_handle_type type,
		     uint32_t shared_handle, struct amdgpu_bo_import_result *output)
{
	__typeof__(&amdgpu_bo_import) next;

	if (node_of(dev) != NODES || !find(BO_IMPORT, &next))
		return -EOPNOTSUPP;
	return next(dev, type, shared_handle, output);
}

int amdgpu_bo_export(amdgpu_bo_handle bo, enum amdgpu_bo_handle_type type, uint32_t *shared_handle)
{
	__typeof__(&amdgpu_bo_export) next;

	return bo && find(BO_EXPORT, &next) ? next(bo, type, shared_handle) : -EOPNOTSUPP;
}

int amdgpu_bo_free(amdgpu_bo_handle buf_handle)
{
	__typeof__(&amdgpu_bo_free) next;

	return buf_handle && find(BO_FREE, &next) ? next(buf_handle) : -EOPNOTSUPP;
}

int amdgpu_bo_cpu_map(amdgpu_bo_handle bo, void **cpu)
{
	__typeof__(&amdgpu_bo_cpu_map) next;

	return bo && find(BO_CPU_MAP, &next) ? next(bo, cpu) : -EOPNOTSUPP;
}

int amdgpu_bo_va_op(amdgpu_bo_handle bo, uint64_t offset, uint64_t size, uint64_t addr,
		    uint64_t flags, uint32_t ops)
{
	__typeof__(&amdgpu_bo_va_op) next;

	return bo && find(BO_VA_OP, &next) ? next(bo, offset, size, addr, flags, ops) : -EOPNOTSUPP;
}

int drmCommandWriteRead(int fd, unsigned long drmCommandIndex, void *data, unsigned long size)
{
	__typeof__(&drmCommandWriteRead) next;

	if (!find(COMMAND_WRITE_READ, &next))
		return -EOPNOTSUPP;
	return next(fd, drmCommandIndex, data, size);
}
