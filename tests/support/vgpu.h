/*
 * tests/support/vgpu.h - a guest's program for tests: a context of a virtio-gpu device and the
 * protocol in it, by hand. What the device is comes in by struct test_vgpu_ops.
 *
 * What goes wrong here ends the test with a message.
 */
#ifndef VT_TEST_VGPU_H
#define VT_TEST_VGPU_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/wire/codec.h"
#include "proto/wire/evpage.h"
#include "proto/wire/msg.h"
#include "proto/wire/ring.h"
#include "proto/wire/virtgpu.h"

#define TEST_VRAM 0x20c1u /* HsaMemFlags: non-paged, host access, no substitute, coarse grain */

struct test_vgpu_ops {
	/* Makes a HOST3D blob and maps it. Returns where, or NULL. */
	void *(*blob)(void *device, uint32_t ctx_id, uint64_t blob_id, uint64_t size);
	/* A command, with a fence on that ring. Returns the fence's number, not 0. */
	uint64_t (*submit)(void *device, uint32_t ctx_id, uint32_t ring, const void *cmd,
			   size_t bytes);
	/* Whether the fence retires within that time. */
	bool (*retires)(void *device, uint64_t fence, unsigned ms);
};

struct test_vgpu {
	const struct test_vgpu_ops *ops;
	void *device;
	uint32_t ctx_id;
	struct vt_vgpu_control *control;
	struct vt_channel channel;
	struct vt_event_page *events;
	uint64_t seqno;
	unsigned nfds; /* of the last reply: 0, or at least 1 */
	struct vt_arena arena;
	uint8_t body[VT_MAX_BODY];
};

/* Says hello and waits for the answer. Returns the state. The device has the context already. */
uint32_t test_vgpu_hello(struct test_vgpu *g, const struct test_vgpu_ops *ops, void *device,
			 uint32_t ctx_id);

/* As above, and takes the channel and the events. The answer must be a welcome. */
void test_vgpu_open(struct test_vgpu *g, const struct test_vgpu_ops *ops, void *device,
		    uint32_t ctx_id);

/* Waits, at most 5 s, until the state is that. Returns whether it is. */
bool test_vgpu_state(const struct test_vgpu *g, uint32_t state);

/* One request. Returns the renderer's error as -errno, or 0 with the reply in *rep. */
int test_vgpu_call(struct test_vgpu *g, unsigned op, const void *req, void *rep);

/* PING, with its answer. */
void test_vgpu_ping(struct test_vgpu *g);

/* A command, whose fence on ring 0 must retire at once. */
void test_vgpu_command(struct test_vgpu *g, const void *cmd, size_t bytes);

/* VT_VGPU_AWAIT on that ring. Returns the fence. */
uint64_t test_vgpu_await(struct test_vgpu *g, uint32_t ring, uint32_t word, uint32_t seen);

/* Fills in a hello. */
void test_vgpu_hello_command(struct vt_vgpu_hello *hello);

void test_pause_ms(long ms);
int64_t test_now_ms(void);

/* Open files of a process; those that are memfds alone. */
unsigned test_open_files(int pid, bool memfds);

#endif
