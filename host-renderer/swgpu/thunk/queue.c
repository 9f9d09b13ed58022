/*
 * Queues.
 */
#include "host-renderer/swgpu/thunk/queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* What ringing a doorbell on the program's behalf takes. */
struct swgpu_thunk_queue {
	struct swgpu_thunk_queue *next;
	uint64_t id;
	_Atomic uint64_t *doorbell, *write_ptr;
	bool aql;
};

static uint64_t va_of(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static bool valid_priority(HSA_QUEUE_PRIORITY priority)
{
	return (int)priority >= HSA_QUEUE_PRIORITY_MINIMUM &&
	       (int)priority <= HSA_QUEUE_PRIORITY_MAXIMUM;
}

static struct swgpu_thunk_queue **find_locked(struct swgpu_thunk *t, uint64_t id)
{
	struct swgpu_thunk_queue **at = &t->queues;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

static void note(struct swgpu_thunk *t, struct swgpu_thunk_queue *q,
		 const struct swgpu_queue_info *info, bool aql)
{
	q->id = info->id;
	q->doorbell = (_Atomic uint64_t *)(uintptr_t)info->doorbell_va;
	q->write_ptr = (_Atomic uint64_t *)(uintptr_t)info->wptr_va;
	q->aql = aql;
	pthread_mutex_lock(&t->lock);
	q->next = t->queues;
	t->queues = q;
	pthread_mutex_unlock(&t->lock);
}

static void forget(struct swgpu_thunk *t, uint64_t id)
{
	struct swgpu_thunk_queue **at, *q;

	pthread_mutex_lock(&t->lock);
	at = find_locked(t, id);
	q = *at;
	if (q)
		*at = q->next;
	pthread_mutex_unlock(&t->lock);
	free(q);
}

void swgpu_thunk_free_queues(struct swgpu_thunk *t)
{
	while (t->queues)
		forget(t, t->queues->id);
}

/* The doorbell of an AQL queue takes the number of the last packet, others their write index. */
bool swgpu_thunk_ring(struct swgpu_thunk *t, HSA_QUEUEID id)
{
	struct swgpu_thunk_queue *q;

	pthread_mutex_lock(&t->lock);
	q = *find_locked(t, id);
	if (q)
		atomic_store(q->doorbell,
			     atomic_load_explicit(q->write_ptr, memory_order_acquire) - q->aql);
	pthread_mutex_unlock(&t->lock);
	return q;
}

static HSAKMT_STATUS create(struct swgpu_thunk *t, struct swgpu_queue_desc *desc,
			    HsaQueueResource *res)
{
	struct swgpu_thunk_queue *q = calloc(1, sizeof(*q));
	struct swgpu_queue_info info;
	int err;

	if (!q)
		return HSAKMT_STATUS_NO_MEMORY;
	if (desc->type == SWGPU_QUEUE_AQL) {
		desc->rptr_va = res->QueueRptrValue;
		desc->wptr_va = res->QueueWptrValue;
	}
	err = swgpu_queue_create(t->dev, desc, &info);
	if (err < 0) {
		free(q);
		return swgpu_status(err);
	}
	note(t, q, &info, desc->type == SWGPU_QUEUE_AQL);
	res->QueueId = info.id;
	res->QueueDoorBell = info.doorbell_va;
	res->QueueRptrValue = info.rptr_va;
	res->QueueWptrValue = info.wptr_va;
	return HSAKMT_STATUS_SUCCESS;
}

/* PM4 queues of the user are a thing of older GPUs; XGMI engines there are none. */
static HSAKMT_STATUS type_of(HSA_QUEUE_TYPE type, enum swgpu_queue_type *ret)
{
	if (type == HSA_QUEUE_COMPUTE_AQL)
		*ret = SWGPU_QUEUE_AQL;
	else if (type == HSA_QUEUE_SDMA)
		*ret = SWGPU_QUEUE_SDMA;
	else if (type == HSA_QUEUE_COMPUTE || type == HSA_QUEUE_SDMA_XGMI)
		return HSAKMT_STATUS_NOT_SUPPORTED;
	else
		return HSAKMT_STATUS_INVALID_PARAMETER;
	return HSAKMT_STATUS_SUCCESS;
}

HSAKMT_STATUS hsaKmtCreateQueue(HSAuint32 NodeId, HSA_QUEUE_TYPE Type, HSAuint32 QueuePercentage,
				HSA_QUEUE_PRIORITY Priority, void *QueueAddress,
				HSAuint64 QueueSizeInBytes, HsaEvent *Event,
				HsaQueueResource *QueueResource)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	struct swgpu_queue_desc desc = {.ring_va = va_of(QueueAddress),
					.ring_bytes = QueueSizeInBytes,
					.stopped = QueuePercentage == 0};
	HSAKMT_STATUS status;

	(void)Event; /* told of nothing by this GPU: errors go to the queue's own signal */
	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	status = swgpu_check_gpu_node(NodeId);
	if (!status && (!QueueResource || QueuePercentage > 100 || !valid_priority(Priority)))
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	if (!status)
		status = type_of(Type, &desc.type);
	if (!status)
		status = create(t, &desc, QueueResource);
	swgpu_thunk_put(t);
	return status;
}

/* An address of NULL or a size of 0 leave the ring as it is. */
static int update(struct swgpu_thunk *t, HSA_QUEUEID id, bool run, void *ring, HSAuint64 bytes)
{
	int err = 0;

	if (!run || (ring && bytes))
		err = swgpu_queue_run(t->dev, id, false);
	if (!err && ring && bytes)
		err = swgpu_queue_set_ring(t->dev, id, va_of(ring), bytes);
	if (run && err != -ENOENT && swgpu_queue_run(t->dev, id, true) < 0)
		err = -ENOENT;
	return err;
}

HSAKMT_STATUS hsaKmtUpdateQueue(HSA_QUEUEID QueueId, HSAuint32 QueuePercentage,
				HSA_QUEUE_PRIORITY Priority, void *QueueAddress,
				HSAuint64 QueueSize, HsaEvent *Event)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	(void)Event;
	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (QueueId && QueuePercentage <= 100 && valid_priority(Priority))
		status =
		    swgpu_status(update(t, QueueId, QueuePercentage != 0, QueueAddress, QueueSize));
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtDestroyQueue(HSA_QUEUEID QueueId)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (QueueId) {
		forget(t, QueueId);
		status = swgpu_status(swgpu_queue_destroy(t->dev, QueueId));
	}
	swgpu_thunk_put(t);
	return status;
}

