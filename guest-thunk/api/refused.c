/* Chapters: debugging and performance counters. All of it is refused, with the arguments checked as
 * AMD's does. */
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
