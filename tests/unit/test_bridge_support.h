/* tests/unit/test_bridge_support.h - a renderer and a bridge to it, without a virtio device. */
#ifndef VT_TEST_BRIDGE_SUPPORT_H
#define VT_TEST_BRIDGE_SUPPORT_H

#include <pthread.h>

#include "host-renderer/transport/virtgpu/bridge.h"
#include "tests/support/client.h"
#include "tests/support/vgpu.h"
#include "tests/support/vt_test.h"

/* A device that is nothing but the list of the fences that have retired. */
struct bridge_device {
	struct vt_bridge *bridge;
	pthread_mutex_t lock;
	uint64_t last;          /* fence that was made */
	uint64_t retired[4096]; /* guarded by lock, as is the next */
	unsigned count;
};

extern struct bridge_device bridge_dev;
extern struct test_renderer bridge_renderer;
extern const struct vt_bridge_ops bridge_device_ops;
extern const struct test_vgpu_ops bridge_guest_ops; /* these, for a struct bridge_device: */

void *bridge_blob(void *device, uint32_t ctx_id, uint64_t blob_id, uint64_t size);
uint64_t bridge_submit(void *device, uint32_t ctx_id, uint32_t ring, const void *cmd, size_t bytes);
bool bridge_retires(void *device, uint64_t fence, unsigned ms);

/* Starts a renderer with these options more (may be NULL), and a bridge to it. */
void bridge_begin(const char *const *more);

/* Ends both. Nothing may be left. */
void bridge_end(void);

/* A context in which the greeting has gone well. */
void bridge_open(struct test_vgpu *g, uint32_t ctx_id);

/* Ends it. */
void bridge_close(struct test_vgpu *g);

/* Memory of the renderer's as a blob of the guest's. */
void *bridge_memory(struct test_vgpu *g, uint64_t size, uint64_t *ret_blob_id);

/* Agrees on some window; its address is of no importance to this process. */
void bridge_window(struct test_vgpu *g);

#endif
