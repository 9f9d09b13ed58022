/* The functions of libdrm_amdgpu that only the thunk table of ROCm 7 has. None of them knows a
 * device or a buffer of ours. */
#include <errno.h>

#include "proto/abi/drm.h"
#include "proto/abi/drm_next.h"

int amdgpu_device_initialize(int fd, uint32_t *major_version, uint32_t *minor_version,
			     amdgpu_device_handle *device_handle)
{
	static struct vt_drm_next next = {.name = "amdgpu_device_initialize"};
	__typeof__(&amdgpu_device_initialize) fn;

	if (!vt_drm_next(&next, &fn))
		return -EOPNOTSUPP;
	return fn(fd, major_version, minor_version, device_handle);
}

/* Ours are there as long as the process. */
int amdgpu_device_deinitialize(amdgpu_device_handle device_handle)
{
	static struct vt_drm_next next = {.name = "amdgpu_device_deinitialize"};
	__typeof__(&amdgpu_device_deinitialize) fn;

	if (vt_drm_is_ours(device_handle))
		return 0;
	return vt_drm_next(&next, &fn) ? fn(device_handle) : -EOPNOTSUPP;
}

int amdgpu_bo_query_info(amdgpu_bo_handle buf_handle, struct amdgpu_bo_info *info)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_query_info"};
	__typeof__(&amdgpu_bo_query_info) fn;

	return buf_handle && vt_drm_next(&next, &fn) ? fn(buf_handle, info) : -EOPNOTSUPP;
}

int amdgpu_bo_set_metadata(amdgpu_bo_handle buf_handle, struct amdgpu_bo_metadata *info)
{
	static struct vt_drm_next next = {.name = "amdgpu_bo_set_metadata"};
	__typeof__(&amdgpu_bo_set_metadata) fn;

	return buf_handle && vt_drm_next(&next, &fn) ? fn(buf_handle, info) : -EOPNOTSUPP;
}
