/* Chapters: debugging, performance counters and what watches a GPU. All of it is refused, with the
 * arguments checked as AMD's does; statuses are AMD's for a kernel driver of interface 1.14. */
#include <errno.h>

#include "guest-thunk/api/api.h"

/* Refuses with err, or because the thunk is not open, or because there is no such GPU. */
static HSAKMT_STATUS refuse_gpu(HSAuint32 node, int err)
{
	struct vt_session *s = vt_api_enter();
	int node_err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	node_err = vt_api_check_gpu(s, node);
	return vt_api_leave(s, node_err ? node_err : err);
}

static HSAKMT_STATUS refuse(int err)
{
	struct vt_session *s = vt_api_enter();

	return s ? vt_api_leave(s, err) : vt_api_status(-ENOTCONN);
}

VT_API HSAKMT_STATUS hsaKmtDbgRegister(HSAuint32 NodeId)
{
	return refuse_gpu(NodeId, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtDbgUnregister(HSAuint32 NodeId)
{
	return refuse_gpu(NodeId, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtDbgWavefrontControl(HSAuint32 NodeId, HSA_DBG_WAVEOP Operand,
					       HSA_DBG_WAVEMODE Mode, HSAuint32 TrapId,
					       HsaDbgWaveMessage *DbgWaveMsgRing)
{
	(void)Operand;
	(void)Mode;
	(void)TrapId;
	(void)DbgWaveMsgRing;
	return refuse_gpu(NodeId, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtDbgAddressWatch(HSAuint32 NodeId, HSAuint32 NumWatchPoints,
					   HSA_DBG_WATCH_MODE WatchMode[], void *WatchAddress[],
					   HSAuint64 WatchMask[], HsaEvent *WatchEvent[])
{
	(void)NumWatchPoints;
	(void)WatchMode;
	(void)WatchAddress;
	(void)WatchMask;
	(void)WatchEvent;
	return refuse_gpu(NodeId, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtGetKernelDebugTrapVersionInfo(HSAuint32 *Major, HSAuint32 *Minor)
{
	return refuse(Major && Minor ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtPmcGetCounterProperties(HSAuint32 NodeId,
						   HsaCounterProperties **CounterProperties)
{
	return CounterProperties ? refuse_gpu(NodeId, -EOPNOTSUPP) : refuse(-EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtPmcRegisterTrace(HSAuint32 NodeId, HSAuint32 NumberOfCounters,
					    HsaCounter *Counters, HsaPmcTraceRoot *TraceRoot)
{
	if (!Counters || !TraceRoot || !NumberOfCounters)
		return refuse(-EINVAL);
	return refuse_gpu(NodeId, -EOPNOTSUPP);
}

static HSAKMT_STATUS refuse_trace(HSAuint32 node, HSATraceId trace)
{
	return trace ? refuse_gpu(node, -EOPNOTSUPP) : refuse(-EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtPmcUnregisterTrace(HSAuint32 NodeId, HSATraceId TraceId)
{
	return refuse_trace(NodeId, TraceId);
}

VT_API HSAKMT_STATUS hsaKmtPmcAcquireTraceAccess(HSAuint32 NodeId, HSATraceId TraceId)
{
	return refuse_trace(NodeId, TraceId);
}

VT_API HSAKMT_STATUS hsaKmtPmcReleaseTraceAccess(HSAuint32 NodeId, HSATraceId TraceId)
{
	return refuse_trace(NodeId, TraceId);
}

VT_API HSAKMT_STATUS hsaKmtPmcStartTrace(HSATraceId TraceId, void *TraceBuffer,
					 HSAuint64 TraceBufferSizeBytes)
{
	return refuse(TraceId && TraceBuffer && TraceBufferSizeBytes ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtPmcQueryTrace(HSATraceId TraceId)
{
	return refuse(TraceId ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtPmcStopTrace(HSATraceId TraceId)
{
	return refuse(TraceId ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtSPMAcquire(HSAuint32 PreferredNode)
{
	return refuse_gpu(PreferredNode, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtSPMRelease(HSAuint32 PreferredNode)
{
	return refuse_gpu(PreferredNode, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtSPMSetDestBuffer(HSAuint32 PreferredNode, HSAuint32 SizeInBytes,
					    HSAuint32 *timeout, HSAuint32 *SizeCopied,
					    void *DestMemoryAddress, bool *isSPMDataLoss)
{
	(void)SizeInBytes;
	(void)timeout;
	(void)SizeCopied;
	(void)DestMemoryAddress;
	(void)isSPMDataLoss;
	return refuse_gpu(PreferredNode, -EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtDbgEnable(void **runtime_info, HSAuint32 *data_size)
{
	return refuse(runtime_info && data_size ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtDbgDisable(void)
{
	return refuse(-EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtDbgGetDeviceData(void **data, HSAuint32 *n_entries,
					    HSAuint32 *entry_size)
{
	return refuse(data && n_entries && entry_size ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtDbgGetQueueData(void **data, HSAuint32 *n_entries, HSAuint32 *entry_size,
					   bool suspend_queues)
{
	(void)suspend_queues;
	return refuse(data && n_entries && entry_size ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtCheckRuntimeDebugSupport(void)
{
	return refuse(-EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtDebugTrapIoctl(struct kfd_ioctl_dbg_trap_args *arg, HSA_QUEUEID *Queues,
					  HSAuint64 *DebugReturn)
{
	(void)Queues;
	(void)DebugReturn;
	return refuse(arg ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtOpenSMI(HSAuint32 NodeId, int *fd)
{
	return fd ? refuse_gpu(NodeId, -EOPNOTSUPP) : refuse(-EINVAL);
}

/* AMD's has these for the address sanitizer only, and does not look whether it is open. */
VT_API HSAKMT_STATUS hsaKmtReplaceAsanHeaderPage(void *addr)
{
	(void)addr;
	return vt_api_status(-EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtReturnAsanHeaderPage(void *addr)
{
	(void)addr;
	return vt_api_status(-EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtPcSamplingSupport(void)
{
	return refuse(-EOPNOTSUPP);
}

VT_API HSAKMT_STATUS hsaKmtPcSamplingQueryCapabilities(HSAuint32 NodeId, void *sample_info,
						       HSAuint32 sample_info_sz,
						       HSAuint32 *sz_needed)
{
	(void)sample_info;
	(void)sample_info_sz;
	return sz_needed ? refuse_gpu(NodeId, -EOPNOTSUPP) : refuse(-EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtPcSamplingCreate(HSAuint32 node_id, HsaPcSamplingInfo *sample_info,
					    HsaPcSamplingTraceId *traceId)
{
	return sample_info && traceId ? refuse_gpu(node_id, -EOPNOTSUPP) : refuse(-EINVAL);
}

static HSAKMT_STATUS refuse_sampling(HSAuint32 node, HsaPcSamplingTraceId trace)
{
	return trace ? refuse_gpu(node, -EOPNOTSUPP) : refuse(-ENOENT);
}

VT_API HSAKMT_STATUS hsaKmtPcSamplingDestroy(HSAuint32 NodeId, HsaPcSamplingTraceId traceId)
{
	return refuse_sampling(NodeId, traceId);
}

VT_API HSAKMT_STATUS hsaKmtPcSamplingStart(HSAuint32 NodeId, HsaPcSamplingTraceId traceId)
{
	return refuse_sampling(NodeId, traceId);
}

VT_API HSAKMT_STATUS hsaKmtPcSamplingStop(HSAuint32 NodeId, HsaPcSamplingTraceId traceId)
{
	return refuse_sampling(NodeId, traceId);
}
