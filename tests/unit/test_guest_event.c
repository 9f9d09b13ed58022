/* Events on a page that the test writes: any and all, time-outs, both kinds of reset, faults, a
 * lost renderer. */
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "proto/wire/msg.h"
#include "tests/support/vt_test.h"
#include "tests/unit/test_guest_fake.h"

static uint32_t next_slot;

static int renderer(unsigned op, const void *req, void *rep, int *fd)
{
	struct vt_event_create_rep *created = rep;

	(void)req;
	(void)fd;
	if (op == VT_OP_EVENT_CREATE) {
		created->event_id = 100 + next_slot;
		created->provider_id = 7 + next_slot;
		created->slot = next_slot++;
		created->mailbox_va = 0x1000;
	}
	return 0;
}

/* Keys: only their addresses count. */
static char key[8];

struct bed {
	struct vt_session *s;
	uint32_t slot[8];
};

static struct bed begin(void)
{
	next_slot = 0;
	return (struct bed){.s = vt_fake_session_create(renderer)};
}

static void add(struct bed *b, unsigned i, uint32_t type, bool manual)
{
	struct vt_event_ids ids;

	VT_ASSERT_EQ(vt_event_create(b->s, &key[i], type, 0, manual, false, &ids), 0);
	b->slot[i] = ids.provider_id - 7;
	VT_ASSERT_EQ(ids.mailbox_va, 0x1000);
}

static int wait_one(struct bed *b, unsigned i, uint32_t ms)
{
	const void *keys[] = {&key[i]};

	return vt_event_wait(b->s, keys, 1, true, ms, NULL);
}

static int wait_two(struct bed *b, bool all, uint32_t ms)
{
	const void *keys[] = {&key[0], &key[1]};

	return vt_event_wait(b->s, keys, 2, all, ms, NULL);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

VT_TEST(event, auto_reset_is_consumed_once)
{
	struct bed b = begin();

	add(&b, 0, VT_EVENT_SIGNAL, false);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), -ETIMEDOUT);
	vt_fake_publish(b.s, b.slot[0], NULL);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), -ETIMEDOUT);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], true), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 1000), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), -ETIMEDOUT);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, manual_reset_stays_until_reset)
{
	struct bed b = begin();

	add(&b, 0, VT_EVENT_SIGNAL, true);
	vt_fake_publish(b.s, b.slot[0], NULL);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), 0);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], false), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), -ETIMEDOUT);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, any_and_all)
{
	struct bed b = begin();

	add(&b, 0, VT_EVENT_SIGNAL, false);
	add(&b, 1, VT_EVENT_SIGNAL, false);
	vt_fake_publish(b.s, b.slot[1], NULL);
	VT_ASSERT_EQ(wait_two(&b, true, 0), -ETIMEDOUT); /* and consumes nothing */
	VT_ASSERT_EQ(wait_two(&b, false, 0), 0);
	VT_ASSERT_EQ(wait_two(&b, false, 0), -ETIMEDOUT);
	vt_fake_publish(b.s, b.slot[0], NULL);
	vt_fake_publish(b.s, b.slot[1], NULL);
	VT_ASSERT_EQ(wait_two(&b, true, 0), 0);
	VT_ASSERT_EQ(wait_two(&b, false, 0), -ETIMEDOUT);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, time_out_takes_its_time)
{
	struct bed b = begin();
	int64_t start = now_ms();

	add(&b, 0, VT_EVENT_SIGNAL, false);
	VT_ASSERT_EQ(wait_one(&b, 0, 60), -ETIMEDOUT);
	VT_ASSERT(now_ms() - start >= 59);
	VT_ASSERT(now_ms() - start < 5000);
	vt_fake_session_destroy(b.s);
}

static void *publish_later(void *arg)
{
	struct bed *b = arg;

	usleep(30000);
	vt_fake_publish(b->s, b->slot[0], NULL);
	usleep(30000);
	vt_fake_publish(b->s, b->slot[1], NULL);
	return NULL;
}

