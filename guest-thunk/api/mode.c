/* Chapter: what a process sets or asks about its GPU context, and shared virtual memory, which
 * there is none of. */
#include <errno.h>
#include <string.h>

#include "guest-thunk/api/api.h"
#include "guest-thunk/client/mode.h"

VT_API HSAKMT_STATUS hsaKmtGetXNACKMode(HSAint32 *enable)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, enable ? vt_mode_get_xnack(s, enable) : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtSetXNACKMode(HSAint32 enable)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_mode_set_xnack(s, enable));
}

VT_API HSAKMT_STATUS hsaKmtGetClockCounters(HSAuint32 NodeId, HsaClockCounters *Counters)
{
	struct vt_session *s = vt_api_enter();
	struct vt_clock_counters_rep rep;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = Counters ? vt_api_check_node(s, NodeId) : -EINVAL;
	if (!err)
		err = vt_mode_clocks(s, NodeId, &rep);
	if (!err)
		*Counters = (HsaClockCounters){
		    .GPUClockCounter = rep.gpu,
		    .CPUClockCounter = rep.cpu,
		    .SystemClockCounter = rep.system,
		    .SystemClockFrequencyHz = rep.system_hz,
		};
	return vt_api_leave(s, err);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

VT_API HSAKMT_STATUS hsaKmtGetTileConfig(HSAuint32 NodeId, HsaGpuTileConfig *config)
{
	struct vt_session *s = vt_api_enter();
	struct vt_tile_config_req req = {.node = NodeId};
	struct vt_tile_config_rep rep;
	int err;

	if (!s)
		return vt_api_status(-ENOTCONN);
	err = config ? vt_api_check_gpu(s, NodeId) : -EINVAL;
	if (err)
		return vt_api_leave(s, err);
	req.max_tiles = config->TileConfig ? smaller(config->NumTileConfigs, VT_MAX_TILES) : 0;
	req.max_macro_tiles =
	    config->MacroTileConfig ? smaller(config->NumMacroTileConfigs, VT_MAX_MACRO_TILES) : 0;
	err = vt_mode_tile_config(s, &req, &rep);
	if (err)
		return vt_api_leave(s, err);
	config->NumTileConfigs = smaller(rep.num_tiles, req.max_tiles);
	config->NumMacroTileConfigs = smaller(rep.num_macro_tiles, req.max_macro_tiles);
	if (config->NumTileConfigs)
		memcpy(config->TileConfig, rep.tile, config->NumTileConfigs * sizeof(*rep.tile));
	if (config->NumMacroTileConfigs)
		memcpy(config->MacroTileConfig, rep.macro_tile,
		       config->NumMacroTileConfigs * sizeof(*rep.macro_tile));
	config->GbAddrConfig = rep.gb_addr_config;
	config->NumBanks = rep.num_banks;
	config->NumRanks = rep.num_ranks;
	return vt_api_leave(s, 0);
}

VT_API HSAKMT_STATUS hsaKmtRuntimeEnable(void *rDebug, bool setupTtmp)
{
	struct vt_session *s = vt_api_enter();

	(void)rDebug;
	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_mode_runtime_enable(s, setupTtmp));
}

VT_API HSAKMT_STATUS hsaKmtRuntimeDisable(void)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, vt_mode_runtime_disable(s));
}

/* What a debugger may do, of which there is none: no bits. */
VT_API HSAKMT_STATUS hsaKmtGetRuntimeCapabilities(HSAuint32 *caps_mask)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (caps_mask)
		*caps_mask = 0;
	return vt_api_leave(s, caps_mask ? 0 : -EINVAL);
}

static HSAKMT_STATUS refuse_svm(const HSA_SVM_ATTRIBUTE *attrs, unsigned num, const void *start,
				HSAuint64 size)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	return vt_api_leave(s, start && size && num && attrs ? -EOPNOTSUPP : -EINVAL);
}

VT_API HSAKMT_STATUS hsaKmtSVMSetAttr(void *start_addr, HSAuint64 size, unsigned int nattr,
				      HSA_SVM_ATTRIBUTE *attrs)
{
	return refuse_svm(attrs, nattr, start_addr, size);
}

VT_API HSAKMT_STATUS hsaKmtSVMGetAttr(void *start_addr, HSAuint64 size, unsigned int nattr,
				      HSA_SVM_ATTRIBUTE *attrs)
{
	return refuse_svm(attrs, nattr, start_addr, size);
}
