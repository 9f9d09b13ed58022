/*
 * guest-thunk/transport/virtgpu_abi.h - what Linux's virtio-gpu driver takes by ioctl, as far as we
 * use it.
 *
 * Of our own, since the headers of older systems (libdrm 2.4.114 in Debian 12) end before contexts
 * and blobs. Numbers and layouts are those of include/uapi/drm/{drm.h,virtgpu_drm.h}; they held on
 * kernels 6.1, 6.12 and 7.2.
 */
#ifndef VT_GUEST_TRANSPORT_VIRTGPU_ABI_H
#define VT_GUEST_TRANSPORT_VIRTGPU_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

struct vt_drm_version {
	int32_t major, minor, patchlevel;
	size_t name_len;
	char *name;
	size_t date_len;
	char *date;
	size_t desc_len;
	char *desc;
};

struct vt_drm_gem_close {
	uint32_t handle, pad;
};
_Static_assert(sizeof(struct vt_drm_gem_close) == 8, "kernel ABI");

struct vt_drm_prime_handle {
	uint32_t handle, flags; /* O_CLOEXEC, O_RDWR */
	int32_t fd;
};
_Static_assert(sizeof(struct vt_drm_prime_handle) == 12, "kernel ABI");

struct vt_drm_map {
	uint64_t offset; /* out: for mmap() */
	uint32_t handle, pad;
};
_Static_assert(sizeof(struct vt_drm_map) == 16, "kernel ABI");

#define VT_DRM_EXEC_FENCE_FD_OUT 2u
#define VT_DRM_EXEC_RING_IDX     4u

struct vt_drm_execbuffer {
	uint32_t flags, size;
	uint64_t command;
	uint64_t bo_handles;
	uint32_t num_bo_handles;
	int32_t fence_fd; /* out, with FENCE_FD_OUT */
	uint32_t ring_idx, syncobj_stride, num_in_syncobjs, num_out_syncobjs;
	uint64_t in_syncobjs, out_syncobjs;
};
_Static_assert(sizeof(struct vt_drm_execbuffer) == 64, "kernel ABI");
_Static_assert(offsetof(struct vt_drm_execbuffer, ring_idx) == 32, "kernel ABI");

enum vt_drm_param {
	VT_DRM_PARAM_RESOURCE_BLOB = 3,
	VT_DRM_PARAM_HOST_VISIBLE = 4,
	VT_DRM_PARAM_CONTEXT_INIT = 6,
	VT_DRM_PARAM_EXPLICIT_DEBUG_NAME = 8,
};

struct vt_drm_getparam {
	uint64_t param;
	uint64_t value; /* the address of an int */
};

struct vt_drm_get_caps {
	uint32_t cap_set_id, cap_set_ver;
	uint64_t addr;
	uint32_t size, pad;
};
_Static_assert(sizeof(struct vt_drm_get_caps) == 24, "kernel ABI");

#define VT_DRM_BLOB_MEM_HOST3D    2u
#define VT_DRM_BLOB_USE_MAPPABLE  1u
#define VT_DRM_BLOB_USE_SHAREABLE 2u

struct vt_drm_create_blob {
	uint32_t blob_mem, blob_flags;
	uint32_t bo_handle, res_handle; /* out */
	uint64_t size;
	uint32_t pad, cmd_size;
	uint64_t cmd, blob_id;
};
_Static_assert(sizeof(struct vt_drm_create_blob) == 48, "kernel ABI");

enum vt_drm_context_param {
	VT_DRM_CONTEXT_CAPSET_ID = 1,
	VT_DRM_CONTEXT_NUM_RINGS = 2,
	VT_DRM_CONTEXT_DEBUG_NAME = 4, /* the address of a string */
};

struct vt_drm_context_param_set {
	uint64_t param, value;
};

struct vt_drm_context_init {
	uint32_t num_params, pad;
	uint64_t params; /* the address of struct vt_drm_context_param_set[] */
};
_Static_assert(sizeof(struct vt_drm_context_init) == 16, "kernel ABI");

#define VT_DRM_VERSION      _IOWR('d', 0x00, struct vt_drm_version)
#define VT_DRM_GEM_CLOSE    _IOW('d', 0x09, struct vt_drm_gem_close)
#define VT_DRM_PRIME_EXPORT _IOWR('d', 0x2d, struct vt_drm_prime_handle)
#define VT_DRM_MAP          _IOWR('d', 0x41, struct vt_drm_map)
#define VT_DRM_EXECBUFFER   _IOWR('d', 0x42, struct vt_drm_execbuffer)
#define VT_DRM_GETPARAM     _IOWR('d', 0x43, struct vt_drm_getparam)
#define VT_DRM_GET_CAPS     _IOWR('d', 0x49, struct vt_drm_get_caps)
#define VT_DRM_CREATE_BLOB  _IOWR('d', 0x4a, struct vt_drm_create_blob)
#define VT_DRM_CONTEXT_INIT _IOWR('d', 0x4b, struct vt_drm_context_init)

#endif
