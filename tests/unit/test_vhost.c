/* The vhost-user device: sessions of guests, and every kind of end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/vhost_renderer.h"
#include "tests/support/vt_test.h"

static struct test_vgpu guest, other, third;

VT_TEST(vhost, what_the_driver_asks)
{
	struct gpu_get_capset_info ask_info = {.header = {.type = GPU_GET_CAPSET_INFO}};
	struct gpu_get_capset ask = {.header = {.type = GPU_GET_CAPSET}, .id = VT_VGPU_CAPSET_ID};
	struct gpu_header display = {.type = GPU_GET_DISPLAY_INFO};
	struct gpu_capset_info info;
	struct gpu_display_info displays;
	struct {
		struct gpu_header h;
		struct vt_capset c;
	} capset;
	struct vu_shmem_config shmem;
	struct vu_config config = {.size = 24};
	uint64_t slots = 0;

	test_vhost_begin(NULL);
	test_front_send(&front, VU_GET_CONFIG, 0, &config, 12 + 24, NULL, 0);
	VT_ASSERT_EQ(test_front_answer(&front, VU_GET_CONFIG, &config, sizeof(config)), 12 + 24);
	VT_ASSERT(config.bytes[8] == 1 && config.bytes[12] == 1 && config.bytes[16] == 0);
	test_front_send(&front, VU_GET_SHMEM_CONFIG, 0, NULL, 0, NULL, 0);
	VT_ASSERT_EQ(test_front_answer(&front, VU_GET_SHMEM_CONFIG, &shmem, sizeof(shmem)),
		     sizeof(shmem));
	VT_ASSERT(shmem.num == 1 && shmem.size[0] == 0 && shmem.size[1] == FRONT_WINDOW);
	test_front_send(&front, VU_GET_MAX_MEM_SLOTS, 0, NULL, 0, NULL, 0);
	VT_ASSERT_EQ(test_front_answer(&front, VU_GET_MAX_MEM_SLOTS, &slots, 8), 8);
	VT_ASSERT(slots >= 509);

	VT_ASSERT_EQ(
	    test_front_command(&front, &display, sizeof(display), &displays, sizeof(displays)),
	    GPU_OK_DISPLAY_INFO);
	VT_ASSERT_EQ(displays.display[0].enabled, 0);
	VT_ASSERT_EQ(test_front_command(&front, &ask_info, sizeof(ask_info), &info, sizeof(info)),
		     GPU_OK_CAPSET_INFO);
	VT_ASSERT(info.id == VT_VGPU_CAPSET_ID && info.max_size == sizeof(struct vt_capset));
	VT_ASSERT_EQ(test_front_command(&front, &ask, sizeof(ask), &capset, sizeof(capset)),
		     GPU_OK_CAPSET);
	VT_ASSERT(capset.c.magic == VT_HELLO_MAGIC && capset.c.window_bytes == FRONT_WINDOW);
	ask.id = 1;
	VT_ASSERT_EQ(test_front_command(&front, &ask, sizeof(ask), &capset, sizeof(capset)),
		     GPU_ERR_INVALID_PARAMETER);
	test_vhost_end();
}

VT_TEST(vhost, session)
{
	struct vt_topology_rep topo;
	unsigned files;
	uint64_t fence;
	uint32_t *at;

	test_vhost_begin(NULL);
	files = test_open_files(test_vhost_device(), false);
	test_vhost_context(&guest, 1);
	test_vhost_context(&other, 2);
	test_vgpu_ping(&guest);
	test_vgpu_ping(&other);
	VT_ASSERT_EQ(test_vgpu_call(&guest, VT_OP_TOPOLOGY, NULL, &topo), 0);
	VT_ASSERT_EQ(topo.num_nodes, 2);
	at = test_vhost_memory(&guest, 1 << 20);
	VT_ASSERT(at[0] == 0 && at[1000] == 0);
	at[1000] = 1;
	fence = test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
	VT_ASSERT(!test_front_ops.retires(&front, fence, 30));
	atomic_fetch_add(&guest.events->header.bell, 1);
	test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
	VT_ASSERT(test_front_ops.retires(&front, fence, 1000));
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 1), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 1), GPU_ERR_INVALID_CONTEXT_ID);
	VT_ASSERT_EQ(atomic_load(&guest.control->state), VT_VGPU_GONE);
	VT_ASSERT(test_vhost_workers(1));
	test_vgpu_ping(&other);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 2), GPU_OK_NODATA);
	test_front_unref_all(&front);
	VT_ASSERT(test_vhost_files(files));
	test_vhost_end();
}

/* What a steady state needs: nothing of the device. */
VT_TEST(vhost, calls_need_no_command)
{
	uint64_t serial;

	test_vhost_begin(NULL);
	test_vhost_context(&guest, 1);
	serial = front.serial;
	for (unsigned i = 0; i < 10000; i++)
		test_vgpu_ping(&guest);
	VT_ASSERT_EQ(front.serial, serial);
	test_vhost_end();
}

