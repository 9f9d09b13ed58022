/* Events and waiting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "guest-thunk/client/session.h"
#include "proto/wire/msg.h"

struct vt_event {
	const void *key;
	struct vt_event_ids ids;
	uint32_t type, slot;
	bool manual_reset;
	/* The rest is guarded by the table's lock. */
	bool set_here;       /* by this process, and not consumed yet */
	uint32_t consumed;   /* the slot's `sets` when it was last consumed */
	uint32_t first_sets; /* and when it was made */
	uint64_t age;        /* grows whenever it is set */
	uint32_t aged;       /* the slot's `sets` that are in age */
	struct vt_event *next_spare;
	UT_hash_handle hh;
};

/* HsaAccessAttributeFailure.ErrorType 3, "GPU hang", and HSA_EVENTID_MEMORY_FATAL_PROCESS
 * (hsakmttypes.h). */
#define FAILURE_HANG        (3u << 6)
#define FLAGS_FATAL_PROCESS 1u

void vt_events_init(struct vt_event_table *t, struct vt_transport *transport)
{
	memset(t, 0, sizeof(*t));
	pthread_mutex_init(&t->lock, NULL);
	t->transport = transport;
	t->page = transport->events;
}

void vt_events_fini(struct vt_event_table *t)
{
	struct vt_event *e, *next;

	HASH_ITER (hh, t->by_key, e, next) {
		HASH_DEL(t->by_key, e);
		free(e);
	}
	for (e = t->spare; e; e = next) {
		next = e->next_spare;
		free(e);
	}
	pthread_mutex_destroy(&t->lock);
}

static struct vt_event *find_locked(struct vt_event_table *t, const void *key)
{
	struct vt_event *e;

	HASH_FIND_PTR(t->by_key, &key, e);
	return e;
}

static bool is_fault(const struct vt_event *e)
{
	return e->type == VT_EVENT_MEMORY || e->type == VT_EVENT_HW_EXCEPTION;
}

/* --- Making and ending --- */

static void destroy_remote(struct vt_session *s, uint64_t id)
{
	struct vt_event_destroy_req req = {.event_id = id};

	vt_call(&s->caller, VT_OP_EVENT_DESTROY, &req, NULL, NULL);
}

/* Takes over an event that the renderer has made. */
static int adopt(struct vt_session *s, uint32_t type, const struct vt_event_create_rep *rep,
		 struct vt_event **ret)
{
	struct vt_event *e = rep->slot < VT_EVENT_SLOTS ? calloc(1, sizeof(*e)) : NULL;

	if (!e) {
		destroy_remote(s, rep->event_id);
		return rep->slot < VT_EVENT_SLOTS ? -ENOMEM : -EBADMSG;
	}
	e->ids =
	    (struct vt_event_ids){rep->provider_id, rep->trigger, rep->event_id, rep->mailbox_va};
	e->type = type;
	e->slot = rep->slot;
	*ret = e;
	return 0;
}

static int make(struct vt_session *s, uint32_t type, uint32_t node, struct vt_event **ret)
{
	struct vt_event_create_req req = {.type = type, .node = node};
	struct vt_event_create_rep rep;
	int err = vt_call(&s->caller, VT_OP_EVENT_CREATE, &req, &rep, NULL);

	return err ? err : adopt(s, type, &rep, ret);
}

static struct vt_event *take_spare(struct vt_event_table *t)
{
	struct vt_event *e;

	pthread_mutex_lock(&t->lock);
	e = t->spare;
	if (e)
		t->spare = e->next_spare;
	pthread_mutex_unlock(&t->lock);
	return e;
}

static void keep_spare(struct vt_event_table *t, struct vt_event *e)
{
	pthread_mutex_lock(&t->lock);
	e->next_spare = t->spare;
	t->spare = e;
	pthread_mutex_unlock(&t->lock);
}

/* Makes many, of which one is handed out. That there are fewer than wanted is no error. */
static int fill_stock(struct vt_session *s, uint32_t node, struct vt_event **ret)
{
	struct vt_event_create_req req = {.type = VT_EVENT_SIGNAL, .node = node};
	struct vt_event_create_rep rep[VT_CALL_MANY];
	struct vt_event *e, *first = NULL;
	int err = 0, made = vt_call_many(&s->caller, VT_OP_EVENT_CREATE, VT_CALL_MANY, &req, rep);

	for (int i = 0; i < made; i++) {
		err = adopt(s, VT_EVENT_SIGNAL, &rep[i], &e);
		if (err)
			continue;
		if (first)
			keep_spare(&s->events, e);
		else
			first = e;
	}
	*ret = first;
	return first ? 0 : made < 0 ? made : err;
}

/*
 * Runtimes take an event for every command that is under way, so their number follows the program's
 * work for a while. Events of type signal are therefore made many at a time: a program that is past
 * its start takes from the stock and sends nothing.
 */
static int take_or_make_signal(struct vt_session *s, uint32_t node, struct vt_event **ret)
{
	*ret = take_spare(&s->events);
	return *ret ? 0 : fill_stock(s, node, ret);
}

