/* Our libvirglrenderer.so.1 with a renderer behind it: sessions of a guest, and their ends. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/client.h"
#include "tests/unit/test_virgl_support.h"

static struct test_vgpu guest, other;
static struct test_renderer renderer;

static const int ways[] = {QEMU_10_VENUS, QEMU_11_DRM};

static void begin(size_t way)
{
	test_renderer_start(&renderer, NULL);
	virgl_begin(renderer.socket, ways[way]);
}

static void end(void)
{
	virgl_end();
	VT_ASSERT(test_renderer_workers(&renderer, 0));
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
}

static void open_guest(struct test_vgpu *g, uint32_t ctx_id)
{
	virgl_context(ctx_id);
	test_vgpu_open(g, &virgl_guest_ops, NULL, ctx_id);
}

VT_TEST_ROWS(virgl_session, ping, VT_ARRAY_LEN(ways))
{
	struct vt_topology_rep topo;

	begin(row);
	open_guest(&guest, 5);
	open_guest(&other, 6);
	VT_ASSERT(guest.control->welcome.context_id != other.control->welcome.context_id);
	test_vgpu_ping(&guest);
	test_vgpu_ping(&other);
	VT_ASSERT_EQ(test_vgpu_call(&guest, VT_OP_TOPOLOGY, NULL, &topo), 0);
	VT_ASSERT_EQ(topo.num_nodes, 2);
	virgl.virgl_renderer_context_destroy(5);
	VT_ASSERT(test_renderer_workers(&renderer, 1));
	test_vgpu_ping(&other);
	end();
}

/* Memory of the renderer's becomes a blob, and a file that a monitor of another kind maps itself.
 */
VT_TEST(virgl_session, memory)
{
	struct vt_mem_alloc_req req = {.node = 1, .flags_bits = TEST_VRAM, .size = 1 << 20};
	struct vt_mem_alloc_rep rep;
	int err = -EEXIST, fd;
	uint32_t type;
	uint64_t size;
	uint8_t *map, *same;

	begin(0);
	open_guest(&guest, 5);
	for (unsigned i = 0; i < VT_WINDOW_CANDIDATES && err == -EEXIST; i++) {
		struct vt_window_req window = {vt_window_candidate(i), VT_WINDOW_MIN};

		err = test_vgpu_call(&guest, VT_OP_WINDOW, &window, NULL);
	}
	VT_ASSERT_EQ(err, 0);
	VT_ASSERT_EQ(test_vgpu_call(&guest, VT_OP_MEM_ALLOC, &req, &rep), 0);
	VT_ASSERT(rep.blob.is_new);
	VT_ASSERT_EQ(virgl_blob(1, 5, VT_VGPU_BLOB_FILE(guest.seqno, 0), rep.blob.size), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map(1, (void **)&map, &size), 0);
	VT_ASSERT_EQ(size, rep.blob.size);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_export_blob(1, &type, &fd), 0);
	VT_ASSERT_EQ(type, VT_VIRGL_FD_SHM);
	same = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	VT_ASSERT(same != MAP_FAILED);
	map[12345] = 42;
	VT_ASSERT_EQ(same[12345], 42);
	close(fd);
	munmap(same, size);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_unmap(1), 0);
	virgl.virgl_renderer_resource_unref(1);
	end();
}

VT_TEST_ROWS(virgl_session, worker_dies, VT_ARRAY_LEN(ways))
{
	bool polls = !(ways[row] & VT_VIRGL_ASYNC_FENCES);
	unsigned before;
	int64_t began;

	begin(row);
	open_guest(&guest, 5);
	before = virgl_told();
	test_vgpu_await(&guest, 1, VT_VGPU_WORD_GONE, 0);
	test_vgpu_await(&guest, 2, VT_VGPU_WORD_BELL, atomic_load(&guest.events->header.bell));
	VT_ASSERT(!virgl_waits(before + 1, polls, 30));
	began = test_now_ms();
	kill(test_child_of(renderer.pid), SIGKILL);
	VT_ASSERT(virgl_waits(before + 2, polls, 1000));
	VT_ASSERT(test_now_ms() - began < 1000);
	VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
	test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0); /* and to come */
	VT_ASSERT(virgl_waits(before + 3, polls, 100));
	open_guest(&other, 6);
	test_vgpu_ping(&other);
	end();
}

/* A guest that boots again: nothing of the old one is left, and the new one works. */
VT_TEST(virgl_session, reboot)
{
	unsigned files = 0;

	begin(0);
	for (unsigned i = 0; i < 5; i++) {
		open_guest(&guest, 5);
		test_vgpu_ping(&guest);
		test_vgpu_await(&guest, 1, VT_VGPU_WORD_GONE, 0);
		virgl.virgl_renderer_reset();
		VT_ASSERT(test_renderer_workers(&renderer, 0));
		VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, ways[0], &virgl_callbacks),
			     0);
		if (!i)
			files = test_open_files(getpid(), false);
		VT_ASSERT_EQ(test_open_files(getpid(), false), files);
	}
	end();
}

/* The guest is told that there is no renderer, and why. */
VT_TEST(virgl_session, no_renderer)
{
	virgl_begin("/tmp/vthunk-there-is-no-such-socket", QEMU_11_DRM);
	virgl_context(5);
	VT_ASSERT_EQ(test_vgpu_hello(&guest, &virgl_guest_ops, NULL, 5), VT_VGPU_REFUSED);
	VT_ASSERT(strstr(guest.control->welcome.text, "cannot be reached"));
	virgl_end();
}
