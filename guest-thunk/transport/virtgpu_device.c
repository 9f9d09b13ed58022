/* The ioctls of a render node. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "guest-thunk/transport/virtgpu_abi.h"
#include "guest-thunk/transport/virtgpu_device.h"

#define CAPSET_MAX 4096u /* of data before and with ours: Mesa's largest has some 1400 bytes */

static int kernel_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int kernel_ioctl(int node, unsigned long request, void *arg)
{
	return ioctl(node, request, arg) < 0 ? -errno : 0;
}

static void *kernel_mmap(int node, size_t size, uint64_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, node, (off_t)offset);
}

static void kernel_close(int node)
{
	close(node);
}

static const struct vt_vgpu_calls kernel_calls = {
    .open = kernel_open,
    .ioctl = kernel_ioctl,
    .mmap = kernel_mmap,
    .close = kernel_close,
};

const struct vt_vgpu_calls *vt_vgpu_calls = &kernel_calls;

static int call(int node, unsigned long request, void *arg)
{
	int err;

	do
		err = vt_vgpu_calls->ioctl(node, request, arg);
	while (err == -EINTR || err == -EAGAIN);
	return err;
}

static uint64_t address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

int vt_vgpu_open(const char *path, int *ret)
{
	char name[32] = "";
	struct vt_drm_version version = {.name = name, .name_len = sizeof(name) - 1};
	int node = vt_vgpu_calls->open(path);

	if (node < 0)
		return node;
	if (call(node, VT_DRM_VERSION, &version) || strcmp(name, "virtio_gpu") != 0) {
		vt_vgpu_close(node);
		return -ENODEV;
	}
	*ret = node;
	return 0;
}

void vt_vgpu_close(int node)
{
	vt_vgpu_calls->close(node);
}

bool vt_vgpu_has(int node, uint32_t param)
{
	int value = 0;
	struct vt_drm_getparam get = {.param = param, .value = address(&value)};

	return call(node, VT_DRM_GETPARAM, &get) == 0 && value;
}

static int get_caps(int node, uint32_t capset_id, uint8_t *data, int fill)
{
	struct vt_drm_get_caps get = {
	    .cap_set_id = capset_id, .addr = address(data), .size = CAPSET_MAX};

	memset(data, fill, CAPSET_MAX);
	return call(node, VT_DRM_GET_CAPS, &get);
}

/* The kernel does not tell how long the data are. What it has written is the same in two buffers
 * that were different before. */
int vt_vgpu_capset(int node, uint32_t capset_id, struct vt_capset *ret)
{
	uint8_t zeros[CAPSET_MAX], ones[CAPSET_MAX];
	size_t len = CAPSET_MAX;
	int err = get_caps(node, capset_id, zeros, 0);

	if (!err)
		err = get_caps(node, capset_id, ones, 0xff);
	if (err)
		return err == -EINVAL || err == -ENOSYS ? -ENOENT : err;
	while (len && zeros[len - 1] != ones[len - 1])
		len--;
	if (len < sizeof(*ret))
		return -ENOENT;
	memcpy(ret, zeros + len - sizeof(*ret), sizeof(*ret));
	return ret->magic == VT_HELLO_MAGIC ? 0 : -ENOENT;
}

static int init_context(int node, struct vt_drm_context_param_set *params, uint32_t num)
{
	struct vt_drm_context_init init = {.num_params = num, .params = address(params)};

	return call(node, VT_DRM_CONTEXT_INIT, &init);
}

/* Kernels that cannot be told a name take that of the thread. */
static int init_context_as_thread(int node, struct vt_drm_context_param_set *params, uint32_t num)
{
	char old[16] = "";
	int err;

	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, VT_VGPU_NAME);
	err = init_context(node, params, num);
	prctl(PR_SET_NAME, old);
	return err;
}

int vt_vgpu_context(int node, uint32_t capset_id, const char *program)
{
	char name[64];
	struct vt_drm_context_param_set params[] = {
	    {VT_DRM_CONTEXT_CAPSET_ID, capset_id},
	    {VT_DRM_CONTEXT_NUM_RINGS, VT_VGPU_RINGS},
	    {VT_DRM_CONTEXT_DEBUG_NAME, address(name)},
	};

	if (!vt_vgpu_has(node, VT_DRM_PARAM_EXPLICIT_DEBUG_NAME))
		return init_context_as_thread(node, params, 2);
	snprintf(name, sizeof(name), VT_VGPU_NAME " %s", program);
	return init_context(node, params, 3);
}

int vt_vgpu_blob_create(int node, uint64_t blob_id, uint64_t size, bool shared, uint32_t *ret)
{
	struct vt_drm_create_blob create = {
	    .blob_mem = VT_DRM_BLOB_MEM_HOST3D,
	    .blob_flags = VT_DRM_BLOB_USE_MAPPABLE | (shared ? VT_DRM_BLOB_USE_SHAREABLE : 0),
	    .size = size,
	    .blob_id = blob_id,
	};
	int err = call(node, VT_DRM_CREATE_BLOB, &create);

	if (err)
		return err == -ENOSPC ? -ENOMEM : err;
	*ret = create.bo_handle;
	return 0;
}

void vt_vgpu_blob_close(int node, uint32_t blob)
{
	struct vt_drm_gem_close gem = {.handle = blob};

	call(node, VT_DRM_GEM_CLOSE, &gem);
}

int vt_vgpu_blob_map(int node, uint32_t blob, size_t size, void **ret)
{
	struct vt_drm_map map = {.handle = blob};
	int err = call(node, VT_DRM_MAP, &map);
	void *p;

	if (err)
		return err;
	p = vt_vgpu_calls->mmap(node, size, map.offset);
	if (p == MAP_FAILED) /* EINVAL: the device has answered the request to map with an error */
		return errno == EINVAL ? -ENOMEM : -errno;
	*ret = p;
	return 0;
}

int vt_vgpu_blob_export(int node, uint32_t blob, int *ret_fd)
{
	struct vt_drm_prime_handle prime = {.handle = blob, .flags = O_CLOEXEC | O_RDWR, .fd = -1};
	int err = call(node, VT_DRM_PRIME_EXPORT, &prime);

	if (!err)
		*ret_fd = prime.fd;
	return err;
}

int vt_vgpu_submit(int node, const void *cmd, size_t bytes)
{
	/* With a ring, so that the fence that older kernels add is one of this context. */
	struct vt_drm_execbuffer exec = {.flags = VT_DRM_EXEC_RING_IDX,
					 .size = (uint32_t)bytes,
					 .command = address(cmd),
					 .fence_fd = -1};

	return call(node, VT_DRM_EXECBUFFER, &exec);
}

int vt_vgpu_submit_fenced(int node, uint32_t ring, const void *cmd, size_t bytes, int *ret_fence)
{
	struct vt_drm_execbuffer exec = {.flags = VT_DRM_EXEC_RING_IDX | VT_DRM_EXEC_FENCE_FD_OUT,
					 .size = (uint32_t)bytes,
					 .command = address(cmd),
					 .fence_fd = -1,
					 .ring_idx = ring};
	int err = call(node, VT_DRM_EXECBUFFER, &exec);

	if (!err)
		*ret_fence = exec.fence_fd;
	return err;
}
