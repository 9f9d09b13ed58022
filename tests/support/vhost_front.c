/* A front-end of vhost-user for tests. */
#include "tests/support/vhost_front.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/vt_test.h"

#define USER_BASE  0x7e0000000000ull /* the front-end's addresses are its own business */
#define DESC_AT    0x10000u
#define AVAIL_AT   0x20000u
#define USED_AT    0x30000u
#define SLOT_BYTES 8192u
#define ANSWER_AT  (SLOT_BYTES - 1024u)

#define DESC_NEXT  1
#define DESC_WRITE 2

/* --- Messages --- */

void test_front_connect(struct test_front *f, const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	memset(f, 0, sizeof(*f));
	f->back = f->mem_fd = f->call = f->kick = -1;
	f->next_resource = 1;
	f->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	VT_ASSERT(f->sock >= 0);
	memcpy(addr.sun_path, path, strlen(path));
	VT_ASSERT_EQ(connect(f->sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
}

void test_front_send(struct test_front *f, uint32_t request, uint32_t flags, const void *body,
		     uint32_t size, const int *fds, unsigned nfds)
{
	struct vu_header h = {request, VU_VERSION | flags, size};
	char control[CMSG_SPACE(16 * sizeof(int))] = {0};
	struct iovec iov[2] = {{&h, sizeof(h)}, {NULL, size}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	memcpy(&iov[1].iov_base, &body, sizeof(body));
	if (nfds) {
		struct cmsghdr *c;

		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	sendmsg(f->sock, &msg, MSG_NOSIGNAL);
}

/* All of it within 10 s; false on hang-up. */
static bool receive(int fd, void *to, size_t len)
{
	for (size_t have = 0; have < len;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		VT_ASSERT_MSG(poll(&p, 1, 10000) == 1, "the device does not answer");
		n = recv(fd, (uint8_t *)to + have, len - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

int test_front_answer(struct test_front *f, uint32_t request, void *body, uint32_t room)
{
	struct vu_header h;

	if (!receive(f->sock, &h, sizeof(h)))
		return -1;
	VT_ASSERT_EQ(h.request, request);
	VT_ASSERT_EQ(h.flags, VU_VERSION | VU_REPLY);
	VT_ASSERT(h.size <= room);
	return receive(f->sock, body, h.size) ? (int)h.size : -1;
}

uint64_t test_front_ask(struct test_front *f, uint32_t request, const void *body, uint32_t size,
			const int *fds, unsigned nfds)
{
	uint64_t v = 0;

	test_front_send(f, request, VU_NEED_REPLY, body, size, fds, nfds);
	VT_ASSERT_EQ(test_front_answer(f, request, &v, sizeof(v)), sizeof(v));
	return v;
}

/* --- The window --- */

static void tell_region(struct test_front *f, const struct vu_shmem *m, int fd)
{
	struct vu_mem_region r = {.region = {.guest_addr = 0x800000000ull + m->offset,
					     .size = m->len,
					     .user_addr = USER_BASE + 0x800000000ull + m->offset,
					     .offset = m->fd_offset}};

	if (fd >= 0)
		VT_ASSERT_EQ(test_front_ask(f, VU_ADD_MEM_REG, &r, sizeof(r), &fd, 1), 0);
	else
		VT_ASSERT_EQ(test_front_ask(f, VU_REM_MEM_REG, &r, sizeof(r), NULL, 0), 0);
}

static void on_shmem(struct test_front *f, uint32_t request, const struct vu_shmem *m, int fd)
{
	int prot = fd >= 0 ? PROT_READ | PROT_WRITE : PROT_NONE;
	int flags = fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	struct {
		struct vu_header h;
		uint64_t v;
	} __attribute__((packed)) a = {{request, VU_VERSION | VU_REPLY, 8}, 0};

	VT_ASSERT_EQ(request == VU_SHMEM_MAP, fd >= 0);
	VT_ASSERT(m->id == 1 && m->offset < FRONT_WINDOW && m->len <= FRONT_WINDOW - m->offset);
	VT_ASSERT(mmap(f->window + m->offset, m->len, prot, flags | MAP_FIXED, fd,
		       fd >= 0 ? (off_t)m->fd_offset : 0) != MAP_FAILED);
	tell_region(f, m, fd);
	f->mapped += fd >= 0 ? 1 : -1u;
	f->maps += fd >= 0;
	if (fd >= 0)
		close(fd);
	VT_ASSERT_EQ(send(f->back, &a, sizeof(a), MSG_NOSIGNAL), sizeof(a));
}

/* One request of the device's. */
static void serve_request(struct test_front *f)
{
	struct {
		struct vu_header h;
		struct vu_shmem m;
	} __attribute__((packed)) r;
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&r, sizeof(r)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct vu_shmem m;
	int fd = -1;

	if (recvmsg(f->back, &msg, MSG_WAITALL | MSG_CMSG_CLOEXEC) != sizeof(r)) {
		close(f->back);
		f->back = -1;
		return;
	}
	if (CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	VT_ASSERT_EQ(r.h.flags, VU_VERSION | VU_NEED_REPLY);
	memcpy(&m, &r.m, sizeof(m));
	on_shmem(f, r.h.request, &m, fd);
}

/* --- Queues --- */

void *test_front_at(struct test_front *f, uint64_t guest_addr)
{
	return f->mem +
	       (guest_addr < FRONT_HIGH ? guest_addr : FRONT_LOW_SIZE + guest_addr - FRONT_HIGH);
}

void test_front_tell_memory(struct test_front *f)
{
	struct vu_mem_table t = {.num = 2,
				 .region = {{FRONT_LOW, FRONT_LOW_SIZE, USER_BASE, 0},
					    {FRONT_HIGH, FRONT_SIZE - FRONT_LOW_SIZE,
					     USER_BASE + (1ull << 32), FRONT_LOW_SIZE}}};
	int fds[2] = {f->mem_fd, f->mem_fd};

	VT_ASSERT_EQ(test_front_ask(f, VU_SET_MEM_TABLE, &t, sizeof(t), fds, 2), 0);
}

static void start_queue(struct test_front *f, uint32_t index, uint16_t base)
{
	uint64_t at = USER_BASE + index * 0x40000ull, u = index;
	struct vu_vring_state num = {index, FRONT_QUEUE}, from = {index, base}, on = {index, 1};
	struct vu_vring_addr a = {
	    .index = index, .desc = at + DESC_AT, .avail = at + AVAIL_AT, .used = at + USED_AT};

	VT_ASSERT_EQ(test_front_ask(f, VU_SET_VRING_NUM, &num, sizeof(num), NULL, 0), 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_VRING_BASE, &from, sizeof(from), NULL, 0), 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_VRING_ADDR, &a, sizeof(a), NULL, 0), 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_VRING_CALL, &u, sizeof(u), &f->call, 1), 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_VRING_KICK, &u, sizeof(u), &f->kick, 1), 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_VRING_ENABLE, &on, sizeof(on), NULL, 0), 0);
}

void test_front_start(struct test_front *f, uint16_t base)
{
	start_queue(f, 0, base);
	start_queue(f, 1, 0);
}

uint16_t test_front_stop(struct test_front *f)
{
	struct vu_vring_state s[2] = {{0, 0}, {1, 0}};

	for (unsigned i = 0; i < 2; i++) {
		test_front_send(f, VU_GET_VRING_BASE, 0, &s[i], sizeof(s[i]), NULL, 0);
		VT_ASSERT_EQ(test_front_answer(f, VU_GET_VRING_BASE, &s[i], sizeof(s[i])),
			     sizeof(s[i]));
	}
	return (uint16_t)s[0].num;
}

static void clear_queues(struct test_front *f)
{
	memset(f->mem, 0, FRONT_LOW_SIZE);
	memset(f->slot, 0, sizeof(f->slot));
	f->last_used = 0;
	f->next_resource = 1;
	f->next_offset = 0;
}

void test_front_reboot(struct test_front *f)
{
	test_front_stop(f);
	clear_queues(f);
	test_front_start(f, 0);
	for (unsigned i = 0; f->mapped && i < 500; i++)
		test_front_serve(f, 10);
	VT_ASSERT_EQ(f->mapped, 0);
}

static void negotiate(struct test_front *f)
{
	uint64_t features = 0, protocol = 0;
	int pair[2];

	test_front_send(f, VU_GET_FEATURES, 0, NULL, 0, NULL, 0);
	VT_ASSERT_EQ(test_front_answer(f, VU_GET_FEATURES, &features, 8), 8);
	VT_ASSERT_EQ(features, 1ull << 32 | 1ull << 30 | 1ull << 28 | 0x19);
	test_front_send(f, VU_GET_PROTOCOL_FEATURES, 0, NULL, 0, NULL, 0);
	VT_ASSERT_EQ(test_front_answer(f, VU_GET_PROTOCOL_FEATURES, &protocol, 8), 8);
	VT_ASSERT(protocol >> VU_F_SHMEM & protocol >> VU_F_REPLY_ACK & 1);
	if (f->without_shmem)
		protocol &= ~(1ull << VU_F_SHMEM);
	test_front_send(f, VU_SET_PROTOCOL_FEATURES, 0, &protocol, 8, NULL, 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_OWNER, NULL, 0, NULL, 0), 0);
	VT_ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_BACKEND_REQ_FD, NULL, 0, &pair[1], 1), 0);
	close(pair[1]);
	f->back = pair[0];
	VT_ASSERT_EQ(test_front_ask(f, VU_SET_FEATURES, &features, 8, NULL, 0), 0);
}

