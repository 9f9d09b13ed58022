/* Chapter: topology. The structures of hsakmttypes.h are filled in member by member from those of
 * msg.h. */
#include <errno.h>
#include <string.h>

#include "guest-thunk/api/api.h"
#include "proto/abi/drm.h"

_Static_assert(HSA_PUBLIC_NAME_SIZE == VT_NAME_CHARS, "names have one length");
_Static_assert(HSA_CPU_SIBLINGS == 8 * VT_SIBLING_BYTES, "a bit for each sibling");

VT_API HSAKMT_STATUS hsaKmtAcquireSystemProperties(HsaSystemProperties *SystemProperties)
{
	struct vt_session *s = vt_api_enter();
	const struct vt_topology_rep *system;

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!SystemProperties)
		return vt_api_leave(s, -EINVAL);
	system = &s->topology.system;
	*SystemProperties = (HsaSystemProperties){
	    .NumNodes = system->num_nodes,
	    .PlatformOem = system->platform_oem,
	    .PlatformId = system->platform_id,
	    .PlatformRev = system->platform_rev,
	};
	return vt_api_leave(s, 0);
}

VT_API HSAKMT_STATUS hsaKmtReleaseSystemProperties(void)
{
	return HSAKMT_STATUS_SUCCESS;
}

static void fill_shape(HsaNodeProperties *out, const struct vt_node_rep *in)
{
	out->NumCPUCores = in->num_cpu_cores;
	out->NumFComputeCores = in->num_fcompute_cores;
	out->NumMemoryBanks = in->num_banks;
	out->NumCaches = in->num_caches;
	out->NumIOLinks = in->num_links;
	out->CComputeIdLo = in->ccompute_id_lo;
	out->FComputeIdLo = in->fcompute_id_lo;
	out->MaxWavesPerSIMD = in->max_waves_per_simd;
	out->LDSSizeInKB = in->lds_size_kib;
	out->GDSSizeInKB = in->gds_size_kib;
	out->WaveFrontSize = in->wavefront_size;
	out->NumShaderBanks = in->num_shader_banks;
	out->NumArrays = in->num_arrays;
	out->NumCUPerArray = in->num_cu_per_array;
	out->NumSIMDPerCU = in->num_simd_per_cu;
	out->MaxSlotsScratchCU = in->max_slots_scratch_cu;
	out->NumSdmaEngines = in->num_sdma_engines;
	out->NumSdmaXgmiEngines = in->num_sdma_xgmi_engines;
	out->NumSdmaQueuesPerEngine = (HSAuint8)in->num_sdma_queues_per_engine;
	out->NumCpQueues = (HSAuint8)in->num_cp_queues;
	out->NumGws = (HSAuint8)in->num_gws;
	out->VGPRSizePerCU = in->vgpr_bytes_per_cu;
	out->SGPRSizePerCU = in->sgpr_bytes_per_cu;
}

static void fill_identity(HsaNodeProperties *out, const struct vt_node_rep *in)
{
	struct vt_abi_late late = {in->num_xcc, in->kfd_gpu_id, in->family_id,
				   (HSAuint8)in->integrated};

	out->Capability.Value = in->capability_bits;
	out->EngineId.Value = in->engine_id_bits;
	out->VendorId = (HSAuint16)in->vendor_id;
	out->DeviceId = (HSAuint16)in->device_id;
	out->LocationId = in->location_id;
	out->Domain = in->domain;
	out->LocalMemSize = in->local_mem_bytes;
	out->MaxEngineClockMhzFCompute = in->max_engine_clock_fcompute_mhz;
	out->MaxEngineClockMhzCCompute = in->max_engine_clock_ccompute_mhz;
	out->DrmRenderMinor = in->drm_render_minor;
	memcpy(out->MarketingName, in->marketing_name, sizeof(out->MarketingName));
	memcpy(out->AMDName, in->amd_name, sizeof(out->AMDName));
	out->uCodeEngineVersions.Value = in->ucode_version_bits;
	out->DebugProperties.Value = in->debug_properties_bits;
	out->HiveID = in->hive_id;
	out->UniqueID = in->unique_id;
	vt_abi_put_late(out, &late);
}

/* The node's entry; *ret_s is to be left if it is not NULL. */
static int enter_node(HSAuint32 node, const void *out, struct vt_session **ret_s,
		      const struct vt_topology_node **ret)
{
	*ret_s = NULL;
	if (!out)
		return -EINVAL;
	*ret_s = vt_api_enter();
	if (!*ret_s)
		return -ENOTCONN;
	*ret = vt_topology_peek(&(*ret_s)->topology, node);
	return *ret ? 0 : -ENODEV;
}

static HSAKMT_STATUS leave_node(struct vt_session *s, int err)
{
	return s ? vt_api_leave(s, err) : vt_api_status(err);
}

