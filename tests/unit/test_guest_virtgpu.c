/*
 * The transport over virtio-gpu, with the kernel replaced by tests/support/fake_virtgpu.h:
 * discovery and its messages, every system call failing in turn, handles and mapping.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest-thunk/transport/virtgpu_abi.h"
#include "proto/wire/op.h"
#include "tests/support/vt_test.h"
#include "tests/unit/test_guest_virtgpu_support.h"

/* --- Discovery --- */

struct find_row {
	struct fake_virtgpu config;
	int err;
	const char *text; /* what the user is told */
};

static const struct find_row find_rows[] = {
    {{.capset_id = VT_VGPU_CAPSET_ID}, 0, NULL},
    {{.capset_id = 6, .bytes_before = 200}, 0, NULL},
    {{.capset_id = 4, .bytes_before = 160}, 0, NULL},
    {{.capset_id = 4, .bytes_before = 1}, 0, NULL},
    {{.capset_id = 2, .bytes_before = 100}, -ENODATA, "without a vthunk renderer"},
    {{.capset_id = 6, .bytes_before = 200, .wrong_magic = true}, -ENODATA, "without a vthunk"},
    {{.capset_id = 20, .major = VT_PROTO_MAJOR + 1}, -EPROTO, "speaks protocol"},
    {{.capset_id = 20, .no_contexts = true}, -EOPNOTSUPP, "without contexts"},
    {{.capset_id = 20, .no_window = true}, -ENOSPC, "no window"},
    {{.capset_id = 20, .other_driver = true}, -ENOENT, "no virtio-gpu render node"},
    {{.capset_id = 20, .open_error = -EACCES}, -EACCES, "group"},
    {{.capset_id = 20, .open_error = -ENOENT}, -ENOENT, "no virtio-gpu render node"},
    {{.capset_id = 20, .open_error = -EBUSY}, -EBUSY, "does not answer"},
};

VT_TEST_ROWS(virtgpu, finds_a_renderer_by_its_capset, VT_ARRAY_LEN(find_rows))
{
	const struct find_row *r = &find_rows[row];
	char path[VT_NODE_PATH_MAX] = "", text[VT_CONNECT_TEXT] = "";

	fake_virtgpu_start(&r->config, "/nowhere");
	VT_ASSERT_EQ(vt_transport_virtgpu_find(NULL, path, text), r->err);
	if (r->err)
		VT_ASSERT_MSG(strstr(text, r->text) && !strchr(text, '\n'), "%s", text);
	else
		VT_ASSERT(strcmp(path, FAKE_NODE) == 0);
	fake_virtgpu_stop();
}

VT_TEST(virtgpu, a_named_node_is_the_only_one)
{
	char path[VT_NODE_PATH_MAX] = "", text[VT_CONNECT_TEXT] = "", longest[200];

	fake_virtgpu_start(&vt_bed_good, "/nowhere");
	VT_ASSERT_EQ(vt_transport_virtgpu_find(FAKE_NODE, path, text), 0);
	VT_ASSERT_EQ(vt_transport_virtgpu_find("/dev/dri/renderD129", path, text), -ENOENT);
	VT_ASSERT_MSG(strstr(text, "/dev/dri/renderD129 is not there"), "%s", text);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	VT_ASSERT_EQ(vt_transport_virtgpu_find(longest, path, text), -ENAMETOOLONG);
	fake_virtgpu_stop();
}

VT_TEST_ROWS(virtgpu, greets_and_calls, 2)
{
	struct fake_virtgpu_counts c;
	char name[16] = "";

	vt_bed_begin(row ? &vt_bed_old : &vt_bed_good);
	VT_ASSERT_EQ(bed.t->context_id, 77);
	VT_ASSERT_EQ(bed.t->major, VT_PROTO_MAJOR);
	for (unsigned i = 0; i < 1000; i++)
		vt_bed_ping();
	fake_virtgpu_count(&c);
	VT_ASSERT_EQ(c.blobs, 0); /* mappings do without a handle */
	VT_ASSERT_EQ(c.creates, 3);
	VT_ASSERT(strncmp(c.name, "vthunk", 6) == 0);
	prctl(PR_GET_NAME, name);
	VT_ASSERT(strcmp(name, "vthunk") != 0);
	vt_bed_end();
}

