/* The renderer of these tests, and the connection to it. */
#include "tests/unit/test_guest_virtgpu_support.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "proto/wire/op.h"
#include "tests/support/vt_test.h"

const struct fake_virtgpu vt_bed_good = {.capset_id = VT_VGPU_CAPSET_ID};
const struct fake_virtgpu vt_bed_old = {.capset_id = 4, .bytes_before = 160, .old_kernel = true};

void vt_bed_sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

int64_t vt_bed_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

_Atomic uint32_t vt_bed_delay_ms;

static int page_file(void)
{
	int fd = memfd_create("pages", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	VT_ASSERT(ftruncate(fd, 3 * PAGE) == 0);
	for (uint32_t i = 0; i < 3; i++)
		VT_ASSERT(pwrite(fd, &i, sizeof(i), i * PAGE) == sizeof(i));
	return fd;
}

static void on_register(struct stub_renderer *r, const struct vt_frame *f, const int *fds)
{
	uint32_t *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);

	VT_ASSERT(p != MAP_FAILED);
	p[1] = p[0] + 1;
	munmap(p, PAGE);
	stub_reply(r, f, 0, NULL, 0, NULL, 0);
}

void vt_bed_on_request(struct stub_renderer *r, const struct vt_frame *f, const uint8_t *body,
		       const int *fds, unsigned nfds)
{
	int out[2] = {-1, -1};

	VT_ASSERT_EQ(nfds, f->op == VT_OP_USER_REGISTER ? 1 : 0);
	if (f->op == VT_OP_PING)
		vt_bed_sleep_ms(atomic_load(&vt_bed_delay_ms));
	if (f->op == VT_OP_MEM_ALLOC || f->op == VT_OP_QUEUE_CREATE)
		out[0] = page_file();
	if (f->op == VT_OP_QUEUE_CREATE)
		out[1] = page_file();
	if (f->op == VT_OP_USER_REGISTER)
		on_register(r, f, fds);
	else
		stub_reply(r, f, 0, body, f->body_len, out, out[1] >= 0 ? 2 : out[0] >= 0);
	for (unsigned i = 0; i < 2; i++)
		if (out[i] >= 0)
			close(out[i]);
	for (unsigned i = 0; i < nfds; i++)
		close(fds[i]);
}

struct vt_bed bed;

void vt_bed_begin(const struct fake_virtgpu *config)
{
	char text[VT_CONNECT_TEXT] = "";

	atomic_store(&vt_bed_delay_ms, 0);
	stub_renderer_start(&bed.renderer, vt_bed_on_request, 0);
	fake_virtgpu_start(config, bed.renderer.socket);
	VT_ASSERT_MSG(vt_transport_virtgpu_connect(NULL, &bed.t, text) == 0, "%s", text);
}

void vt_bed_end(void)
{
	bed.t->ops->stop(bed.t);
	bed.t->ops->destroy(bed.t);
	fake_virtgpu_stop();
	stub_renderer_stop(&bed.renderer);
}

int vt_bed_call(uint16_t op, uint32_t len, const int *handles, unsigned num)
{
	struct vt_parcel request = {.frame = {.op = op, .body_len = len}, .body = bed.body};
	int err;

	for (unsigned i = 0; i < num; i++)
		request.handle[i] = handles[i];
	request.num_handles = num;
	err = bed.t->ops->send(bed.t, &request);
	bed.reply = (struct vt_parcel){.body = bed.body};
	return err ? err : bed.t->ops->receive(bed.t, &request.frame, &bed.reply);
}

void vt_bed_ping(void)
{
	memset(bed.body, 0xa5, 8);
	VT_ASSERT_EQ(vt_bed_call(VT_OP_PING, 8, NULL, 0), 0);
	VT_ASSERT_EQ(bed.reply.frame.body_len, 8);
	VT_ASSERT(bed.body[7] == 0xa5 && !bed.reply.num_handles);
}

int vt_bed_alloc(void)
{
	VT_ASSERT_EQ(vt_bed_call(VT_OP_MEM_ALLOC, 8, NULL, 0), 0);
	VT_ASSERT_EQ(bed.reply.num_handles, 1);
	return bed.reply.handle[0];
}
