/*
 * What the thunk table of ROCm 7 has besides. In libdtif.so only.
 */
#include "host-renderer/swgpu/thunk/queue.h"

/* There is one device a process, and hsaKmtOpenKFD makes it. */
void *DtifCreate(const char *platform)
{
	static char some;

	(void)platform;
	return &some;
}

void DtifDestroy(void)
{
}

/* AMD's own model of a GPU, which would replace the kernel driver. */
HSAKMT_STATUS hsaKmtModelEnabled(bool *enable)
{
	if (!enable)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	*enable = false;
	return HSAKMT_STATUS_SUCCESS;
}

/* All copy engines are alike. */
HSAKMT_STATUS hsaKmtCreateQueueExt(HSAuint32 NodeId, HSA_QUEUE_TYPE Type, HSAuint32 QueuePercentage,
				   HSA_QUEUE_PRIORITY Priority, HSAuint32 SdmaEngineId,
				   void *QueueAddress, HSAuint64 QueueSizeInBytes, HsaEvent *Event,
				   HsaQueueResource *QueueResource)
{
	(void)SdmaEngineId;
	if ((int)Type == VT_ABI_QUEUE_SDMA_BY_ENG_ID)
		Type = HSA_QUEUE_SDMA;
	return hsaKmtCreateQueue(NodeId, Type, QueuePercentage, Priority, QueueAddress,
				 QueueSizeInBytes, Event, QueueResource);
}

HSAKMT_STATUS hsaKmtQueueRingDoorbell(HSA_QUEUEID QueueId)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	status =
	    swgpu_thunk_ring(t, QueueId) ? HSAKMT_STATUS_SUCCESS : HSAKMT_STATUS_INVALID_PARAMETER;
	swgpu_thunk_put(t);
	return status;
}

HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodesExt(HSAuint64 GraphicsResourceHandle,
						     HsaGraphicsResourceInfo *GraphicsResourceInfo,
						     HSAuint64 NumberOfNodes, HSAuint32 *NodeArray,
						     HSA_REGISTER_MEM_FLAGS RegisterFlags)
{
	(void)RegisterFlags;
	return hsaKmtRegisterGraphicsHandleToNodes(GraphicsResourceHandle, GraphicsResourceInfo,
						   NumberOfNodes, NodeArray);
}

HSAKMT_STATUS hsaKmtAisReadWriteFile(void *MemoryAddress, HSAuint64 MemorySizeInBytes, HSAint32 fd,
				     HSAint64 file_offset, HSAuint32 AisFlags,
				     HSAuint64 *SizeCopiedInBytes, HSAint32 *status)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	(void)fd;
	(void)file_offset;
	(void)AisFlags;
	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	swgpu_thunk_put(t);
	return MemoryAddress && MemorySizeInBytes && SizeCopiedInBytes && status
		   ? HSAKMT_STATUS_NOT_SUPPORTED
		   : HSAKMT_STATUS_INVALID_PARAMETER;
}