VT_TEST(virtgpu, a_refusal_is_told)
{
	char text[VT_CONNECT_TEXT] = "";
	struct vt_transport *t;

	stub_renderer_start(&bed.renderer, vt_bed_on_request, EUSERS);
	fake_virtgpu_start(&vt_bed_good, bed.renderer.socket);
	VT_ASSERT_EQ(vt_transport_virtgpu_connect(NULL, &t, text), -EUSERS);
	VT_ASSERT_MSG(strstr(text, "not today"), "%s", text);
	fake_virtgpu_stop();
	stub_renderer_stop(&bed.renderer);
}

VT_TEST(virtgpu, a_host_without_a_renderer_is_told)
{
	char text[VT_CONNECT_TEXT] = "";
	struct vt_transport *t;

	fake_virtgpu_start(&vt_bed_good, "/nowhere/there/is/a/socket");
	VT_ASSERT(vt_transport_virtgpu_connect(NULL, &t, text) < 0);
	VT_ASSERT_MSG(strstr(text, "cannot be reached"), "%s", text);
	fake_virtgpu_stop();
}

/* --- Errors --- */

static unsigned count_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static unsigned count_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned n = 0;
	int c;

	while ((c = getc(maps)) != EOF)
		n += c == '\n';
	fclose(maps);
	return n;
}

struct error_row {
	unsigned long request;
	int err;
	unsigned after;
	int expect; /* 0: it is no error */
};

/* Every system call of a connection in turn. */
static const struct error_row error_rows[] = {
    {VT_DRM_VERSION, EIO, 0, -ENOENT},
    {VT_DRM_GETPARAM, EIO, 0, -EOPNOTSUPP},
    {VT_DRM_GETPARAM, EIO, 1, -EOPNOTSUPP},
    {VT_DRM_GETPARAM, EIO, 2, -ENOSPC},
    {VT_DRM_GETPARAM, EIO, 3, 0}, /* the explicit name */
    {VT_DRM_GET_CAPS, EBUSY, 0, -EBUSY},
    {VT_DRM_GET_CAPS, EBUSY, 1, -EBUSY},
    {VT_DRM_CONTEXT_INIT, ENOMEM, 0, -ENOMEM},
    {VT_DRM_CREATE_BLOB, ENOSPC, 0, -ENOMEM},
    {VT_DRM_CREATE_BLOB, EIO, 1, -EIO},
    {VT_DRM_CREATE_BLOB, ENOMEM, 2, -ENOMEM},
    {VT_DRM_MAP, ENOENT, 0, -ENOENT},
    {VT_DRM_MAP, ENOENT, 1, -ENOENT},
    {VT_DRM_MAP, ENOENT, 2, -ENOENT},
    {0, EINVAL, 0, -ENOMEM},
    {0, EAGAIN, 1, -EAGAIN},
    {0, EINVAL, 2, -ENOMEM},
    {VT_DRM_EXECBUFFER, ENOMEM, 0, -ENOMEM},
    {VT_DRM_EXECBUFFER, EINTR, 0, 0},
    {VT_DRM_CREATE_BLOB, EINTR, 1, 0},
};

