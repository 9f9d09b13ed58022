/* The bridge without a virtio device: contexts, blobs, commands, fences. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test_bridge_support.h"

static struct test_vgpu guest, other;

VT_TEST(bridge, session)
{
	struct vt_vgpu_drop drop = {.op = VT_VGPU_DROP};
	struct vt_topology_rep topo;
	unsigned files;
	uint64_t id;
	void *again;

	bridge_begin(NULL);
	files = test_open_files(getpid(), false);
	bridge_open(&guest, 7);
	bridge_open(&other, 0x80000001);
	VT_ASSERT(guest.control->welcome.context_id != other.control->welcome.context_id);
	test_vgpu_ping(&guest);
	test_vgpu_ping(&other);
	VT_ASSERT_EQ(test_vgpu_call(&guest, VT_OP_TOPOLOGY, NULL, &topo), 0);
	VT_ASSERT_EQ(topo.num_nodes, 2);
	bridge_window(&guest);
	munmap(bridge_memory(&guest, 1 << 20, &id), 1 << 20);
	again = bridge_blob(&bridge_dev, 7, id, 4096);
	VT_ASSERT(again);
	munmap(again, 4096);
	drop.blob_id = id;
	test_vgpu_command(&guest, &drop, sizeof(drop));
	VT_ASSERT(!bridge_blob(&bridge_dev, 7, id, 4096));
	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 7), -EEXIST);
	bridge_close(&guest);
	VT_ASSERT_EQ(vt_bridge_context_destroy(bridge_dev.bridge, 7), -ENOENT);
	VT_ASSERT(test_renderer_workers(&bridge_renderer, 1));
	test_vgpu_ping(&other);
	bridge_close(&other);
	VT_ASSERT_EQ(test_open_files(getpid(), false), files);
	bridge_end();
}

/* A guest that sleeps: the renderer is woken by a command only, and the fence wakes the guest. */
VT_TEST(bridge, wake_and_await)
{
	const struct vt_vgpu_wake wake = {VT_VGPU_WAKE, VT_VGPU_WORD_REQUESTS_TAIL};
	int64_t began;
	long waited = 0;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	for (unsigned i = 0; i < 10; i++) {
		struct vt_ring_shared *requests = guest.channel.requests.shared;
		struct vt_ring_shared *replies = guest.channel.replies.shared;
		struct vt_frame f = {.op = VT_OP_PING, .seqno = ++guest.seqno};
		uint32_t tail = atomic_load(&replies->tail);
		uint64_t fence;

		test_pause_ms(30); /* the worker sleeps */
		atomic_store(&requests->reader_sleeps, 0);
		VT_ASSERT_EQ(vt_ring_write(&guest.channel.requests, &f, NULL, 1000), 0);
		atomic_store(&replies->reader_sleeps, 1);
		fence = test_vgpu_await(&guest, 1, VT_VGPU_WORD_REPLIES_TAIL, tail);
		began = test_now_ms();
		vt_bridge_submit(bridge_dev.bridge, 1, &wake, sizeof(wake));
		VT_ASSERT(bridge_retires(&bridge_dev, fence, 5000));
		waited += test_now_ms() - began;
		atomic_store(&replies->reader_sleeps, 0);
		VT_ASSERT_EQ(
		    vt_ring_read(&guest.channel.replies, &f, guest.body, sizeof(guest.body), 0, 0),
		    0);
	}
	/* Asleep, the worker looks every 400 ms by itself. */
	VT_ASSERT_MSG(waited < 1500, "10 wake-ups took %ld ms", waited);
	bridge_close(&guest);
	bridge_end();
}

/* Nothing retires before its time; then all of it does, in order. */
VT_TEST(bridge, fences_in_order)
{
	const struct vt_vgpu_wake wake = {VT_VGPU_WAKE, VT_VGPU_WORD_REQUESTS_TAIL};
	uint64_t bell, behind, gone, past;
	_Atomic uint32_t *word;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	word = &guest.events->header.bell;
	bell = test_vgpu_await(&guest, 2, VT_VGPU_WORD_BELL, atomic_load(word));
	gone = test_vgpu_await(&guest, 3, VT_VGPU_WORD_GONE, 0);
	behind = bridge_submit(&bridge_dev, 1, 2, &wake, sizeof(wake));
	past = test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, atomic_load(word) - 1);
	VT_ASSERT(bridge_retires(&bridge_dev, past, 0)); /* within the call */
	VT_ASSERT(!bridge_retires(&bridge_dev, behind, 50) &&
		  !bridge_retires(&bridge_dev, bell, 0));
	bridge_dev.count = 0;
	/* Nobody wakes the bridge: it looks when something else comes. */
	atomic_fetch_add(word, 1);
	bridge_submit(&bridge_dev, 1, 2, &wake, sizeof(wake));
	VT_ASSERT(bridge_retires(&bridge_dev, behind, 1000));
	VT_ASSERT(bridge_dev.retired[0] == bell && bridge_dev.retired[1] == behind);
	bell = test_vgpu_await(&guest, 2, VT_VGPU_WORD_BELL, atomic_load(word));
	VT_ASSERT(!bridge_retires(&bridge_dev, gone, 20) && !bridge_retires(&bridge_dev, bell, 0));
	bridge_close(&guest);
	VT_ASSERT(bridge_retires(&bridge_dev, gone, 0) &&
		  bridge_retires(&bridge_dev, bell, 0)); /* at once */
	bell =
	    bridge_submit(&bridge_dev, 1, 1, &wake, sizeof(wake)); /* a context that is not there */
	VT_ASSERT(bridge_retires(&bridge_dev, bell, 0));
	bridge_end();
}

