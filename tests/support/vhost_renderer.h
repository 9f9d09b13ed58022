/* tests/support/vhost_renderer.h - a renderer with a device at vhost_path, a front-end, and guests
 * in it: what the tests of the device share. */
#ifndef VT_TEST_VHOST_RENDERER_H
#define VT_TEST_VHOST_RENDERER_H

#include "tests/support/client.h"
#include "tests/support/vhost_front.h"

extern struct test_renderer renderer;
extern struct test_front front;
extern char vhost_path[64];

/* Starts vthunkd --vhost-user, with more options (may be NULL), and connects the front-end. */
void test_vhost_begin(const char *const *more);

/* Closes the front-end and stops vthunkd. Nothing may be left. */
void test_vhost_end(void);

/* The device's process, or 0. */
pid_t test_vhost_device(void);

/* A worker, or 0. */
pid_t test_vhost_worker(void);

/* Whether the renderer has n workers within 2 s. */
bool test_vhost_workers(unsigned n);

/* Whether the device has n open files within 2 s. */
bool test_vhost_files(unsigned n);

/* A context in which the greeting has gone well. */
void test_vhost_context(struct test_vgpu *g, uint32_t ctx_id);

/* Memory of the renderer's in the guest. */
void *test_vhost_memory(struct test_vgpu *g, uint64_t size);

#endif
