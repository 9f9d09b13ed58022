/*
 * Render nodes by a table. A node is an eventfd, a fence another one that is written to when it
 * retires.
 */
#include "tests/support/fake_virtgpu.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "guest-thunk/transport/virtgpu_abi.h"
#include "guest-thunk/transport/virtgpu_device.h"
#include "host-renderer/transport/virtgpu/bridge.h"
#include "tests/support/vt_test.h"

#define MAX_NODES  16
#define MAX_BLOBS  256
#define MAX_FENCES 64

struct blob {
	bool used;
	int node, fd;
	uint64_t offset, size;
};

struct fence {
	uint64_t id;
	int fd;
};

static struct fake_virtgpu config;
static struct vt_bridge *bridge;
static int control_fd;
static bool dead;
static pid_t process; /* whose device it is: a child's copy of a node is only closed */
static const struct vt_vgpu_calls *before;

/* Guards the bridge, and all but the fences: they retire while it is held. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int nodes[MAX_NODES]; /* descriptors; the index is the context */
static bool has_context[MAX_NODES];
static struct blob blobs[MAX_BLOBS];
static struct fake_virtgpu_counts counts;
static struct {
	unsigned long request;
	int err;
	unsigned after;
} fault;

static pthread_mutex_t fence_lock = PTHREAD_MUTEX_INITIALIZER;
static struct fence fences[MAX_FENCES]; /* guarded by fence_lock */
static uint64_t last_fence;             /* guarded by fence_lock */

static void *pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

/* --- Fences --- */

static void retire(void *device, uint32_t ctx_id, uint32_t ring, uint64_t id)
{
	const uint64_t one = 1;

	(void)device;
	(void)ctx_id;
	(void)ring;
	pthread_mutex_lock(&fence_lock);
	for (unsigned i = 0; i < MAX_FENCES; i++) {
		if (fences[i].id != id || dead)
			continue;
		VT_ASSERT(write(fences[i].fd, &one, sizeof(one)) == sizeof(one));
		close(fences[i].fd);
		fences[i].id = 0;
	}
	pthread_mutex_unlock(&fence_lock);
}

/* Returns its id, and *ret_fd for the library. */
static uint64_t make_fence(int *ret_fd)
{
	uint64_t id;
	unsigned i = 0;

	pthread_mutex_lock(&fence_lock);
	while (i < MAX_FENCES && fences[i].id)
		i++;
	VT_ASSERT(i < MAX_FENCES);
	id = fences[i].id = ++last_fence;
	fences[i].fd = eventfd(0, EFD_CLOEXEC);
	*ret_fd = fcntl(fences[i].fd, F_DUPFD_CLOEXEC, 0);
	pthread_mutex_unlock(&fence_lock);
	return id;
}

/* --- Requests --- */

static int node_index(int node)
{
	for (int i = 0; i < MAX_NODES; i++)
		if (nodes[i] == node)
			return i;
	return -1;
}

static int on_version(int n, void *arg)
{
	struct vt_drm_version *v = arg;
	const char *name = config.other_driver ? "amdgpu" : "virtio_gpu";

	(void)n;
	strncpy(v->name, name, v->name_len);
	v->name_len = strlen(name);
	return 0;
}

static int on_getparam(int n, void *arg)
{
	const struct vt_drm_getparam *get = arg;
	int value = 1;

	(void)n;
	if (get->param == VT_DRM_PARAM_CONTEXT_INIT || get->param == VT_DRM_PARAM_RESOURCE_BLOB)
		value = !config.no_contexts;
	else if (get->param == VT_DRM_PARAM_HOST_VISIBLE)
		value = !config.no_window;
	else if (get->param == VT_DRM_PARAM_EXPLICIT_DEBUG_NAME && config.old_kernel)
		return -EINVAL;
	memcpy(pointer(get->value), &value, sizeof(value));
	return 0;
}

static int on_get_caps(int n, void *arg)
{
	const struct vt_drm_get_caps *get = arg;
	struct vt_capset ours;
	uint8_t data[4096];
	size_t size = config.bytes_before + sizeof(ours);

	(void)n;
	if (!config.capset_id || get->cap_set_id != config.capset_id)
		return -EINVAL;
	memset(data, 0x5a, sizeof(data));
	vt_bridge_capset(0, &ours);
	if (config.major)
		ours.major = config.major;
	if (config.wrong_magic)
		ours.magic++;
	memcpy(data + config.bytes_before, &ours, sizeof(ours));
	memcpy(pointer(get->addr), data, size < get->size ? size : get->size);
	return 0;
}

