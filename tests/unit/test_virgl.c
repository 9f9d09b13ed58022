/* Our libvirglrenderer.so.1 without a renderer: what is ours, what is handed on, and how. */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/bridge.h"
#include "tests/unit/test_virgl_support.h"

#define NOWHERE "/tmp/vthunk-there-is-no-such-socket"

static void check_log(const char *want)
{
	VT_ASSERT_MSG(strcmp(fake->log, want) == 0, "was asked:\n%s\nwanted:\n%s", fake->log, want);
	fake->log[0] = '\0';
}

/* --- Capsets --- */

static const struct {
	uint32_t set, size, max_ver;
	bool carries_us;
} capsets[] = {
    {1, 308, 1, false},
    {2, 1000, 2, false},
    {4, FAKE_VIRGL_VENUS_BYTES, 0, true},
    {5, 0, 0, false},
    {6, FAKE_VIRGL_DRM_BYTES, 0, true},
    {20, 0, 0, false},
};

/* Asked before init, as QEMU does. The real library's part is as it says, or empty. */
static void check_capset(size_t row, bool real_has_it, bool up)
{
	uint32_t size = real_has_it ? capsets[row].size : 0, total, max_ver;
	unsigned char caps[2048];
	struct vt_capset ours;

	virgl.virgl_renderer_get_cap_set(capsets[row].set, &max_ver, &total);
	VT_ASSERT_EQ(max_ver, capsets[row].max_ver);
	VT_ASSERT_EQ(total, size + (capsets[row].carries_us ? sizeof(ours) : 0));
	memset(caps, 0x55, sizeof(caps));
	virgl.virgl_renderer_fill_caps(capsets[row].set, 0, caps);
	if (capsets[row].carries_us)
		for (uint32_t i = 0; i < size; i++)
			VT_ASSERT_EQ(caps[i], up ? 0xa0 + capsets[row].set : 0);
	VT_ASSERT_EQ(caps[total], 0x55);
	if (!capsets[row].carries_us)
		return;
	memcpy(&ours, caps + size, sizeof(ours));
	VT_ASSERT_EQ(ours.magic, VT_HELLO_MAGIC);
	VT_ASSERT(ours.major == VT_PROTO_MAJOR && ours.minor == VT_PROTO_MINOR && !ours.reserved);
}

VT_TEST_ROWS(virgl, capset, VT_ARRAY_LEN(capsets))
{
	virgl_load(NOWHERE);
	check_capset(row, true, false);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, 0, &virgl_callbacks), 0);
	check_capset(row, true, true);
	fake->no_capsets = true;
	check_capset(row, !capsets[row].carries_us, true);
	virgl_end();
}

/* --- Init --- */

static const struct {
	int flags, refuses;
	bool server;
	const char *log; /* what the real library is asked, first and after a reset */
	const char *again;
} inits[] = {
    {0, 0, false, "init 0;", "init 0;"},
    {QEMU_10_VENUS, 0, true, "init 0x240;", "init 0x240;"},
    {QEMU_10_VENUS, 0, false, "init 0;", "init 0;"},
    {QEMU_10_VENUS, VT_VIRGL_VENUS, true, "init 0x240;init 0;", "init 0;"},
    {QEMU_11_DRM, VT_VIRGL_DRM, false, "init 0x502;init 0x102;", "init 0x102;"},
    {QEMU_11_DRM | QEMU_10_VENUS, VT_VIRGL_DRM, true, "init 0x742;init 0x342;", "init 0x342;"},
    {QEMU_11_DRM | QEMU_10_VENUS, VT_VIRGL_VENUS, true, "init 0x742;init 0x342;init 0x502;",
     "init 0x502;"},
    {QEMU_11_DRM | QEMU_10_VENUS, VT_VIRGL_VENUS | VT_VIRGL_DRM, true,
     "init 0x742;init 0x342;init 0x502;init 0x102;", "init 0x102;"},
    {QEMU_11_DRM | QEMU_10_VENUS, VT_VIRGL_DRM, false, "init 0x502;init 0x102;", "init 0x102;"},
};

