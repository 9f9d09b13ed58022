/* Chapter: events. The client names an event by the address of the HsaEvent that the program has of
 * it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/api/api.h"

_Static_assert((int)HSA_EVENTTYPE_SIGNAL == VT_EVENT_SIGNAL, "one numbering");
_Static_assert((int)HSA_EVENTTYPE_HW_EXCEPTION == VT_EVENT_HW_EXCEPTION, "one numbering");
_Static_assert((int)HSA_EVENTTYPE_DEBUG_EVENT == VT_EVENT_DEBUG, "one numbering");
_Static_assert((int)HSA_EVENTTYPE_MEMORY == VT_EVENT_MEMORY, "one numbering");
_Static_assert((int)HSA_EVENTTYPE_MAXID == VT_EVENT_TYPES, "one numbering");

VT_API HSAKMT_STATUS hsaKmtCreateEvent(HsaEventDescriptor *EventDesc, bool ManualReset,
				       bool IsSignaled, HsaEvent **Event)
{
	struct vt_session *s = vt_api_enter();
	struct vt_event_ids ids;
	HsaEvent *e;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!EventDesc || !Event || (unsigned)EventDesc->EventType >= HSA_EVENTTYPE_MAXID)
		return vt_api_leave(s, -EINVAL);
	e = calloc(1, sizeof(*e));
	if (!e)
		return vt_api_leave(s, -ENOMEM);
	err = vt_event_create(s, e, EventDesc->EventType, EventDesc->NodeId, ManualReset,
			      IsSignaled, &ids);
	if (err) {
		free(e);
		return vt_api_leave(s, err);
	}
	e->EventId = ids.provider_id;
	e->EventData.EventType = EventDesc->EventType;
	e->EventData.EventData.SyncVar = EventDesc->SyncVar;
	e->EventData.HWData1 = ids.provider_id;
	e->EventData.HWData2 = ids.mailbox_va;
	e->EventData.HWData3 = ids.trigger;
	*Event = e;
	return vt_api_leave(s, 0);
}

VT_API HSAKMT_STATUS hsaKmtDestroyEvent(HsaEvent *Event)
{
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = Event ? vt_event_destroy(s, Event) : -ENOENT;
	if (!err)
		free(Event);
	return vt_api_leave(s, err);
}

static HSAKMT_STATUS change(HsaEvent *event, bool set)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, event ? vt_event_set(s, event, set) : -ENOENT);
}

VT_API HSAKMT_STATUS hsaKmtSetEvent(HsaEvent *Event)
{
	return change(Event, true);
}

VT_API HSAKMT_STATUS hsaKmtResetEvent(HsaEvent *Event)
{
	return change(Event, false);
}

VT_API HSAKMT_STATUS hsaKmtQueryEventState(HsaEvent *Event)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, Event ? vt_event_check(s, Event) : -ENOENT);
}

/* Tells the program what a fault was. */
static void fill_fault(struct vt_session *s, HsaEvent *event)
{
	struct vt_event_payload p;
	uint32_t type = vt_event_payload(s, event, &p);

	if (type == VT_EVENT_MEMORY) {
		HsaMemoryAccessFault *fault = &event->EventData.EventData.MemoryAccessFault;

		fault->NodeId = p.node;
		fault->VirtualAddress = p.va;
		memcpy(&fault->Failure, &p.failure, sizeof(fault->Failure));
		fault->Flags = (HSA_EVENTID_MEMORYFLAGS)p.flags;
	} else if (type == VT_EVENT_HW_EXCEPTION) {
		struct vt_abi_hw_exception e = {p.node, p.detail[0], p.detail[1], p.detail[2]};

		memcpy(&event->EventData.EventData, &e, sizeof(e));
	}
}

VT_API HSAKMT_STATUS hsaKmtWaitOnMultipleEvents_Ext(HsaEvent *Events[], HSAuint32 NumEvents,
						    bool WaitOnAll, HSAuint32 Milliseconds,
						    uint64_t *event_age)
{
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!Events || !NumEvents)
		return vt_api_leave(s, -ENOENT);
	err = vt_event_wait(s, (const void *const *)Events, NumEvents, WaitOnAll, Milliseconds,
			    event_age);
	for (HSAuint32 i = 0; !err && i < NumEvents; i++)
		fill_fault(s, Events[i]);
	return vt_api_leave(s, err);
}

VT_API HSAKMT_STATUS hsaKmtWaitOnMultipleEvents(HsaEvent *Events[], HSAuint32 NumEvents,
						bool WaitOnAll, HSAuint32 Milliseconds)
{
	return hsaKmtWaitOnMultipleEvents_Ext(Events, NumEvents, WaitOnAll, Milliseconds, NULL);
}

VT_API HSAKMT_STATUS hsaKmtWaitOnEvent_Ext(HsaEvent *Event, HSAuint32 Milliseconds,
					   uint64_t *event_age)
{
	return hsaKmtWaitOnMultipleEvents_Ext(&Event, 1, true, Milliseconds, event_age);
}

VT_API HSAKMT_STATUS hsaKmtWaitOnEvent(HsaEvent *Event, HSAuint32 Milliseconds)
{
	return hsaKmtWaitOnEvent_Ext(Event, Milliseconds, NULL);
}
