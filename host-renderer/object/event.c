/*
 * Events and the pump.
 *
 * The pump waits for a copy of the list of live events, the first of which is our own, `kick`:
 * setting it makes the pump take a new copy. An event that is destroyed goes to the list `dying`,
 * and the pump destroys it at a time when it does not wait for it; so a slot is free again only
 * then.
 */
#include "host-renderer/object/event.h"

#include <errno.h>
#include <linux/futex.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "proto/base/log.h"
#include "proto/wire/evpage.h"

#define MAX_TYPE 8u /* HSA_EVENTTYPE_MEMORY */

struct vt_event {
	HsaEvent *event;
	struct vt_event *next; /* in `dying` */
	uint32_t slot, type;
	uint32_t live_index; /* in `live` */
	uint32_t held;       /* by queues */
};

struct vt_pump {
	pthread_t thread;
	pthread_mutex_t lock;
	const struct vt_provider *p;
	uint64_t ctx_id;
	struct vt_event_page *page;
	HsaEvent *kick;
	_Atomic uint64_t published;

	/* Guarded by lock. */
	bool stop, kicked;
	struct vt_event *live[VT_EVENT_SLOTS];
	uint32_t num_live;
	struct vt_event *dying;
	bool slot_used[VT_EVENT_SLOTS];
	uint32_t next_slot; /* where to look first */

	/* The pump's own: what it waits for at present. kick is waited[0] and has no entry in who.
	 */
	HsaEvent *waited[VT_EVENT_SLOTS + 1];
	uint32_t slot_of[VT_EVENT_SLOTS + 1], type_of[VT_EVENT_SLOTS + 1];
};

static void kick_locked(struct vt_pump *pump)
{
	if (pump->kicked)
		return;
	pump->kicked = true;
	pump->p->SetEvent(pump->kick);
}

static void fill_payload(const HsaEvent *e, uint32_t type, struct vt_event_payload *to)
{
	const HsaEventData *d = &e->EventData;

	if (type == HSA_EVENTTYPE_MEMORY) {
		to->node = d->EventData.MemoryAccessFault.NodeId;
		to->va = d->EventData.MemoryAccessFault.VirtualAddress;
		to->flags = (uint32_t)d->EventData.MemoryAccessFault.Flags;
		memcpy(&to->failure, &d->EventData.MemoryAccessFault.Failure, sizeof(to->failure));
	} else if (type == HSA_EVENTTYPE_HW_EXCEPTION) {
		/* The union's first 4 words, as thunk 6.0 lays HsaHwException out. */
		memcpy(&to->node, &d->EventData, sizeof(to->node));
		memcpy(to->detail, (const uint8_t *)&d->EventData + 4, sizeof(to->detail));
	}
}

static void publish(struct vt_pump *pump, uint32_t i)
{
	struct vt_event_slot *slot = &pump->page->slot[pump->slot_of[i]];

	fill_payload(pump->waited[i], pump->type_of[i], &slot->payload);
	atomic_fetch_add_explicit(&slot->sets, 1, memory_order_release);
	atomic_fetch_add_explicit(&pump->published, 1, memory_order_relaxed);
}

