/* What libdrm_amdgpu says of a forwarded GPU: from the snapshot of the topology. */
#include <errno.h>

#include "guest-thunk/client/session.h"
#include "proto/abi/drm.h"

static void fill(struct amdgpu_gpu_info *info, const struct vt_node_rep *props)
{
	info->asic_id = props->device_id;
	info->family_id = props->family_id;
	info->max_engine_clk = (uint64_t)props->max_engine_clock_fcompute_mhz * 1000;
	info->num_shader_engines = props->num_shader_banks;
	info->num_shader_arrays_per_engine = props->num_arrays;
	info->gpu_counter_freq = props->counter_khz;
	if (props->num_simd_per_cu)
		info->cu_active_number = props->num_fcompute_cores / props->num_simd_per_cu;
}

int vt_abi_drm_info(uint32_t node, struct amdgpu_gpu_info *info)
{
	struct vt_session *s = vt_session_get();
	const struct vt_topology_node *entry;
	int err = -ENODEV;

	if (!s)
		return err;
	entry = vt_topology_peek(&s->topology, node);
	if (entry && s->topology.gpu_mask >> node & 1) {
		fill(info, &entry->props);
		err = 0;
	}
	vt_session_put(s);
	return err;
}
