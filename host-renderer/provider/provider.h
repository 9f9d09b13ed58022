/*
 * host-renderer/provider/provider.h - the library that executes: anything with libhsakmt's ABI.
 *
 * Loaded with RTLD_LOCAL, so that its names do not meet those of other libraries. Its functions are
 * called as p->AllocMemory(...) and return HSAKMT_STATUS; vt_err_from_status() turns that into
 * -errno.
 */
#ifndef VT_PROVIDER_PROVIDER_H
#define VT_PROVIDER_PROVIDER_H

#include <hsakmt.h>
#include <stddef.h>

#include "proto/base/err.h"

#define VT_PROVIDER_TEXT 512

struct vt_provider {
	void *library;
	char path[256]; /* of the file that was loaded */
#define VT_FN(name) __typeof__(hsaKmt##name) *name;
#include "host-renderer/provider/abi.def"
#undef VT_FN
	/*
	 * Of thunk 5.6 and later: a file for an allocation, and the place of `addr` in it. The
	 * renderer cannot share memory without it.
	 */
	HSAKMT_STATUS (*ExportDMABufHandle)(void *addr, HSAuint64 size, int *fd, HSAuint64 *offset);
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