static int on_context_init(int n, void *arg)
{
	const struct vt_drm_context_init *init = arg;
	const struct vt_drm_context_param_set *set = pointer(init->params);
	char name[64] = "";

	prctl(PR_GET_NAME, name);
	for (uint32_t i = 0; i < init->num_params; i++) {
		if (set[i].param == VT_DRM_CONTEXT_DEBUG_NAME && config.old_kernel)
			return -EINVAL;
		if (set[i].param == VT_DRM_CONTEXT_DEBUG_NAME)
			strncpy(name, pointer(set[i].value), sizeof(name) - 1);
	}
	memcpy(counts.name, name, sizeof(name));
	if (has_context[n])
		return -EEXIST;
	VT_ASSERT(vt_bridge_is_ours(name, strlen(name)));
	VT_ASSERT_EQ(vt_bridge_context_create(bridge, (uint32_t)n + 1), 0);
	has_context[n] = true;
	return 0;
}

/* As the kernel does: what the host says to it shows only when the blob is mapped. */
static int on_create_blob(int n, void *arg)
{
	struct vt_drm_create_blob *create = arg;
	unsigned i = 0;

	while (i < MAX_BLOBS && blobs[i].used)
		i++;
	VT_ASSERT(i < MAX_BLOBS);
	blobs[i] = (struct blob){.used = true, .node = nodes[n], .fd = -1, .size = create->size};
	if (!dead)
		vt_bridge_blob(bridge, (uint32_t)n + 1, create->blob_id, create->size, &blobs[i].fd,
			       &blobs[i].offset);
	counts.creates++;
	counts.blobs++;
	create->bo_handle = i + 1;
	return 0;
}

static void free_blob(struct blob *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->used = false;
	counts.blobs--;
}

/* A blob for which there is no room in the window: the host has been asked for it by then. */
static void lose_blob(int n, void *arg)
{
	const struct vt_drm_create_blob *create = arg;

	on_create_blob(n, arg);
	free_blob(&blobs[create->bo_handle - 1]);
}

static struct blob *find_blob(int n, uint32_t handle)
{
	struct blob *b = handle && handle <= MAX_BLOBS ? &blobs[handle - 1] : NULL;

	return b && b->used && b->node == nodes[n] ? b : NULL;
}

static int on_map(int n, void *arg)
{
	struct vt_drm_map *map = arg;

	if (!find_blob(n, map->handle))
		return -ENOENT;
	map->offset = (uint64_t)map->handle << 32;
	return 0;
}

static int on_gem_close(int n, void *arg)
{
	const struct vt_drm_gem_close *gem = arg;
	struct blob *b = find_blob(n, gem->handle);

	if (!b)
		return -EINVAL;
	free_blob(b);
	return 0;
}

static int on_export(int n, void *arg)
{
	struct vt_drm_prime_handle *prime = arg;
	const struct blob *b = find_blob(n, prime->handle);

	if (!b)
		return -ENOENT;
	prime->fd = b->fd < 0 ? -1 : fcntl(b->fd, F_DUPFD_CLOEXEC, 0);
	return prime->fd < 0 ? -EINVAL : 0;
}

static int on_execbuffer(int n, void *arg)
{
	struct vt_drm_execbuffer *exec = arg;
	const struct vt_vgpu_await *cmd = pointer(exec->command);
	bool fenced = exec->flags & VT_DRM_EXEC_FENCE_FD_OUT;
	uint64_t id = fenced ? make_fence(&exec->fence_fd) : UINT64_MAX;

	VT_ASSERT(exec->size >= 4 && exec->size % 4 == 0);
	VT_ASSERT(exec->flags & VT_DRM_EXEC_RING_IDX && exec->ring_idx < VT_VGPU_RINGS);
	counts.submits++;
	if (cmd->op == VT_VGPU_AWAIT)
		counts.awaits[cmd->word]++;
	if (dead)
		return 0;
	vt_bridge_submit(bridge, (uint32_t)n + 1, cmd, exec->size);
	if (fenced || config.old_kernel)
		vt_bridge_fence(bridge, (uint32_t)n + 1, exec->ring_idx, id);
	return 0;
}

static const struct {
	unsigned long request;
	int (*run)(int n, void *arg);
} requests[] = {
    {VT_DRM_VERSION, on_version},         {VT_DRM_GETPARAM, on_getparam},
    {VT_DRM_GET_CAPS, on_get_caps},       {VT_DRM_CONTEXT_INIT, on_context_init},
    {VT_DRM_CREATE_BLOB, on_create_blob}, {VT_DRM_MAP, on_map},
    {VT_DRM_GEM_CLOSE, on_gem_close},     {VT_DRM_PRIME_EXPORT, on_export},
    {VT_DRM_EXECBUFFER, on_execbuffer},
};

/* The error that the test wants of this one, or 0. */
static int fault_of(unsigned long request)
{
	if (!fault.err || fault.request != request || fault.after-- > 0)
		return 0;
	return fault.err;
}

