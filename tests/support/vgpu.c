/* A guest's program for tests. */
#include "tests/support/vgpu.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/vt_test.h"

#define TIMEOUT_MS 20000

void test_pause_ms(long ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

int64_t test_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

unsigned test_open_files(int pid, bool memfds)
{
	char path[64], target[256];
	struct dirent *e;
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	VT_ASSERT(dir);
	while ((e = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);

		if (len > 0 && (!memfds || strncmp(target, "/memfd:", 7) == 0))
			n++;
	}
	closedir(dir);
	return n;
}

void test_vgpu_hello_command(struct vt_vgpu_hello *hello)
{
	memset(hello, 0, sizeof(*hello));
	hello->op = VT_VGPU_HELLO;
	vt_hello_init(&hello->hello, "test");
}

bool test_vgpu_state(const struct test_vgpu *g, uint32_t state)
{
	for (unsigned i = 0; i < 5000; i++) {
		if (atomic_load(&g->control->state) == state)
			return true;
		test_pause_ms(1);
	}
	return false;
}

uint32_t test_vgpu_hello(struct test_vgpu *g, const struct test_vgpu_ops *ops, void *device,
			 uint32_t ctx_id)
{
	struct vt_vgpu_hello hello;

	memset(g, 0, sizeof(*g));
	g->ops = ops;
	g->device = device;
	g->ctx_id = ctx_id;
	g->control = ops->blob(device, ctx_id, VT_VGPU_BLOB_CONTROL, VT_VGPU_CONTROL_BYTES);
	VT_ASSERT(g->control);
	VT_ASSERT_EQ(atomic_load(&g->control->state), VT_VGPU_NEW);
	test_vgpu_hello_command(&hello);
	test_vgpu_command(g, &hello, sizeof(hello));
	for (unsigned i = 0; i < TIMEOUT_MS && !atomic_load(&g->control->state); i++)
		test_pause_ms(1);
	return atomic_load(&g->control->state);
}

void test_vgpu_open(struct test_vgpu *g, const struct test_vgpu_ops *ops, void *device,
		    uint32_t ctx_id)
{
	uint32_t state = test_vgpu_hello(g, ops, device, ctx_id);
	void *channel;

	VT_ASSERT_MSG(state == VT_VGPU_WELCOMED, "state %u: %s", state, g->control->welcome.text);
	VT_ASSERT_EQ(g->control->welcome.ring_bytes, VT_RING_BYTES);
	channel = ops->blob(device, ctx_id, VT_VGPU_BLOB_CHANNEL, VT_CHANNEL_BYTES);
	g->events = ops->blob(device, ctx_id, VT_VGPU_BLOB_EVENTS, VT_EVENT_PAGE_BYTES);
	VT_ASSERT(channel && g->events);
	vt_channel_init(&g->channel, channel);
}

int test_vgpu_call(struct test_vgpu *g, unsigned op, const void *req, void *rep)
{
	int err, len = vt_codec_pack(op, VT_REQUEST, req, g->body);
	struct vt_frame f = {.op = (uint16_t)op, .seqno = ++g->seqno, .body_len = (uint32_t)len};

	VT_ASSERT(len >= 0);
	VT_ASSERT_EQ(vt_ring_write(&g->channel.requests, &f, g->body, TIMEOUT_MS), 0);
	err = vt_ring_read(&g->channel.replies, &f, g->body, sizeof(g->body), VT_RING_SPIN_NS,
			   TIMEOUT_MS);
	VT_ASSERT_MSG(err == 0, "no reply to %s: %d", vt_op_info(op)->name, err);
	VT_ASSERT_EQ(vt_frame_check_reply(&f, (uint16_t)op, g->seqno), 0);
	g->nfds = f.flags & VT_FRAME_FDS ? 1 : 0;
	if (f.error)
		return -f.error;
	VT_ASSERT_EQ(vt_codec_unpack(op, VT_REPLY, g->body, f.body_len, rep, &g->arena), 0);
	return 0;
}

void test_vgpu_ping(struct test_vgpu *g)
{
	struct vt_ping_req ping = {.value = 0x1122334455667788 + g->ctx_id};
	struct vt_ping_rep pong = {0};

	VT_ASSERT_EQ(test_vgpu_call(g, VT_OP_PING, &ping, &pong), 0);
	VT_ASSERT_EQ(pong.value, ping.value);
}

void test_vgpu_command(struct test_vgpu *g, const void *cmd, size_t bytes)
{
	uint64_t fence = g->ops->submit(g->device, g->ctx_id, 0, cmd, bytes);

	VT_ASSERT(g->ops->retires(g->device, fence, 5000));
}

uint64_t test_vgpu_await(struct test_vgpu *g, uint32_t ring, uint32_t word, uint32_t seen)
{
	struct vt_vgpu_await cmd = {.op = VT_VGPU_AWAIT, .word = word, .seen = seen};

	return g->ops->submit(g->device, g->ctx_id, ring, &cmd, sizeof(cmd));
}
