/* The fake provider's queues and events. */
#include <hsakmt.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "tests/support/fake_provider.h"

#define MAX_EVENT 5000
#define MAX_QUEUE 600

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct event {
	HsaEvent event;
	bool used, set;
} events[MAX_EVENT];

static struct queue {
	bool used, aql;
	uint64_t *doorbell, *read, *write;
	uint64_t seen;
	HsaEvent *event;
} queues[MAX_QUEUE];

static struct event *event_of(HsaEvent *e)
{
	for (struct event *ev = events; ev < events + MAX_EVENT; ev++)
		if (e == &ev->event && ev->used)
			return ev;
	return NULL;
}

static void set_event_locked(HsaEvent *e)
{
	struct event *ev = event_of(e);

	if (!ev)
		return;
	ev->set = true;
	pthread_cond_broadcast(&changed);
}

void *fake_run_queues(void *arg)
{
	const struct timespec pause = {.tv_nsec = 500000};

	for (;; nanosleep(&pause, NULL)) {
		pthread_mutex_lock(&lock);
		for (struct queue *q = queues; q < queues + MAX_QUEUE; q++) {
			uint64_t bell;

			if (!q->used)
				continue;
			bell = __atomic_load_n(q->doorbell, __ATOMIC_ACQUIRE);
			if (bell == q->seen)
				continue;
			q->seen = bell;
			__atomic_store_n(q->read, q->aql ? bell + 1 : *q->write, __ATOMIC_RELEASE);
			set_event_locked(q->event);
		}
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

EXPORT HSAKMT_STATUS hsaKmtCreateQueue(HSAuint32 node, HSA_QUEUE_TYPE type, HSAuint32 percentage,
				       HSA_QUEUE_PRIORITY priority, void *ring, HSAuint64 size,
				       HsaEvent *event, HsaQueueResource *res)
{
	uint64_t *bells = (uint64_t *)(void *)fake_words.at;
	unsigned i = 0;

	(void)percentage;
	(void)priority;
	(void)ring;
	(void)size;
	if (node != GPU)
		return HSAKMT_STATUS_INVALID_NODE_UNIT;
	pthread_mutex_lock(&lock);
	while (i < MAX_QUEUE && queues[i].used)
		i++;
	if (i < PAGE / 8) {
		bells[i] = bells[PAGE / 8 + i] = bells[PAGE / 4 + i] = 0;
		queues[i] = (struct queue){.used = true,
					   .aql = type == HSA_QUEUE_COMPUTE_AQL,
					   .doorbell = &bells[i],
					   .seen = UINT64_MAX,
					   .event = event};
		bells[i] = queues[i].seen;
		if (!queues[i].aql) {
			res->Queue_read_ptr_aql = &bells[PAGE / 8 + i];
			res->Queue_write_ptr_aql = &bells[PAGE / 4 + i];
		}
		queues[i].read = res->Queue_read_ptr_aql;
		queues[i].write = res->Queue_write_ptr_aql;
		res->Queue_DoorBell_aql = &bells[i];
		res->QueueId = 1000 + i;
	}
	pthread_mutex_unlock(&lock);
	return i < PAGE / 8 ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_NO_MEMORY;
}

static struct queue *queue_of(HSA_QUEUEID id)
{
	return id >= 1000 && id < 1000 + MAX_QUEUE && queues[id - 1000].used ? &queues[id - 1000]
									     : NULL;
}

EXPORT HSAKMT_STATUS hsaKmtUpdateQueue(HSA_QUEUEID id, HSAuint32 percentage,
				       HSA_QUEUE_PRIORITY priority, void *ring, HSAuint64 size,
				       HsaEvent *event)
{
	struct queue *q = queue_of(id);

	(void)percentage;
	(void)priority;
	(void)ring;
	(void)size;
	if (!q)
		return HSAKMT_STATUS_INVALID_HANDLE;
	pthread_mutex_lock(&lock);
	q->event = event;
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtDestroyQueue(HSA_QUEUEID id)
{
	struct queue *q = queue_of(id);

	if (!q)
		return HSAKMT_STATUS_INVALID_HANDLE;
	pthread_mutex_lock(&lock);
	q->used = false;
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtSetQueueCUMask(HSA_QUEUEID id, HSAuint32 bits, HSAuint32 *mask)
{
	return queue_of(id) && bits && mask[0] ? HSAKMT_STATUS_SUCCESS
					       : HSAKMT_STATUS_INVALID_PARAMETER;
}

EXPORT HSAKMT_STATUS hsaKmtGetQueueInfo(HSA_QUEUEID id, HsaQueueInfo *info)
{
	static HSAuint32 mask[2] = {5, 6};

	if (!queue_of(id))
		return HSAKMT_STATUS_INVALID_HANDLE;
	info->NumCUAssigned = 64;
	info->CUMaskInfo = mask;
	return HSAKMT_STATUS_SUCCESS;
}

EXPORT HSAKMT_STATUS hsaKmtAllocQueueGWS(HSA_QUEUEID id, HSAuint32 n, HSAuint32 *first)
{
	(void)id;
	(void)n;
	(void)first;
	return HSAKMT_STATUS_OUT_OF_RESOURCES;
}

EXPORT HSAKMT_STATUS hsaKmtCreateEvent(HsaEventDescriptor *desc, bool manual, bool set,
				       HsaEvent **ret)
{
	struct event *ev = events;

	if (!manual)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	pthread_mutex_lock(&lock);
	while (ev < events + MAX_EVENT && ev->used)
		ev++;
	if (ev < events + MAX_EVENT) {
		memset(ev, 0, sizeof(*ev));
		ev->used = true;
		ev->set = set;
		ev->event.EventId = (HSA_EVENTID)(ev - events) + 1;
		ev->event.EventData.EventType = desc->EventType;
		ev->event.EventData.HWData2 = 0x5000 + 8 * (uint64_t)(ev - events);
		*ret = &ev->event;
	}
	pthread_mutex_unlock(&lock);
	return ev < events + MAX_EVENT ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_NO_MEMORY;
}

EXPORT HSAKMT_STATUS hsaKmtDestroyEvent(HsaEvent *e)
{
	struct event *ev;

	pthread_mutex_lock(&lock);
	ev = event_of(e);
	if (ev)
		ev->used = false;
	pthread_mutex_unlock(&lock);
	return ev ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

static HSAKMT_STATUS change(HsaEvent *e, bool set)
{
	struct event *ev;

	pthread_mutex_lock(&lock);
	ev = event_of(e);
	if (ev)
		ev->set = set;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return ev ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_HANDLE;
}

EXPORT HSAKMT_STATUS hsaKmtSetEvent(HsaEvent *e)
{
	return change(e, true);
}

EXPORT HSAKMT_STATUS hsaKmtResetEvent(HsaEvent *e)
{
	return change(e, false);
}

EXPORT HSAKMT_STATUS hsaKmtQueryEventState(HsaEvent *e)
{
	const struct event *ev;
	bool set;

	pthread_mutex_lock(&lock);
	ev = event_of(e);
	set = ev && ev->set;
	pthread_mutex_unlock(&lock);
	return set ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_WAIT_TIMEOUT;
}

EXPORT HSAKMT_STATUS hsaKmtWaitOnMultipleEvents(HsaEvent *list[], HSAuint32 n, bool all,
						HSAuint32 ms)
{
	bool any = false;

	if (all || ms != HSA_EVENTTIMEOUT_INFINITE)
		return HSAKMT_STATUS_NOT_IMPLEMENTED;
	pthread_mutex_lock(&lock);
	while (!any) {
		for (HSAuint32 i = 0; i < n; i++) {
			const struct event *ev = event_of(list[i]);

			any |= ev && ev->set;
		}
		if (!any)
			pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	return HSAKMT_STATUS_SUCCESS;
}