static uint32_t load_sets(const struct vt_event_table *t, const struct vt_event *e)
{
	return atomic_load(&t->page->slot[e->slot].sets);
}

static int enter(struct vt_event_table *t, struct vt_event *e)
{
	int err = 0;

	pthread_mutex_lock(&t->lock);
	if (find_locked(t, e->key)) {
		err = -EEXIST;
	} else {
		e->consumed = e->first_sets = e->aged = load_sets(t, e);
		e->age = 1;
		HASH_ADD_PTR(t->by_key, key, e);
	}
	pthread_mutex_unlock(&t->lock);
	return err;
}

int vt_event_create(struct vt_session *s, const void *key, uint32_t type, uint32_t node,
		    bool manual_reset, bool is_set, struct vt_event_ids *ret)
{
	struct vt_event *e;
	int err;

	if (type >= VT_EVENT_TYPES)
		return -EINVAL;
	if (type == VT_EVENT_SIGNAL)
		err = take_or_make_signal(s, node, &e);
	else
		err = make(s, type, node, &e);
	if (err)
		return err;
	e->key = key;
	e->manual_reset = manual_reset;
	e->set_here = is_set && (type == VT_EVENT_SIGNAL || type == VT_EVENT_DEBUG);
	err = enter(&s->events, e);
	if (err) {
		destroy_remote(s, e->ids.event_id);
		free(e);
		return err;
	}
	*ret = e->ids;
	return 0;
}

static void ring_bell(struct vt_event_table *t)
{
	atomic_fetch_add(&t->page->header.bell, 1);
	t->transport->ops->wake_events(t->transport);
}

/* Wakes who sleeps on an event. */
static void ring_bell_of(struct vt_event_table *t, uint32_t slot)
{
	if (atomic_load(&t->page->slot[slot].waiters))
		ring_bell(t);
}

int vt_event_destroy(struct vt_session *s, const void *key)
{
	struct vt_event_table *t = &s->events;
	struct vt_event *e;

	pthread_mutex_lock(&t->lock);
	e = find_locked(t, key);
	if (e)
		HASH_DEL(t->by_key, e);
	pthread_mutex_unlock(&t->lock);
	if (!e)
		return -ENOENT;
	ring_bell_of(t, e->slot);
	destroy_remote(s, e->ids.event_id);
	free(e);
	return 0;
}

/* --- State --- */

static bool is_set_locked(const struct vt_event_table *t, const struct vt_event *e)
{
	return e->set_here || load_sets(t, e) != e->consumed || (t->lost && is_fault(e));
}

static uint64_t age_locked(const struct vt_event_table *t, struct vt_event *e)
{
	uint32_t sets = load_sets(t, e);

	e->age += sets - e->aged; /* in 32 bits: sets wraps */
	e->aged = sets;
	return e->age;
}

static void reset_locked(const struct vt_event_table *t, struct vt_event *e)
{
	e->set_here = false;
	e->consumed = load_sets(t, e);
}

static void set_locked(struct vt_event *e)
{
	e->set_here = true;
	e->age++;
}

int vt_event_set(struct vt_session *s, const void *key, bool set)
{
	struct vt_event_table *t = &s->events;
	struct vt_event *e;
	uint32_t slot = 0;
	int err = 0;

	pthread_mutex_lock(&t->lock);
	e = find_locked(t, key);
	if (e)
		slot = e->slot;
	if (!e)
		err = -ENOENT;
	else if (e->type != VT_EVENT_SIGNAL && e->type != VT_EVENT_DEBUG)
		err = -EIO;
	else if (set)
		set_locked(e);
	else
		reset_locked(t, e);
	pthread_mutex_unlock(&t->lock);
	if (!err && set)
		ring_bell_of(t, slot);
	return err;
}

uint64_t vt_event_id(struct vt_session *s, const void *key)
{
	struct vt_event_table *t = &s->events;
	struct vt_event *e;
	uint64_t id;

	pthread_mutex_lock(&t->lock);
	e = find_locked(t, key);
	id = e ? e->ids.event_id : 0;
	pthread_mutex_unlock(&t->lock);
	return id;
}

int vt_event_check(struct vt_session *s, const void *key)
{
	return vt_event_id(s, key) ? 0 : -ENOENT;
}

uint32_t vt_event_payload(struct vt_session *s, const void *key, struct vt_event_payload *ret)
{
	struct vt_event_table *t = &s->events;
	uint32_t type = UINT32_MAX;
	struct vt_event *e;

	pthread_mutex_lock(&t->lock);
	e = find_locked(t, key);
	if (e && is_fault(e) && load_sets(t, e) != e->first_sets) {
		*ret = t->page->slot[e->slot].payload;
		type = e->type;
	} else if (e && is_fault(e) && t->lost) {
		*ret = t->lost_payload;
		type = e->type;
	}
	pthread_mutex_unlock(&t->lock);
	return type;
}

