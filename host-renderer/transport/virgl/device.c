/*
 * The device: initialised, reset, its contexts, commands and fences.
 *
 * Invariant: our contexts are those in `ids`; the bridge has each of them, and no other.
 */
#include "host-renderer/transport/virgl/device.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/transport/virgl/exports.h"
#include "host-renderer/transport/virgl/fence.h"
#include "host-renderer/transport/virgl/real.h"
#include "host-renderer/transport/virgl/resource.h"
#include "proto/base/log.h"

static struct {
	pthread_mutex_t lock;
	struct vt_bridge *bridge;
	uint32_t ids[VT_BRIDGE_CONTEXTS], num_ids;
	bool initialised;
	void *cookie;
	int flags;
	const struct vt_virgl_callbacks *cbs;
} device = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local bool inside; /* this thread holds the lock */

EXPORT const char vthunk_virgl[] = VT_VERSION;

/* --- The lock --- */

void vt_virgl_lock(void)
{
	pthread_mutex_lock(&device.lock);
	inside = true;
}

void vt_virgl_unlock(void)
{
	inside = false;
	pthread_mutex_unlock(&device.lock);
	vt_virgl_fences_tell(false);
}

/* On a thread of the bridge, or within a call of ours, which tells when it is over. */
static void on_retired(void *unused, uint32_t ctx_id, uint32_t ring, uint64_t fence_id)
{
	(void)unused;
	vt_virgl_fence_retired(ctx_id, ring, fence_id);
	if (!inside)
		vt_virgl_fences_tell(false);
}

/* --- Contexts --- */

static uint32_t *find_locked(uint32_t ctx_id)
{
	for (uint32_t i = 0; i < device.num_ids; i++)
		if (device.ids[i] == ctx_id)
			return &device.ids[i];
	return NULL;
}

struct vt_bridge *vt_virgl_bridge_locked(uint32_t ctx_id)
{
	return find_locked(ctx_id) ? device.bridge : NULL;
}

bool vt_virgl_is_ours(uint32_t ctx_id)
{
	bool ours;

	vt_virgl_lock();
	ours = find_locked(ctx_id) != NULL;
	vt_virgl_unlock();
	return ours;
}

/* Where a client looks for its renderer: as guest-thunk/client/session.h says. */
static const char *socket_path(char *path, size_t size)
{
	const char *named = getenv("VTHUNK_SOCKET"), *dir = getenv("XDG_RUNTIME_DIR");

	if (named && *named)
		return named;
	if (dir && *dir && snprintf(path, size, "%s/vthunk.sock", dir) < (int)size &&
	    access(path, F_OK) == 0)
		return path;
	return "/run/vthunk/vthunkd.sock";
}

static int bridge_locked(void)
{
	static const struct vt_bridge_ops ops = {.retire = on_retired};
	char path[PATH_MAX];

	if (device.bridge)
		return 0;
	return vt_bridge_create(socket_path(path, sizeof(path)), -1, &ops, NULL, &device.bridge);
}

static int create_context(uint32_t ctx_id)
{
	int err;

	vt_virgl_lock();
	err = find_locked(ctx_id) ? -EEXIST : bridge_locked();
	if (!err)
		err = vt_bridge_context_create(device.bridge, ctx_id);
	if (!err)
		device.ids[device.num_ids++] = ctx_id;
	vt_virgl_unlock();
	if (err)
		vt_log(VT_LOG_WARN, 0, "the guest's context %u cannot be made: %s", ctx_id,
		       strerror(-err));
	return err;
}

/* A monitor hands on how long the guest says that the name is; the name itself is of 64 bytes at
 * most, and ends in a NUL if it is shorter. */
static bool is_our_name(uint32_t nlen, const char *name)
{
	size_t len = nlen < sizeof(VT_VGPU_NAME) ? nlen : sizeof(VT_VGPU_NAME);

	return name && vt_bridge_is_ours(name, strnlen(name, len));
}

EXPORT int virgl_renderer_context_create_with_flags(uint32_t ctx_id, uint32_t flags, uint32_t nlen,
						    const char *name)
{
	uint32_t set = flags & VT_VIRGL_CAPSET_MASK;

	if ((set == VT_VIRGL_CAPSET_VENUS || set == VT_VIRGL_CAPSET_DRM) && is_our_name(nlen, name))
		return ctx_id ? create_context(ctx_id) : -EINVAL;
	if (vt_virgl_is_ours(ctx_id))
		return -EINVAL;
	return VT_VIRGL_REAL(-EINVAL, virgl_renderer_context_create_with_flags, ctx_id, flags, nlen,
			     name);
}

EXPORT int virgl_renderer_context_create(uint32_t ctx_id, uint32_t nlen, const char *name)
{
	if (vt_virgl_is_ours(ctx_id))
		return -EINVAL;
	return VT_VIRGL_REAL(-EINVAL, virgl_renderer_context_create, ctx_id, nlen, name);
}

