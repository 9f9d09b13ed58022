/*
 * The bridge's own threads, with a renderer in this process that does nothing but greet: fences
 * that retire while words change, while renderers hang up and while contexts end.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/bridge.h"
#include "proto/wire/evpage.h"
#include "proto/wire/ring.h"
#include "tests/support/vt_test.h"

#define CONTEXTS 8u
#define ROUNDS   200u

static char path[108];
static int listener, client[CONTEXTS];
static struct vt_event_page *events[CONTEXTS];
static struct vt_bridge *bridge;
static _Atomic uint64_t last[CONTEXTS][VT_VGPU_RINGS], retired;
static _Atomic bool disordered, stop;

static void on_retire(void *device, uint32_t ctx_id, uint32_t ring, uint64_t fence)
{
	(void)device;
	if (atomic_exchange(&last[ctx_id][ring], fence) >= fence)
		atomic_store(&disordered, true);
	atomic_fetch_add(&retired, 1);
}

static const struct vt_bridge_ops ops = {on_retire};

static int make_shared(size_t size, void **ret)
{
	int fd = memfd_create("shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	VT_ASSERT(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	VT_ASSERT_EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	if (ret)
		*ret = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return fd;
}

/* The renderer's side of one greeting. */
static void greet(unsigned i)
{
	struct vt_welcome w = {.magic = VT_HELLO_MAGIC,
			       .major = VT_PROTO_MAJOR,
			       .minor = VT_PROTO_MINOR,
			       .context_id = i + 1,
			       .ring_bytes = VT_RING_BYTES,
			       .event_slots = VT_EVENT_SLOTS};
	struct vt_hello hello;
	void *at;
	int fds[VT_WELCOME_FDS];

	client[i] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	VT_ASSERT_EQ(vt_sock_recv(client[i], &hello, sizeof(hello), NULL, 0, NULL, 5000), 0);
	fds[VT_WELCOME_CHANNEL_FD] = make_shared(VT_CHANNEL_BYTES, NULL);
	fds[VT_WELCOME_EVENTS_FD] = make_shared(VT_EVENT_PAGE_BYTES, &at);
	events[i] = at;
	VT_ASSERT_EQ(vt_sock_send(client[i], &w, sizeof(w), fds, VT_WELCOME_FDS), 0);
	close(fds[0]);
	close(fds[1]);
}

static void begin(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	snprintf(path, sizeof(path), "/tmp/vt-test-%d.bridge", (int)getpid());
	unlink(path);
	memcpy(addr.sun_path, path, strlen(path));
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	VT_ASSERT_EQ(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	VT_ASSERT_EQ(listen(listener, CONTEXTS), 0);
	VT_ASSERT_EQ(vt_bridge_create(path, -1, &ops, NULL, &bridge), 0);
	memset(last, 0, sizeof(last));
	atomic_store(&retired, 0);
	atomic_store(&stop, false);
}

static void end(void)
{
	vt_bridge_destroy(bridge);
	close(listener);
	unlink(path);
	VT_ASSERT(!atomic_load(&disordered));
}

static void open_context(unsigned i)
{
	struct vt_vgpu_hello hello = {.op = VT_VGPU_HELLO};
	int fd = -1;
	uint64_t offset;

	vt_hello_init(&hello.hello, "test");
	VT_ASSERT_EQ(vt_bridge_context_create(bridge, i), 0);
	VT_ASSERT_EQ(vt_bridge_submit(bridge, i, &hello, sizeof(hello)), 0);
	greet(i);
	for (unsigned n = 0;
	     n < 5000 && vt_bridge_blob(bridge, i, VT_VGPU_BLOB_CHANNEL, 4096, &fd, &offset); n++)
		usleep(1000);
	VT_ASSERT(fd >= 0);
	close(fd);
}

static void close_context(unsigned i)
{
	VT_ASSERT_EQ(vt_bridge_context_destroy(bridge, i), 0);
	munmap(events[i], VT_EVENT_PAGE_BYTES);
	close(client[i]);
	memset(last[i], 0, sizeof(last[i]));
}

/* Rings the bells of all contexts, as renderers do. */
static void *ring_bells(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		for (unsigned i = 0; i < CONTEXTS; i++) {
			_Atomic uint32_t *bell = &events[i]->header.bell;

			atomic_fetch_add(bell, 1);
			syscall(SYS_futex, bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
		}
		usleep(100);
	}
	return NULL;
}

static void await(unsigned i, uint32_t ring, uint32_t word, uint32_t seen, uint64_t fence)
{
	struct vt_vgpu_await c = {VT_VGPU_AWAIT, word, seen, 0};

	vt_bridge_submit(bridge, i, &c, sizeof(c));
	vt_bridge_fence(bridge, i, ring, fence);
}

static void await_retired(uint64_t n)
{
	for (unsigned ms = 0; ms < 20000 && atomic_load(&retired) < n; ms++)
		usleep(1000);
	VT_ASSERT_EQ(atomic_load(&retired), n);
}

VT_TEST(bridge_threads, words_change)
{
	pthread_t bells;
	uint64_t n = 0;

	begin();
	for (unsigned i = 0; i < CONTEXTS; i++)
		open_context(i);
	VT_ASSERT_EQ(pthread_create(&bells, NULL, ring_bells, NULL), 0);
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		for (unsigned i = 0; i < CONTEXTS; i++) {
			uint32_t seen = atomic_load(&events[i]->header.bell);

			for (uint32_t ring = 0; ring < VT_VGPU_RINGS; ring++, n++)
				if (ring && round % 3)
					await(i, ring, VT_VGPU_WORD_BELL, seen, round);
				else
					vt_bridge_fence(bridge, i, ring, round);
		}
		if (round % 20 == 0)
			await_retired(n);
	}
	await_retired(n);
	atomic_store(&stop, true);
	pthread_join(bells, NULL);
	for (unsigned i = 0; i < CONTEXTS; i++)
		close_context(i);
	end();
}

/* Whichever comes first, the hang-up or the end of the context: everything retires, once. */
VT_TEST(bridge_threads, ends_meet)
{
	uint64_t n = 0;

	begin();
	for (unsigned round = 0; round < ROUNDS / 2; round++) {
		open_context(0);
		for (uint64_t f = 1; f <= 10; f++) {
			for (uint32_t ring = 1; ring < VT_VGPU_RINGS; ring++, n++)
				await(0, ring, f % 4 ? VT_VGPU_WORD_BELL : VT_VGPU_WORD_GONE, 0, f);
			if (f == round % 12)
				shutdown(client[0], SHUT_RDWR);
		}
		if (round % 2)
			usleep(round * 7);
		close_context(0);
		VT_ASSERT_EQ(atomic_load(&retired), n);
	}
	end();
}

/* A reset with everybody asleep takes no time. */
VT_TEST(bridge_threads, reset)
{
	uint64_t n = 0;

	begin();
	for (unsigned i = 0; i < CONTEXTS; i++) {
		open_context(i);
		for (uint32_t ring = 1; ring < VT_VGPU_RINGS; ring++, n++)
			await(i, ring, VT_VGPU_WORD_BELL, 0, 1);
	}
	usleep(20000);
	VT_ASSERT_EQ(atomic_load(&retired), 0);
	vt_bridge_reset(bridge);
	VT_ASSERT_EQ(atomic_load(&retired), n);
	for (unsigned i = 0; i < CONTEXTS; i++) {
		munmap(events[i], VT_EVENT_PAGE_BYTES);
		close(client[i]);
	}
	end();
}
