/*
 * Which library is found behind ours, when nothing names one. Run with LD_LIBRARY_PATH as a user
 * would: the folder of ours, a folder in which ours is once more, and the folder of the other one.
 */
#include <dlfcn.h>
#include <stdlib.h>

#include "host-renderer/transport/virgl/real.h"
#include "proto/wire/virtgpu.h"
#include "tests/support/vt_test.h"

#define NO_VIRGL 0x80 /* of init: without OpenGL, which the machine may not have */

static struct vt_virgl_real virgl;
static unsigned fences, device_fences;

static void write_fence(void *cookie, uint32_t fence_id)
{
	(void)cookie;
	device_fences += fence_id;
}

static void write_context_fence(void *cookie, uint32_t ctx_id, uint32_t ring, uint64_t fence_id)
{
	(void)cookie;
	(void)ctx_id;
	(void)ring;
	fences += (unsigned)fence_id;
}

static struct vt_virgl_callbacks callbacks = {
    .version = 3, .write_fence = write_fence, .write_context_fence = write_context_fence};

static void load(void)
{
	void *handle;

	unsetenv("VTHUNK_VIRGLRENDERER");
	setenv("VTHUNK_SOCKET", "/tmp/vthunk-there-is-no-such-socket", 1);
	handle = dlopen("libvirglrenderer.so.1", RTLD_NOW);
	VT_ASSERT_MSG(handle, "%s", dlerror());
	VT_ASSERT_MSG(dlsym(handle, "vthunk_virgl"), "LD_LIBRARY_PATH does not lead to ours");
#define FIND(type, name, parameters) virgl.name = (type(*) parameters)dlsym(handle, #name);
#define VT_VIRGL_OWN                 FIND
#define VT_VIRGL_HAND_ON(when, type, otherwise, name, parameters, arguments) \
	FIND(type, name, parameters)
#include "host-renderer/transport/virgl/exports.def"
}

static uint32_t capset_bytes(uint32_t set)
{
	uint32_t max_ver, size;

	virgl.virgl_renderer_get_cap_set(set, &max_ver, &size);
	return size;
}

VT_TEST(virgl_found, not_itself)
{
	load();
	VT_ASSERT(capset_bytes(2) > 0);
	VT_ASSERT(capset_bytes(4) >= sizeof(struct vt_capset));
}

VT_TEST(virgl_found, session)
{
	struct iovec page = {&page, sizeof(page)}, *iov = NULL;
	const struct vt_virgl_blob_args blob = {.res_handle = 3,
						.blob_mem = VT_VIRGL_MEM_GUEST,
						.size = sizeof(page),
						.iov = &page,
						.num_iovs = 1};
	const struct vt_virgl_blob_args ours = {.res_handle = 4,
						.ctx_id = 5,
						.blob_mem = VT_VIRGL_MEM_HOST3D,
						.blob_id = VT_VGPU_BLOB_CONTROL,
						.size = VT_VGPU_CONTROL_BYTES};
	uint32_t map_info;
	uint64_t size;
	void *map;
	int n = 0;

	load();
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&n, NO_VIRGL, &callbacks), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&blob), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_get_map_info(3, &map_info), 0);
	virgl.virgl_renderer_resource_detach_iov(3, &iov, &n);
	VT_ASSERT(iov == &page && n == 1);
	virgl.virgl_renderer_resource_unref(3);
	VT_ASSERT(virgl.virgl_renderer_submit_cmd(&n, 7, 1));
	virgl.virgl_renderer_context_create_fence(7, 1, 0, 11);
	virgl.virgl_renderer_create_fence(13, 0);
	virgl.virgl_renderer_poll();
	VT_ASSERT(fences == 11 && device_fences == 13);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_with_flags(5, VT_VIRGL_CAPSET_VENUS, 6,
								    VT_VGPU_NAME),
		     0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&ours), 0);
	virgl.virgl_renderer_reset();
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&n, NO_VIRGL, &callbacks), 0);
	VT_ASSERT(virgl.virgl_renderer_resource_map(4, &map, &size));
	virgl.virgl_renderer_cleanup(&n);
}