VT_TEST(event, a_sleeping_wait_is_woken)
{
	struct bed b = begin();
	pthread_t thread;

	add(&b, 0, VT_EVENT_SIGNAL, false);
	add(&b, 1, VT_EVENT_SIGNAL, false);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, publish_later, &b), 0);
	VT_ASSERT_EQ(wait_two(&b, true, VT_WAIT_FOREVER), 0);
	pthread_join(thread, NULL);
	VT_ASSERT_EQ(b.s->events.page->slot[b.slot[0]].waiters, 0);
	VT_ASSERT_EQ(b.s->events.page->slot[b.slot[1]].waiters, 0);
	vt_fake_session_destroy(b.s);
}

struct waiter {
	struct bed *b;
	int err;
};

static void *wait_for_first(void *arg)
{
	struct waiter *w = arg;

	w->err = wait_one(w->b, 0, 10000);
	return NULL;
}

static void start_waiting(struct waiter *w, struct bed *b, pthread_t *thread)
{
	w->b = b;
	VT_ASSERT_EQ(pthread_create(thread, NULL, wait_for_first, w), 0);
	while (atomic_load(&b->s->events.page->slot[b->slot[0]].waiters) == 0)
		usleep(1000);
}

VT_TEST(event, the_end_of_an_event_ends_waits)
{
	struct bed b = begin();
	struct waiter w;
	pthread_t thread;

	add(&b, 0, VT_EVENT_SIGNAL, false);
	start_waiting(&w, &b, &thread);
	VT_ASSERT_EQ(vt_event_destroy(b.s, &key[0]), 0);
	pthread_join(thread, NULL);
	VT_ASSERT_EQ(w.err, -ENOENT);
	VT_ASSERT_EQ(vt_fake_count(b.s, VT_OP_EVENT_DESTROY), 1);
	VT_ASSERT_EQ(vt_event_destroy(b.s, &key[0]), -ENOENT);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], true), -ENOENT);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, one_wait_takes_a_set)
{
	struct bed b = begin();
	struct waiter w[2];
	pthread_t thread[2];

	add(&b, 0, VT_EVENT_SIGNAL, false);
	start_waiting(&w[0], &b, &thread[0]);
	start_waiting(&w[1], &b, &thread[1]);
	while (atomic_load(&b.s->events.page->slot[b.slot[0]].waiters) < 2)
		usleep(1000);
	vt_event_set(b.s, &key[0], true);
	usleep(20000);
	VT_ASSERT_EQ(b.s->events.page->slot[b.slot[0]].waiters, 1);
	vt_event_set(b.s, &key[0], true);
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	VT_ASSERT(w[0].err == 0 && w[1].err == 0);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, faults_say_what_they_are)
{
	struct vt_event_payload fault = {.node = 1, .failure = 1, .va = 0xdead000, .flags = 1}, got;
	struct bed b = begin();

	add(&b, 0, VT_EVENT_MEMORY, true);
	VT_ASSERT_EQ(vt_event_payload(b.s, &key[0], &got), UINT32_MAX);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], true), -EIO); /* only the GPU does */
	vt_fake_publish(b.s, b.slot[0], &fault);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), 0);
	VT_ASSERT_EQ(vt_event_payload(b.s, &key[0], &got), VT_EVENT_MEMORY);
	VT_ASSERT(got.va == 0xdead000 && got.node == 1 && got.failure == 1 && got.flags == 1);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, a_lost_renderer_is_a_fault)
{
	struct vt_event_payload got;
	struct bed b = begin();
	struct waiter w;
	pthread_t thread;

	add(&b, 0, VT_EVENT_MEMORY, true);
	add(&b, 1, VT_EVENT_SIGNAL, false);
	start_waiting(&w, &b, &thread);
	VT_ASSERT(vt_events_lose(&b.s->events, 1));
	pthread_join(thread, NULL);
	VT_ASSERT_EQ(w.err, 0);
	VT_ASSERT_EQ(vt_event_payload(b.s, &key[0], &got), VT_EVENT_MEMORY);
	VT_ASSERT(got.node == 1 && got.flags == 1);
	VT_ASSERT_EQ(wait_two(&b, false, 10000), 0);
	VT_ASSERT_EQ(wait_one(&b, 1, 10000), -EPIPE);
	vt_fake_session_destroy(b.s);
}

