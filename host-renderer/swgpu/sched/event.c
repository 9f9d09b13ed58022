/*
 * Events and waits.
 *
 * Invariant: a waiter is in the list from before it looks at the events until it returns, so a set
 * is either seen by the look or finds the waiter.
 */
#include "host-renderer/swgpu/sched/event.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "host-renderer/swgpu/sched/clock.h"

struct event {
	bool live, manual, set, has_fault;
	uint32_t type;
	uint64_t age;
	uint32_t waits; /* entries of waiters that name it */
	struct swgpu_event_fault fault;
};

/* How an event has ended a wait, or helped to. */
enum { AGED = 1, SET = 2 };

struct waiter {
	const uint32_t *ids;
	uint64_t *ages; /* [n], or NULL */
	uint32_t n;
	uint8_t *hit; /* [n] AGED when the wait began; SET since then */
	bool gone;    /* an event was destroyed */
	pthread_cond_t wake;
	struct waiter *next;
};

struct swgpu_events {
	pthread_mutex_t lock; /* guards all that follows */
	struct event slot[SWGPU_EVENT_LIMIT + 1];
	uint32_t last; /* given out last */
	struct waiter *waiters;
	bool shut;
	void (*tell)(void *arg, uint32_t id); /* or NULL */
	void *tell_arg;
};

int swgpu_events_create(struct swgpu_events **out)
{
	struct swgpu_events *events = calloc(1, sizeof(*events));

	if (!events)
		return -ENOMEM;
	pthread_mutex_init(&events->lock, NULL);
	*out = events;
	return 0;
}

void swgpu_events_destroy(struct swgpu_events *events)
{
	if (!events)
		return;
	pthread_mutex_destroy(&events->lock);
	free(events);
}

void swgpu_events_shutdown(struct swgpu_events *events)
{
	pthread_mutex_lock(&events->lock);
	events->shut = true;
	for (struct waiter *w = events->waiters; w; w = w->next)
		pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&events->lock);
}

void swgpu_events_tell(struct swgpu_events *events, void (*fn)(void *arg, uint32_t id), void *arg)
{
	pthread_mutex_lock(&events->lock);
	events->tell = fn;
	events->tell_arg = arg;
	pthread_mutex_unlock(&events->lock);
}

static struct event *find_locked(struct swgpu_events *events, uint32_t id)
{
	struct event *e = id && id <= SWGPU_EVENT_LIMIT ? &events->slot[id] : NULL;

	return e && e->live ? e : NULL;
}

/* Tells the waiters of event `id`. */
static void notify_locked(struct swgpu_events *events, uint32_t id, bool gone)
{
	for (struct waiter *w = events->waiters; w; w = w->next) {
		for (uint32_t i = 0; i < w->n; i++) {
			if (w->ids[i] != id)
				continue;
			w->hit[i] |= SET;
			w->gone |= gone;
			pthread_cond_signal(&w->wake);
		}
	}
}

static void raise_locked(struct swgpu_events *events, uint32_t id)
{
	struct event *e = &events->slot[id];

	e->set = e->manual || !e->waits;
	if (e->waits)
		notify_locked(events, id, false);
}

static void set_locked(struct swgpu_events *events, uint32_t id)
{
	events->slot[id].age++;
	raise_locked(events, id);
	if (events->tell && events->slot[id].type == 0)
		events->tell(events->tell_arg, id);
}

int swgpu_event_create(struct swgpu_events *events, uint32_t type, bool manual_reset, bool set,
		       uint32_t *ret_id)
{
	int err = -ENOSPC;

	pthread_mutex_lock(&events->lock);
	for (uint32_t i = 0; i < SWGPU_EVENT_LIMIT; i++) {
		/* The id freed longest ago, so that a stale one is noticed. */
		uint32_t id = (events->last + i) % SWGPU_EVENT_LIMIT + 1;

		if (events->slot[id].live)
			continue;
		/* A wait for its predecessor may not have returned yet: keep `waits`. */
		events->slot[id] = (struct event){.live = true,
						  .manual = manual_reset,
						  .set = set,
						  .type = type,
						  .age = 1,
						  .waits = events->slot[id].waits};
		events->last = id;
		*ret_id = id;
		err = 0;
		break;
	}
	pthread_mutex_unlock(&events->lock);
	return err;
}

int swgpu_event_destroy(struct swgpu_events *events, uint32_t id)
{
	struct event *e;

	pthread_mutex_lock(&events->lock);
	e = find_locked(events, id);
	if (e) {
		e->live = false;
		if (e->waits)
			notify_locked(events, id, true);
	}
	pthread_mutex_unlock(&events->lock);
	return e ? 0 : -ENOENT;
}

int swgpu_event_set(struct swgpu_events *events, uint32_t id)
{
	struct event *e;

	pthread_mutex_lock(&events->lock);
	e = find_locked(events, id);
	if (e)
		set_locked(events, id);
	pthread_mutex_unlock(&events->lock);
	return e ? 0 : -ENOENT;
}

