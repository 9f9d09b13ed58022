/* A renderer and a bridge to it, for tests. */
#include "tests/unit/test_bridge_support.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

struct bridge_device bridge_dev = {.lock = PTHREAD_MUTEX_INITIALIZER};
struct test_renderer bridge_renderer;

static void on_retire(void *device, uint32_t ctx_id, uint32_t ring, uint64_t fence)
{
	struct bridge_device *d = device;

	(void)ctx_id;
	(void)ring;
	pthread_mutex_lock(&d->lock);
	d->retired[d->count++ % VT_ARRAY_LEN(d->retired)] = fence;
	pthread_mutex_unlock(&d->lock);
}

const struct vt_bridge_ops bridge_device_ops = {on_retire};

static bool has_retired(const struct bridge_device *d, uint64_t fence)
{
	for (unsigned i = 0; i < d->count && i < VT_ARRAY_LEN(d->retired); i++)
		if (d->retired[i] == fence)
			return true;
	return false;
}

bool bridge_retires(void *device, uint64_t fence, unsigned ms)
{
	struct bridge_device *d = device;
	int64_t end = test_now_ms() + ms;
	bool done;

	for (;;) {
		pthread_mutex_lock(&d->lock);
		done = has_retired(d, fence);
		pthread_mutex_unlock(&d->lock);
		if (done || test_now_ms() >= end)
			return done;
		test_pause_ms(1);
	}
}

void *bridge_blob(void *device, uint32_t ctx_id, uint64_t blob_id, uint64_t size)
{
	struct bridge_device *d = device;
	uint64_t offset;
	void *at;
	int fd;

	if (vt_bridge_blob(d->bridge, ctx_id, blob_id, size, &fd, &offset))
		return NULL;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	close(fd);
	VT_ASSERT(at != MAP_FAILED);
	return at;
}

uint64_t bridge_submit(void *device, uint32_t ctx_id, uint32_t ring, const void *cmd, size_t bytes)
{
	struct bridge_device *d = device;

	vt_bridge_submit(d->bridge, ctx_id, cmd, bytes);
	vt_bridge_fence(d->bridge, ctx_id, ring, ++d->last);
	return d->last;
}

const struct test_vgpu_ops bridge_guest_ops = {bridge_blob, bridge_submit, bridge_retires};

void bridge_begin(const char *const *more)
{
	test_renderer_start(&bridge_renderer, more);
	VT_ASSERT_EQ(vt_bridge_create(bridge_renderer.socket, -1, &bridge_device_ops, &bridge_dev,
				      &bridge_dev.bridge),
		     0);
}

void bridge_end(void)
{
	vt_bridge_destroy(bridge_dev.bridge);
	VT_ASSERT(test_renderer_workers(&bridge_renderer, 0));
	VT_ASSERT_EQ(test_renderer_stop(&bridge_renderer), 0);
}

void bridge_open(struct test_vgpu *g, uint32_t ctx_id)
{
	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, ctx_id), 0);
	test_vgpu_open(g, &bridge_guest_ops, &bridge_dev, ctx_id);
}

void bridge_close(struct test_vgpu *g)
{
	VT_ASSERT_EQ(vt_bridge_context_destroy(bridge_dev.bridge, g->ctx_id), 0);
	VT_ASSERT_EQ(atomic_load(&g->control->state), VT_VGPU_GONE);
	munmap(g->control, VT_VGPU_CONTROL_BYTES);
	if (g->events) {
		munmap(g->channel.requests.shared, VT_CHANNEL_BYTES);
		munmap(g->events, VT_EVENT_PAGE_BYTES);
	}
}

void *bridge_memory(struct test_vgpu *g, uint64_t size, uint64_t *ret_blob_id)
{
	struct vt_mem_alloc_req req = {.node = 1, .flags_bits = TEST_VRAM, .size = size};
	struct vt_mem_alloc_rep rep;
	void *at;

	VT_ASSERT_EQ(test_vgpu_call(g, VT_OP_MEM_ALLOC, &req, &rep), 0);
	VT_ASSERT(rep.blob.is_new && g->nfds == 1);
	*ret_blob_id = VT_VGPU_BLOB_FILE(g->seqno, 0);
	VT_ASSERT(!bridge_blob(&bridge_dev, g->ctx_id, *ret_blob_id, rep.blob.size + (1ull << 32)));
	at = bridge_blob(&bridge_dev, g->ctx_id, *ret_blob_id, size);
	VT_ASSERT(at);
	return at;
}

void bridge_window(struct test_vgpu *g)
{
	int err = -EEXIST;

	for (unsigned i = 0; i < VT_WINDOW_CANDIDATES && err == -EEXIST; i++) {
		struct vt_window_req req = {vt_window_candidate(i), VT_WINDOW_MIN};

		err = test_vgpu_call(g, VT_OP_WINDOW, &req, NULL);
	}
	VT_ASSERT_EQ(err, 0);
}
