/*
 * host-renderer/transport/virgl/abi.h - what a monitor and libvirglrenderer.so.1 say to each other.
 *
 * Debian 12's virgl/virglrenderer.h ends before the functions that QEMU 9.2 and later call, so the
 * structures and constants that pass through our hands are here, from virglrenderer 0.10.4, 1.1.0
 * and 1.3.0 (src/virglrenderer.h), which agree on them. What is only handed on is `void`.
 */
#ifndef VT_VIRGL_ABI_H
#define VT_VIRGL_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* Flags of virgl_renderer_init(). */
enum vt_virgl_flag {
	VT_VIRGL_VENUS = 1 << 6,
	VT_VIRGL_ASYNC_FENCES = 1 << 8, /* fences are told on any thread, at any time */
	VT_VIRGL_RENDER_SERVER = 1 << 9,
	VT_VIRGL_DRM = 1 << 10,
};

/* Capsets that a monitor offers and that this library answers, too. */
enum vt_virgl_capset {
	VT_VIRGL_CAPSET_VENUS = 4,
	VT_VIRGL_CAPSET_DRM = 6,
};
#define VT_VIRGL_CAPSET_MASK 0xffu /* of a context's flags */

/* The monitor's functions. Those of the display are none of our business. */
struct vt_virgl_callbacks {
	int version;
	void (*write_fence)(void *cookie, uint32_t fence_id);
	void (*create_gl_context)(void);
	void (*destroy_gl_context)(void);
	void (*make_current)(void);
	void (*get_drm_fd)(void);
	/* There from version 3 on. */
	void (*write_context_fence)(void *cookie, uint32_t ctx_id, uint32_t ring,
				    uint64_t fence_id);
	int (*get_server_fd)(void *cookie, uint32_t version);
};
#define VT_VIRGL_CALLBACKS_FENCES 3

enum vt_virgl_blob_mem {
	VT_VIRGL_MEM_GUEST = 1,
	VT_VIRGL_MEM_HOST3D = 2,
};

struct vt_virgl_blob_args {
	uint32_t res_handle, ctx_id;
	uint32_t blob_mem, blob_flags;
	uint64_t blob_id, size;
	const struct iovec *iov; /* the monitor's, until detached */
	uint32_t num_iovs;
};
_Static_assert(offsetof(struct vt_virgl_blob_args, num_iovs) == 40, "of the library's ABI");

/* Since 1.0; before, it ended with fourcc. */
struct vt_virgl_info {
	uint32_t handle, format, width, height, depth, flags, texture, stride;
	int fourcc, fd;
};
_Static_assert(sizeof(struct vt_virgl_info) == 40, "of the library's ABI");

#define VT_VIRGL_MAP_CACHED 1u
#define VT_VIRGL_FD_SHM     3u

#endif
