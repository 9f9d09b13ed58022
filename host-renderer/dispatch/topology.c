/* Handlers: topology and clocks. The thunk's structs are translated field by field. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/dispatch/handlers.h"

#define MAX_THUNK_CACHES 4096u

int vt_on_topology(struct vt_dispatch *d, struct vt_call *call)
{
	struct vt_topology_rep *rep = call->rep;
	const struct vt_provider *p = d->ctx->p;
	HsaVersionInfo version = {0};
	HsaSystemProperties sys = {0};
	int err = vt_err_from_status(p->GetVersion(&version));

	if (!err)
		err = vt_err_from_status(p->AcquireSystemProperties(&sys));
	if (err)
		return err;
	rep->kernel_major = version.KernelInterfaceMajorVersion;
	rep->kernel_minor = version.KernelInterfaceMinorVersion;
	rep->num_nodes = d->ctx->num_nodes;
	rep->platform_oem = sys.PlatformOem;
	rep->platform_id = sys.PlatformId;
	rep->platform_rev = sys.PlatformRev;
	return 0;
}

static void put_shape(const HsaNodeProperties *p, struct vt_node_rep *rep)
{
	rep->num_cpu_cores = p->NumCPUCores;
	rep->num_fcompute_cores = p->NumFComputeCores;
	rep->num_caches = p->NumCaches < MAX_THUNK_CACHES ? p->NumCaches : MAX_THUNK_CACHES;
	rep->ccompute_id_lo = p->CComputeIdLo;
	rep->fcompute_id_lo = p->FComputeIdLo;
	rep->capability_bits = p->Capability.Value;
	rep->max_waves_per_simd = p->MaxWavesPerSIMD;
	rep->lds_size_kib = p->LDSSizeInKB;
	rep->gds_size_kib = p->GDSSizeInKB;
	rep->wavefront_size = p->WaveFrontSize;
	rep->num_shader_banks = p->NumShaderBanks;
	rep->num_arrays = p->NumArrays;
	rep->num_cu_per_array = p->NumCUPerArray;
	rep->num_simd_per_cu = p->NumSIMDPerCU;
	rep->max_slots_scratch_cu = p->MaxSlotsScratchCU;
	rep->vgpr_bytes_per_cu = p->VGPRSizePerCU;
	rep->sgpr_bytes_per_cu = p->SGPRSizePerCU;
}

static void put_identity(const HsaNodeProperties *p, struct vt_node_rep *rep)
{
	rep->engine_id_bits = p->EngineId.Value;
	rep->vendor_id = p->VendorId;
	rep->device_id = p->DeviceId;
	rep->location_id = p->LocationId;
	rep->domain = p->Domain;
	rep->local_mem_bytes = p->LocalMemSize;
	rep->max_engine_clock_fcompute_mhz = p->MaxEngineClockMhzFCompute;
	rep->max_engine_clock_ccompute_mhz = p->MaxEngineClockMhzCCompute;
	rep->drm_render_minor = p->DrmRenderMinor;
	memcpy(rep->marketing_name, p->MarketingName, sizeof(rep->marketing_name));
	memcpy(rep->amd_name, p->AMDName, sizeof(rep->amd_name));
	rep->amd_name[sizeof(rep->amd_name) - 1] = '\0';
	rep->ucode_version_bits = p->uCodeEngineVersions.Value;
	rep->debug_properties_bits = p->DebugProperties.Value;
	rep->hive_id = p->HiveID;
	rep->unique_id = p->UniqueID;
}

static void put_engines(const HsaNodeProperties *p, struct vt_node_rep *rep)
{
	struct vt_abi_late late;

	rep->num_sdma_engines = p->NumSdmaEngines;
	rep->num_sdma_xgmi_engines = p->NumSdmaXgmiEngines;
	rep->num_sdma_queues_per_engine = p->NumSdmaQueuesPerEngine;
	rep->num_cp_queues = p->NumCpQueues;
	rep->num_gws = p->NumGws;
	vt_abi_get_late(p, &late);
	rep->integrated = late.integrated;
	rep->num_xcc = late.num_xcc;
	rep->kfd_gpu_id = late.kfd_gpu_id;
	rep->family_id = late.family_id;
}

/* A thunk that tells nothing of its GPU's clock leaves 0. */
static void put_clock(const struct vt_provider *p, uint32_t node, struct vt_node_rep *rep)
{
	struct amdgpu_gpu_info info = {0};
	HsaAMDGPUDeviceHandle dev = NULL;

	if (!rep->num_fcompute_cores || !p->GetAMDGPUDeviceHandle || !p->query_gpu_info)
		return;
	if (p->GetAMDGPUDeviceHandle(node, &dev) == HSAKMT_STATUS_SUCCESS && dev &&
	    p->query_gpu_info(dev, &info) == 0)
		rep->counter_khz = info.gpu_counter_freq;
}

