/*
 * proto/abi/common.h - what thunk 6.2.4 and 7 have that hsakmt.h of ROCm 5.2 has not. Included by
 * thunk6.h and thunk7.h, which have given the types of that header their layout.
 */
#ifndef VT_ABI_COMMON_H
#define VT_ABI_COMMON_H

#include <hsakmt.h>
#include <stdint.h>

/* Fields of HsaNodeProperties for which 5.2 has reserved bytes. */
struct vt_abi_late {
	HSAuint32 num_xcc, kfd_gpu_id, family_id;
	HSAuint8 integrated;
};

/* Data of HSA_EVENTTYPE_HW_EXCEPTION in the union of HsaEventData (HsaHwException). */
struct vt_abi_hw_exception {
	HSAuint32 node, reset_type, memory_lost, reset_cause;
};
_Static_assert(sizeof(struct vt_abi_hw_exception) <= sizeof(((HsaEventData *)0)->EventData),
	       "fits the union");

typedef void *HsaAMDGPUDeviceHandle;
typedef HSAuint32 HsaPcSamplingTraceId;
typedef struct _HsaPcSamplingInfo HsaPcSamplingInfo;
struct kfd_ioctl_dbg_trap_args;

/* Gone from the header since 5.7, but not from the libraries of ROCm 5.2 that call it. */
HSAKMT_STATUS hsaKmtGetKernelDebugTrapVersionInfo(HSAuint32 *Major, HSAuint32 *Minor);

/* event_age: NULL, or one number an event. 0: without ages. Any other number that is not the
 * event's present age counts as set. An event's age is 1 at first and grows whenever it is set;
 * what the wait found set has its age stored. Events of type signal only. */
HSAKMT_STATUS hsaKmtWaitOnEvent_Ext(HsaEvent *Event, HSAuint32 Milliseconds, uint64_t *event_age);
HSAKMT_STATUS hsaKmtWaitOnMultipleEvents_Ext(HsaEvent *Events[], HSAuint32 NumEvents,
					     bool WaitOnAll, HSAuint32 Milliseconds,
					     uint64_t *event_age);

/* Alignment: 0, or a power of two not below the page size. */
HSAKMT_STATUS hsaKmtAllocMemoryAlign(HSAuint32 PreferredNode, HSAuint64 SizeInBytes,
				     HSAuint64 Alignment, HsaMemFlags MemFlags,
				     void **MemoryAddress);
HSAKMT_STATUS hsaKmtAvailableMemory(HSAuint32 Node, HSAuint64 *AvailableBytes);

/* *DMABufFd is the caller's to close; *Offset is where in the file MemoryAddress lies. */
HSAKMT_STATUS hsaKmtExportDMABufHandle(void *MemoryAddress, HSAuint64 MemorySizeInBytes,
				       int *DMABufFd, HSAuint64 *Offset);

/* *DeviceHandle is an amdgpu_device_handle; nobody closes it. */
HSAKMT_STATUS hsaKmtGetAMDGPUDeviceHandle(HSAuint32 NodeId, HsaAMDGPUDeviceHandle *DeviceHandle);

HSAKMT_STATUS hsaKmtGetRuntimeCapabilities(HSAuint32 *caps_mask);
HSAKMT_STATUS hsaKmtCheckRuntimeDebugSupport(void);
HSAKMT_STATUS hsaKmtDbgEnable(void **runtime_info, HSAuint32 *data_size);
HSAKMT_STATUS hsaKmtDbgDisable(void);
HSAKMT_STATUS hsaKmtDbgGetDeviceData(void **data, HSAuint32 *n_entries, HSAuint32 *entry_size);
HSAKMT_STATUS hsaKmtDbgGetQueueData(void **data, HSAuint32 *n_entries, HSAuint32 *entry_size,
				    bool suspend_queues);
HSAKMT_STATUS hsaKmtDebugTrapIoctl(struct kfd_ioctl_dbg_trap_args *arg, HSA_QUEUEID *Queues,
				   HSAuint64 *DebugReturn);

HSAKMT_STATUS hsaKmtOpenSMI(HSAuint32 NodeId, int *fd);
HSAKMT_STATUS hsaKmtReplaceAsanHeaderPage(void *addr);
HSAKMT_STATUS hsaKmtReturnAsanHeaderPage(void *addr);

HSAKMT_STATUS hsaKmtPcSamplingSupport(void);
HSAKMT_STATUS hsaKmtPcSamplingQueryCapabilities(HSAuint32 NodeId, void *sample_info,
						HSAuint32 sample_info_sz, HSAuint32 *sz_needed);
HSAKMT_STATUS hsaKmtPcSamplingCreate(HSAuint32 node_id, HsaPcSamplingInfo *sample_info,
				     HsaPcSamplingTraceId *traceId);
HSAKMT_STATUS hsaKmtPcSamplingDestroy(HSAuint32 NodeId, HsaPcSamplingTraceId traceId);
HSAKMT_STATUS hsaKmtPcSamplingStart(HSAuint32 NodeId, HsaPcSamplingTraceId traceId);
HSAKMT_STATUS hsaKmtPcSamplingStop(HSAuint32 NodeId, HsaPcSamplingTraceId traceId);

#endif
