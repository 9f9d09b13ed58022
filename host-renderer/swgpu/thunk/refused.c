/*
 * What this GPU does not have: each function checks its arguments as AMD's library does, then says
 * so. There are no counters, no debugger, no streaming monitor, no shared virtual memory ranges
 * (the node's capabilities say that), and no sharing with other processes or graphics.
 */
#include "host-renderer/swgpu/thunk/thunk.h"

/* What to return: the first of these that applies. */
static HSAKMT_STATUS refuse(bool node_ok, bool valid, HSAKMT_STATUS why)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	swgpu_thunk_put(t);
	if (!valid)
		return HSAKMT_STATUS_INVALID_PARAMETER;
	return node_ok ? why : HSAKMT_STATUS_INVALID_NODE_UNIT;
}

static HSAKMT_STATUS refuse_on(HSAuint32 node, bool valid)
{
	return refuse(node == SWGPU_GPU_NODE, valid, HSAKMT_STATUS_NOT_SUPPORTED);
}

/* No trace can have been registered, so no id is right. */
static HSAKMT_STATUS refuse_trace(HSATraceId trace)
{
	return refuse(true, trace != 0, HSAKMT_STATUS_INVALID_HANDLE);
}

HSAKMT_STATUS hsaKmtPmcGetCounterProperties(HSAuint32 NodeId,
					    HsaCounterProperties **CounterProperties)
{
	return refuse_on(NodeId, CounterProperties != NULL);
}

HSAKMT_STATUS hsaKmtPmcRegisterTrace(HSAuint32 NodeId, HSAuint32 NumberOfCounters,
				     HsaCounter *Counters, HsaPmcTraceRoot *TraceRoot)
{
	return refuse_on(NodeId, NumberOfCounters && Counters && TraceRoot);
}

HSAKMT_STATUS hsaKmtPmcUnregisterTrace(HSAuint32 NodeId, HSATraceId TraceId)
{
	HSAKMT_STATUS status = refuse_trace(TraceId);

	return NodeId != SWGPU_GPU_NODE && status == HSAKMT_STATUS_INVALID_HANDLE
		   ? HSAKMT_STATUS_INVALID_NODE_UNIT
		   : status;
}

HSAKMT_STATUS hsaKmtPmcAcquireTraceAccess(HSAuint32 NodeId, HSATraceId TraceId)
{
	(void)NodeId;
	return refuse_trace(TraceId);
}

HSAKMT_STATUS hsaKmtPmcReleaseTraceAccess(HSAuint32 NodeId, HSATraceId TraceId)
{
	(void)NodeId;
	return refuse_trace(TraceId);
}

HSAKMT_STATUS hsaKmtPmcStartTrace(HSATraceId TraceId, void *TraceBuffer,
				  HSAuint64 TraceBufferSizeBytes)
{
	if (TraceId && (!TraceBuffer || !TraceBufferSizeBytes))
		TraceId = 0;
	return refuse_trace(TraceId);
}

HSAKMT_STATUS hsaKmtPmcQueryTrace(HSATraceId TraceId)
{
	return refuse_trace(TraceId);
}

HSAKMT_STATUS hsaKmtPmcStopTrace(HSATraceId TraceId)
{
	return refuse_trace(TraceId);
}

HSAKMT_STATUS hsaKmtDbgRegister(HSAuint32 NodeId)
{
	return refuse_on(NodeId, true);
}

HSAKMT_STATUS hsaKmtDbgUnregister(HSAuint32 NodeId)
{
	return refuse_on(NodeId, true);
}

HSAKMT_STATUS hsaKmtDbgWavefrontControl(HSAuint32 NodeId, HSA_DBG_WAVEOP Operand,
					HSA_DBG_WAVEMODE Mode, HSAuint32 TrapId,
					HsaDbgWaveMessage *DbgWaveMsgRing)
{
	(void)Operand;
	(void)Mode;
	(void)TrapId;
	return refuse_on(NodeId, DbgWaveMsgRing != NULL);
}

HSAKMT_STATUS hsaKmtDbgAddressWatch(HSAuint32 NodeId, HSAuint32 NumWatchPoints,
				    HSA_DBG_WATCH_MODE WatchMode[], void *WatchAddress[],
				    HSAuint64 WatchMask[], HsaEvent *WatchEvent[])
{
	(void)WatchMask;
	(void)WatchEvent;
	return refuse_on(NodeId, NumWatchPoints && WatchMode && WatchAddress);
}

