/*
 * Events.
 *
 * An HsaEvent belongs to the library until the program destroys it. It is known by address: a
 * handle is valid if the slot of its EventId holds just this pointer.
 */
#include "host-renderer/swgpu/thunk/event.h"

#include <errno.h>
#include <stdlib.h>

#include "proto/abi/signals.h"

static bool is_system_type(HSA_EVENTTYPE type)
{
	return type != HSA_EVENTTYPE_SIGNAL && type != HSA_EVENTTYPE_DEBUG_EVENT;
}

/* The id of a valid handle, or 0. */
static uint32_t id_of(struct swgpu_thunk *t, const HsaEvent *event)
{
	uint32_t id = event ? event->EventId : 0;
	bool ok;

	if (!id || id > SWGPU_EVENT_LIMIT)
		return 0;
	pthread_mutex_lock(&t->lock);
	ok = t->event[id] == event;
	pthread_mutex_unlock(&t->lock);
	return ok ? id : 0;
}

void swgpu_thunk_free_events(struct swgpu_thunk *t)
{
	for (uint32_t id = 1; id <= SWGPU_EVENT_LIMIT; id++)
		free(t->event[id]);
}

static HSAKMT_STATUS create(struct swgpu_thunk *t, const HsaEventDescriptor *desc, bool manual,
			    bool set, HsaEvent **ret)
{
	struct swgpu_events *events = swgpu_device_peek_events(t->dev);
	HsaEvent *e = calloc(1, sizeof(*e));
	uint64_t mailbox;
	uint32_t id;
	int err;

	if (!e)
		return HSAKMT_STATUS_NO_MEMORY;
	set = set && !is_system_type(desc->EventType);
	err = swgpu_event_create(events, desc->EventType, manual, set, &id);
	if (err < 0)
		goto free_e;
	err = swgpu_device_mailbox(t->dev, id, &mailbox);
	if (err < 0)
		goto destroy_event;
	e->EventId = id;
	e->EventData.EventType = desc->EventType;
	e->EventData.HWData1 = id;
	e->EventData.HWData2 = mailbox;
	e->EventData.HWData3 = id;
	e->EventData.EventData.SyncVar = desc->SyncVar;
	pthread_mutex_lock(&t->lock);
	t->event[id] = e;
	pthread_mutex_unlock(&t->lock);
	*ret = e;
	return HSAKMT_STATUS_SUCCESS;

destroy_event:
	swgpu_event_destroy(events, id);
free_e:
	free(e);
	return swgpu_status(err);
}

HSAKMT_STATUS hsaKmtCreateEvent(HsaEventDescriptor *EventDesc, bool ManualReset, bool IsSignaled,
				HsaEvent **Event)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (EventDesc && Event && EventDesc->EventType < HSA_EVENTTYPE_MAXID)
		status = create(t, EventDesc, ManualReset, IsSignaled, Event);
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtDestroyEvent(HsaEvent *Event)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_HANDLE;
	uint32_t id;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	id = id_of(t, Event);
	if (id) {
		pthread_mutex_lock(&t->lock);
		t->event[id] = NULL;
		pthread_mutex_unlock(&t->lock);
		swgpu_event_destroy(swgpu_device_peek_events(t->dev), id);
		free(Event);
		status = HSAKMT_STATUS_SUCCESS;
	}
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS vthunkTellSignals(void (*fn)(void *arg, HSAuint32 id), void *arg)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	swgpu_events_tell(swgpu_device_peek_events(t->dev), fn, arg);
	swgpu_thunk_put(t);
	return HSAKMT_STATUS_SUCCESS;
}

/* SetEvent and ResetEvent: a program may not touch what the system raises. */
static HSAKMT_STATUS change(HsaEvent *event, int (*op)(struct swgpu_events *events, uint32_t id))
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_HANDLE;
	uint32_t id;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	id = id_of(t, event);
	if (id && is_system_type(event->EventData.EventType))
		status = HSAKMT_STATUS_ERROR;
	else if (id)
		status = swgpu_status(op(swgpu_device_peek_events(t->dev), id));
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtSetEvent(HsaEvent *Event)
{
	return change(Event, swgpu_event_set);
}