/* Taking one more event sends nothing, until the stock is used up. */
VT_TEST(event, signals_are_made_in_advance)
{
	static char many[300];
	struct vt_event_ids ids;
	struct bed b = begin();
	unsigned made;

	add(&b, 0, VT_EVENT_SIGNAL, false);
	made = vt_fake_count(b.s, VT_OP_EVENT_CREATE);
	VT_ASSERT(made >= 100 && made < VT_ARRAY_LEN(many));
	for (unsigned i = 1; i < made; i++)
		VT_ASSERT_EQ(vt_event_create(b.s, &many[i], VT_EVENT_SIGNAL, 0, false, false, &ids),
			     0);
	VT_ASSERT_EQ(vt_fake_count(b.s, VT_OP_EVENT_CREATE), made);
	/* What was signalled before an event was handed out does not count. */
	vt_fake_publish(b.s, next_slot, NULL);
	VT_ASSERT_EQ(vt_event_create(b.s, &key[1], VT_EVENT_SIGNAL, 0, false, false, &ids), 0);
	VT_ASSERT_EQ(wait_one(&b, 1, 0), -ETIMEDOUT);
	VT_ASSERT(vt_fake_count(b.s, VT_OP_EVENT_CREATE) > made);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, types_and_initial_state)
{
	struct bed b = begin();
	struct vt_event_ids ids;

	VT_ASSERT_EQ(vt_event_create(b.s, &key[0], VT_EVENT_TYPES, 0, false, false, &ids), -EINVAL);
	VT_ASSERT_EQ(vt_event_create(b.s, &key[0], VT_EVENT_SIGNAL, 0, false, true, &ids), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), -ETIMEDOUT);
	VT_ASSERT_EQ(vt_event_check(b.s, &key[0]), 0);
	VT_ASSERT_EQ(vt_event_check(b.s, &key[1]), -ENOENT);
	vt_fake_session_destroy(b.s);
}

/* --- ages --- */

static int wait_aged(struct bed *b, unsigned i, uint32_t ms, uint64_t *age)
{
	const void *keys[] = {&key[i]};

	return vt_event_wait(b->s, keys, 1, true, ms, age);
}

VT_TEST(event, age_grows_with_every_set)
{
	struct bed b = begin();
	uint64_t age = 1;

	add(&b, 0, VT_EVENT_SIGNAL, true);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), -ETIMEDOUT);
	VT_ASSERT_EQ(age, 1);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], true), 0);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), 0);
	VT_ASSERT_EQ(age, 2);
	vt_fake_publish(b.s, b.slot[0], NULL);
	vt_fake_publish(b.s, b.slot[0], NULL);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), 0);
	VT_ASSERT_EQ(age, 4);
	vt_fake_session_destroy(b.s);
}

/* What another thread has consumed or reset in the meantime does not get lost. */
VT_TEST(event, older_age_ends_a_wait)
{
	struct bed b = begin();
	uint64_t age = 1;

	add(&b, 0, VT_EVENT_SIGNAL, false);
	vt_fake_publish(b.s, b.slot[0], NULL);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), 0);
	VT_ASSERT_EQ(wait_one(&b, 0, 0), -ETIMEDOUT);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), 0);
	VT_ASSERT_EQ(age, 2);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), -ETIMEDOUT);
	vt_fake_session_destroy(b.s);
}

VT_TEST(event, age_0_and_other_types_have_no_age)
{
	struct bed b = begin();
	uint64_t age = 0;

	add(&b, 0, VT_EVENT_SIGNAL, true);
	add(&b, 1, VT_EVENT_MEMORY, true);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], true), 0);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), 0);
	VT_ASSERT_EQ(age, 0);
	VT_ASSERT_EQ(vt_event_set(b.s, &key[0], false), 0);
	VT_ASSERT_EQ(wait_aged(&b, 0, 0, &age), -ETIMEDOUT);
	age = 77;
	VT_ASSERT_EQ(wait_aged(&b, 1, 0, &age), -ETIMEDOUT);
	vt_fake_publish(b.s, b.slot[1], NULL);
	VT_ASSERT_EQ(wait_aged(&b, 1, 0, &age), 0);
	VT_ASSERT_EQ(age, 77);
	vt_fake_session_destroy(b.s);
}