VT_TEST_ROWS(virtgpu, a_failing_system_call_is_an_error_and_leaves_nothing,
	     VT_ARRAY_LEN(error_rows))
{
	const struct error_row *r = &error_rows[row];
	char text[VT_CONNECT_TEXT] = "";
	unsigned fds, mappings;
	struct vt_transport *t = NULL;

	vt_bed_begin(&vt_bed_good); /* once with success, so that what is kept for ever is there */
	vt_bed_end();
	stub_renderer_start(&bed.renderer, vt_bed_on_request, 0);
	fake_virtgpu_start(&vt_bed_good, bed.renderer.socket);
	fds = count_entries("/proc/self/fd");
	mappings = count_mappings();
	fake_virtgpu_fail(r->request, r->err, r->after);
	VT_ASSERT_EQ(vt_transport_virtgpu_connect(NULL, &t, text), r->expect);
	VT_ASSERT(!r->expect || (text[0] && !t));
	if (t) {
		t->ops->stop(t);
		t->ops->destroy(t);
	}
	fake_virtgpu_stop();
	VT_ASSERT(count_entries("/proc/self/fd") <= fds);
	stub_renderer_stop(&bed.renderer);
	VT_ASSERT(count_mappings() <= mappings + 1); /* a heap may have grown */
}

/* --- Memory --- */

VT_TEST(virtgpu, files_of_replies_are_mapped_where_they_belong)
{
	uint32_t *at = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct fake_virtgpu_counts c;
	int handle;
	void *p;

	vt_bed_begin(&vt_bed_good);
	handle = vt_bed_alloc();
	VT_ASSERT_EQ(bed.t->ops->map(bed.t, handle, 0, 3 * PAGE, at, &p), 0);
	VT_ASSERT(p == at && at[0] == 0 && at[PAGE / 4] == 1 && at[2 * PAGE / 4] == 2);
	bed.t->ops->close_handle(bed.t, handle);
	at[1] = 5; /* without the handle, too */
	handle = vt_bed_alloc();
	VT_ASSERT_EQ(bed.t->ops->map(bed.t, handle, PAGE, 2 * PAGE, at, &p), 0);
	VT_ASSERT(at[0] == 1 && at[PAGE / 4] == 2 && at[1] == 0);
	bed.t->ops->close_handle(bed.t, handle);
	handle = vt_bed_alloc();
	VT_ASSERT_EQ(bed.t->ops->map(bed.t, handle, 2 * PAGE, PAGE, NULL, &p), 0);
	VT_ASSERT_EQ(*(uint32_t *)p, 2);
	bed.t->ops->close_handle(bed.t, handle);
	bed.t->ops->close_handle(bed.t, vt_bed_alloc()); /* one that nobody wants */
	fake_virtgpu_count(&c);
	VT_ASSERT_EQ(c.blobs, 0);
	vt_bed_ping();
	vt_bed_end();
	munmap(at, 4 * PAGE);
}

VT_TEST(virtgpu, handles_that_stand_for_nothing_are_harmless)
{
	void *p;

	vt_bed_begin(&vt_bed_good);
	VT_ASSERT_EQ(vt_bed_call(VT_OP_QUEUE_CREATE, 8, NULL, 0), 0);
	VT_ASSERT_EQ(bed.reply.num_handles, 3); /* the most there can be: there are two */
	VT_ASSERT_EQ(bed.t->ops->map(bed.t, bed.reply.handle[1], 0, PAGE, NULL, &p), 0);
	VT_ASSERT(bed.t->ops->map(bed.t, bed.reply.handle[2], 0, PAGE, NULL, &p) < 0);
	VT_ASSERT(bed.t->ops->map(bed.t, 1000, 0, PAGE, NULL, &p) < 0);
	VT_ASSERT(bed.t->ops->map(bed.t, -1, 0, PAGE, NULL, &p) < 0);
	for (unsigned i = 0; i < 3; i++)
		bed.t->ops->close_handle(bed.t, bed.reply.handle[i]);
	bed.t->ops->close_handle(bed.t, 1000);
	vt_bed_ping();
	vt_bed_end();
}