VT_TEST(bridge, worker_dies)
{
	uint64_t fence[3];
	int64_t began;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	for (unsigned i = 0; i < 3; i++)
		fence[i] =
		    test_vgpu_await(&guest, 1 + i, i ? VT_VGPU_WORD_BELL : VT_VGPU_WORD_GONE, 0);
	VT_ASSERT(!bridge_retires(&bridge_dev, fence[1], 20));
	began = test_now_ms();
	kill(test_child_of(bridge_renderer.pid), SIGKILL);
	for (unsigned i = 0; i < 3; i++)
		VT_ASSERT(bridge_retires(&bridge_dev, fence[i], 1000));
	VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
	VT_ASSERT(test_now_ms() - began < 1000);
	fence[0] = test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0); /* and to come */
	VT_ASSERT(bridge_retires(&bridge_dev, fence[0], 0));
	VT_ASSERT(!bridge_blob(&bridge_dev, 1, VT_VGPU_BLOB_NEW(1), 4096));
	bridge_open(&other, 2);
	test_vgpu_ping(&other);
	bridge_close(&other);
	bridge_close(&guest);
	bridge_end();
}

/* What the renderer says is in the control page. */
VT_TEST(bridge, refused)
{
	const char *const one[] = {"--max-clients", "1", NULL};
	struct vt_vgpu_hello hello;

	bridge_begin(one);
	bridge_open(&guest, 1);
	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 2), 0);
	VT_ASSERT_EQ(test_vgpu_hello(&other, &bridge_guest_ops, &bridge_dev, 2), VT_VGPU_REFUSED);
	VT_ASSERT_EQ(other.control->welcome.error, EBUSY);
	VT_ASSERT(strstr(other.control->welcome.text, "--max-clients"));
	VT_ASSERT_EQ(vt_bridge_context_destroy(bridge_dev.bridge, 2), 0);
	bridge_close(&guest);
	VT_ASSERT(test_renderer_workers(&bridge_renderer, 0));

	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 3), 0);
	other.ctx_id = 3;
	other.control = bridge_blob(&bridge_dev, 3, VT_VGPU_BLOB_CONTROL, VT_VGPU_CONTROL_BYTES);
	test_vgpu_hello_command(&hello);
	hello.hello.major = 9;
	test_vgpu_command(&other, &hello, sizeof(hello));
	VT_ASSERT(test_vgpu_state(&other, VT_VGPU_REFUSED));
	VT_ASSERT(strstr(other.control->welcome.text, "speaks protocol 9."));
	VT_ASSERT_EQ(vt_bridge_context_destroy(bridge_dev.bridge, 3), 0);
	bridge_end();
}

VT_TEST(bridge, no_renderer)
{
	VT_ASSERT_EQ(vt_bridge_create("/nowhere/at/all", -1, &bridge_device_ops, &bridge_dev,
				      &bridge_dev.bridge),
		     0);
	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 1), 0);
	VT_ASSERT_EQ(test_vgpu_hello(&guest, &bridge_guest_ops, &bridge_dev, 1), VT_VGPU_REFUSED);
	VT_ASSERT_EQ(guest.control->welcome.error, ENOENT);
	VT_ASSERT(strstr(guest.control->welcome.text, "cannot be reached"));
	vt_bridge_destroy(bridge_dev.bridge);
}

/* New memory: zero, of a fixed size, with a name that holds until it is dropped. */
VT_TEST(bridge, new_memory)
{
	struct vt_vgpu_drop drop = {.op = VT_VGPU_DROP, .blob_id = VT_VGPU_BLOB_NEW(5)};
	uint64_t offset;
	uint8_t *at;
	int fd;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	at = bridge_blob(&bridge_dev, 1, VT_VGPU_BLOB_NEW(5), 65536);
	VT_ASSERT(at && !at[0] && !at[65535]);
	munmap(at, 65536);
	VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 1, VT_VGPU_BLOB_NEW(5), 4096, &fd, &offset),
		     -EEXIST);
	test_vgpu_command(&guest, &drop, sizeof(drop));
	test_vgpu_command(&guest, &drop, sizeof(drop)); /* does nothing */
	VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 1, VT_VGPU_BLOB_NEW(5), 4096, &fd, &offset),
		     0);
	VT_ASSERT(ftruncate(fd, 0) < 0 && ftruncate(fd, 8192) < 0);
	close(fd);
	VT_ASSERT_EQ(vt_bridge_blob(bridge_dev.bridge, 1, VT_VGPU_BLOB_NEW(6),
				    UINT64_MAX & ~4095ull, &fd, &offset),
		     -EINVAL);
	test_vgpu_ping(&guest);
	bridge_close(&guest);
	bridge_end();
}