void test_front_open(struct test_front *f, const char *path, bool without_shmem)
{
	test_front_connect(f, path);
	f->without_shmem = without_shmem;
	f->mem_fd = memfd_create("guest", MFD_CLOEXEC);
	VT_ASSERT_EQ(ftruncate(f->mem_fd, (off_t)FRONT_SIZE), 0);
	f->mem = mmap(NULL, FRONT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f->mem_fd, 0);
	f->window =
	    mmap(NULL, FRONT_WINDOW, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	VT_ASSERT(f->mem != MAP_FAILED && f->window != MAP_FAILED);
	f->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	f->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	f->desc = (struct front_desc *)(f->mem + DESC_AT);
	f->avail = (uint16_t *)(f->mem + AVAIL_AT);
	f->used = f->mem + USED_AT;
	negotiate(f);
	test_front_tell_memory(f);
	clear_queues(f);
	test_front_start(f, 0);
}

void test_front_close(struct test_front *f)
{
	int fds[] = {f->sock, f->back, f->mem_fd, f->call, f->kick};

	for (unsigned i = 0; i < VT_ARRAY_LEN(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (f->mem) {
		munmap(f->mem, FRONT_SIZE);
		munmap(f->window, FRONT_WINDOW);
	}
}

void test_front_offer(struct test_front *f, uint16_t head)
{
	const uint64_t one = 1;
	uint16_t idx = f->avail[1];

	f->avail[2 + idx % FRONT_QUEUE] = head;
	__atomic_store_n(&f->avail[1], (uint16_t)(idx + 1), __ATOMIC_RELEASE);
	VT_ASSERT_EQ(write(f->kick, &one, sizeof(one)), sizeof(one));
}

unsigned test_front_submit(struct test_front *f, const void *cmd, size_t bytes)
{
	unsigned slot = 0;
	uint64_t at;

	while (slot < FRONT_SLOTS && f->slot[slot].busy)
		slot++;
	VT_ASSERT(slot < FRONT_SLOTS && bytes <= ANSWER_AT);
	at = FRONT_HIGH + (uint64_t)slot * SLOT_BYTES;
	f->slot[slot] = (struct front_slot){.serial = ++f->serial, .busy = true};
	memcpy(test_front_at(f, at), cmd, bytes);
	memset(test_front_at(f, at + ANSWER_AT), 0, 1024);
	f->desc[2 * slot] =
	    (struct front_desc){at, (uint32_t)bytes, DESC_NEXT, (uint16_t)(2 * slot + 1)};
	f->desc[2 * slot + 1] = (struct front_desc){at + ANSWER_AT, 1024, DESC_WRITE, 0};
	test_front_offer(f, (uint16_t)(2 * slot));
	return slot;
}

static void collect(struct test_front *f)
{
	for (;;) {
		uint16_t idx = __atomic_load_n((uint16_t *)(f->used + 2), __ATOMIC_ACQUIRE);
		uint32_t elem[2];

		if (idx == f->last_used)
			return;
		memcpy(elem, f->used + 4 + 8 * (f->last_used++ % FRONT_QUEUE), sizeof(elem));
		VT_ASSERT(elem[0] / 2 < FRONT_SLOTS && elem[0] % 2 == 0);
		VT_ASSERT(f->slot[elem[0] / 2].busy);
		f->slot[elem[0] / 2].busy = false;
		f->slot[elem[0] / 2].len = elem[1];
	}
}

/* Waits for anything, at most ms. */
static void serve_once(struct test_front *f, int ms)
{
	struct pollfd p[2] = {{.fd = f->call, .events = POLLIN}, {.fd = f->back, .events = POLLIN}};
	uint64_t count;

	poll(p, 2, ms);
	if (p[0].revents)
		VT_ASSERT_EQ(read(f->call, &count, sizeof(count)), sizeof(count));
	if (p[1].revents)
		serve_request(f);
	collect(f);
}

void test_front_serve(struct test_front *f, unsigned ms)
{
	int64_t end = test_now_ms() + ms, left = ms;

	for (; left >= 0; left = end - test_now_ms() - 1)
		serve_once(f, (int)left);
}

bool test_front_done(struct test_front *f, unsigned slot, unsigned ms)
{
	int64_t end = test_now_ms() + ms, left = ms;

	collect(f);
	for (; f->slot[slot].busy && left >= 0; left = end - test_now_ms() - 1)
		serve_once(f, (int)left);
	return !f->slot[slot].busy;
}

uint32_t test_front_command(struct test_front *f, const void *cmd, size_t bytes, void *answer,
			    size_t room)
{
	unsigned slot = test_front_submit(f, cmd, bytes);
	const void *at;
	uint32_t type;

	VT_ASSERT_MSG(test_front_done(f, slot, 10000), "a command has no answer");
	at = test_front_at(f, FRONT_HIGH + (uint64_t)slot * SLOT_BYTES + ANSWER_AT);
	memcpy(&type, at, sizeof(type));
	if (room)
		memcpy(answer, at, room < 1024 ? room : 1024);
	return f->slot[slot].len ? type : 0;
}

/* --- Commands --- */

uint32_t test_front_ctx(struct test_front *f, uint32_t type, uint32_t ctx_id)
{
	struct gpu_ctx_create c = {.header = {.type = type, .ctx_id = ctx_id},
				   .name_len = 6,
				   .context_init = VT_VGPU_CAPSET_ID,
				   .name = "vthunk"};

	return test_front_command(f, &c, type == GPU_CTX_CREATE ? sizeof(c) : sizeof(c.header),
				  NULL, 0);
}

uint32_t test_front_resource(struct test_front *f, uint32_t type, uint32_t ctx_id, uint32_t id)
{
	struct gpu_resource_command c = {.header = {.type = type, .ctx_id = ctx_id},
					 .resource_id = id};

	return test_front_command(f, &c, sizeof(c), NULL, 0);
}

uint32_t test_front_blob(struct test_front *f, uint32_t ctx_id, uint32_t id, uint64_t blob_id,
			 uint64_t size)
{
	struct gpu_create_blob c = {.header = {.type = GPU_RESOURCE_CREATE_BLOB, .ctx_id = ctx_id},
				    .resource_id = id,
				    .mem = GPU_BLOB_HOST3D,
				    .flags = 1,
				    .blob_id = blob_id,
				    .size = size};

	return test_front_command(f, &c, sizeof(c), NULL, 0);
}

uint32_t test_front_map(struct test_front *f, uint32_t id, uint64_t offset)
{
	struct gpu_map_blob c = {
	    .header = {.type = GPU_RESOURCE_MAP_BLOB}, .resource_id = id, .offset = offset};

	return test_front_command(f, &c, sizeof(c), NULL, 0);
}

static void *ops_blob(void *device, uint32_t ctx_id, uint64_t blob_id, uint64_t size)
{
	struct test_front *f = device;
	uint64_t offset = f->next_offset;
	uint32_t id = f->next_resource;

	if (test_front_blob(f, ctx_id, id, blob_id, size) != GPU_OK_NODATA)
		return NULL;
	VT_ASSERT_EQ(test_front_resource(f, GPU_CTX_ATTACH_RESOURCE, ctx_id, id), GPU_OK_NODATA);
	if (test_front_map(f, id, offset) != GPU_OK_MAP_INFO)
		return NULL;
	f->next_resource++;
	f->next_offset += size;
	return f->window + offset;
}

static uint64_t ops_submit(void *device, uint32_t ctx_id, uint32_t ring, const void *cmd,
			   size_t bytes)
{
	struct test_front *f = device;
	struct {
		struct gpu_submit s;
		uint8_t bytes[256];
	} c = {{.header = {.type = GPU_SUBMIT_3D,
			   .flags = GPU_FLAG_FENCE | GPU_FLAG_RING_IDX,
			   .fence_id = f->serial + 1,
			   .ctx_id = ctx_id,
			   .ring_idx = (uint8_t)ring},
		.size = (uint32_t)bytes},
	       {0}};
	unsigned slot;

	VT_ASSERT(bytes <= sizeof(c.bytes));
	memcpy(c.bytes, cmd, bytes);
	slot = test_front_submit(f, &c, sizeof(c.s) + bytes);
	return f->slot[slot].serial * FRONT_SLOTS + slot;
}

static bool ops_retires(void *device, uint64_t fence, unsigned ms)
{
	struct test_front *f = device;
	unsigned slot = (unsigned)(fence % FRONT_SLOTS);

	return f->slot[slot].serial != fence / FRONT_SLOTS || test_front_done(f, slot, ms);
}

const struct test_vgpu_ops test_front_ops = {ops_blob, ops_submit, ops_retires};

void test_front_unref_all(struct test_front *f)
{
	while (f->next_resource > 1)
		VT_ASSERT_EQ(test_front_resource(f, GPU_RESOURCE_UNREF, 0, --f->next_resource),
			     GPU_OK_NODATA);
	f->next_offset = 0;
	VT_ASSERT_EQ(f->mapped, 0);
}