/* No room in the window: what is at the address stays, and a later attempt succeeds. */
VT_TEST_ROWS(virtgpu, a_full_window_is_no_memory, 2)
{
	uint32_t *at =
	    mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct fake_virtgpu_counts c;
	int handle;
	void *p;

	at[0] = 99;
	vt_bed_begin(&vt_bed_good);
	handle = vt_bed_alloc();
	if (row)
		fake_virtgpu_fail(0, EINVAL, 0);
	else
		fake_virtgpu_fail(VT_DRM_CREATE_BLOB, ENOSPC, 0);
	VT_ASSERT_EQ(bed.t->ops->map(bed.t, handle, 0, 3 * PAGE, at, &p), -ENOMEM);
	VT_ASSERT_EQ(at[0], 99);
	fake_virtgpu_count(&c);
	VT_ASSERT_EQ(c.blobs, 0);
	VT_ASSERT_EQ(bed.t->ops->map(bed.t, handle, 0, 3 * PAGE, at, &p), 0);
	VT_ASSERT(at[0] == 0 && at[PAGE / 4] == 1);
	bed.t->ops->close_handle(bed.t, handle);
	vt_bed_ping();
	vt_bed_end();
	munmap(at, 3 * PAGE);
}

VT_TEST(virtgpu, made_memory_reaches_the_renderer)
{
	struct fake_virtgpu_counts c;
	int handle, status;
	uint32_t *p;
	void *mapped;
	pid_t pid;

	vt_bed_begin(&vt_bed_good);
	VT_ASSERT_EQ(bed.t->ops->make_memory(bed.t, 2 * PAGE, &mapped, &handle), 0);
	p = mapped;
	VT_ASSERT(p[0] == 0 && p[2 * PAGE / 4 - 1] == 0);
	p[0] = 41;
	VT_ASSERT_EQ(vt_bed_call(VT_OP_USER_REGISTER, 8, &handle, 1), 0);
	VT_ASSERT_EQ(p[1], 42);
	bed.t->ops->close_handle(bed.t, handle);
	fake_virtgpu_count(&c);
	VT_ASSERT_EQ(c.blobs, 0);
	pid = fork(); /* a child has it, too */
	if (pid == 0)
		_exit(p[1] == 42 ? 0 : 1);
	VT_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
	munmap(mapped, 2 * PAGE);
	fake_virtgpu_fail(VT_DRM_CREATE_BLOB, ENOSPC, 0);
	VT_ASSERT_EQ(bed.t->ops->make_memory(bed.t, PAGE, &mapped, &handle), -ENOMEM);
	vt_bed_ping();
	vt_bed_end();
}

VT_TEST(virtgpu, export_is_a_file_or_a_refusal)
{
	int handle, fd;
	uint32_t word;

	vt_bed_begin(&vt_bed_good);
	handle = vt_bed_alloc();
	VT_ASSERT_EQ(bed.t->ops->export_handle(bed.t, handle, 3 * PAGE, &fd), 0);
	VT_ASSERT(pread(fd, &word, sizeof(word), 2 * PAGE) == sizeof(word) && word == 2);
	close(fd);
	bed.t->ops->close_handle(bed.t, handle);
	handle = vt_bed_alloc();
	fake_virtgpu_fail(VT_DRM_PRIME_EXPORT, ENOSYS, 0);
	VT_ASSERT_EQ(bed.t->ops->export_handle(bed.t, handle, 3 * PAGE, &fd), -EOPNOTSUPP);
	bed.t->ops->close_handle(bed.t, handle);
	vt_bed_ping();
	vt_bed_end();
}

/* What a child does to its copy of the transport does not reach the device. */
VT_TEST(virtgpu, a_child_only_closes)
{
	struct fake_virtgpu_counts c;
	unsigned ioctls;
	int status, handle;
	pid_t pid;

	vt_bed_begin(&vt_bed_good);
	handle = vt_bed_alloc();
	fake_virtgpu_count(&c);
	ioctls = c.ioctls;
	pid = fork();
	if (pid == 0) {
		bed.t->ops->close_handle(bed.t, handle);
		fake_virtgpu_count(&c);
		_exit(c.ioctls == ioctls ? 0 : 1);
	}
	VT_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
	bed.t->ops->close_handle(bed.t, handle);
	vt_bed_ping();
	vt_bed_end();
}