VT_TEST_ROWS(virgl, init_without_what_fails, VT_ARRAY_LEN(inits))
{
	virgl_load(NOWHERE);
	fake->refuses = inits[row].refuses;
	setenv("RENDER_SERVER_EXEC_PATH", inits[row].server ? "/bin/true" : "/nonexistent", 1);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, inits[row].flags, &virgl_callbacks),
		     0);
	check_log(inits[row].log);
	virgl.virgl_renderer_reset();
	check_log("reset;");
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, inits[row].flags, &virgl_callbacks),
		     0);
	check_log(inits[row].again);
	virgl_end();
	check_log("cleanup 1;");
}

VT_TEST(virgl, init_for_one_monitor)
{
	struct vt_virgl_callbacks others = virgl_callbacks;
	int cookie;

	virgl_load(NOWHERE);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, 0, NULL), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, 0, &virgl_callbacks), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&cookie, 0, &virgl_callbacks), -EBUSY);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, 0, &others), -EBUSY);
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, QEMU_11_DRM, &virgl_callbacks),
		     -EBUSY);
	virgl_end();
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&cookie, 0, &others), 0);
	virgl.virgl_renderer_cleanup(&cookie);
}

/* The real library works in no way: no graphics, but nobody waits for ever, and contexts of ours
 * are there. */
VT_TEST(virgl, broken_graphics)
{
	struct iovec page = {NULL, 4096}, *iov = NULL;
	const struct vt_virgl_blob_args guest = {.res_handle = 9,
						 .blob_mem = VT_VIRGL_MEM_GUEST,
						 .size = 4096,
						 .iov = &page,
						 .num_iovs = 1};
	struct vt_virgl_info info;
	uint32_t width;
	int n = 0;

	virgl_load(NOWHERE);
	fake->broken = true;
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, QEMU_11_DRM, &virgl_callbacks), 0);
	check_log("init 0x502;init 0x102;");
	VT_ASSERT(virgl.virgl_renderer_context_create_with_flags(1, 2, 4, "mesa"));
	VT_ASSERT(virgl.virgl_renderer_context_create(1, 4, "mesa"));
	VT_ASSERT(virgl.virgl_renderer_submit_cmd(&width, 1, 1));
	VT_ASSERT(virgl.virgl_renderer_resource_create(&page, NULL, 0));
	VT_ASSERT(!virgl.virgl_renderer_get_cursor_data(1, &width, &width));
	VT_ASSERT_EQ(virgl.virgl_renderer_get_poll_fd(), -1);
	virgl.virgl_renderer_force_ctx_0();
	VT_ASSERT_EQ(virgl.virgl_renderer_create_fence(5, 0), 0);
	VT_ASSERT(virgl_told() == 1 && virgl_told_at(0).of_device);
	VT_ASSERT_EQ(virgl_told_at(0).fence_id, 5);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(1, 1, 3, 6), 0);
	VT_ASSERT(virgl_told() == 2 && virgl_told_at(1).ring == 3);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&guest), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&guest), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_get_info(9, &info), 0);
	virgl.virgl_renderer_resource_detach_iov(9, &iov, &n);
	VT_ASSERT(iov == &page && n == 1);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_attach_iov(9, &page, 1), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_attach_iov(9, &page, 1), -EINVAL);
	virgl.virgl_renderer_resource_unref(9);
	VT_ASSERT(virgl.virgl_renderer_resource_get_info(9, &info));
	virgl_context(2);
	VT_ASSERT_EQ(virgl_blob(10, 2, VT_VGPU_BLOB_CONTROL, 4096), 0);
	virgl_end();
	check_log("");
}

/* --- Whose a context is --- */