bool vt_events_lose(struct vt_event_table *t, uint32_t node)
{
	bool told = false;

	pthread_mutex_lock(&t->lock);
	t->lost = true;
	t->lost_payload = (struct vt_event_payload){
	    .node = node, .failure = FAILURE_HANG, .flags = FLAGS_FATAL_PROCESS};
	for (struct vt_event *e = t->by_key; e; e = e->hh.next)
		told |= is_fault(e);
	pthread_mutex_unlock(&t->lock);
	ring_bell(t);
	return told;
}

/* --- Waiting --- */

struct wait {
	const void *const *keys;
	uint64_t *ages; /* or NULL */
	uint32_t num;
	bool all;
};

/* The number that the waiter gave for event e, which is number i, or 0. */
static uint64_t age_given(const struct wait *w, const struct vt_event *e, uint32_t i)
{
	return w->ages && e->type == VT_EVENT_SIGNAL ? w->ages[i] : 0;
}

static bool is_over_locked(struct vt_event_table *t, const struct wait *w, struct vt_event *e,
			   uint32_t i)
{
	uint64_t age = age_given(w, e, i);

	return is_set_locked(t, e) || (age && age != age_locked(t, e));
}

/* Event e, which is number i, has ended the wait, or has helped to. */
static void consume_locked(struct vt_event_table *t, const struct wait *w, struct vt_event *e,
			   uint32_t i)
{
	if (age_given(w, e, i))
		w->ages[i] = age_locked(t, e);
	if (!e->manual_reset && is_set_locked(t, e))
		reset_locked(t, e);
}

/* 0: the wait is over, and what was set is consumed; -EAGAIN: it is not; -ENOENT; -EPIPE. */
static int look_locked(struct vt_event_table *t, const struct wait *w)
{
	uint32_t over = 0;

	for (uint32_t i = 0; i < w->num; i++) {
		struct vt_event *e = find_locked(t, w->keys[i]);

		if (!e)
			return -ENOENT;
		over += is_over_locked(t, w, e, i);
	}
	if (w->all ? over < w->num : !over)
		return t->lost ? -EPIPE : -EAGAIN;
	for (uint32_t i = 0; i < w->num; i++) {
		struct vt_event *e = find_locked(t, w->keys[i]);

		if (is_over_locked(t, w, e, i))
			consume_locked(t, w, e, i);
	}
	return 0;
}

static int look(struct vt_event_table *t, const struct wait *w)
{
	int err;

	pthread_mutex_lock(&t->lock);
	err = look_locked(t, w);
	pthread_mutex_unlock(&t->lock);
	return err;
}

static void withdraw(struct vt_event_table *t, const uint32_t *slots, uint32_t num)
{
	for (uint32_t i = 0; i < num; i++)
		atomic_fetch_sub(&t->page->slot[slots[i]].waiters, 1);
}

/* Says of each event that somebody sleeps on it. Returns 0 and its slots, or -ENOENT. */
static int announce(struct vt_event_table *t, const struct wait *w, uint32_t *slots)
{
	int err = 0;
	uint32_t i;

	pthread_mutex_lock(&t->lock);
	for (i = 0; i < w->num; i++) {
		struct vt_event *e = find_locked(t, w->keys[i]);

		if (!e) {
			err = -ENOENT;
			break;
		}
		slots[i] = e->slot;
		atomic_fetch_add(&t->page->slot[e->slot].waiters, 1);
	}
	pthread_mutex_unlock(&t->lock);
	if (err)
		withdraw(t, slots, i);
	return err;
}

static void deadline_after(uint32_t ms, struct timespec *ret)
{
	clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += ms / 1000;
	ret->tv_nsec += (long)(ms % 1000) * 1000000;
	if (ret->tv_nsec >= 1000000000) {
		ret->tv_nsec -= 1000000000;
		ret->tv_sec++;
	}
}

/* deadline NULL: for ever. The waiter is announced. */
static int look_and_sleep(struct vt_event_table *t, const struct wait *w,
			  const struct timespec *deadline)
{
	for (;;) {
		uint32_t bell = atomic_load(&t->page->header.bell);
		int err = look(t, w);

		if (err != -EAGAIN)
			return err;
		if (t->transport->ops->wait_events(t->transport, bell, deadline) == -ETIMEDOUT) {
			err = look(t, w);
			return err == -EAGAIN ? -ETIMEDOUT : err;
		}
	}
}

int vt_event_wait(struct vt_session *s, const void *const *keys, uint32_t num, bool all,
		  uint32_t timeout_ms, uint64_t *ages)
{
	const struct wait w = {keys, ages, num, all};
	struct vt_event_table *t = &s->events;
	struct timespec deadline;
	int err = look(t, &w);
	uint32_t *slots;

	if (err != -EAGAIN || !timeout_ms)
		return err == -EAGAIN ? -ETIMEDOUT : err;
	deadline_after(timeout_ms, &deadline);
	slots = calloc(num, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	err = announce(t, &w, slots);
	if (!err) {
		err = look_and_sleep(t, &w, timeout_ms == VT_WAIT_FOREVER ? NULL : &deadline);
		withdraw(t, slots, num);
	}
	free(slots);
	return err;
}
