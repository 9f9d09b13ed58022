/* The vhost-user device against front-ends that say what is wrong, or nothing: their guest goes on
 * where that is possible, and the next front-end is served in any case. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/vhost_renderer.h"
#include "tests/support/vt_test.h"

static struct test_vgpu guest, bystander;
static pid_t device;

static void begin(void)
{
	test_vhost_begin(NULL);
	device = test_vhost_device();
	test_vhost_context(&bystander, 77);
}

static void end(void)
{
	test_vgpu_ping(&bystander);
	VT_ASSERT_EQ(test_vhost_device(), device);
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_DESTROY, 77), GPU_OK_NODATA);
	test_vhost_end();
}

static void ask_nothing(struct test_front *f)
{
	uint64_t v = 0;

	test_front_send(f, VU_GET_QUEUE_NUM, 0, NULL, 0, NULL, 0);
	VT_ASSERT_EQ(test_front_answer(f, VU_GET_QUEUE_NUM, &v, 8), 8);
	VT_ASSERT_EQ(v, 2);
}

/* Those are refused, and nothing more. */
VT_TEST(vhost_messages, messages)
{
	const struct vu_vring_state states[] = {{2, 8}, {UINT32_MAX, 8}, {0, 0}, {0, 3}, {0, 2048}};
	struct vu_vring_addr addr = {.index = 0, .desc = 8};
	struct vu_mem_region region = {.region = {1ull << 40, 4096, 1ull << 41, 0}};
	uint64_t v = 0x7f;
	int file = memfd_create("small", MFD_CLOEXEC), pipes[2];

	begin();
	VT_ASSERT_EQ(pipe2(pipes, 0), 0);
	for (unsigned i = 0; i < VT_ARRAY_LEN(states); i++)
		VT_ASSERT(test_front_ask(&front, VU_SET_VRING_NUM, &states[i], 8, NULL, 0));
	VT_ASSERT(test_front_ask(&front, VU_SET_VRING_NUM, &states[0], 4, NULL, 0));
	VT_ASSERT(test_front_ask(&front, VU_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0));
	VT_ASSERT(test_front_ask(&front, VU_SET_VRING_KICK, &v, 8, NULL, 0));
	VT_ASSERT(test_front_ask(&front, VU_SET_VRING_CALL, &v, 8, &pipes[1], 1));
	VT_ASSERT(test_front_ask(&front, VU_SET_BACKEND_REQ_FD, NULL, 0, NULL, 0));
	VT_ASSERT(test_front_ask(&front, 19, NULL, 0, NULL, 0));
	VT_ASSERT(test_front_ask(&front, 35, NULL, 0, &file, 1));
	VT_ASSERT(test_front_ask(&front, UINT32_MAX, NULL, 0, NULL, 0));
	/* A region without a file, beyond its file, over another one, that wraps; none. */
	VT_ASSERT(test_front_ask(&front, VU_ADD_MEM_REG, &region, sizeof(region), NULL, 0));
	VT_ASSERT(test_front_ask(&front, VU_ADD_MEM_REG, &region, sizeof(region), &file, 1));
	/* What is no memory may be told, and taken back. */
	VT_ASSERT(!test_front_ask(&front, VU_ADD_MEM_REG, &region, sizeof(region), pipes, 1));
	VT_ASSERT(!test_front_ask(&front, VU_REM_MEM_REG, &region, sizeof(region), NULL, 0));
	region.region.guest_addr = FRONT_HIGH + 4096;
	VT_ASSERT(
	    test_front_ask(&front, VU_ADD_MEM_REG, &region, sizeof(region), &front.mem_fd, 1));
	region.region = (struct vu_region_msg){UINT64_MAX - 100, 4096, 1ull << 41, 0};
	VT_ASSERT(
	    test_front_ask(&front, VU_ADD_MEM_REG, &region, sizeof(region), &front.mem_fd, 1));
	VT_ASSERT(test_front_ask(&front, VU_REM_MEM_REG, &region, sizeof(region), NULL, 0));
	ask_nothing(&front);
	close(file);
	close(pipes[0]);
	close(pipes[1]);
	end();
}