int swgpu_event_reset(struct swgpu_events *events, uint32_t id)
{
	struct event *e;

	pthread_mutex_lock(&events->lock);
	e = find_locked(events, id);
	if (e)
		e->set = false;
	pthread_mutex_unlock(&events->lock);
	return e ? 0 : -ENOENT;
}

int swgpu_event_query(struct swgpu_events *events, uint32_t id, bool *ret_set)
{
	struct event *e;

	pthread_mutex_lock(&events->lock);
	e = find_locked(events, id);
	if (e)
		*ret_set = e->set;
	pthread_mutex_unlock(&events->lock);
	return e ? 0 : -ENOENT;
}

unsigned swgpu_events_raise(struct swgpu_events *events, uint32_t type,
			    const struct swgpu_event_fault *fault)
{
	unsigned count = 0;

	pthread_mutex_lock(&events->lock);
	for (uint32_t id = 1; id <= SWGPU_EVENT_LIMIT; id++) {
		struct event *e = &events->slot[id];

		if (!e->live || e->type != type)
			continue;
		if (fault) {
			e->fault = *fault;
			e->has_fault = true;
		}
		set_locked(events, id);
		count++;
	}
	pthread_mutex_unlock(&events->lock);
	return count;
}

int swgpu_event_fault(struct swgpu_events *events, uint32_t id, struct swgpu_event_fault *ret)
{
	struct event *e;
	int err = -ENOENT;

	pthread_mutex_lock(&events->lock);
	e = find_locked(events, id);
	if (e && e->has_fault) {
		*ret = e->fault;
		err = 0;
	}
	pthread_mutex_unlock(&events->lock);
	return err;
}

/* The age that the waiter gave for event number i, or 0. */
static uint64_t age_given(const struct swgpu_events *events, const struct waiter *w, uint32_t i)
{
	return w->ages && events->slot[w->ids[i]].type == 0 ? w->ages[i] : 0;
}

/* Enters the waiter and takes what is set already. */
static int begin_locked(struct swgpu_events *events, struct waiter *w)
{
	for (uint32_t i = 0; i < w->n; i++)
		if (!find_locked(events, w->ids[i]))
			return -ENOENT;
	w->next = events->waiters;
	events->waiters = w;
	for (uint32_t i = 0; i < w->n; i++) {
		struct event *e = &events->slot[w->ids[i]];

		e->waits++;
		w->hit[i] = e->set ? SET : 0;
		if (age_given(events, w, i) && age_given(events, w, i) != e->age)
			w->hit[i] |= AGED;
		if (!e->manual)
			e->set = false;
	}
	return 0;
}

/* Takes the waiter out; `give_back` returns what a wait that failed has consumed. */
static void end_locked(struct swgpu_events *events, struct waiter *w, bool give_back)
{
	struct waiter **at = &events->waiters;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	for (uint32_t i = 0; i < w->n; i++) {
		struct event *e = &events->slot[w->ids[i]];

		e->waits--;
		if (!e->live)
			continue;
		if (give_back && w->hit[i] & SET && !e->manual)
			raise_locked(events, w->ids[i]);
		if (!give_back && w->hit[i] && age_given(events, w, i))
			w->ages[i] = e->age;
	}
}

static bool satisfied(const struct waiter *w, bool all)
{
	uint32_t hits = 0;

	for (uint32_t i = 0; i < w->n; i++)
		hits += w->hit[i] != 0;
	return all ? hits == w->n : hits != 0;
}

static int sleep_locked(struct swgpu_events *events, struct waiter *w, bool all,
			uint32_t timeout_ms)
{
	struct timespec until = swgpu_clock_at(swgpu_clock_ns() + timeout_ms * 1000000ull);

	for (;;) {
		if (w->gone)
			return -ENOENT;
		if (satisfied(w, all))
			return 0;
		if (events->shut)
			return -ECANCELED;
		if (timeout_ms == SWGPU_EVENT_FOREVER)
			pthread_cond_wait(&w->wake, &events->lock);
		else if (!timeout_ms ||
			 pthread_cond_timedwait(&w->wake, &events->lock, &until) == ETIMEDOUT)
			return satisfied(w, all) && !w->gone ? 0 : -ETIMEDOUT;
	}
}

int swgpu_events_wait(struct swgpu_events *events, const uint32_t *ids, uint32_t n, bool all,
		      uint32_t timeout_ms, bool *ret_set, uint64_t *ages)
{
	struct waiter w = {.ids = ids, .ages = ages, .n = n};
	pthread_condattr_t attr;
	int err;

	if (!n || n > SWGPU_EVENT_LIMIT)
		return -EINVAL;
	w.hit = calloc(n, sizeof(*w.hit));
	if (!w.hit)
		return -ENOMEM;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w.wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_lock(&events->lock);
	err = begin_locked(events, &w);
	if (err == 0) {
		err = sleep_locked(events, &w, all, timeout_ms);
		end_locked(events, &w, err < 0);
	}
	pthread_mutex_unlock(&events->lock);
	for (uint32_t i = 0; ret_set && i < n; i++)
		ret_set[i] = w.hit[i] != 0;
	pthread_cond_destroy(&w.wake);
	free(w.hit);
	return err;
}
