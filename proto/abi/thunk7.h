/*
 * proto/abi/thunk7.h - the ABI of ROCm 7's thunk table (libdtif.so), written down where it differs
 * from that of ROCm 5.2 and 6.2.
 *
 * Two structures have grown. They are declared here anew, and AMD's header is read with their names
 * out of its way; all others have kept their layouts (tests/unit/test_abi_layout.c compares).
 * Source: libhsakmt/include/hsakmt of ROCm/rocm-systems, commit 1b1610fc of August 2025, and which
 * names libhsa-runtime64 7.2.4 looks up.
 */
#ifndef VT_ABI_THUNK7_H
#define VT_ABI_THUNK7_H

#define HsaNodeProperties    HsaNodeProperties5
#define _HsaNodeProperties   _HsaNodeProperties5
#define HsaIoLinkProperties  HsaIoLinkProperties5
#define _HsaIoLinkProperties _HsaIoLinkProperties5
#include <hsakmttypes.h>
#undef HsaNodeProperties
#undef _HsaNodeProperties
#undef HsaIoLinkProperties
#undef _HsaIoLinkProperties

#pragma pack(push, 4)

typedef struct _HsaNodeProperties {
	HSAuint32 NumCPUCores;
	HSAuint32 NumFComputeCores;
	HSAuint32 NumNeuralCores; /* new */
	HSAuint32 NumMemoryBanks;
	HSAuint32 NumCaches;
	HSAuint32 NumIOLinks;
	HSAuint32 CComputeIdLo;
	HSAuint32 FComputeIdLo;
	HSA_CAPABILITY Capability;
	HSAuint32 Capability2; /* new; bit 0: single SDMA queues can be reset */
	HSAuint32 MaxWavesPerSIMD;
	HSAuint32 LDSSizeInKB;
	HSAuint32 GDSSizeInKB;
	HSAuint32 WaveFrontSize;
	HSAuint32 NumShaderBanks;
	HSAuint32 NumArrays;
	HSAuint32 NumCUPerArray;
	HSAuint32 NumSIMDPerCU;
	HSAuint32 MaxSlotsScratchCU;
	HSA_ENGINE_ID EngineId;
	HSA_ENGINE_ID OverrideEngineId; /* new; 0: not overridden */
	HSAuint16 VendorId;
	HSAuint16 DeviceId;
	HSAuint32 LocationId;
	HSAuint64 LocalMemSize;
	HSAuint32 MaxEngineClockMhzFCompute;
	HSAuint32 MaxEngineClockMhzCCompute;
	HSAint32 DrmRenderMinor;
	HSAuint16 MarketingName[HSA_PUBLIC_NAME_SIZE];
	HSAuint8 AMDName[HSA_PUBLIC_NAME_SIZE];
	HSA_ENGINE_VERSION uCodeEngineVersions;
	HSA_DEBUG_PROPERTIES DebugProperties;
	HSAuint64 HiveID;
	HSAuint32 NumSdmaEngines;
	HSAuint32 NumSdmaXgmiEngines;
	HSAuint8 NumSdmaQueuesPerEngine;
	HSAuint8 NumCpQueues;
	HSAuint8 NumGws;
	HSAuint8 Integrated;
	HSAuint32 Domain;
	HSAuint64 UniqueID;
	HSAuint32 VGPRSizePerCU;
	HSAuint32 SGPRSizePerCU;
	HSAuint32 NumXcc;
	HSAuint32 KFDGpuID;
	HSAuint32 FamilyID;
} HsaNodeProperties;

typedef struct _HsaIoLinkProperties {
	HSA_IOLINKTYPE IoLinkType;
	HSAuint32 VersionMajor;
	HSAuint32 VersionMinor;
	HSAuint32 NodeFrom;
	HSAuint32 NodeTo;
	HSAuint32 Weight;
	HSAuint32 MinimumLatency;
	HSAuint32 MaximumLatency;
	HSAuint32 MinimumBandwidth;
	HSAuint32 MaximumBandwidth;
	HSAuint32 RecTransferSize;
	HSAuint32 RecSdmaEngIdMask; /* new; 0: no recommendation */
	HSA_LINKPROPERTY Flags;
} HsaIoLinkProperties;

#pragma pack(pop)

#include "proto/abi/common.h"

_Static_assert(sizeof(HsaNodeProperties) == 368, "size in thunk 7");
_Static_assert(sizeof(HsaIoLinkProperties) == 52, "size in thunk 7");

/* Options of a registration; bit 0: at an address of the CPU. */
typedef union {
	HSAuint32 Value;
} HSA_REGISTER_MEM_FLAGS;

/* HSA_QUEUE_TYPE of ROCm 7: SDMA on the engine that SdmaEngineId names. */
#define VT_ABI_QUEUE_SDMA_BY_ENG_ID 6

/* What libhsa-runtime64 makes first and ends last; the result is only compared with NULL. */
void *DtifCreate(const char *platform);
void DtifDestroy(void);

HSAKMT_STATUS hsaKmtModelEnabled(bool *enable);
HSAKMT_STATUS hsaKmtCreateQueueExt(HSAuint32 NodeId, HSA_QUEUE_TYPE Type, HSAuint32 QueuePercentage,
				   HSA_QUEUE_PRIORITY Priority, HSAuint32 SdmaEngineId,
				   void *QueueAddress, HSAuint64 QueueSizeInBytes, HsaEvent *Event,
				   HsaQueueResource *QueueResource);

/* Tells the GPU of what the queue's write index says now. */
HSAKMT_STATUS hsaKmtQueueRingDoorbell(HSA_QUEUEID QueueId);

HSAKMT_STATUS hsaKmtRegisterGraphicsHandleToNodesExt(HSAuint64 GraphicsResourceHandle,
						     HsaGraphicsResourceInfo *GraphicsResourceInfo,
						     HSAuint64 NumberOfNodes, HSAuint32 *NodeArray,
						     HSA_REGISTER_MEM_FLAGS RegisterFlags);

/* AisFlags: 1 reads from the file, 2 writes to it. */
HSAKMT_STATUS hsaKmtAisReadWriteFile(void *MemoryAddress, HSAuint64 MemorySizeInBytes, HSAint32 fd,
				     HSAint64 file_offset, HSAuint32 AisFlags,
				     HSAuint64 *SizeCopiedInBytes, HSAint32 *status);

static inline void vt_abi_put_late(HsaNodeProperties *p, const struct vt_abi_late *late)
{
	p->NumXcc = late->num_xcc;
	p->KFDGpuID = late->kfd_gpu_id;
	p->FamilyID = late->family_id;
	p->Integrated = late->integrated;
}

#endif
