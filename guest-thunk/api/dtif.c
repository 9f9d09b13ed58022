/* Chapter: what the thunk table of ROCm 7 has besides. In libdtif.so only. */
#include <errno.h>

#include "guest-thunk/api/api.h"

/* There is one connection a process, and hsaKmtOpenKFD makes it. */
VT_API void *DtifCreate(const char *platform)
{
	static char some;

	(void)platform;
	return &some;
}

VT_API void DtifDestroy(void)
{
}

/* AMD's own model of a GPU, which would replace the kernel driver. */
VT_API HSAKMT_STATUS hsaKmtModelEnabled(bool *enable)
{
	if (!enable)
		return vt_api_status(-EINVAL);
	*enable = false;
	return vt_api_status(0);
}

/* Which engine copies is the renderer's choice. */
VT_API HSAKMT_STATUS hsaKmtCreateQueueExt(HSAuint32 NodeId, HSA_QUEUE_TYPE Type,
					  HSAuint32 QueuePercentage, HSA_QUEUE_PRIORITY Priority,
					  HSAuint32 SdmaEngineId, void *QueueAddress,
					  HSAuint64 QueueSizeInBytes, HsaEvent *Event,
					  HsaQueueResource *QueueResource)
{
	(void)SdmaEngineId;
	if ((int)Type == VT_ABI_QUEUE_SDMA_BY_ENG_ID)
		Type = HSA_QUEUE_SDMA;
	return hsaKmtCreateQueue(NodeId, Type, QueuePercentage, Priority, QueueAddress,
				 QueueSizeInBytes, Event, QueueResource);
}

VT_API HSAKMT_STATUS hsaKmtQueueRingDoorbell(HSA_QUEUEID QueueId)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_queue_ring(s, QueueId));
}

VT_API HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodesExt(
    HSAuint64 GraphicsResourceHandle, HsaGraphicsResourceInfo *GraphicsResourceInfo,
    HSAuint64 NumberOfNodes, HSAuint32 *NodeArray, HSA_REGISTER_MEM_FLAGS RegisterFlags)
{
	(void)RegisterFlags;
	return hsaKmtRegisterGraphicsHandleToNodes(GraphicsResourceHandle, GraphicsResourceInfo,
						   NumberOfNodes, NodeArray);
}

VT_API HSAKMT_STATUS hsaKmtAisReadWriteFile(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					    HSAint32 fd, HSAint64 file_offset, HSAuint32 AisFlags,
					    HSAuint64 *SizeCopiedInBytes, HSAint32 *status)
{
	struct vt_session *s = vt_api_enter();

	(void)fd;
	(void)file_offset;
	(void)AisFlags;
	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, MemoryAddress && MemorySizeInBytes && SizeCopiedInBytes && status
				   ? -EOPNOTSUPP
				   : -EINVAL);
}