EXPORT void virgl_renderer_context_destroy(uint32_t ctx_id)
{
	uint32_t *id;

	vt_virgl_lock();
	id = find_locked(ctx_id);
	if (id) {
		vt_bridge_context_destroy(device.bridge, ctx_id);
		*id = device.ids[--device.num_ids];
	}
	vt_virgl_unlock();
	if (!id)
		VT_VIRGL_REAL((void)0, virgl_renderer_context_destroy, ctx_id);
}

EXPORT int virgl_renderer_submit_cmd(void *buffer, int ctx_id, int ndw)
{
	struct vt_bridge *bridge;
	int err = -EINVAL;

	vt_virgl_lock();
	bridge = vt_virgl_bridge_locked((uint32_t)ctx_id);
	if (bridge && ndw >= 0)
		err = vt_bridge_submit(bridge, (uint32_t)ctx_id, buffer, (size_t)ndw * 4);
	vt_virgl_unlock();
	return bridge ? err
		      : VT_VIRGL_REAL(-EINVAL, virgl_renderer_submit_cmd, buffer, ctx_id, ndw);
}

EXPORT int virgl_renderer_submit_cmd2(void *buffer, int ctx_id, int ndw, uint64_t *in_fences,
				      uint32_t num_in_fences)
{
	if (!vt_virgl_is_ours((uint32_t)ctx_id))
		return VT_VIRGL_REAL(-EINVAL, virgl_renderer_submit_cmd2, buffer, ctx_id, ndw,
				     in_fences, num_in_fences);
	return num_in_fences ? -EINVAL : virgl_renderer_submit_cmd(buffer, ctx_id, ndw);
}

/* --- Fences: whatever goes wrong, a guest waits for them --- */

EXPORT int virgl_renderer_create_fence(int fence_id, uint32_t ctx_id)
{
	if (VT_VIRGL_REAL(-EINVAL, virgl_renderer_create_fence, fence_id, ctx_id)) {
		vt_virgl_device_fence_retired((uint32_t)fence_id);
		vt_virgl_fences_tell(false);
	}
	return 0;
}

EXPORT int virgl_renderer_context_create_fence(uint32_t ctx_id, uint32_t flags, uint32_t ring,
					       uint64_t fence_id)
{
	struct vt_bridge *bridge;

	vt_virgl_lock();
	bridge = vt_virgl_bridge_locked(ctx_id);
	if (bridge)
		vt_bridge_fence(bridge, ctx_id, ring, fence_id);
	vt_virgl_unlock();
	if (!bridge && VT_VIRGL_REAL(-EINVAL, virgl_renderer_context_create_fence, ctx_id, flags,
				     ring, fence_id)) {
		vt_virgl_fence_retired(ctx_id, ring, fence_id);
		vt_virgl_fences_tell(false);
	}
	return 0;
}

EXPORT void virgl_renderer_poll(void)
{
	vt_virgl_fences_tell(true);
	VT_VIRGL_REAL((void)0, virgl_renderer_poll);
}

/* --- The whole device --- */

/* Takes the monitor's functions. Returns 0, -EBUSY: it has others, of another device. */
static int take_monitor(void *cookie, int flags, struct vt_virgl_callbacks *cbs)
{
	bool other;

	if (!cbs || cbs->version < 1)
		return -EINVAL;
	vt_virgl_lock();
	other = device.initialised &&
		(device.cookie != cookie || device.cbs != cbs || device.flags != flags);
	if (!other) {
		device.initialised = true;
		device.cookie = cookie;
		device.cbs = cbs;
		device.flags = flags;
		vt_virgl_fences_to(cookie, cbs, flags & VT_VIRGL_ASYNC_FENCES);
	}
	vt_virgl_unlock();
	return other ? -EBUSY : 0;
}

EXPORT int virgl_renderer_init(void *cookie, int flags, struct vt_virgl_callbacks *cbs)
{
	int err = take_monitor(cookie, flags, cbs);

	if (!err)
		vt_virgl_real_init(cookie, flags, cbs); /* without it, there is still compute */
	return err;
}

EXPORT void virgl_renderer_reset(void)
{
	vt_virgl_lock();
	if (device.bridge)
		vt_bridge_reset(device.bridge);
	device.num_ids = 0;
	vt_virgl_resources_clear_locked();
	vt_virgl_fences_forget();
	vt_virgl_unlock();
	VT_VIRGL_REAL((void)0, virgl_renderer_reset);
}

EXPORT void virgl_renderer_cleanup(void *cookie)
{
	vt_virgl_lock();
	vt_bridge_destroy(device.bridge);
	device.bridge = NULL;
	device.num_ids = 0;
	vt_virgl_resources_clear_locked();
	vt_virgl_fences_forget();
	vt_virgl_fences_to(NULL, NULL, false);
	device.initialised = false;
	vt_virgl_unlock();
	vt_virgl_real_cleanup(cookie);
}
