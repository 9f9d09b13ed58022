/* A monitor for tests. */
#include "tests/unit/test_virgl_support.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* As a program sees it that is linked with ours: the real library's calls of its own functions must
 * not come back to us. Where that cannot be kept apart (real.c), ours is not shown. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SHOWN RTLD_LOCAL
#else
#define SHOWN RTLD_GLOBAL
#endif

struct vt_virgl_real virgl;
struct fake_virgl *fake;
int virgl_cookie;

static struct {
	pthread_mutex_t lock;
	unsigned count;
	struct virgl_told list[4096];
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint32_t next_res; /* of virgl_guest_ops */

static void add(void *cookie, struct virgl_told what)
{
	VT_ASSERT(cookie == &virgl_cookie);
	pthread_mutex_lock(&told.lock);
	told.list[told.count++ % VT_ARRAY_LEN(told.list)] = what;
	pthread_mutex_unlock(&told.lock);
}

static void write_fence(void *cookie, uint32_t fence_id)
{
	add(cookie, (struct virgl_told){.of_device = true, .fence_id = fence_id});
}

static void write_context_fence(void *cookie, uint32_t ctx_id, uint32_t ring, uint64_t fence_id)
{
	add(cookie, (struct virgl_told){false, ctx_id, ring, fence_id});
}

struct vt_virgl_callbacks virgl_callbacks = {
    .version = 3, .write_fence = write_fence, .write_context_fence = write_context_fence};

void virgl_load(const char *socket)
{
	void *handle, *behind;

	setenv("VTHUNK_VIRGLRENDERER", VT_FAKE_VIRGL, 1);
	setenv("VTHUNK_SOCKET", socket, 1);
	setenv("RENDER_SERVER_EXEC_PATH", "/bin/true", 1);
	handle = dlopen(VT_VIRGL, RTLD_NOW | SHOWN);
	VT_ASSERT_MSG(handle, "%s", dlerror());
#define FIND(type, name, parameters)                           \
	virgl.name = (type(*) parameters)dlsym(handle, #name); \
	VT_ASSERT_MSG(virgl.name, "%s is not exported", #name);
#define VT_VIRGL_OWN FIND
#define VT_VIRGL_HAND_ON(when, type, otherwise, name, parameters, arguments) \
	FIND(type, name, parameters)
#include "host-renderer/transport/virgl/exports.def"
	virgl.virgl_set_debug_callback(NULL); /* loads it */
	behind = dlopen(VT_FAKE_VIRGL, RTLD_NOW | RTLD_NOLOAD);
	VT_ASSERT_MSG(behind, "it has not loaded what VTHUNK_VIRGLRENDERER names");
	fake = dlsym(behind, "fake_virgl");
	VT_ASSERT(fake);
	memset(fake, 0, sizeof(*fake));
	told.count = 0;
	next_res = 1000;
}

void virgl_begin(const char *socket, int flags)
{
	virgl_load(socket);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, flags, &virgl_callbacks), 0);
	fake->log[0] = '\0';
}

void virgl_end(void)
{
	virgl.virgl_renderer_cleanup(&virgl_cookie);
}

unsigned virgl_told(void)
{
	unsigned n;

	pthread_mutex_lock(&told.lock);
	n = told.count;
	pthread_mutex_unlock(&told.lock);
	return n;
}

struct virgl_told virgl_told_at(unsigned i)
{
	struct virgl_told at;

	pthread_mutex_lock(&told.lock);
	at = told.list[i];
	pthread_mutex_unlock(&told.lock);
	return at;
}

bool virgl_waits(unsigned n, bool polls, unsigned ms)
{
	int64_t end = test_now_ms() + ms;

	for (;;) {
		if (polls)
			virgl.virgl_renderer_poll();
		if (virgl_told() >= n || test_now_ms() >= end)
			return virgl_told() == n;
		test_pause_ms(1);
	}
}

void virgl_context(uint32_t ctx_id)
{
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_with_flags(ctx_id, VT_VIRGL_CAPSET_DRM,
								    sizeof(NAME) - 1, NAME),
		     0);
}

int virgl_blob(uint32_t res, uint32_t ctx_id, uint64_t blob_id, uint64_t size)
{
	const struct vt_virgl_blob_args args = {.res_handle = res,
						.ctx_id = ctx_id,
						.blob_mem = VT_VIRGL_MEM_HOST3D,
						.blob_flags = 1,
						.blob_id = blob_id,
						.size = size};

	return virgl.virgl_renderer_resource_create_blob(&args);
}

/* --- What a guest's program does, through a monitor --- */

static void *guest_blob(void *device, uint32_t ctx_id, uint64_t blob_id, uint64_t size)
{
	uint64_t mapped;
	void *at;

	(void)device;
	if (virgl_blob(++next_res, ctx_id, blob_id, size) ||
	    virgl.virgl_renderer_resource_map(next_res, &at, &mapped))
		return NULL;
	VT_ASSERT_EQ(mapped, size);
	return at;
}

static uint64_t guest_submit(void *device, uint32_t ctx_id, uint32_t ring, const void *cmd,
			     size_t bytes)
{
	static uint64_t fence;
	uint32_t copy[64];

	(void)device;
	VT_ASSERT(bytes <= sizeof(copy));
	memcpy(copy, cmd, bytes);
	virgl.virgl_renderer_submit_cmd(copy, (int)ctx_id, (int)(bytes / 4));
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(ctx_id, 1, ring, ++fence), 0);
	return fence;
}

static bool guest_retires(void *device, uint64_t fence, unsigned ms)
{
	int64_t end = test_now_ms() + ms;

	(void)device;
	for (;;) {
		virgl.virgl_renderer_poll();
		for (unsigned i = virgl_told(); i-- > 0;)
			if (virgl_told_at(i).fence_id == fence)
				return true;
		if (test_now_ms() >= end)
			return false;
		test_pause_ms(1);
	}
}

const struct test_vgpu_ops virgl_guest_ops = {guest_blob, guest_submit, guest_retires};