/* Compute units are alike, so only their number counts. */
static unsigned units_in(const HSAuint32 *mask, HSAuint32 bits, unsigned units)
{
	unsigned n = 0;

	for (unsigned i = 0; i < bits && i < units; i++)
		n += mask[i / 32] >> i % 32 & 1;
	return n;
}

HSAKMT_STATUS hsaKmtSetQueueCUMask(HSA_QUEUEID QueueId, HSAuint32 CUMaskCount,
				   HSAuint32 *QueueCUMask)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;
	unsigned n;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (QueueId && CUMaskCount && CUMaskCount % 32 == 0 && QueueCUMask) {
		n = units_in(QueueCUMask, CUMaskCount, t->config.units);
		if (n)
			status = swgpu_status(swgpu_queue_set_units(t->dev, QueueId, n));
	}
	swgpu_thunk_put(t);
	return status;
}

/* There is no context save area and no debugger to read one. */
HSAKMT_STATUS hsaKmtGetQueueInfo(HSA_QUEUEID QueueId, HsaQueueInfo *QueueInfo)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (QueueId && QueueInfo) {
		status = swgpu_status(swgpu_queue_exists(t->dev, QueueId));
		if (!status)
			*QueueInfo = (HsaQueueInfo){0};
	}
	swgpu_thunk_put(t);
	return status;
}

/* Each queue has counters of its own; none of nGWS takes them away. */
HSAKMT_STATUS hsaKmtAllocQueueGWS(HSA_QUEUEID QueueId, HSAuint32 nGWS, HSAuint32 *firstGWS)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status = HSAKMT_STATUS_INVALID_PARAMETER;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	if (QueueId && nGWS <= SWGPU_QUEUE_GWS)
		status = swgpu_status(swgpu_queue_set_gws(t->dev, QueueId, nGWS));
	if (!status && firstGWS)
		*firstGWS = 0;
	swgpu_thunk_put(t);
	return status;
}
