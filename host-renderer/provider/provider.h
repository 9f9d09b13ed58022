/*
 * host-renderer/provider/provider.h - the library that executes: anything with libhsakmt's ABI.
 *
 * Loaded with RTLD_LOCAL, so that its names do not meet those of other libraries. Its functions are
 * called as p->AllocMemory(...) and return HSAKMT_STATUS; vt_err_from_status() turns that into
 * -errno. The library may be a thunk of ROCm 5.2 or any later 5.x or 6.x; of what only later ones
 * have, provider/abi.def says what is done without.
 */
#ifndef VT_PROVIDER_PROVIDER_H
#define VT_PROVIDER_PROVIDER_H

#include <stddef.h>

#include "proto/abi/drm.h"
#include "proto/abi/signals.h"
#include "proto/abi/thunk.h"
#include "proto/base/err.h"

#define VT_PROVIDER_TEXT 512

struct vt_provider {
	void *library;
	char path[256]; /* of the file that was loaded */
#define VT_FN(name)     __typeof__(hsaKmt##name) *name;
#define VT_FN_NEW(name) __typeof__(hsaKmt##name) *name; /* NULL: the library has none */
#include "host-renderer/provider/abi.def"
#undef VT_FN
#undef VT_FN_NEW
	/* vthunkTellSignals() of proto/abi/signals.h; NULL: none. */
	__typeof__(vthunkTellSignals) *tell_signals;
	/* libdrm_amdgpu's, as the library sees it: of swgpu, or what the system's thunk is linked
	 * with. NULL: none. */
	int (*query_gpu_info)(amdgpu_device_handle dev, struct amdgpu_gpu_info *info);
};

/*
 * The library that `device` means: "swgpu" (beside this program), "kfd" (the system's
 * libhsakmt.so.1), or a path. Fills in path[size]. Returns 0, -ENOENT if device is neither a known
 * name nor a path, -ENAMETOOLONG.
 */
int vt_provider_locate(const char *device, char *path, size_t size);

/*
 * Loads the library at path and finds its functions. Runs no function of the thunk, but the
 * library's constructors. Returns 0, or -errno and a sentence in text. The library stays loaded
 * until vt_provider_unload().
 */
int vt_provider_load(struct vt_provider *p, const char *device, char text[VT_PROVIDER_TEXT]);

/* Never after a function of the thunk has run: threads of the library may run on. */
void vt_provider_unload(struct vt_provider *p);

/*
 * Opens a loaded provider as a worker would and tries what a worker needs: a GPU node, memory at a
 * given address, a file for it. For a process of its own that ends afterwards. gfx, if not NULL, is
 * the name that the GPU must have. Returns 0, or -errno and a sentence in text.
 */
int vt_provider_check(const struct vt_provider *p, const char *gfx, char text[VT_PROVIDER_TEXT]);

#endif