static const struct {
	uint32_t flags, nlen;
	const char *name;
	bool ours;
} names[] = {
    {6, 6, "vthunk", true},
    {4, 11, "vthunk-test", true},
    {6, UINT32_MAX, "vthunk", true}, /* as long as a hostile guest says */
    {2, 6, "vthunk", false},         /* a program of that name that draws */
    {6, 5, "vthun", false},
    {6, 5, "vthunk", false},
    {6, 64, "vthun", false},
    {4, 4, "mesa", false},
    {6, 0, "", false},
    {0x106, 6, "vthunk", true}, /* Linux gives no such flags: not looked at */
};

VT_TEST_ROWS(virgl, whose_context, VT_ARRAY_LEN(names))
{
	char name[64] = {0}, want[128] = "";
	uint32_t command[4] = {0};

	memcpy(name, names[row].name, strlen(names[row].name));
	virgl_begin(NOWHERE, QEMU_11_DRM);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_with_flags(5, names[row].flags,
								    names[row].nlen, name),
		     0);
	virgl.virgl_renderer_submit_cmd(command, 5, 4);
	virgl.virgl_renderer_context_destroy(5);
	if (!names[row].ours)
		snprintf(want, sizeof(want), "context 5 %#x %.*s;submit 5 4;destroy 5;",
			 names[row].flags, (int)names[row].nlen, name);
	check_log(want);
	virgl_end();
}

VT_TEST(virgl, one_owner_of_a_number)
{
	virgl_begin(NOWHERE, 0);
	virgl_context(5);
	VT_ASSERT(virgl.virgl_renderer_context_create_with_flags(5, 6, 6, NAME));
	VT_ASSERT(virgl.virgl_renderer_context_create_with_flags(5, 2, 4, "mesa"));
	VT_ASSERT(virgl.virgl_renderer_context_create(5, 4, "mesa"));
	VT_ASSERT(virgl.virgl_renderer_context_create_with_flags(0, 6, 6, NAME));
	check_log("");
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create(6, 4, "mesa"), 0);
	check_log("context 6 0x2 mesa;");
	virgl.virgl_renderer_context_destroy(5);
	virgl.virgl_renderer_context_destroy(5);
	check_log("destroy 5;");
	virgl_end();
}

VT_TEST(virgl, more_contexts_than_there_may_be)
{
	virgl_begin(NOWHERE, QEMU_11_DRM);
	for (uint32_t i = 0; i < VT_BRIDGE_CONTEXTS; i++)
		virgl_context(100 + i);
	VT_ASSERT(virgl.virgl_renderer_context_create_with_flags(50, 6, 6, NAME));
	VT_ASSERT(virgl_blob(1, 50, VT_VGPU_BLOB_CONTROL, 4096));
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(50, 1, 0, 1), 0);
	VT_ASSERT_EQ(virgl_told(), 1);
	virgl.virgl_renderer_context_destroy(100);
	virgl_context(50);
	virgl_end();
}

/* --- Fences --- */

VT_TEST(virgl, fences_when_polled)
{
	virgl_begin(NOWHERE, QEMU_10_VENUS);
	virgl_context(5);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 0, 1), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 99, 2), 0); /* no such ring */
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(77, 1, 1, 3),
		     0); /* no such context */
	VT_ASSERT_EQ(virgl_told(), 0);
	virgl.virgl_renderer_poll();
	VT_ASSERT_EQ(virgl_told(), 3);
	for (unsigned i = 0; i < 3; i++)
		VT_ASSERT_EQ(virgl_told_at(i).fence_id, i + 1);
	VT_ASSERT(virgl_told_at(0).ctx_id == 5 && virgl_told_at(2).ctx_id == 77);
	VT_ASSERT_EQ(virgl_told_at(1).ring, 99);
	check_log("context_fence 77 1 1 3;poll;");
	/* Fences of the device are the real library's, as long as it takes them. */
	VT_ASSERT_EQ(virgl.virgl_renderer_create_fence(4, 0), 0);
	VT_ASSERT(virgl_told() == 4 && virgl_told_at(3).of_device);
	fake->no_fences = true;
	VT_ASSERT_EQ(virgl.virgl_renderer_create_fence(5, 0), 0);
	VT_ASSERT_EQ(virgl_told(), 4);
	virgl.virgl_renderer_poll();
	VT_ASSERT_EQ(virgl_told(), 5);
	virgl_end();
}