VT_TEST(vhost, worker_dies)
{
	uint64_t fence[3];
	pid_t device, worker = 0;
	int64_t began;

	test_vhost_begin(NULL);
	test_vhost_context(&guest, 1);
	test_vhost_context(&other, 2);
	for (unsigned i = 0; i < 3; i++)
		fence[i] =
		    test_vgpu_await(&guest, 1 + i, i ? VT_VGPU_WORD_BELL : VT_VGPU_WORD_GONE, 0);
	device = test_vhost_device();
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 2), GPU_OK_NODATA);
	VT_ASSERT(test_vhost_workers(1));
	worker = test_vhost_worker();
	VT_ASSERT(worker > 0);
	began = test_now_ms();
	kill(worker, SIGKILL);
	for (unsigned i = 0; i < 3; i++)
		VT_ASSERT(test_front_ops.retires(&front, fence[i], 1000));
	VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
	VT_ASSERT(test_now_ms() - began < 1000);
	VT_ASSERT_EQ(test_vhost_device(), device);
	test_vhost_context(&third, 3);
	test_vgpu_ping(&third);
	test_vhost_end();
}

VT_TEST(vhost, client_limit)
{
	const char *const one[] = {"--max-clients", "1", NULL};

	test_vhost_begin(one);
	test_vhost_context(&guest, 1);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, 2), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_vgpu_hello(&other, &test_front_ops, &front, 2), VT_VGPU_REFUSED);
	VT_ASSERT_EQ(other.control->welcome.error, EBUSY);
	VT_ASSERT(strstr(other.control->welcome.text, "--max-clients"));
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 1), GPU_OK_NODATA);
	VT_ASSERT(test_vhost_workers(0));
	test_vhost_context(&third, 3);
	test_vhost_end();
}

/* Without a word of goodbye; the same numbers come again. */
VT_TEST(vhost, reboots)
{
	unsigned files = 0;

	test_vhost_begin(NULL);
	for (unsigned i = 0; i < 6; i++) {
		test_vhost_context(&guest, 1);
		test_vhost_context(&other, 2);
		test_vgpu_ping(&guest);
		test_vhost_memory(&other, 1 << 20);
		test_vgpu_await(&guest, 1, VT_VGPU_WORD_BELL, 0);
		VT_ASSERT(test_vhost_workers(2));
		test_front_reboot(&front);
		VT_ASSERT(test_vhost_workers(0));
		if (i == 0)
			files = test_open_files(test_vhost_device(), false);
		else
			VT_ASSERT(test_vhost_files(files));
	}
	test_vhost_end();
}

/* The virtual machine is stopped for a while, not its guest. */
VT_TEST(vhost, pause)
{
	uint64_t fence;
	uint16_t base;

	test_vhost_begin(NULL);
	test_vhost_context(&guest, 1);
	fence = test_vgpu_await(&guest, 1, VT_VGPU_WORD_GONE, 0);
	VT_ASSERT(!test_front_ops.retires(&front, fence, 20));
	base = test_front_stop(&front);
	VT_ASSERT_EQ(base, front.avail[1]);
	test_vgpu_ping(&guest);
	kill(test_vhost_worker(), SIGKILL);
	VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
	VT_ASSERT(!test_front_ops.retires(&front, fence, 50)); /* a queue that is stopped */
	test_front_start(&front, base);
	VT_ASSERT(test_front_ops.retires(&front, fence, 1000));
	test_vhost_context(&other, 2);
	base = test_front_stop(&front);
	test_front_start(&front, base);
	test_vgpu_ping(&other);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 2), GPU_OK_NODATA);
	test_vhost_end();
}

VT_TEST(vhost, machines_come_and_go)
{
	struct test_front second;
	uint8_t byte;
	unsigned files;

	test_vhost_begin(NULL);
	files = test_open_files(test_vhost_device(), false);
	for (unsigned i = 0; i < 5; i++) {
		test_vhost_context(&guest, 1);
		test_vhost_memory(&guest, 1 << 20);
		test_front_connect(&second, vhost_path); /* one at a time */
		VT_ASSERT_EQ(read(second.sock, &byte, 1), 0);
		close(second.sock);
		test_front_close(&front);
		VT_ASSERT(test_vhost_workers(0));
		test_front_open(&front, vhost_path, false);
		VT_ASSERT(test_vhost_files(files));
	}
	test_vhost_end();
}

