/* Chapter: queues. */
#include <errno.h>
#include <string.h>

#include "guest-thunk/api/api.h"
#include "guest-thunk/client/mode.h"

static bool is_queue_type(HSA_QUEUE_TYPE type)
{
	return type == HSA_QUEUE_COMPUTE || type == HSA_QUEUE_SDMA || type == HSA_QUEUE_SDMA_XGMI ||
	       type == HSA_QUEUE_COMPUTE_AQL;
}

static int check_priority(HSA_QUEUE_PRIORITY priority)
{
	int p = (int)priority;

	return p >= HSA_QUEUE_PRIORITY_MINIMUM && p <= HSA_QUEUE_PRIORITY_MAXIMUM ? 0 : -EINVAL;
}

static int check_create(const struct vt_session *s, HSAuint32 node, HSA_QUEUE_TYPE type,
			HSAuint32 percentage, HSA_QUEUE_PRIORITY priority,
			const HsaQueueResource *resource)
{
	int err = check_priority(priority);

	if (!err)
		err = vt_api_check_gpu(s, node);
	if (err)
		return err;
	return resource && percentage <= 100 && is_queue_type(type) ? 0 : -EINVAL;
}

/* Event may be NULL; 0 stands for none. */
static int event_id_of(struct vt_session *s, const HsaEvent *event, uint64_t *ret)
{
	*ret = event ? vt_event_id(s, event) : 0;
	return event && !*ret ? -ENOENT : 0;
}

VT_API HSAKMT_STATUS hsaKmtCreateQueue(HSAuint32 NodeId, HSA_QUEUE_TYPE Type,
				       HSAuint32 QueuePercentage, HSA_QUEUE_PRIORITY Priority,
				       void *QueueAddress, HSAuint64 QueueSizeInBytes,
				       HsaEvent *Event, HsaQueueResource *QueueResource)
{
	struct vt_queue_create_req req = {
	    .node = NodeId,
	    .type = Type,
	    .percentage = QueuePercentage,
	    .priority = (int32_t)Priority,
	    .ring_va = (uint64_t)QueueAddress,
	    .ring_size = QueueSizeInBytes,
	};
	struct vt_session *s = vt_api_enter();
	struct vt_queue_words words;
	uint64_t id;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = check_create(s, NodeId, Type, QueuePercentage, Priority, QueueResource);
	if (!err)
		err = event_id_of(s, Event, &req.event_id);
	if (err)
		return vt_api_leave(s, err);
	req.error_reason_va = (uint64_t)QueueResource->ErrorReason;
	if (Type == HSA_QUEUE_COMPUTE_AQL) {
		req.read_ptr_va = QueueResource->QueueRptrValue;
		req.write_ptr_va = QueueResource->QueueWptrValue;
	}
	err = vt_queue_create(s, &req, &id, &words);
	if (!err) {
		QueueResource->QueueId = id;
		QueueResource->QueueDoorBell = (HSAuint64)words.doorbell;
		if (words.read_ptr)
			QueueResource->QueueRptrValue = (HSAuint64)words.read_ptr;
		if (words.write_ptr)
			QueueResource->QueueWptrValue = (HSAuint64)words.write_ptr;
	}
	return vt_api_leave(s, err);
}

VT_API HSAKMT_STATUS hsaKmtUpdateQueue(HSA_QUEUEID QueueId, HSAuint32 QueuePercentage,
				       HSA_QUEUE_PRIORITY Priority, void *QueueAddress,
				       HSAuint64 QueueSize, HsaEvent *Event)
{
	struct vt_queue_update_req req = {
	    .queue_id = QueueId,
	    .percentage = QueuePercentage,
	    .priority = (int32_t)Priority,
	    .ring_va = (uint64_t)QueueAddress,
	    .ring_size = QueueSize,
	};
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = QueuePercentage <= 100 ? check_priority(Priority) : -EINVAL;
	if (!err)
		err = event_id_of(s, Event, &req.event_id);
	return vt_api_leave(s, err ? err : vt_queue_update(s, &req));
}

VT_API HSAKMT_STATUS hsaKmtDestroyQueue(HSA_QUEUEID QueueId)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_queue_destroy(s, QueueId));
}

VT_API HSAKMT_STATUS hsaKmtSetQueueCUMask(HSA_QUEUEID QueueId, HSAuint32 CUMaskCount,
					  HSAuint32 *QueueCUMask)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(
	    s, QueueCUMask ? vt_queue_set_cu_mask(s, QueueId, CUMaskCount, QueueCUMask) : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtGetQueueInfo(HSA_QUEUEID QueueId, HsaQueueInfo *QueueInfo)
{
	struct vt_session *s = vt_api_enter();
	struct vt_queue_info_rep rep;
	uint32_t *words;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = QueueInfo ? vt_queue_info(s, QueueId, &rep, &words) : -EINVAL;
	if (!err) {
		memset(QueueInfo, 0, sizeof(*QueueInfo));
		QueueInfo->QueueDetailError = rep.detail_error;
		QueueInfo->QueueTypeExtended = rep.type_extended;
		QueueInfo->NumCUAssigned = rep.num_bits;
		QueueInfo->CUMaskInfo = rep.num_bits ? words : NULL;
	}
	return vt_api_leave(s, err);
}

VT_API HSAKMT_STATUS hsaKmtAllocQueueGWS(HSA_QUEUEID QueueId, HSAuint32 nGWS, HSAuint32 *firstGWS)
{
	struct vt_session *s = vt_api_enter();
	uint32_t first;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = vt_queue_alloc_gws(s, QueueId, nGWS, &first);
	if (!err && firstGWS)
		*firstGWS = first;
	return vt_api_leave(s, err);
}

VT_API HSAKMT_STATUS hsaKmtSetTrapHandler(HSAuint32 NodeId, void *TrapHandlerBaseAddress,
					  HSAuint64 TrapHandlerSizeInBytes,
					  void *TrapBufferBaseAddress,
					  HSAuint64 TrapBufferSizeInBytes)
{
	struct vt_trap_handler_req req = {
	    .node = NodeId,
	    .handler_va = (uint64_t)TrapHandlerBaseAddress,
	    .handler_size = TrapHandlerSizeInBytes,
	    .buffer_va = (uint64_t)TrapBufferBaseAddress,
	    .buffer_size = TrapBufferSizeInBytes,
	};
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = vt_api_check_gpu(s, NodeId);
	return vt_api_leave(s, err ? err : vt_mode_trap_handler(s, &req));
}
