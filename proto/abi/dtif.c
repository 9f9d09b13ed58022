/* The functions that only the thunk table of ROCm 7 has and that older ones answer, or nothing at
 * all. In each libdtif.so. */
#include "proto/abi/thunk.h"

/* hsaKmtOpenKFD makes what there is to be made, once a process. */
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

/* No copy engine is better than another: in the guest the renderer chooses, and swgpu's are alike.
 */
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

HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodesExt(HSAuint64 GraphicsResourceHandle,
						     HsaGraphicsResourceInfo *GraphicsResourceInfo,
						     HSAuint64 NumberOfNodes, HSAuint32 *NodeArray,
						     HSA_REGISTER_MEM_FLAGS RegisterFlags)
{
	(void)RegisterFlags;
	return hsaKmtRegisterGraphicsHandleToNodes(GraphicsResourceHandle, GraphicsResourceInfo,
						   NumberOfNodes, NodeArray);
}
