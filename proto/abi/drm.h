/*
 * proto/abi/drm.h - the functions of libdrm_amdgpu and libdrm that ROCr calls beside the thunk.
 *
 * A thunk gives ROCr a device handle (hsaKmtGetAMDGPUDeviceHandle), and ROCr hands it to
 * libdrm_amdgpu. So whoever makes the handle must bring these functions, too: our libraries export
 * them (proto/abi/drm.c), and ROCr finds them first, because it names the thunk before libdrm.
 * Other users of libdrm in the process find them as well: what is not ours is passed on to the real
 * library.
 *
 * We give out no buffer handles: the memory of a thunk is not imported anywhere.
 */
#ifndef VT_ABI_DRM_H
#define VT_ABI_DRM_H

#pragma GCC visibility push(default)
#include <amdgpu.h>
#include <xf86drm.h>
#pragma GCC visibility pop

#include <stdbool.h>
#include <stdint.h>

/* The handle of a node: an address that only tells which one it is. node < 64. */
amdgpu_device_handle vt_abi_drm_device(uint32_t node);

/* The library's part. Fills in *info, which is zero, for one of its nodes. Returns 0 or -errno. */
int vt_abi_drm_info(uint32_t node, struct amdgpu_gpu_info *info);

#endif
