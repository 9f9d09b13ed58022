/*
 * A whole session over virtio-gpu: the guest's library, the fake device with the host's bridge
 * (fake_virtgpu.h), and vthunkd with a provider that executes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest-thunk/client/session.h"
#include "guest-thunk/client/userptr.h"
#include "guest-thunk/transport/virtgpu_abi.h"
#include "proto/wire/msg.h"
#include "tests/support/client.h"
#include "tests/support/fake_virtgpu.h"
#include "tests/support/vt_test.h"

#define PAGE  4096u
#define MIB   (1u << 20)
#define HOST  0x20040u
#define VRAM  0x20c1u
#define AQL   21u
#define GPU   1u
#define CHUNK (4u * MIB) /* large enough for a blob of its own */

static struct test_renderer renderer;
static struct vt_session *s;

static void begin(void)
{
	static const struct fake_virtgpu config = {.capset_id = 20};

	test_renderer_start(&renderer, NULL);
	fake_virtgpu_start(&config, renderer.socket);
	unsetenv("VTHUNK_SOCKET");
	setenv("VTHUNK_RENDER_NODE", FAKE_NODE, 1);
	VT_ASSERT_EQ(vt_session_open(), 0);
	s = vt_session_get();
	VT_ASSERT(s);
}

static void end(void)
{
	vt_session_put(s);
	VT_ASSERT_EQ(vt_session_close(), 0);
	fake_virtgpu_stop();
	VT_ASSERT(test_renderer_workers(&renderer, 0));
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
}

static uint32_t *alloc(uint32_t node, uint32_t flags, uint64_t size)
{
	uint64_t va = 0;

	VT_ASSERT_EQ(vt_memory_alloc(s, node, size, 0, flags, 0, &va), 0);
	return (uint32_t *)va;
}

static struct fake_virtgpu_counts count(void)
{
	struct fake_virtgpu_counts c;

	fake_virtgpu_count(&c);
	return c;
}

VT_TEST(virtgpu_session, memory_is_where_it_was_agreed)
{
	uint32_t *small, *large;

	begin();
	small = alloc(GPU, VRAM, PAGE);
	large = alloc(GPU, VRAM, CHUNK);
	VT_ASSERT((uint64_t)large >= s->window.base);
	VT_ASSERT((uint64_t)large + CHUNK <= s->window.base + s->window.size);
	VT_ASSERT(small[0] == 0 && large[CHUNK / 4 - 1] == 0);
	small[0] = large[0] = large[CHUNK / 4 - 1] = 7;
	VT_ASSERT_EQ(vt_memory_free(s, (uint64_t)large), 0);
	large = alloc(GPU, VRAM, CHUNK);
	VT_ASSERT(large[0] == 0 && large[CHUNK / 4 - 1] == 0);
	VT_ASSERT_EQ(count().blobs, 0);
	end();
}

/* Once a program has its memory, allocating makes no blob and, with the renderer awake, no
 * command. */
VT_TEST(virtgpu_session, steady_allocation_makes_no_blob)
{
	unsigned creates;

	begin();
	VT_ASSERT_EQ(vt_memory_free(s, (uint64_t)alloc(GPU, VRAM, PAGE)), 0);
	VT_ASSERT_EQ(vt_memory_free(s, (uint64_t)alloc(GPU, VRAM, CHUNK)), 0);
	creates = count().creates;
	for (unsigned i = 0; i < 100; i++) {
		VT_ASSERT_EQ(vt_memory_free(s, (uint64_t)alloc(GPU, VRAM, PAGE)), 0);
		VT_ASSERT_EQ(vt_memory_free(s, (uint64_t)alloc(GPU, VRAM, CHUNK)), 0);
	}
	VT_ASSERT_EQ(count().creates, creates);
	end();
}

/* Row 0: of a slab, for which there is room the next time; row 1: of its own. */
VT_TEST_ROWS(virtgpu_session, a_full_window_is_no_memory_and_no_end, 2)
{
	uint64_t size = row ? CHUNK : PAGE, va;

	begin();
	fake_virtgpu_fail(VT_DRM_CREATE_BLOB, ENOSPC, 0);
	VT_ASSERT_EQ(vt_memory_alloc(s, GPU, size, 0, VRAM, 0, &va), -ENOMEM);
	*alloc(GPU, VRAM, size) = 1;
	*alloc(GPU, VRAM, size) = 1;
	end();
}