HSAKMT_STATUS hsaKmtGetKernelDebugTrapVersionInfo(HSAuint32 *Major, HSAuint32 *Minor)
{
	return refuse(true, Major && Minor, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtSPMAcquire(HSAuint32 PreferredNode)
{
	return refuse_on(PreferredNode, true);
}

HSAKMT_STATUS hsaKmtSPMRelease(HSAuint32 PreferredNode)
{
	return refuse_on(PreferredNode, true);
}

HSAKMT_STATUS hsaKmtSPMSetDestBuffer(HSAuint32 PreferredNode, HSAuint32 SizeInBytes,
				     HSAuint32 *timeout, HSAuint32 *SizeCopied,
				     void *DestMemoryAddress, bool *isSPMDataLoss)
{
	(void)SizeInBytes;
	(void)DestMemoryAddress;
	return refuse_on(PreferredNode, timeout && SizeCopied && isSPMDataLoss);
}

static HSAKMT_STATUS refuse_svm(const void *start, HSAuint64 size, unsigned n, const void *attrs)
{
	bool pages = start && size && ((uintptr_t)start | size) % 4096 == 0;

	return refuse(true, pages && (attrs || !n), HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtSVMSetAttr(void *start_addr, HSAuint64 size, unsigned int nattr,
			       HSA_SVM_ATTRIBUTE *attrs)
{
	return refuse_svm(start_addr, size, nattr, attrs);
}

HSAKMT_STATUS hsaKmtSVMGetAttr(void *start_addr, HSAuint64 size, unsigned int nattr,
			       HSA_SVM_ATTRIBUTE *attrs)
{
	return refuse_svm(start_addr, size, nattr, attrs);
}

HSAKMT_STATUS hsaKmtShareMemory(void *MemoryAddress, HSAuint64 SizeInBytes,
				HsaSharedMemoryHandle *SharedMemoryHandle)
{
	return refuse(true, MemoryAddress && SizeInBytes && SharedMemoryHandle,
		      HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtRegisterSharedHandle(const HsaSharedMemoryHandle *SharedMemoryHandle,
					 void **MemoryAddress, HSAuint64 *SizeInBytes)
{
	return refuse(true, SharedMemoryHandle && MemoryAddress && SizeInBytes,
		      HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtRegisterSharedHandleToNodes(const HsaSharedMemoryHandle *SharedMemoryHandle,
						void **MemoryAddress, HSAuint64 *SizeInBytes,
						HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	return refuse(true,
		      SharedMemoryHandle && MemoryAddress && SizeInBytes &&
			  (NodeArray || !NumberOfNodes),
		      HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS
hsaKmtRegisterGraphicsHandleToNodes(HSAuint64 GraphicsResourceHandle,
				    HsaGraphicsResourceInfo *GraphicsResourceInfo,
				    HSAuint64 NumberOfNodes, HSAuint32 *NodeArray)
{
	(void)GraphicsResourceHandle;
	return refuse(true, GraphicsResourceInfo && NodeArray && NumberOfNodes,
		      HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtMapGraphicHandle(HSAuint32 NodeId, HSAuint64 GraphicDeviceHandle,
				     HSAuint64 GraphicResourceHandle,
				     HSAuint64 GraphicResourceOffset, HSAuint64 GraphicResourceSize,
				     HSAuint64 *FlatMemoryAddress)
{
	(void)GraphicDeviceHandle;
	(void)GraphicResourceHandle;
	(void)GraphicResourceOffset;
	(void)GraphicResourceSize;
	return refuse(NodeId == SWGPU_GPU_NODE, FlatMemoryAddress != NULL,
		      HSAKMT_STATUS_NOT_IMPLEMENTED);
}

HSAKMT_STATUS hsaKmtUnmapGraphicHandle(HSAuint32 NodeId, HSAuint64 FlatMemoryAddress,
				       HSAuint64 SizeInBytes)
{
	(void)SizeInBytes;
	return refuse(NodeId == SWGPU_GPU_NODE, FlatMemoryAddress != 0,
		      HSAKMT_STATUS_NOT_IMPLEMENTED);
}

/* Both copy between processes through the kernel driver, which has no part in this. */
static HSAKMT_STATUS refuse_copy(const HsaMemoryRange *local, HSAuint64 local_count,
				 const HsaMemoryRange *remote, HSAuint64 remote_count)
{
	return refuse(true, local && local_count && remote && remote_count,
		      HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtProcessVMRead(HSAuint32 Pid, HsaMemoryRange *LocalMemoryArray,
				  HSAuint64 LocalMemoryArrayCount,
				  HsaMemoryRange *RemoteMemoryArray,
				  HSAuint64 RemoteMemoryArrayCount, HSAuint64 *SizeCopied)
{
	(void)Pid;
	if (SizeCopied)
		*SizeCopied = 0;
	return refuse_copy(LocalMemoryArray, LocalMemoryArrayCount, RemoteMemoryArray,
			   RemoteMemoryArrayCount);
}

HSAKMT_STATUS hsaKmtProcessVMWrite(HSAuint32 Pid, HsaMemoryRange *LocalMemoryArray,
				   HSAuint64 LocalMemoryArrayCount,
				   HsaMemoryRange *RemoteMemoryArray,
				   HSAuint64 RemoteMemoryArrayCount, HSAuint64 *SizeCopied)
{
	(void)Pid;
	if (SizeCopied)
		*SizeCopied = 0;
	return refuse_copy(LocalMemoryArray, LocalMemoryArrayCount, RemoteMemoryArray,
			   RemoteMemoryArrayCount);
}

HSAKMT_STATUS hsaKmtDbgEnable(void **runtime_info, HSAuint32 *data_size)
{
	return refuse(true, runtime_info && data_size, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtDbgDisable(void)
{
	return refuse(true, true, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtDbgGetDeviceData(void **data, HSAuint32 *n_entries, HSAuint32 *entry_size)
{
	return refuse(true, data && n_entries && entry_size, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtDbgGetQueueData(void **data, HSAuint32 *n_entries, HSAuint32 *entry_size,
				    bool suspend_queues)
{
	(void)suspend_queues;
	return refuse(true, data && n_entries && entry_size, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtCheckRuntimeDebugSupport(void)
{
	return refuse(true, true, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtDebugTrapIoctl(struct kfd_ioctl_dbg_trap_args *arg, HSA_QUEUEID *Queues,
				   HSAuint64 *DebugReturn)
{
	(void)Queues;
	(void)DebugReturn;
	return refuse(true, arg != NULL, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtOpenSMI(HSAuint32 NodeId, int *fd)
{
	return refuse_on(NodeId, fd != NULL);
}

HSAKMT_STATUS hsaKmtReplaceAsanHeaderPage(void *addr)
{
	(void)addr;
	return HSAKMT_STATUS_NOT_SUPPORTED;
}

HSAKMT_STATUS hsaKmtReturnAsanHeaderPage(void *addr)
{
	(void)addr;
	return HSAKMT_STATUS_NOT_SUPPORTED;
}

HSAKMT_STATUS hsaKmtPcSamplingSupport(void)
{
	return refuse(true, true, HSAKMT_STATUS_NOT_SUPPORTED);
}

HSAKMT_STATUS hsaKmtPcSamplingQueryCapabilities(HSAuint32 NodeId, void *sample_info,
						HSAuint32 sample_info_sz, HSAuint32 *sz_needed)
{
	(void)sample_info;
	(void)sample_info_sz;
	return refuse_on(NodeId, sz_needed != NULL);
}

HSAKMT_STATUS hsaKmtPcSamplingCreate(HSAuint32 node_id, HsaPcSamplingInfo *sample_info,
				     HsaPcSamplingTraceId *traceId)
{
	return refuse_on(node_id, sample_info && traceId);
}

/* No sampling can have been begun, so no id is right. */
HSAKMT_STATUS hsaKmtPcSamplingDestroy(HSAuint32 NodeId, HsaPcSamplingTraceId traceId)
{
	(void)traceId;
	return refuse(NodeId == SWGPU_GPU_NODE, true, HSAKMT_STATUS_INVALID_HANDLE);
}

HSAKMT_STATUS hsaKmtPcSamplingStart(HSAuint32 NodeId, HsaPcSamplingTraceId traceId)
{
	return hsaKmtPcSamplingDestroy(NodeId, traceId);
}

HSAKMT_STATUS hsaKmtPcSamplingStop(HSAuint32 NodeId, HsaPcSamplingTraceId traceId)
{
	return hsaKmtPcSamplingDestroy(NodeId, traceId);
}