VT_TEST(virgl, fences_at_once)
{
	const struct vt_vgpu_await gone = {.op = VT_VGPU_AWAIT, .word = VT_VGPU_WORD_GONE};
	struct vt_vgpu_await copy = gone;

	virgl_begin(NOWHERE, QEMU_11_DRM);
	virgl_context(5);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 0, 1), 0);
	VT_ASSERT_EQ(virgl_told(), 1);
	VT_ASSERT_EQ(virgl.virgl_renderer_submit_cmd(&copy, 5, sizeof(copy) / 4), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 2, 2), 0);
	test_pause_ms(20);
	VT_ASSERT_EQ(virgl_told(), 1);
	VT_ASSERT(virgl.virgl_renderer_submit_cmd(&copy, 5, -1));
	VT_ASSERT_EQ(virgl.virgl_renderer_submit_cmd(&copy, 5, 3), -EBADMSG); /* ends it */
	VT_ASSERT(virgl_waits(2, false, 1000));
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 2, 3), 0);
	VT_ASSERT_EQ(virgl_told(), 3);
	virgl.virgl_renderer_context_destroy(5);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 2, 4), 0);
	VT_ASSERT_EQ(virgl_told(), 4);
	virgl_end();
}

/* --- Resources --- */

VT_TEST(virgl, our_blob)
{
	const struct vt_virgl_blob_args wrong = {.res_handle = 8,
						 .ctx_id = 5,
						 .blob_mem = 3,
						 .blob_id = VT_VGPU_BLOB_CONTROL,
						 .size = 4096};
	uint8_t *map, *fixed, byte;
	struct vt_virgl_info info;
	uint32_t map_info;
	uint64_t size;
	int fd;

	virgl_begin(NOWHERE, 0);
	virgl_context(5);
	VT_ASSERT_EQ(virgl_blob(7, 5, VT_VGPU_BLOB_CONTROL, 4096), 0);
	VT_ASSERT_EQ(virgl_blob(7, 5, VT_VGPU_BLOB_CONTROL, 4096), -EINVAL);
	VT_ASSERT_EQ(virgl_blob(8, 5, 99, 4096), -ENOENT);
	VT_ASSERT_EQ(virgl_blob(8, 5, VT_VGPU_BLOB_CONTROL, 8192), -EINVAL);
	VT_ASSERT_EQ(virgl_blob(0, 5, VT_VGPU_BLOB_CONTROL, 4096), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&wrong), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_get_info(7, &info), 0);
	VT_ASSERT(info.handle == 7 && info.fd == -1);
	virgl.virgl_renderer_ctx_attach_resource(5, 7);
	virgl.virgl_renderer_ctx_attach_resource(6, 7);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_unmap(7), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map(7, (void **)&map, &size), 0);
	VT_ASSERT_EQ(size, 4096);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map(7, (void **)&map, &size), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_get_map_info(7, &map_info), 0);
	VT_ASSERT_EQ(map_info, VT_VIRGL_MAP_CACHED);
	fixed = mmap(NULL, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map_fixed(7, fixed + 4096), 0);
	map[4000] = 42;
	VT_ASSERT_EQ(fixed[4096 + 4000], 42);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map2(7, fixed, 4096, PROT_READ, MAP_SHARED),
		     -EINVAL);
	VT_ASSERT_EQ(
	    virgl.virgl_renderer_resource_map2(7, fixed, 8192, PROT_READ, MAP_SHARED | MAP_FIXED),
	    -EINVAL);
	VT_ASSERT_EQ(
	    virgl.virgl_renderer_resource_map2(7, fixed, 4096, PROT_READ, MAP_SHARED | MAP_FIXED),
	    0);
	VT_ASSERT_EQ(fixed[4000], 42);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_export_blob(7, &map_info, &fd), 0);
	VT_ASSERT_EQ(map_info, VT_VIRGL_FD_SHM);
	VT_ASSERT(pread(fd, &byte, 1, 4000) == 1 && byte == 42);
	close(fd);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_unmap(7), 0);
	virgl.virgl_renderer_ctx_detach_resource(5, 7);
	virgl.virgl_renderer_resource_unref(7);
	check_log("");
	VT_ASSERT_EQ(fixed[4096 + 4000], 42); /* the mapping is the monitor's */
	munmap(fixed, 3 * 4096);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_get_info(7, &info), 0);
	check_log("info 7;");
	virgl_end();
}

