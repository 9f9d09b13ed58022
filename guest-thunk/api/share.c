/* Chapter: memory of other processes and drivers. A context of the renderer sees its own memory
 * only. */
#include <errno.h>

#include "guest-thunk/api/api.h"

/* Refuses, once the thunk is open. */
static HSAKMT_STATUS refuse(int err)
{
	struct vt_session *s = vt_api_enter();

	return s ? vt_api_leave(s, err) : vt_api_status(-ENOTCONN);
}

VT_API HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodes(
    HSAuint64 GraphicsResourceHandle, HsaGraphicsResourceInfo *GraphicsResourceInfo,
    HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	(void)GraphicsResourceHandle;
	if (!GraphicsResourceInfo || !NumberOfNodes || !NodeArray)
		return refuse(-EINVAL);
	return refuse(-EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtMapGraphicHandle(HSAuint32 NodeId, HSAuint64 GraphicDeviceHandle,
					    HSAuint64 GraphicResourceHandle,
					    HSAuint64 GraphicResourceOffset,
					    HSAuint64 GraphicResourceSize,
					    HSAuint64 *FlatMemoryAddress)
{
	(void)NodeId;
	(void)GraphicDeviceHandle;
	(void)GraphicResourceHandle;
	(void)GraphicResourceOffset;
	(void)GraphicResourceSize;
	(void)FlatMemoryAddress;
	return vt_api_status(-ENOSYS);
}

VT_API HSAKMT_STATUS hsaKmtUnmapGraphicHandle(HSAuint32 NodeId, HSAuint64 FlatMemoryAddress,
					      HSAuint64 SizeInBytes)
{
	(void)NodeId;
	(void)SizeInBytes;
	return hsaKmtUnmapMemoryToGPU((void *)FlatMemoryAddress);
}

VT_API HSAKMT_STATUS hsaKmtShareMemory(void *MemoryAddress, HSAuint64 SizeInBytes,
				       HsaSharedMemoryHandle *SharedMemoryHandle)
{
	(void)MemoryAddress;
	(void)SizeInBytes;
	return refuse(SharedMemoryHandle ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtRegisterSharedHandle(const HsaSharedMemoryHandle *SharedMemoryHandle,
						void **MemoryAddress, HSAuint64 *SizeInBytes)
{
	(void)MemoryAddress;
	(void)SizeInBytes;
	return refuse(SharedMemoryHandle ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtRegisterSharedHandleToNodes(
    const HsaSharedMemoryHandle *SharedMemoryHandle, void **MemoryAddress, HSAuint64 *SizeInBytes,
    HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	(void)MemoryAddress;
	(void)SizeInBytes;
	(void)NumberOfNodes;
	(void)NodeArray;
	return refuse(SharedMemoryHandle ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtExportDMABufHandle(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
					      int *DMABufFd, HSAuint64 *Offset)
{
	struct vt_session *s = vt_api_enter();
	uint64_t offset;
	int fd, err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!DMABufFd || !Offset)
		return vt_api_leave(s, -EINVAL);
	err = vt_memory_export(s, (uint64_t)MemoryAddress, MemorySizeInBytes, &fd, &offset);
	if (!err) {
		*DMABufFd = fd;
		*Offset = offset;
	}
	return vt_api_leave(s, err);
}

/* AMD's says ERROR where there is nothing to copy. */
static HSAKMT_STATUS refuse_copy(const HsaMemoryRange *local, HSAuint64 num_local,
				 const HsaMemoryRange *remote, HSAuint64 num_remote,
				 HSAuint64 *copied)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (copied)
		*copied = 0;
	return vt_api_leave(s, local && remote && num_local && num_remote ? -EOPNOTSUPP : -EIO);
}

VT_API HSAKMT_STATUS hsaKmtProcessVMRead(HSAuint32 Pid, HsaMemoryRange *LocalMemoryArray,
					 HSAuint64 LocalMemoryArrayCount,
					 HsaMemoryRange *RemoteMemoryArray,
					 HSAuint64 RemoteMemoryArrayCount, HSAuint64 *SizeCopied)
{
	(void)Pid;
	return refuse_copy(LocalMemoryArray, LocalMemoryArrayCount, RemoteMemoryArray,
			   RemoteMemoryArrayCount, SizeCopied);
}

VT_API HSAKMT_STATUS hsaKmtProcessVMWrite(HSAuint32 Pid, HsaMemoryRange *LocalMemoryArray,
					  HSAuint64 LocalMemoryArrayCount,
					  HsaMemoryRange *RemoteMemoryArray,
					  HSAuint64 RemoteMemoryArrayCount, HSAuint64 *SizeCopied)
{
	(void)Pid;
	return refuse_copy(LocalMemoryArray, LocalMemoryArrayCount, RemoteMemoryArray,
			   RemoteMemoryArrayCount, SizeCopied);
}