VT_API HSAKMT_STATUS hsaKmtGetNodeProperties(HSAuint32 NodeId, HsaNodeProperties *NodeProperties)
{
	const struct vt_topology_node *node;
	struct vt_session *s;
	int err = enter_node(NodeId, NodeProperties, &s, &node);

	if (!err) {
		memset(NodeProperties, 0, sizeof(*NodeProperties));
		fill_shape(NodeProperties, &node->props);
		fill_identity(NodeProperties, &node->props);
	}
	return leave_node(s, err);
}

VT_API HSAKMT_STATUS hsaKmtGetNodeMemoryProperties(HSAuint32 NodeId, HSAuint32 NumBanks,
						   HsaMemoryProperties *MemoryProperties)
{
	const struct vt_topology_node *node;
	struct vt_session *s;
	int err = enter_node(NodeId, MemoryProperties, &s, &node);

	for (HSAuint32 i = 0; !err && i < NumBanks; i++) {
		HsaMemoryProperties *out = &MemoryProperties[i];

		memset(out, 0, sizeof(*out));
		if (i < node->props.num_banks) {
			const struct vt_bank *in = &node->props.bank[i];

			out->HeapType = (HSA_HEAPTYPE)in->heap_type;
			out->SizeInBytes = in->size_bytes;
			out->Flags.MemoryProperty = in->property_bits;
			out->Width = in->width_bits;
			out->MemoryClockMax = in->clock_max_mhz;
			out->VirtualBaseAddress = in->base_va;
		}
	}
	return leave_node(s, err);
}

static void fill_cache(HsaCacheProperties *out, const struct vt_cache *in)
{
	memset(out, 0, sizeof(*out));
	out->ProcessorIdLow = in->processor_id_low;
	out->CacheLevel = in->level;
	out->CacheSize = in->size_kib;
	out->CacheLineSize = in->line_bytes;
	out->CacheLinesPerTag = in->lines_per_tag;
	out->CacheAssociativity = in->associativity;
	out->CacheLatency = in->latency_ns;
	out->CacheType.Value = in->type_bits;
	for (unsigned i = 0; i < HSA_CPU_SIBLINGS; i++)
		out->SiblingMap[i] = in->siblings[i / 8] >> i % 8 & 1;
}

VT_API HSAKMT_STATUS hsaKmtGetNodeCacheProperties(HSAuint32 NodeId, HSAuint32 ProcessorId,
						  HSAuint32 NumCaches,
						  HsaCacheProperties *CacheProperties)
{
	const struct vt_topology_node *node;
	struct vt_session *s;
	int err = enter_node(NodeId, CacheProperties, &s, &node);

	(void)ProcessorId; /* AMD's gives the caches of the whole node, too */
	if (!err && NumCaches > node->props.num_caches)
		err = -EINVAL;
	for (HSAuint32 i = 0; !err && i < NumCaches; i++)
		fill_cache(&CacheProperties[i], &node->cache[i]);
	return leave_node(s, err);
}

static void fill_link(HsaIoLinkProperties *out, const struct vt_link *in)
{
	memset(out, 0, sizeof(*out));
	out->IoLinkType = (HSA_IOLINKTYPE)in->type;
	out->VersionMajor = in->version_major;
	out->VersionMinor = in->version_minor;
	out->NodeFrom = in->node_from;
	out->NodeTo = in->node_to;
	out->Weight = in->weight;
	out->MinimumLatency = in->min_latency_ns;
	out->MaximumLatency = in->max_latency_ns;
	out->MinimumBandwidth = in->min_bandwidth_mbs;
	out->MaximumBandwidth = in->max_bandwidth_mbs;
	out->RecTransferSize = in->rec_transfer_bytes;
	out->Flags.LinkProperty = in->flags_bits;
}

VT_API HSAKMT_STATUS hsaKmtGetNodeIoLinkProperties(HSAuint32 NodeId, HSAuint32 NumIoLinks,
						   HsaIoLinkProperties *IoLinkProperties)
{
	const struct vt_topology_node *node;
	struct vt_session *s;
	int err = enter_node(NodeId, IoLinkProperties, &s, &node);

	if (!err && NumIoLinks > node->props.num_links)
		err = -EINVAL;
	for (HSAuint32 i = 0; !err && i < NumIoLinks; i++)
		fill_link(&IoLinkProperties[i], &node->props.link[i]);
	return leave_node(s, err);
}

VT_API HSAKMT_STATUS hsaKmtGetAMDGPUDeviceHandle(HSAuint32 NodeId,
						 HsaAMDGPUDeviceHandle *DeviceHandle)
{
	struct vt_session *s = vt_api_enter();
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = DeviceHandle ? vt_api_check_gpu(s, NodeId) : -EINVAL;
	if (!err)
		*DeviceHandle = vt_abi_drm_device(NodeId);
	return vt_api_leave(s, err);
}