/* Tables of memory that are wrong; with the right one the guest goes on. */
VT_TEST_ROWS(vhost_messages, tables, 4)
{
	struct vu_mem_table t = {.num = 2,
				 .region = {{FRONT_LOW, FRONT_LOW_SIZE, 1ull << 40, 0},
					    {FRONT_HIGH, FRONT_SIZE, 1ull << 41, FRONT_LOW_SIZE}}};
	struct gpu_header display = {.type = GPU_GET_DISPLAY_INFO};
	int fds[2];
	unsigned n = 2, slot;
	uint32_t size = sizeof(t);

	begin();
	fds[0] = fds[1] = front.mem_fd;
	if (row == 1)
		t.num = UINT32_MAX;
	else if (row == 2)
		n = 1;
	else if (row == 3)
		size = 16;
	VT_ASSERT(test_front_ask(&front, VU_SET_MEM_TABLE, &t, size, fds, n));
	slot = test_front_submit(&front, &display, sizeof(display));
	test_pause_ms(20); /* without memory there are no queues; nothing is lost */
	test_front_tell_memory(&front);
	VT_ASSERT(test_front_done(&front, slot, 5000));
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, 5), GPU_OK_NODATA);
	end();
}

/* What is no message ends the connection, and only that. */
VT_TEST_ROWS(vhost_messages, connections, 6)
{
	struct vu_header h = {VU_GET_FEATURES, VU_VERSION, 0};
	int fds[12];
	unsigned files;
	uint8_t byte;

	test_vhost_begin(NULL);
	device = test_vhost_device();
	test_front_close(&front);
	test_pause_ms(50);
	files = test_open_files(device, false);
	test_front_connect(&front, vhost_path);
	for (unsigned i = 0; i < VT_ARRAY_LEN(fds); i++)
		fds[i] = front.sock;
	switch (row) {
	case 0: h.flags = 2; break;
	case 1: h.size = 513; break;
	case 2: h.size = UINT32_MAX; break;
	case 3: h.size = 8; break; /* of which nothing comes */
	default: break;
	}
	if (row == 4)
		test_front_send(&front, VU_SET_MEM_TABLE, 0, NULL, 0, fds, 12);
	else
		VT_ASSERT_EQ(send(front.sock, &h, row == 5 ? 5 : sizeof(h), 0),
			     row == 5 ? 5 : (ssize_t)sizeof(h));
	if (row == 3 || row == 5)
		test_pause_ms(20); /* it waits, and goes on when we have gone */
	else
		VT_ASSERT(recv(front.sock, &byte, 1, 0) <= 0);
	test_front_close(&front);
	VT_ASSERT(test_vhost_files(files));
	VT_ASSERT_EQ(test_vhost_device(), device);
	test_front_open(&front, vhost_path, false);
	test_vhost_context(&guest, 1);
	test_vgpu_ping(&guest);
	test_vhost_end();
}

/* A front-end that refuses, answers nonsense, or hangs up its channel for requests. */
VT_TEST_ROWS(vhost_messages, requests, 3)
{
	struct gpu_map_blob map = {.header = {.type = GPU_RESOURCE_MAP_BLOB}, .resource_id = 9};
	struct {
		struct vu_header h;
		uint64_t v;
	} __attribute__((packed)) a = {{VU_SHMEM_MAP, VU_VERSION | VU_REPLY, 8}, 1};
	uint8_t request[64];
	unsigned slot;

	begin();
	map.offset = 32 << 20;
	VT_ASSERT_EQ(test_front_blob(&front, 77, 9, VT_VGPU_BLOB_CONTROL, 4096), GPU_OK_NODATA);
	slot = test_front_submit(&front, &map, sizeof(map));
	VT_ASSERT_EQ(recv(front.back, request, 52, MSG_WAITALL), 52);
	if (row == 1)
		a.h.request = VU_SHMEM_UNMAP;
	if (row == 2)
		shutdown(front.back, SHUT_RDWR);
	else
		VT_ASSERT_EQ(send(front.back, &a, sizeof(a), MSG_NOSIGNAL), sizeof(a));
	VT_ASSERT(test_front_done(&front, slot, 5000));
	ask_nothing(&front);
	if (row == 0) /* it may be asked again */
		VT_ASSERT_EQ(test_front_map(&front, 9, 32 << 20), GPU_OK_MAP_INFO);
	end();
}