/* What the renderer does not know is asked of the real library with nothing changed. */
VT_TEST(virgl, handed_on)
{
	struct iovec pages[2] = {{NULL, 4096}, {NULL, 4096}}, *iov = NULL;
	struct vt_virgl_blob_args blob = {.res_handle = 3,
					  .blob_mem = VT_VIRGL_MEM_GUEST,
					  .blob_flags = 1,
					  .size = 8192,
					  .iov = pages,
					  .num_iovs = 2};
	uint32_t map_info, command = 0;
	uint64_t size;
	void *map;
	int n = 0;

	virgl_begin(NOWHERE, 0);
	virgl.virgl_renderer_force_ctx_0();
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_with_flags(1, 2, 4, "mesa"), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create(&blob, NULL, 0), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_attach_iov(2, pages, 2), 0);
	virgl.virgl_renderer_ctx_attach_resource(1, 2);
	VT_ASSERT_EQ(virgl.virgl_renderer_transfer_write_iov(2, 1, 3, 4, 5, NULL, 6, NULL, 7), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_submit_cmd(&command, 1, 1), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_create_fence(11, 0), 0);
	check_log("force;context 1 0x2 mesa;resource 0;attach_iov 2 2;attach 1 2;"
		  "transfer 2 1 3 4 5 6 7;submit 1 1;fence 11 0;");
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&blob), 0);
	virgl_context(5);
	virgl.virgl_renderer_ctx_attach_resource(5, 3);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map(3, &map, &size), -EINVAL);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_get_map_info(3, &map_info), 0);
	VT_ASSERT_EQ(map_info, 3);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map_fixed(3, &command), -EOPNOTSUPP);
	virgl.virgl_renderer_resource_detach_iov(3, &iov, &n);
	VT_ASSERT(iov == pages && n == 2);
	virgl.virgl_renderer_resource_unref(3);
	blob.res_handle = 4;
	blob.ctx_id = 9; /* a context that is not there */
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&blob), -EINVAL);
	check_log("blob 3 0 1 1 0 8192 2;map 3;map_info 3;detach_iov 3 1;unref 3;"
		  "blob 4 9 1 1 0 8192 2;unref 4;");
	blob.blob_mem = VT_VIRGL_MEM_HOST3D;
	blob.ctx_id = 1;
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_create_blob(&blob), 0);
	virgl.virgl_renderer_ctx_detach_resource(1, 4);
	virgl.virgl_renderer_resource_unref(4);
	virgl.virgl_renderer_context_destroy(1);
	check_log("blob 4 1 2 1 0 8192 2;detach 1 4;unref 4;destroy 1;");
	virgl_end();
}

/* --- The whole device --- */