HSAKMT_STATUS hsaKmtResetEvent(HsaEvent *Event)
{
	return change(Event, swgpu_event_reset);
}

/* SUCCESS for an event that is set, WAIT_TIMEOUT for one that is not, as a wait of no length, which
 * however would consume an event that resets itself. */
HSAKMT_STATUS hsaKmtQueryEventState(HsaEvent *Event)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_HANDLE;
	uint32_t id;
	bool set;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	id = id_of(t, Event);
	if (id && swgpu_event_query(swgpu_device_peek_events(t->dev), id, &set) == 0)
		status = set ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_WAIT_TIMEOUT;
	swgpu_thunk_put(t);
	return status;
}

/* What a memory fault event tells, where the program looks for it. */
static void tell_fault(struct swgpu_thunk *t, HsaEvent *event)
{
	HsaMemoryAccessFault *out = &event->EventData.EventData.MemoryAccessFault;
	struct swgpu_event_fault fault;

	if (event->EventData.EventType != HSA_EVENTTYPE_MEMORY ||
	    swgpu_event_fault(swgpu_device_peek_events(t->dev), event->EventId, &fault) < 0)
		return;
	*out = (HsaMemoryAccessFault){.NodeId = SWGPU_GPU_NODE, .VirtualAddress = fault.va};
	out->Failure.NotPresent = !fault.present;
	out->Failure.ReadOnly = fault.present && fault.write;
	out->Failure.NoExecute = fault.present && fault.execute;
	out->Flags = HSA_EVENTID_MEMORY_FATAL_PROCESS;
}

static HSAKMT_STATUS wait(struct swgpu_thunk *t, HsaEvent *events[], uint32_t n, bool all,
			  uint32_t timeout_ms, uint64_t *ages)
{
	uint32_t *ids = calloc(n, sizeof(*ids));
	bool *set = calloc(n, sizeof(*set));
	int err = ids && set ? 0 : -ENOMEM;

	for (uint32_t i = 0; err == 0 && i < n; i++) {
		ids[i] = id_of(t, events[i]);
		if (!ids[i])
			err = -ENOENT;
	}
	if (err == 0)
		err = swgpu_events_wait(swgpu_device_peek_events(t->dev), ids, n, all, timeout_ms,
					set, ages);
	for (uint32_t i = 0; err == 0 && i < n; i++)
		if (set[i])
			tell_fault(t, events[i]);
	free(ids);
	free(set);
	return swgpu_status(err);
}

HSAKMT_STATUS hsaKmtWaitOnMultipleEvents_Ext(HsaEvent *Events[], HSAuint32 NumEvents,
					     bool WaitOnAll, HSAuint32 Milliseconds,
					     uint64_t *event_age)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (!Events)
		status = HSAKMT_STATUS_INVALID_HANDLE;
	else if (!NumEvents || NumEvents > SWGPU_EVENT_LIMIT)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	else
		status = wait(t, Events, NumEvents, WaitOnAll, Milliseconds, event_age);
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtWaitOnMultipleEvents(HsaEvent *Events[], HSAuint32 NumEvents, bool WaitOnAll,
					 HSAuint32 Milliseconds)
{
	return hsaKmtWaitOnMultipleEvents_Ext(Events, NumEvents, WaitOnAll, Milliseconds, NULL);
}

HSAKMT_STATUS hsaKmtWaitOnEvent_Ext(HsaEvent *Event, HSAuint32 Milliseconds, uint64_t *event_age)
{
	return hsaKmtWaitOnMultipleEvents_Ext(&Event, 1, true, Milliseconds, event_age);
}

HSAKMT_STATUS hsaKmtWaitOnEvent(HsaEvent *Event, HSAuint32 Milliseconds)
{
	return hsaKmtWaitOnEvent_Ext(Event, Milliseconds, NULL);
}
