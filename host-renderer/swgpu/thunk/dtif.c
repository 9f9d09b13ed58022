/*
 * What the thunk table of ROCm 7 has besides, as far as the device is needed for it. In libdtif.so
 * only.
 */
#include "host-renderer/swgpu/thunk/queue.h"

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