VT_TEST(virgl, reset)
{
	struct vt_vgpu_await gone = {.op = VT_VGPU_AWAIT, .word = VT_VGPU_WORD_GONE};
	uint64_t size;
	uint8_t *map;

	virgl_begin(NOWHERE, QEMU_11_DRM);
	virgl_context(5);
	VT_ASSERT_EQ(virgl_blob(7, 5, VT_VGPU_BLOB_CONTROL, 4096), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_resource_map(7, (void **)&map, &size), 0);
	map[4000] = 42;
	VT_ASSERT_EQ(virgl.virgl_renderer_submit_cmd(&gone, 5, sizeof(gone) / 4), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 1, 1000), 0);
	virgl.virgl_renderer_reset();
	VT_ASSERT_EQ(map[4000], 0); /* of a monitor that has not unmapped it */
	VT_ASSERT_EQ(virgl.virgl_renderer_init(&virgl_cookie, QEMU_11_DRM, &virgl_callbacks), 0);
	test_pause_ms(20);
	VT_ASSERT_EQ(virgl_told(), 0); /* the guest that waited is gone, and numbers begin anew */
	check_log("reset;init 0x502;");
	virgl_context(5);
	VT_ASSERT_EQ(virgl_blob(7, 5, VT_VGPU_BLOB_CONTROL, 4096), 0);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create_fence(5, 1, 1, 1), 0);
	VT_ASSERT_EQ(virgl_told(), 1);
	virgl_end();
	munmap(map, 4096);
}

static unsigned count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned n = 0;

	VT_ASSERT(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* No thread and no file before the first context of ours, and none after the end. */
VT_TEST(virgl, leaves_nothing)
{
	unsigned files, threads;

	virgl_begin(NOWHERE, QEMU_11_DRM);
	threads = count_threads();
	files = test_open_files(getpid(), false);
	VT_ASSERT_EQ(virgl.virgl_renderer_context_create(1, 4, "mesa"), 0);
	VT_ASSERT_EQ(test_open_files(getpid(), false), files);
	VT_ASSERT_EQ(count_threads(), threads);
	virgl_context(5);
	VT_ASSERT_EQ(virgl_blob(7, 5, VT_VGPU_BLOB_CONTROL, 4096), 0);
	VT_ASSERT(count_threads() > threads);
	virgl_end();
	VT_ASSERT_EQ(test_open_files(getpid(), false), files);
	VT_ASSERT_EQ(count_threads(), threads);
}

/* --- Several threads, as libkrun has them --- */

static void *use_context(void *arg)
{
	uint32_t ctx_id = *(const uint32_t *)arg, res = ctx_id * 1000;
	struct vt_vgpu_await gone = {.op = VT_VGPU_AWAIT, .word = VT_VGPU_WORD_GONE};
	struct vt_vgpu_await copy;
	uint64_t size;
	void *map;

	for (unsigned i = 0; i < 100; i++) {
		copy = gone;
		virgl_context(ctx_id);
		VT_ASSERT_EQ(virgl_blob(++res, ctx_id, VT_VGPU_BLOB_CONTROL, 4096), 0);
		VT_ASSERT_EQ(virgl.virgl_renderer_resource_map(res, &map, &size), 0);
		virgl.virgl_renderer_submit_cmd(&copy, (int)ctx_id, sizeof(copy) / 4);
		virgl.virgl_renderer_context_create_fence(ctx_id, 1, 1, i);
		virgl.virgl_renderer_context_create_fence(ctx_id, 1, 2, i);
		VT_ASSERT_EQ(virgl.virgl_renderer_resource_unmap(res), 0);
		virgl.virgl_renderer_resource_unref(res);
		virgl.virgl_renderer_context_destroy(ctx_id);
	}
	return NULL;
}

VT_TEST(virgl, threads)
{
	uint32_t ids[4] = {1, 2, 3, 4};
	pthread_t thread[4];

	virgl_begin(NOWHERE, QEMU_11_DRM);
	for (unsigned i = 0; i < 4; i++)
		VT_ASSERT_EQ(pthread_create(&thread[i], NULL, use_context, &ids[i]), 0);
	for (unsigned i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	VT_ASSERT(virgl_waits(4 * 100 * 2, false, 1000));
	virgl_end();
}