VT_TEST(virtgpu_session, the_programs_pages_are_shared_and_given_back)
{
	size_t len = 1000 * PAGE;
	uint32_t *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int status;

	for (uint32_t i = 0; i < len / 4; i += 64)
		p[i] = i;
	begin();
	VT_ASSERT_EQ(vt_memory_register(s, (uint64_t)p, len, 0, 0), 0);
	VT_ASSERT_EQ(vt_userptr_count(), 1);
	VT_ASSERT_EQ(count().blobs, 0);
	for (uint32_t i = 0; i < len / 4; i += 64)
		VT_ASSERT_EQ(p[i]++, i);
	pid = fork();
	if (pid == 0)
		_exit(p[64] == 65 && !vt_session_get() && vt_userptr_count() == 0 ? 0 : 1);
	p[64] = 0;
	VT_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
	p[64] = 65;
	VT_ASSERT_EQ(vt_memory_deregister(s, (uint64_t)p), 0);
	VT_ASSERT_EQ(vt_userptr_count(), 0);
	for (uint32_t i = 0; i < len / 4; i += 64)
		VT_ASSERT_EQ(p[i], i + 1);
	fake_virtgpu_fail(VT_DRM_CREATE_BLOB, ENOSPC, 0);
	VT_ASSERT_EQ(vt_memory_register(s, (uint64_t)p, len, 0, 0), -ENOMEM);
	VT_ASSERT_EQ(p[64], 65);
	end();
	munmap(p, len);
}

/* The doorbell is a word in a blob, and the provider answers each ring with an event. */
VT_TEST(virtgpu_session, a_queue_needs_no_message)
{
	struct vt_queue_create_req req = {
	    .node = GPU, .type = AQL, .percentage = 100, .ring_size = 65536};
	struct vt_event_ids ids;
	struct vt_queue_words words;
	const void *key = &ids;
	uint64_t id;
	uint8_t *pointers;

	begin();
	req.ring_va = (uint64_t)alloc(0, HOST, 65536);
	pointers = (uint8_t *)alloc(0, HOST, PAGE);
	req.read_ptr_va = (uint64_t)pointers + 0x80;
	req.write_ptr_va = (uint64_t)pointers + 0x38;
	VT_ASSERT_EQ(vt_event_create(s, key, VT_EVENT_SIGNAL, GPU, false, false, &ids), 0);
	req.event_id = ids.event_id;
	VT_ASSERT_EQ(vt_queue_create(s, &req, &id, &words), 0);
	for (uint64_t i = 0; i < 20; i++) {
		atomic_store((_Atomic uint64_t *)words.doorbell, i);
		VT_ASSERT_EQ(vt_event_wait(s, &key, 1, true, 5000, NULL), 0);
		VT_ASSERT_EQ(atomic_load((_Atomic uint64_t *)req.read_ptr_va), i + 1);
	}
	VT_ASSERT_EQ(vt_queue_destroy(s, id), 0);
	VT_ASSERT_EQ(vt_event_destroy(s, key), 0);
	end();
}

VT_TEST(virtgpu_session, the_end_of_the_renderer_is_an_error)
{
	struct vt_event_ids ids;
	const void *key = &ids;
	struct timespec start, now;
	uint64_t va;

	begin();
	VT_ASSERT_EQ(vt_event_create(s, key, VT_EVENT_SIGNAL, GPU, false, false, &ids), 0);
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	VT_ASSERT_EQ(vt_event_wait(s, &key, 1, true, 5000, NULL), -EPIPE);
	VT_ASSERT_EQ(vt_memory_alloc(s, GPU, PAGE, 0, VRAM, 0, &va), -EPIPE);
	clock_gettime(CLOCK_MONOTONIC, &now);
	VT_ASSERT(now.tv_sec - start.tv_sec <= 1);
	vt_session_put(s);
	test_renderer_start(&renderer, NULL);
	VT_ASSERT(vt_session_open() != 0); /* the bridge knows the old socket only */
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
}

VT_TEST(virtgpu_session, a_named_socket_comes_first)
{
	static const struct fake_virtgpu config = {.capset_id = 20};

	fake_virtgpu_start(&config, "/nowhere");
	setenv("VTHUNK_RENDER_NODE", FAKE_NODE, 1);
	setenv("VTHUNK_SOCKET", "/nowhere/there/is/a/socket", 1);
	VT_ASSERT_EQ(vt_session_open(), -ECONNREFUSED);
	VT_ASSERT_EQ(count().ioctls, 0);
	unsetenv("VTHUNK_SOCKET");
	VT_ASSERT_EQ(vt_session_open(), -ECONNREFUSED);
	VT_ASSERT(count().ioctls > 0);
	fake_virtgpu_stop();
}