static int put_banks(const struct vt_provider *p, uint32_t node, uint32_t n,
		     struct vt_node_rep *rep)
{
	HsaMemoryProperties bank[VT_MAX_BANKS];
	int err;

	if (n > VT_MAX_BANKS)
		n = VT_MAX_BANKS;
	memset(bank, 0, sizeof(bank));
	err = n ? vt_err_from_status(p->GetNodeMemoryProperties(node, n, bank)) : 0;
	if (err)
		return err;
	rep->num_banks = n;
	for (uint32_t i = 0; i < n; i++) {
		rep->bank[i] = (struct vt_bank){
		    .heap_type = bank[i].HeapType,
		    .property_bits = bank[i].Flags.MemoryProperty,
		    .size_bytes = bank[i].SizeInBytes,
		    .width_bits = bank[i].Width,
		    .clock_max_mhz = bank[i].MemoryClockMax,
		    .base_va = bank[i].VirtualBaseAddress,
		};
	}
	return 0;
}

static int put_links(const struct vt_provider *p, uint32_t node, uint32_t n,
		     struct vt_node_rep *rep)
{
	HsaIoLinkProperties link[VT_MAX_LINKS];
	int err;

	if (n > VT_MAX_LINKS)
		n = VT_MAX_LINKS;
	memset(link, 0, sizeof(link));
	err = n ? vt_err_from_status(p->GetNodeIoLinkProperties(node, n, link)) : 0;
	if (err)
		return err;
	rep->num_links = n;
	for (uint32_t i = 0; i < n; i++) {
		rep->link[i] = (struct vt_link){
		    .type = link[i].IoLinkType,
		    .version_major = link[i].VersionMajor,
		    .version_minor = link[i].VersionMinor,
		    .node_from = link[i].NodeFrom,
		    .node_to = link[i].NodeTo,
		    .weight = link[i].Weight,
		    .min_latency_ns = link[i].MinimumLatency,
		    .max_latency_ns = link[i].MaximumLatency,
		    .min_bandwidth_mbs = link[i].MinimumBandwidth,
		    .max_bandwidth_mbs = link[i].MaximumBandwidth,
		    .rec_transfer_bytes = link[i].RecTransferSize,
		    .flags_bits = link[i].Flags.LinkProperty,
		};
	}
	return 0;
}

static int node_props(const struct vt_dispatch *d, uint32_t node, HsaNodeProperties *props)
{
	memset(props, 0, sizeof(*props));
	if (node >= d->ctx->num_nodes)
		return -ENODEV;
	return vt_err_from_status(d->ctx->p->GetNodeProperties(node, props));
}

int vt_on_node(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_node_req *req = call->req;
	struct vt_node_rep *rep = call->rep;
	HsaNodeProperties props;
	int err = node_props(d, req->node, &props);

	if (err)
		return err;
	put_shape(&props, rep);
	put_identity(&props, rep);
	put_engines(&props, rep);
	put_clock(d->ctx->p, req->node, rep);
	err = put_banks(d->ctx->p, req->node, props.NumMemoryBanks, rep);
	return err ? err : put_links(d->ctx->p, req->node, props.NumIOLinks, rep);
}

