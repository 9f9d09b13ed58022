/*
 * Events.
 *
 * An event's slot in the page is free again only when the provider's event is destroyed, so that no
 * late signal gets into the slot of another. Signals come in one of two ways: the provider tells
 * of them (proto/abi/signals.h), or the pump waits for them; faults and the like always by the
 * pump, which fetches their data.
 */
#include "host-renderer/object/event.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/object/pump.h"

#define MAX_TYPE 8u /* HSA_EVENTTYPE_MEMORY */

struct vt_event {
	struct vt_pumped pumped; /* event and slot also if the pump does not have it */
	bool told;               /* by the provider */
	uint32_t held;           /* by queues */
};

struct vt_events {
	const struct vt_provider *p;
	struct vt_publisher publisher;
	struct vt_pump *pump;
	bool tells; /* the provider does */
	/* By EventId, of events that the provider tells of: slot + 1. 0: none. */
	_Atomic uint32_t place[VT_EVENT_SLOTS + 1];

	pthread_mutex_t lock; /* guards what follows */
	bool slot_used[VT_EVENT_SLOTS];
	uint32_t next_slot; /* where to look first */
};

/* The provider's: an event of type signal was set. */
static void on_signal(void *arg, HSAuint32 id)
{
	struct vt_events *events = arg;
	uint32_t place = id <= VT_EVENT_SLOTS ? atomic_load(&events->place[id]) : 0;

	if (place && vt_publish(&events->publisher, place - 1, NULL))
		vt_publish_wake(&events->publisher);
}

static int take_slot(struct vt_events *events, uint32_t *ret)
{
	int err = -ENOSPC;

	pthread_mutex_lock(&events->lock);
	for (uint32_t tries = 0; tries < VT_EVENT_SLOTS; tries++) {
		uint32_t slot = events->next_slot;

		events->next_slot = (slot + 1) % VT_EVENT_SLOTS;
		if (events->slot_used[slot])
			continue;
		events->slot_used[slot] = true;
		*ret = slot;
		err = 0;
		break;
	}
	pthread_mutex_unlock(&events->lock);
	return err;
}

/* The provider's event is destroyed. */
static void release(struct vt_events *events, struct vt_event *ev)
{
	pthread_mutex_lock(&events->lock);
	events->slot_used[ev->pumped.slot] = false;
	pthread_mutex_unlock(&events->lock);
	free(ev);
}

/* The pump's: it no longer has the event. */
static void on_released(void *arg, struct vt_pumped *e)
{
	release(arg, (struct vt_event *)(void *)((char *)e - offsetof(struct vt_event, pumped)));
}

int vt_event_start(struct vt_ctx *ctx, void *page)
{
	struct vt_events *events = calloc(1, sizeof(*events));
	int err;

	if (!events)
		return -ENOMEM;
	events->p = ctx->p;
	events->publisher.page = page;
	pthread_mutex_init(&events->lock, NULL);
	events->tells = ctx->p->tell_signals &&
			ctx->p->tell_signals(on_signal, events) == HSAKMT_STATUS_SUCCESS;
	err =
	    vt_pump_start(ctx->p, ctx->id, &events->publisher, on_released, events, &events->pump);
	if (err)
		free(events);
	else
		ctx->events = events;
	return err;
}

static int create_at_provider(struct vt_events *events, const struct vt_event_create_req *req,
			      struct vt_event *ev)
{
	HsaEventDescriptor desc = {.EventType = (HSA_EVENTTYPE)req->type, .NodeId = req->node};
	HsaEvent **event = &ev->pumped.event;
	int err = vt_err_from_status(events->p->CreateEvent(&desc, true, false, event));

	if (err)
		return err;
	ev->told = events->tells && req->type == HSA_EVENTTYPE_SIGNAL && *event &&
		   (*event)->EventId <= VT_EVENT_SLOTS;
	return 0;
}

/* From now on it is published. */
static void go_live(struct vt_events *events, struct vt_event *ev)
{
	if (ev->told)
		atomic_store(&events->place[ev->pumped.event->EventId], ev->pumped.slot + 1);
	else
		vt_pump_add(events->pump, &ev->pumped);
}

static void describe(const struct vt_events *events, const struct vt_event *ev, uint64_t id,
		     struct vt_event_create_rep *rep)
{
	const HsaEvent *e = ev->pumped.event;

	memset(rep, 0, sizeof(*rep));
	rep->event_id = id;
	rep->provider_id = e->EventId;
	rep->slot = ev->pumped.slot;
	rep->mailbox_va = e->EventData.HWData2;
	rep->trigger = e->EventData.HWData3;
	rep->sets = atomic_load_explicit(&events->publisher.page->slot[ev->pumped.slot].sets,
					 memory_order_relaxed);
}

int vt_event_create(struct vt_ctx *ctx, const struct vt_event_create_req *req,
		    struct vt_event_create_rep *rep)
{
	struct vt_events *events = ctx->events;
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
	err = create_at_provider(events, req, ev);
	if (err)
		goto free_event;
	err = take_slot(events, &ev->pumped.slot);
	if (err)
		goto destroy_event;
	err = vt_idtable_add(&ctx->ids, ev, VT_KIND_EVENT, &id);
	if (err)
		goto release_slot;
	describe(events, ev, id, rep);
	go_live(events, ev);
	ctx->num_events++;
	return 0;

release_slot:
	ctx->p->DestroyEvent(ev->pumped.event);
	release(events, ev);
	return err;
destroy_event:
	ctx->p->DestroyEvent(ev->pumped.event);
free_event:
	free(ev);
	return err;
}

static void destroy(struct vt_events *events, struct vt_event *ev)
{
	HsaEvent *e = ev->pumped.event;

	if (!ev->told) {
		vt_pump_remove(events->pump, &ev->pumped);
		return;
	}
	atomic_store(&events->place[e->EventId], 0);
	events->p->DestroyEvent(e);
	release(events, ev);
}

int vt_event_destroy(struct vt_ctx *ctx, uint64_t event_id)
{
	struct vt_event *ev = vt_idtable_find(&ctx->ids, event_id, VT_KIND_EVENT);

	if (!ev)
		return -ENOENT;
	if (ev->held)
		return -EBUSY;
	vt_idtable_take(&ctx->ids, event_id, VT_KIND_EVENT);
	destroy(ctx->events, ev);
	ctx->num_events--;
	return 0;
}

HsaEvent *vt_event_hold(const struct vt_ctx *ctx, uint64_t event_id)
{
	struct vt_event *ev = vt_idtable_find(&ctx->ids, event_id, VT_KIND_EVENT);

	if (!ev)
		return NULL;
	ev->held++;
	return ev->pumped.event;
}

void vt_event_drop(const struct vt_ctx *ctx, uint64_t event_id)
{
	struct vt_event *ev = vt_idtable_find(&ctx->ids, event_id, VT_KIND_EVENT);

	if (ev)
		ev->held--;
}

uint64_t vt_event_published(const struct vt_ctx *ctx)
{
	return atomic_load_explicit(&ctx->events->publisher.count, memory_order_relaxed);
}

void vt_event_fini(struct vt_ctx *ctx)
{
	struct vt_events *events = ctx->events;
	uint32_t cursor = 0;
	uint64_t id;

	if (!events)
		return;
	while (vt_idtable_next(&ctx->ids, VT_KIND_EVENT, &cursor, &id))
		vt_event_destroy(ctx, id);
	vt_pump_stop(events->pump);
	free(events);
	ctx->events = NULL;
}