VT_TEST(vhost, no_window)
{
	struct gpu_get_capset ask = {.header = {.type = GPU_GET_CAPSET}, .id = VT_VGPU_CAPSET_ID};
	struct {
		struct gpu_header h;
		struct vt_capset c;
	} capset;

	test_vhost_begin(NULL);
	test_front_close(&front);
	test_front_open(&front, vhost_path, true);
	VT_ASSERT_EQ(test_front_command(&front, &ask, sizeof(ask), &capset, sizeof(capset)),
		     GPU_OK_CAPSET);
	VT_ASSERT_EQ(capset.c.window_bytes, 0);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, 1), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_blob(&front, 1, 1, VT_VGPU_BLOB_CONTROL, 4096), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_front_map(&front, 1, 0), GPU_ERR_UNSPEC);
	VT_ASSERT_EQ(test_front_resource(&front, GPU_RESOURCE_UNREF, 1, 1), GPU_OK_NODATA);
	test_vhost_end();
}

/* Many blobs at a time; the front-end waits for us whenever we wait for it. */
VT_TEST(vhost, many_blobs)
{
	enum { BLOBS = 450 };

	test_vhost_begin(NULL);
	test_vhost_context(&guest, 1);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < BLOBS; i++) {
			uint8_t *at = test_front_ops.blob(
			    &front, 1, VT_VGPU_BLOB_NEW(i + BLOBS * round), 65536);

			VT_ASSERT(at && !at[0] && !at[65535]);
			at[0] = 1;
		}
		VT_ASSERT_EQ(front.mapped, BLOBS + 3);
		for (unsigned i = BLOBS; i > 0; i--)
			VT_ASSERT_EQ(test_front_resource(&front, GPU_RESOURCE_UNREF, 1,
							 --front.next_resource),
				     GPU_OK_NODATA);
		front.next_offset -= BLOBS * 65536ull;
		VT_ASSERT_EQ(front.mapped, 3);
	}
	test_vgpu_ping(&guest);
	test_vhost_end();
}

/* 64 one after the other, then 8 at a time. */
VT_TEST(vhost, many_guests)
{
	static struct test_vgpu eight[8];
	unsigned files;

	test_vhost_begin(NULL);
	files = test_open_files(test_vhost_device(), false);
	for (unsigned i = 0; i < 64; i++) {
		test_vhost_context(&guest, 100 + i);
		test_vgpu_ping(&guest);
		VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 100 + i), GPU_OK_NODATA);
		test_front_unref_all(&front);
	}
	VT_ASSERT(test_vhost_workers(0));
	for (unsigned i = 0; i < 8; i++)
		test_vhost_context(&eight[i], 1 + i);
	for (unsigned i = 0; i < 8; i++)
		test_vgpu_ping(&eight[i]);
	VT_ASSERT(test_vhost_workers(8));
	for (unsigned i = 0; i < 8; i++)
		VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 1 + i), GPU_OK_NODATA);
	test_front_unref_all(&front);
	VT_ASSERT(test_vhost_workers(0) && test_vhost_files(files));
	VT_ASSERT_EQ(test_open_files(renderer.pid, true), 1); /* the control pages */
	test_vhost_end();
}

static pid_t next_device(pid_t old)
{
	for (unsigned i = 0; i < 500; i++) {
		pid_t pid = test_vhost_device();

		if (pid && pid != old)
			return pid;
		test_pause_ms(10);
	}
	return 0;
}

/* The device dies: its guests read it, and the next one is there; but not for ever. */
VT_TEST(vhost, device_dies)
{
	pid_t device;

	test_vhost_begin(NULL);
	for (unsigned i = 0; i < 4; i++) {
		test_vhost_context(&guest, 1);
		device = test_vhost_device();
		kill(device, SIGKILL);
		VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
		VT_ASSERT(next_device(device));
		test_front_close(&front);
		test_front_open(&front, vhost_path, false);
	}
	device = test_vhost_device();
	kill(device, SIGKILL);
	for (unsigned i = 0; i < 500 && access(vhost_path, F_OK) == 0; i++)
		test_pause_ms(10);
	VT_ASSERT(access(vhost_path, F_OK) < 0); /* five times a minute is enough */
	VT_ASSERT(!test_vhost_device());
	VT_ASSERT(test_renderer_workers(&renderer, 0));
	test_front_close(&front);
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
}