static void ring_bell(struct vt_event_header *h)
{
	atomic_fetch_add_explicit(&h->bell, 1, memory_order_seq_cst);
	if (atomic_load_explicit(&h->waiters, memory_order_seq_cst))
		syscall(SYS_futex, &h->bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Publishes all that is signalled among waited[1..n). */
static void publish_all(struct vt_pump *pump, uint32_t n)
{
	bool any = false;

	for (uint32_t i = 1; i < n; i++) {
		if (pump->p->QueryEventState(pump->waited[i]) != HSAKMT_STATUS_SUCCESS)
			continue;
		pump->p->ResetEvent(pump->waited[i]);
		publish(pump, i);
		any = true;
	}
	if (any)
		ring_bell(&pump->page->header);
}

/* Destroys what is dying and copies what is live. Returns how many to wait for, 0 to stop. */
static uint32_t next_round(struct vt_pump *pump)
{
	uint32_t n = 1;

	pthread_mutex_lock(&pump->lock);
	pump->kicked = false;
	pump->p->ResetEvent(pump->kick);
	while (pump->dying) {
		struct vt_event *ev = pump->dying;

		pump->dying = ev->next;
		pump->p->DestroyEvent(ev->event);
		pump->slot_used[ev->slot] = false;
		free(ev);
	}
	for (uint32_t i = 0; i < pump->num_live; i++, n++) {
		pump->waited[n] = pump->live[i]->event;
		pump->slot_of[n] = pump->live[i]->slot;
		pump->type_of[n] = pump->live[i]->type;
	}
	if (pump->stop)
		n = 0;
	pthread_mutex_unlock(&pump->lock);
	return n;
}

static void *pump_main(void *arg)
{
	struct vt_pump *pump = arg;
	const struct timespec pause = {.tv_nsec = 10000000};
	uint32_t n;

	prctl(PR_SET_NAME, "vt-events");
	pump->waited[0] = pump->kick;
	while ((n = next_round(pump))) {
		HSAKMT_STATUS status = pump->p->WaitOnMultipleEvents(pump->waited, n, false,
								     HSA_EVENTTIMEOUT_INFINITE);

		if (status != HSAKMT_STATUS_SUCCESS && status != HSAKMT_STATUS_WAIT_TIMEOUT) {
			vt_log(VT_LOG_ERROR, pump->ctx_id, "waiting for events: %s",
			       vt_err_name(vt_err_from_status(status)));
			nanosleep(&pause, NULL);
		}
		publish_all(pump, n);
	}
	return NULL;
}

static int create_event(const struct vt_provider *p, uint32_t type, uint32_t node, HsaEvent **ret)
{
	HsaEventDescriptor desc = {.EventType = (HSA_EVENTTYPE)type, .NodeId = node};

	return vt_err_from_status(p->CreateEvent(&desc, true, false, ret));
}

int vt_event_start(struct vt_ctx *ctx, void *page)
{
	struct vt_pump *pump = calloc(1, sizeof(*pump));
	int err;

	if (!pump)
		return -ENOMEM;
	pump->p = ctx->p;
	pump->ctx_id = ctx->id;
	pump->page = page;
	err = create_event(ctx->p, HSA_EVENTTYPE_SIGNAL, 0, &pump->kick);
	if (err)
		goto free_pump;
	pthread_mutex_init(&pump->lock, NULL);
	err = -pthread_create(&pump->thread, NULL, pump_main, pump);
	if (err)
		goto destroy_kick;
	ctx->pump = pump;
	return 0;

destroy_kick:
	ctx->p->DestroyEvent(pump->kick);
free_pump:
	free(pump);
	return err;
}

/* Enters an event that the provider has made into the list and gives it a slot. */
static int go_live(struct vt_pump *pump, struct vt_event *ev)
{
	int err = -ENOSPC;

	pthread_mutex_lock(&pump->lock);
	for (uint32_t tries = 0; tries < VT_EVENT_SLOTS && pump->num_live < VT_EVENT_SLOTS;
	     tries++) {
		uint32_t slot = pump->next_slot;

		pump->next_slot = (slot + 1) % VT_EVENT_SLOTS;
		if (pump->slot_used[slot])
			continue;
		pump->slot_used[slot] = true;
		ev->slot = slot;
		ev->live_index = pump->num_live;
		pump->live[pump->num_live++] = ev;
		kick_locked(pump);
		err = 0;
		break;
	}
	pthread_mutex_unlock(&pump->lock);
	return err;
}

static void describe(const struct vt_pump *pump, const struct vt_event *ev, uint64_t id,
		     struct vt_event_create_rep *rep)
{
	rep->event_id = id;
	rep->provider_id = ev->event->EventId;
	rep->slot = ev->slot;
	rep->mailbox_va = ev->event->EventData.HWData2;
	rep->trigger = ev->event->EventData.HWData3;
	rep->sets = atomic_load_explicit(&pump->page->slot[ev->slot].sets, memory_order_relaxed);
}

int vt_event_create(struct vt_ctx *ctx, const struct vt_event_create_req *req,
		    struct vt_event_create_rep *rep)
{
	struct vt_event *ev;
	uint64_t id;
	int err;

	if (req->type > MAX_TYPE)
		return -EINVAL;
	if (req->node >= ctx->num_nodes)
		return -ENODEV;
	if (ctx->num_events >= ctx->limits.events)
		return -ENOSPC;
	ev = calloc(1, sizeof(*ev));
	if (!ev)
		return -ENOMEM;
	ev->type = req->type;
	err = create_event(ctx->p, req->type, req->node, &ev->event);
	if (err)
		goto free_event;
	err = vt_idtable_add(&ctx->ids, ev, VT_KIND_EVENT, &id);
	if (err)
		goto destroy_event;
	memset(rep, 0, sizeof(*rep));
	err = go_live(ctx->pump, ev);
	if (err)
		goto take_id;
	ctx->num_events++;
	describe(ctx->pump, ev, id, rep);
	return 0;

take_id:
	vt_idtable_take(&ctx->ids, id, VT_KIND_EVENT);
destroy_event:
	ctx->p->DestroyEvent(ev->event);
free_event:
	free(ev);
	return err;
}

int vt_event_destroy(struct vt_ctx *ctx, uint64_t event_id)
{
	struct vt_event *ev = vt_idtable_find(&ctx->ids, event_id, VT_KIND_EVENT);
	struct vt_pump *pump = ctx->pump;

	if (!ev)
		return -ENOENT;
	if (ev->held)
		return -EBUSY;
	vt_idtable_take(&ctx->ids, event_id, VT_KIND_EVENT);
	pthread_mutex_lock(&pump->lock);
	pump->num_live--;
	pump->live[ev->live_index] = pump->live[pump->num_live];
	pump->live[ev->live_index]->live_index = ev->live_index;
	ev->next = pump->dying;
	pump->dying = ev;
	kick_locked(pump);
	pthread_mutex_unlock(&pump->lock);
	ctx->num_events--;
	return 0;
}

HsaEvent *vt_event_hold(const struct vt_ctx *ctx, uint64_t event_id)
{
	struct vt_event *ev = vt_idtable_find(&ctx->ids, event_id, VT_KIND_EVENT);

	if (!ev)
		return NULL;
	ev->held++;
	return ev->event;
}

void vt_event_drop(const struct vt_ctx *ctx, uint64_t event_id)
{
	struct vt_event *ev = vt_idtable_find(&ctx->ids, event_id, VT_KIND_EVENT);

	if (ev)
		ev->held--;
}

uint64_t vt_event_published(const struct vt_ctx *ctx)
{
	return atomic_load_explicit(&ctx->pump->published, memory_order_relaxed);
}

void vt_event_fini(struct vt_ctx *ctx)
{
	struct vt_pump *pump = ctx->pump;
	uint32_t cursor = 0;
	uint64_t id;

	if (!pump)
		return;
	while (vt_idtable_next(&ctx->ids, VT_KIND_EVENT, &cursor, &id))
		vt_event_destroy(ctx, id);
	pthread_mutex_lock(&pump->lock);
	pump->stop = true;
	kick_locked(pump);
	pthread_mutex_unlock(&pump->lock);
	pthread_join(pump->thread, NULL);
	ctx->p->DestroyEvent(pump->kick);
	free(pump);
	ctx->pump = NULL;
}
