/* The renderer's own threads, in this process: the pump of events, or what a provider has instead,
 * and the relay of doorbells. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "host-renderer/object/event.h"
#include "host-renderer/object/relay.h"
#include "proto/wire/evpage.h"
#include "tests/support/vt_test.h"

static struct vt_provider provider;
static struct vt_ctx ctx;
static struct vt_event_page page;

static void begin_with(const char *path)
{
	static const struct vt_limits limits = {
	    .queues = 10, .events = VT_EVENT_SLOTS, .objects = 10};
	char text[VT_PROVIDER_TEXT] = "";
	int err = vt_provider_load(&provider, path, text);

	VT_ASSERT_MSG(err == 0, "%s", text);
	VT_ASSERT_EQ(vt_ctx_init(&ctx, 1, &provider, &limits, &page), 0);
}

static void begin(void)
{
	begin_with(VT_FAKE_PROVIDER);
}

/* Waits until *word is not `old`, at most five seconds. */
static bool changes(_Atomic uint32_t *word, uint32_t old)
{
	const struct timespec pause = {.tv_nsec = 100000};

	for (unsigned i = 0; i < 50000; i++) {
		if (atomic_load(word) != old)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void signal_event(const struct vt_event_create_rep *ev)
{
	HsaEvent *e = vt_event_hold(&ctx, ev->event_id);

	VT_ASSERT(e);
	VT_ASSERT_EQ(provider.SetEvent(e), HSAKMT_STATUS_SUCCESS);
	vt_event_drop(&ctx, ev->event_id);
}

/* Events come and go while others are signalled; each signal is published, in its own slot. */
VT_TEST(pump, publishes_while_events_come_and_go)
{
	enum { KEEP = 8 };
	struct vt_event_create_req req = {.type = 0, .node = 1};
	struct vt_event_create_rep keep[KEEP], passing;

	begin();
	for (unsigned i = 0; i < KEEP; i++)
		VT_ASSERT_EQ(vt_event_create(&ctx, &req, &keep[i]), 0);
	for (unsigned i = 0; i < 400; i++) {
		const struct vt_event_create_rep *ev = &keep[i % KEEP];
		uint32_t sets = atomic_load(&page.slot[ev->slot].sets);

		VT_ASSERT_EQ(vt_event_create(&ctx, &req, &passing), 0);
		signal_event(ev);
		if (i % 3 == 0)
			signal_event(&passing);
		VT_ASSERT_EQ(vt_event_destroy(&ctx, passing.event_id), 0);
		VT_ASSERT(changes(&page.slot[ev->slot].sets, sets));
	}
	VT_ASSERT(vt_event_published(&ctx) >= 400);
	vt_ctx_fini(&ctx);
}

/* All slots can be used, and are free again after a while. */
VT_TEST(pump, all_slots)
{
	struct vt_event_create_req req = {.type = 0, .node = 1};
	struct vt_event_create_rep ev;
	uint64_t id = 0;
	int err = 0;

	begin();
	for (unsigned i = 0; i < VT_EVENT_SLOTS; i++) {
		VT_ASSERT_EQ(vt_event_create(&ctx, &req, &ev), 0);
		id = ev.event_id;
	}
	VT_ASSERT_EQ(vt_event_create(&ctx, &req, &ev), -ENOSPC);
	VT_ASSERT_EQ(vt_event_destroy(&ctx, id), 0);
	for (unsigned i = 0; i < 1000; i++) {
		err = vt_event_create(&ctx, &req, &ev);
		if (!err)
			break;
		usleep(1000);
	}
	VT_ASSERT_EQ(err, 0);
	vt_ctx_fini(&ctx);
}

/* A provider that tells of signals: published when SetEvent returns, whoever sets; no wake-up where
 * nobody sleeps; nothing of an event that has ended. */
VT_TEST(told, signals_are_published_at_once)
{
	struct vt_event_create_req req = {.type = 0, .node = 1};
	struct vt_event_create_rep a, b;

	begin_with(VT_SWGPU);
	VT_ASSERT(provider.tell_signals);
	VT_ASSERT_EQ(vt_event_create(&ctx, &req, &a), 0);
	VT_ASSERT_EQ(vt_event_create(&ctx, &req, &b), 0);
	for (unsigned i = 1; i <= 3; i++) {
		signal_event(&a);
		VT_ASSERT_EQ(page.slot[a.slot].sets, a.sets + i);
	}
	VT_ASSERT_EQ(page.slot[b.slot].sets, b.sets);
	VT_ASSERT_EQ(page.header.bell, 0);
	atomic_store(&page.slot[b.slot].waiters, 1);
	signal_event(&a);
	VT_ASSERT_EQ(page.header.bell, 0);
	signal_event(&b);
	VT_ASSERT_EQ(page.header.bell, 1);
	VT_ASSERT_EQ(vt_event_published(&ctx), 5);
	VT_ASSERT_EQ(vt_event_destroy(&ctx, a.event_id), 0);
	VT_ASSERT_EQ(vt_event_create(&ctx, &req, &a), 0);
	VT_ASSERT_EQ(a.sets, page.slot[a.slot].sets);
	signal_event(&a);
	VT_ASSERT_EQ(page.slot[a.slot].sets, a.sets + 1);
	vt_ctx_fini(&ctx);
}

/* What is not a mere signal comes by the pump, from such a provider, too. */
VT_TEST(told, faults_come_by_the_pump)
{
	struct vt_event_create_req req = {.type = HSA_EVENTTYPE_DEBUG_EVENT, .node = 1};
	struct vt_event_create_rep ev;

	begin_with(VT_SWGPU);
	VT_ASSERT_EQ(vt_event_create(&ctx, &req, &ev), 0);
	signal_event(&ev);
	VT_ASSERT(changes(&page.slot[ev.slot].sets, ev.sets));
	vt_ctx_fini(&ctx);
}

static _Atomic uint64_t bells[4], writes[4], reads[4];

static bool becomes(_Atomic uint64_t *word, uint64_t want)
{
	for (unsigned i = 0; i < 5000; i++) {
		if (atomic_load(word) == want)
			return true;
		usleep(1000);
	}
	return false;
}

VT_TEST(relay, passes_words_on)
{
	struct vt_blob blob;
	struct vt_relay_slot *slots = NULL;
	uint32_t slot[4];

	begin();
	for (unsigned i = 0; i < 4; i++) {
		struct vt_relay_words words = {&bells[i], i % 2 ? &writes[i] : NULL,
					       i % 2 ? &reads[i] : NULL};
		int fd;

		VT_ASSERT_EQ(vt_relay_add(&ctx, &words, &slot[i], &blob, &fd), 0);
		VT_ASSERT_EQ(fd >= 0, i == 0);
		if (i)
			continue;
		slots = mmap(NULL, blob.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		VT_ASSERT(slots != MAP_FAILED);
		close(fd);
	}
	for (unsigned n = 0; n < 100; n++) {
		unsigned i = n % 4;

		atomic_store(&slots[slot[i]].write_ptr, n + 1000);
		atomic_store(&slots[slot[i]].doorbell, n);
		VT_ASSERT(becomes(&bells[i], n));
		atomic_store(&reads[i], n + 2000);
		if (i % 2) {
			VT_ASSERT_EQ(atomic_load(&writes[i]), n + 1000);
			VT_ASSERT(becomes(&slots[slot[i]].read_ptr, n + 2000));
		}
	}
	vt_relay_remove(&ctx, slot[0]);
	atomic_store(&slots[slot[0]].doorbell, 5555);
	atomic_store(&slots[slot[1]].doorbell, 6666);
	VT_ASSERT(becomes(&bells[1], 6666));
	VT_ASSERT(atomic_load(&bells[0]) != 5555);
	for (unsigned i = 1; i < 4; i++)
		vt_relay_remove(&ctx, slot[i]);
	munmap(slots, blob.size);
	vt_ctx_fini(&ctx);
}

/* A client that has not rung for a while costs next to nothing, and is still heard within some 20
 * ms. */
VT_TEST(relay, idle_sleeps)
{
	struct vt_relay_words words = {&bells[0], NULL, NULL};
	struct vt_relay_slot *slots;
	struct vt_blob blob;
	struct timespec before, after;
	uint32_t slot;
	int fd;

	begin();
	VT_ASSERT_EQ(vt_relay_add(&ctx, &words, &slot, &blob, &fd), 0);
	slots = mmap(NULL, blob.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	VT_ASSERT(slots != MAP_FAILED);
	close(fd);
	usleep(400000);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	usleep(500000);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	/* The fake provider's own thread wakes 1,000 times in it. */
	VT_ASSERT((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec <
		  250000000);
	atomic_store(&slots[slot].doorbell, 77);
	VT_ASSERT(becomes(&bells[0], 77));
	vt_relay_remove(&ctx, slot);
	munmap(slots, blob.size);
	vt_ctx_fini(&ctx);
}
