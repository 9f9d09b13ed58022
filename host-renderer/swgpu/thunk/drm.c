/* What libdrm_amdgpu says of the software GPU. */
#include "proto/abi/drm.h"

#include <errno.h>

#include "host-renderer/swgpu/sched/clock.h"
#include "host-renderer/swgpu/thunk/thunk.h"

int vt_abi_drm_info(uint32_t node, struct amdgpu_gpu_info *info)
{
	struct swgpu_thunk *t = swgpu_thunk_get();

	if (!t)
		return -ENODEV;
	if (node == SWGPU_GPU_NODE) {
		info->asic_id = t->config.device_id;
		info->family_id = t->config.family_id;
		info->gpu_counter_freq = SWGPU_CLOCK_HZ / 1000;
		info->num_shader_engines = 1;
		info->num_shader_arrays_per_engine = 1;
		info->cu_active_number = t->config.units;
	}
	swgpu_thunk_put(t);
	return node == SWGPU_GPU_NODE ? 0 : -ENODEV;
}

HSAKMT_STATUS hsaKmtGetAMDGPUDeviceHandle(HSAuint32 NodeId, HsaAMDGPUDeviceHandle *DeviceHandle)
{
	struct swgpu_thunk *t = swgpu_thunk_get();
	HSAKMT_STATUS status;

	if (!t)
		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	swgpu_thunk_put(t);
	status = swgpu_check_gpu_node(NodeId);
	if (!status && !DeviceHandle)
		status = HSAKMT_STATUS_INVALID_PARAMETER;
	if (!status)
		*DeviceHandle = vt_abi_drm_device(NodeId);
	return status;
}
