/* Chapter: what the thunk table of ROCm 7 has besides, as far as a session is needed for it. In
 * libdtif.so only. */
#include <errno.h>

#include "guest-thunk/api/api.h"

VT_API HSAKMT_STATUS hsaKmtQueueRingDoorbell(HSA_QUEUEID QueueId)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_queue_ring(s, QueueId));
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
