/*
 * proto/abi/drm_next.h - passing on to the real libdrm. Private to drm.c and drm7.c.
 */
#ifndef VT_ABI_DRM_NEXT_H
#define VT_ABI_DRM_NEXT_H

#include <stdatomic.h>

#include "proto/abi/drm.h"

struct vt_drm_next {
	const char *name;
	_Atomic uintptr_t found; /* 0: not looked for yet, or not there */
};

/* Puts the function of this name that comes after ours into *fn, a pointer to a function: the next
 * in the program's search order, else libdrm_amdgpu's or libdrm's, which is then loaded. Returns
 * whether there is one. Any thread. */
bool vt_drm_next(struct vt_drm_next *next, void *fn);

/* Whether it is a handle of vt_abi_drm_device(). */
bool vt_drm_is_ours(amdgpu_device_handle dev);

#endif