/* Memory of the guest reaches the bridge_renderer. */
VT_TEST(bridge, files_of_requests)
{
	struct vt_user_register_req req = {.size = 65536};
	struct vt_user_register_rep rep;
	struct vt_vgpu_files files = {.op = VT_VGPU_FILES, .num = 1};
	struct vt_frame f = {.op = VT_OP_USER_REGISTER, .flags = VT_FRAME_FDS};
	int len;

	bridge_begin(NULL);
	bridge_open(&guest, 1);
	bridge_window(&guest);
	req.base_va = 0x300000000000; /* outside of the window */
	VT_ASSERT(bridge_blob(&bridge_dev, 1, VT_VGPU_BLOB_NEW(1), req.size));
	f.seqno = files.seqno = ++guest.seqno;
	files.blob_id[0] = VT_VGPU_BLOB_NEW(1);
	test_vgpu_command(&guest, &files, sizeof(files));
	len = vt_codec_pack(VT_OP_USER_REGISTER, VT_REQUEST, &req, guest.body);
	VT_ASSERT(len > 0);
	f.body_len = (uint32_t)len;
	VT_ASSERT_EQ(vt_ring_write(&guest.channel.requests, &f, guest.body, 1000), 0);
	VT_ASSERT_EQ(
	    vt_ring_read(&guest.channel.replies, &f, guest.body, sizeof(guest.body), 0, 5000), 0);
	VT_ASSERT_EQ(f.error, 0);
	VT_ASSERT_EQ(vt_codec_unpack(VT_OP_USER_REGISTER, VT_REPLY, guest.body, f.body_len, &rep,
				     &guest.arena),
		     0);
	test_vgpu_ping(&guest);
	bridge_close(&guest);
	bridge_end();
}

/* As many contexts as there may be, and one more; then again. */
VT_TEST(bridge, all_contexts)
{
	unsigned files;

	VT_ASSERT_EQ(vt_bridge_create("/nowhere/at/all", -1, &bridge_device_ops, &bridge_dev,
				      &bridge_dev.bridge),
		     0);
	files = test_open_files(getpid(), false);
	for (unsigned round = 0; round < 20; round++) {
		for (uint32_t i = 0; i < VT_BRIDGE_CONTEXTS; i++)
			VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, i), 0);
		VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 1000), -ENOSPC);
		vt_bridge_reset(bridge_dev.bridge);
	}
	VT_ASSERT_EQ(test_open_files(getpid(), false), files);
	vt_bridge_destroy(bridge_dev.bridge);
}

/* Whoever outlives a bridge can tell its guests. */
VT_TEST(bridge, control_pages_outlive_it)
{
	int fd = vt_bridge_control_create();
	struct stat st;

	VT_ASSERT(fd >= 0);
	VT_ASSERT_EQ(
	    vt_bridge_create("/nowhere", fd, &bridge_device_ops, &bridge_dev, &bridge_dev.bridge),
	    0);
	VT_ASSERT_EQ(vt_bridge_context_create(bridge_dev.bridge, 1), 0);
	other.control = bridge_blob(&bridge_dev, 1, VT_VGPU_BLOB_CONTROL, VT_VGPU_CONTROL_BYTES);
	VT_ASSERT_EQ(atomic_load(&other.control->state), VT_VGPU_NEW);
	vt_bridge_control_gone(fd);
	VT_ASSERT_EQ(atomic_load(&other.control->state), VT_VGPU_GONE);
	VT_ASSERT_EQ(fstat(fd, &st), 0);
	VT_ASSERT(st.st_blocks <= 16); /* only what is in use takes memory */
	vt_bridge_destroy(bridge_dev.bridge);
	close(fd);
}

VT_TEST(bridge, names)
{
	struct vt_capset capset;

	VT_ASSERT(vt_bridge_is_ours("vthunk", 6) && vt_bridge_is_ours("vthunk-x", 8));
	VT_ASSERT(!vt_bridge_is_ours("vthun", 5) && !vt_bridge_is_ours("virgl", 5));
	vt_bridge_capset(1 << 30, &capset);
	VT_ASSERT(capset.magic == VT_HELLO_MAGIC && capset.window_bytes == 1 << 30);
}