static bool is_gone(pid_t pid)
{
	for (unsigned i = 0; i < 500 && kill(pid, 0) == 0; i++)
		test_pause_ms(10);
	return kill(pid, 0) < 0;
}

/* The daemon is told to end: so does the device, and the guest's fences retire. */
VT_TEST(vhost, daemon_ends)
{
	uint64_t fence;
	pid_t device;

	test_vhost_begin(NULL);
	test_vhost_context(&guest, 1);
	fence = test_vgpu_await(&guest, 1, VT_VGPU_WORD_GONE, 0);
	device = test_vhost_device();
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
	VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
	VT_ASSERT(test_front_ops.retires(&front, fence, 1000));
	VT_ASSERT(is_gone(device));
	test_front_close(&front);
	VT_ASSERT(access(vhost_path, F_OK) < 0 && access(renderer.socket, F_OK) < 0);
}

/* It is killed: its guests' contexts end, but the machine keeps its device, and the next daemon
 * serves what the guest begins then. */
VT_TEST(vhost, daemon_dies)
{
	const char *const again[] = {"--vhost-user", vhost_path, "--hostmem", "64M", NULL};
	struct test_front second;
	uint64_t fence;
	pid_t device;

	test_vhost_begin(NULL);
	test_vhost_context(&guest, 1);
	fence = test_vgpu_await(&guest, 1, VT_VGPU_WORD_GONE, 0);
	device = test_vhost_device();
	kill(renderer.pid, SIGKILL);
	waitpid(renderer.pid, NULL, 0);
	VT_ASSERT(test_vgpu_state(&guest, VT_VGPU_GONE));
	VT_ASSERT(test_front_ops.retires(&front, fence, 1000));
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, 2), GPU_OK_NODATA);
	VT_ASSERT_EQ(test_vgpu_hello(&other, &test_front_ops, &front, 2), VT_VGPU_REFUSED);
	test_renderer_again(&renderer, again);
	test_vhost_context(&third, 3);
	test_vgpu_ping(&third);
	VT_ASSERT_EQ(kill(device, 0), 0);
	second = front;
	test_front_open(&front, vhost_path, false);
	test_vhost_context(&guest, 3);
	test_vgpu_ping(&guest);
	test_vgpu_ping(&third);
	test_front_close(&second);
	VT_ASSERT(is_gone(device)); /* nobody needs it any more */
	test_vhost_end();
}

/* Without --socket the renderer is there for the virtual machine alone. */
VT_TEST(vhost, private_socket)
{
	char folder[] = "/tmp/vt-test-XXXXXX", line[256] = "", command[600];
	int out[2];

	VT_ASSERT(mkdtemp(folder));
	snprintf(vhost_path, sizeof(vhost_path), "%s/vhost", folder);
	VT_ASSERT_EQ(pipe(out), 0);
	renderer.pid = fork();
	if (renderer.pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		setenv("XDG_RUNTIME_DIR", folder, 1);
		execl(VT_VTHUNKD, "vthunkd", "--vhost-user", vhost_path, "--hostmem", "64M",
		      "--device", VT_FAKE_PROVIDER, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	VT_ASSERT(read(out[0], line, sizeof(line) - 1) > 0);
	close(out[0]);
	VT_ASSERT(strstr(line, vhost_path));
	snprintf(command, sizeof(command), "test -e %s/vthunk.sock", folder);
	VT_ASSERT(system(command) != 0);
	test_front_open(&front, vhost_path, false);
	test_vhost_context(&guest, 1);
	test_vgpu_ping(&guest);
	test_front_close(&front);
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
	VT_ASSERT_EQ(rmdir(folder), 0); /* nothing is left in it */
}

VT_TEST_ROWS(vhost, wrong_options, 3)
{
	static const char *const argv[3][6] = {
	    {"--vhost-user", "", NULL},
	    {"--vhost-user", "/tmp/x", "--hostmem", "100M", NULL},
	    {"--device", VT_FAKE_PROVIDER, "--vhost-user", "/nowhere/at/all", NULL},
	};
	static const char *const text[3] = {"characters", "a power of two", "/nowhere/at/all"};
	char said[1024];

	VT_ASSERT_EQ(test_renderer_try(argv[row], said, sizeof(said)), row == 2 ? 1 : 2);
	VT_ASSERT_MSG(strstr(said, text[row]), "said: %s", said);
}
