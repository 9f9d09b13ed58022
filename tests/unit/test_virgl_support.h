/*
 * tests/unit/test_virgl_support.h - plays a virtual machine monitor towards our
 * libvirglrenderer.so.1, behind which is tests/support/fake_virgl.c.
 *
 * What goes wrong here ends the test with a message.
 */
#ifndef VT_TEST_VIRGL_SUPPORT_H
#define VT_TEST_VIRGL_SUPPORT_H

#include <errno.h>
#include <stdbool.h>

#include "host-renderer/transport/virgl/real.h"
#include "tests/support/fake_virgl.h"
#include "tests/support/vgpu.h"
#include "tests/support/vt_test.h"

/* Flags of init: what QEMU 10.0 gives with venus=on, and QEMU 11.1 with drm_native_context=on. */
#define QEMU_10_VENUS (VT_VIRGL_VENUS | VT_VIRGL_RENDER_SERVER)
#define QEMU_11_DRM   (0x2 | VT_VIRGL_ASYNC_FENCES | VT_VIRGL_DRM)

#define NAME          "vthunk-test"

struct virgl_told {
	bool of_device;
	uint32_t ctx_id, ring;
	uint64_t fence_id;
};

/* The functions of our library, and what is behind it. */
extern struct vt_virgl_real virgl;
extern struct fake_virgl *fake;

/* What the monitor gives to init. */
extern struct vt_virgl_callbacks virgl_callbacks;
extern int virgl_cookie;

/* Loads both, as they are after the start of a process. The renderer is at that socket. */
void virgl_load(const char *socket);

/* That, and init with these flags, which must work. Empties the fake one's log. */
void virgl_begin(const char *socket, int flags);

/* Ends what virgl_load() or virgl_begin() began. */
void virgl_end(void);

/* Fences that the monitor has been told of. */
unsigned virgl_told(void);
struct virgl_told virgl_told_at(unsigned i);

/* Whether it has been told of that many, within that time; polls if `polls`. */
bool virgl_waits(unsigned n, bool polls, unsigned ms);

/* Makes context ctx_id of ours, as a guest that has found us in the capset for native contexts. */
void virgl_context(uint32_t ctx_id);

/* Asks for a blob of a context of ours. Returns what the library says. */
int virgl_blob(uint32_t res, uint32_t ctx_id, uint64_t blob_id, uint64_t size);

/* For tests/support/vgpu.h. Fences are polled for. */
extern const struct test_vgpu_ops virgl_guest_ops;

#endif