static void put_cache(const HsaCacheProperties *c, struct vt_cache *to)
{
	*to = (struct vt_cache){
	    .processor_id_low = c->ProcessorIdLow,
	    .level = c->CacheLevel,
	    .size_kib = c->CacheSize,
	    .line_bytes = c->CacheLineSize,
	    .lines_per_tag = c->CacheLinesPerTag,
	    .associativity = c->CacheAssociativity,
	    .latency_ns = c->CacheLatency,
	    .type_bits = c->CacheType.Value,
	};
	for (unsigned i = 0; i < HSA_CPU_SIBLINGS; i++)
		if (c->SiblingMap[i])
			to->siblings[i / 8] |= (uint8_t)(1u << i % 8);
}

int vt_on_node_caches(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_node_caches_req *req = call->req;
	struct vt_node_caches_rep *rep = call->rep;
	HsaCacheProperties *caches;
	HsaNodeProperties props;
	uint32_t total, processor;
	int err = node_props(d, req->node, &props);

	if (err)
		return err;
	total = props.NumCaches < MAX_THUNK_CACHES ? props.NumCaches : MAX_THUNK_CACHES;
	if (req->first >= total)
		return req->first == total ? 0 : -EINVAL;
	caches = calloc(total, sizeof(*caches));
	if (!caches)
		return -ENOMEM;
	processor = props.NumCPUCores ? props.CComputeIdLo : props.FComputeIdLo;
	err = vt_err_from_status(
	    d->ctx->p->GetNodeCacheProperties(req->node, processor, total, caches));
	for (uint32_t i = req->first; !err && i < total && rep->num_caches < VT_MAX_CACHES; i++)
		put_cache(&caches[i], &rep->cache[rep->num_caches++]);
	free(caches);
	return err;
}

int vt_on_clock_counters(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_clock_counters_req *req = call->req;
	struct vt_clock_counters_rep *rep = call->rep;
	HsaClockCounters c = {0};
	int err;

	if (req->node >= d->ctx->num_nodes)
		return -ENODEV;
	err = vt_err_from_status(d->ctx->p->GetClockCounters(req->node, &c));
	if (err)
		return err;
	rep->gpu = c.GPUClockCounter;
	rep->cpu = c.CPUClockCounter;
	rep->system = c.SystemClockCounter;
	rep->system_hz = c.SystemClockFrequencyHz;
	return 0;
}

int vt_on_tile_config(struct vt_dispatch *d, struct vt_call *call)
{
	const struct vt_tile_config_req *req = call->req;
	struct vt_tile_config_rep *rep = call->rep;
	HsaGpuTileConfig config = {
	    .TileConfig = rep->tile,
	    .MacroTileConfig = rep->macro_tile,
	    .NumTileConfigs = req->max_tiles < VT_MAX_TILES ? req->max_tiles : VT_MAX_TILES,
	    .NumMacroTileConfigs = req->max_macro_tiles < VT_MAX_MACRO_TILES ? req->max_macro_tiles
									     : VT_MAX_MACRO_TILES,
	};
	int err;

	if (req->node >= d->ctx->num_nodes)
		return -ENODEV;
	err = vt_err_from_status(d->ctx->p->GetTileConfig(req->node, &config));
	if (err)
		return err;
	if (config.NumTileConfigs > VT_MAX_TILES || config.NumMacroTileConfigs > VT_MAX_MACRO_TILES)
		return -EIO;
	rep->num_tiles = config.NumTileConfigs;
	rep->num_macro_tiles = config.NumMacroTileConfigs;
	rep->gb_addr_config = config.GbAddrConfig;
	rep->num_banks = config.NumBanks;
	rep->num_ranks = config.NumRanks;
	return 0;
}