static int take_fault(unsigned long request)
{
	int err = fault_of(request);

	if (err)
		fault.err = 0;
	return -err;
}

static int fake_ioctl(int node, unsigned long request, void *arg)
{
	int err = -ENOTTY, n;

	pthread_mutex_lock(&lock);
	counts.ioctls++;
	n = node_index(node);
	VT_ASSERT(n >= 0);
	for (size_t i = 0; i < VT_ARRAY_LEN(requests); i++) {
		if (requests[i].request != request)
			continue;
		err = take_fault(request);
		if (!err)
			err = requests[i].run(n, arg);
		else if (request == VT_DRM_CREATE_BLOB)
			lose_blob(n, arg);
	}
	pthread_mutex_unlock(&lock);
	return err;
}

static void *fake_mmap(int node, size_t size, uint64_t offset)
{
	void *p = MAP_FAILED;
	const struct blob *b;
	int err;

	pthread_mutex_lock(&lock);
	err = -take_fault(0);
	b = find_blob(node_index(node), (uint32_t)(offset >> 32));
	/* The kernel maps whole blobs only, and says no more of what went wrong on the host. */
	if (!err && (!b || b->fd < 0 || b->size != size))
		err = EINVAL;
	if (!err)
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd, (off_t)b->offset);
	pthread_mutex_unlock(&lock);
	errno = err;
	return p;
}

static int fake_open(const char *path)
{
	int n = 0;

	if (strcmp(path, FAKE_NODE) != 0)
		return -ENOENT;
	if (config.open_error)
		return config.open_error;
	pthread_mutex_lock(&lock);
	while (n < MAX_NODES && nodes[n] >= 0)
		n++;
	VT_ASSERT(n < MAX_NODES);
	nodes[n] = eventfd(0, EFD_CLOEXEC);
	has_context[n] = false;
	counts.nodes++;
	pthread_mutex_unlock(&lock);
	return nodes[n];
}

static void fake_close(int node)
{
	int n;

	if (process != getpid()) {
		close(node);
		return;
	}
	pthread_mutex_lock(&lock);
	n = node_index(node);
	VT_ASSERT(n >= 0);
	for (unsigned i = 0; i < MAX_BLOBS; i++)
		if (blobs[i].used && blobs[i].node == node)
			free_blob(&blobs[i]);
	if (has_context[n])
		vt_bridge_context_destroy(bridge, (uint32_t)n + 1);
	close(node);
	nodes[n] = -1;
	counts.nodes--;
	pthread_mutex_unlock(&lock);
}

static const struct vt_vgpu_calls calls = {
    .open = fake_open,
    .ioctl = fake_ioctl,
    .mmap = fake_mmap,
    .close = fake_close,
};

/* --- For the tests --- */

void fake_virtgpu_start(const struct fake_virtgpu *wanted, const char *socket)
{
	static const struct vt_bridge_ops ops = {.retire = retire};

	config = *wanted;
	memset(&counts, 0, sizeof(counts));
	memset(&fault, 0, sizeof(fault));
	for (unsigned i = 0; i < MAX_NODES; i++)
		nodes[i] = -1;
	dead = false;
	process = getpid();
	control_fd = vt_bridge_control_create();
	VT_ASSERT(control_fd >= 0);
	VT_ASSERT_EQ(vt_bridge_create(socket, control_fd, &ops, NULL, &bridge), 0);
	before = vt_vgpu_calls;
	vt_vgpu_calls = &calls;
}

void fake_virtgpu_stop(void)
{
	vt_bridge_destroy(bridge);
	close(control_fd);
	vt_vgpu_calls = before;
	VT_ASSERT_EQ(counts.nodes, 0);
	VT_ASSERT_EQ(counts.blobs, 0);
	for (unsigned i = 0; i < MAX_FENCES; i++) {
		VT_ASSERT(!fences[i].id || dead);
		if (fences[i].id)
			close(fences[i].fd);
		fences[i].id = 0;
	}
}

void fake_virtgpu_fail(unsigned long request, int err, unsigned after)
{
	pthread_mutex_lock(&lock);
	fault.request = request;
	fault.err = err;
	fault.after = after;
	pthread_mutex_unlock(&lock);
}

void fake_virtgpu_count(struct fake_virtgpu_counts *ret)
{
	pthread_mutex_lock(&lock);
	*ret = counts;
	pthread_mutex_unlock(&lock);
}

void fake_virtgpu_die(bool told)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_lock(&fence_lock);
	dead = true;
	pthread_mutex_unlock(&fence_lock);
	if (told)
		vt_bridge_control_gone(control_fd);
	pthread_mutex_unlock(&lock);
}
