/* What the tests of the device share. */
#include "tests/support/vhost_renderer.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/vt_test.h"

struct test_renderer renderer;
struct test_front front;
char vhost_path[64];

void test_vhost_begin(const char *const *more)
{
	static unsigned serial;
	const char *argv[16] = {"--vhost-user", vhost_path, "--hostmem", "64M"};

	snprintf(vhost_path, sizeof(vhost_path), "/tmp/vt-test-%d-%u.vhost", (int)getpid(),
		 serial++);
	for (unsigned n = 4; more && *more && n < VT_ARRAY_LEN(argv) - 1; n++)
		argv[n] = *more++;
	test_renderer_start(&renderer, argv);
	test_front_open(&front, vhost_path, false);
}

void test_vhost_end(void)
{
	test_front_close(&front);
	VT_ASSERT(test_vhost_workers(0));
	VT_ASSERT_EQ(test_renderer_stop(&renderer), 0);
	VT_ASSERT(access(vhost_path, F_OK) < 0 && access(renderer.socket, F_OK) < 0);
}

/* A child of the renderer with that name, or 0. */
static pid_t child_called(const char *name)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	VT_ASSERT(dir);
	while ((e = readdir(dir)) && !found) {
		char path[300], line[128] = "";
		int parent = 0;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fgets(line, sizeof(line), f) && strstr(line, name) &&
		    sscanf(strrchr(line, ')') + 1, " %*c %d", &parent) == 1 &&
		    parent == renderer.pid)
			found = (pid_t)strtol(e->d_name, NULL, 10);
		fclose(f);
	}
	closedir(dir);
	return found;
}

pid_t test_vhost_device(void)
{
	return child_called("(vthunkd-device)");
}

pid_t test_vhost_worker(void)
{
	return child_called("(vthunkd-worker)");
}

bool test_vhost_workers(unsigned n)
{
	return test_renderer_workers(&renderer, n + 1);
}

bool test_vhost_files(unsigned n)
{
	for (unsigned i = 0; i < 200; i++) {
		if (test_open_files(test_vhost_device(), false) == n)
			return true;
		test_pause_ms(10);
	}
	return false;
}

void test_vhost_context(struct test_vgpu *g, uint32_t ctx_id)
{
	VT_ASSERT_EQ(test_front_ctx(&front, GPU_CTX_CREATE, ctx_id), GPU_OK_NODATA);
	test_vgpu_open(g, &test_front_ops, &front, ctx_id);
}

void *test_vhost_memory(struct test_vgpu *g, uint64_t size)
{
	struct vt_mem_alloc_req req = {.node = 1, .flags_bits = TEST_VRAM, .size = size};
	struct vt_mem_alloc_rep rep;
	void *at;
	int err = -EEXIST;

	for (unsigned i = 0; i < VT_WINDOW_CANDIDATES && err == -EEXIST; i++) {
		struct vt_window_req w = {vt_window_candidate(i), VT_WINDOW_MIN};

		err = test_vgpu_call(g, VT_OP_WINDOW, &w, NULL);
	}
	VT_ASSERT_EQ(err, 0);
	VT_ASSERT_EQ(test_vgpu_call(g, VT_OP_MEM_ALLOC, &req, &rep), 0);
	VT_ASSERT_EQ(g->nfds, 1);
	at = g->ops->blob(g->device, g->ctx_id, VT_VGPU_BLOB_FILE(g->seqno, 0), size);
	VT_ASSERT(at);
	return at;
}
