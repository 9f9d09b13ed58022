/*
 * Kernel objects: reading them, and refusing those that cannot run.
 * Source: LLVM AMDGPUUsage, "Kernel Descriptor".
 */
#include <errno.h>

#include "host-renderer/swgpu/exec/descriptor.h"
#include "host-renderer/swgpu/exec/group_state.h"

int swgpu_launch_read(struct swgpu_launch *launch, uint64_t object, struct swgpu_tlb *tlb)
{
	const uint8_t *bytes = swgpu_va_host(object);
	int64_t offset;

	if (!swgpu_tlb_ok(tlb, object, SWGPU_KD_BYTES, SWGPU_READ))
		return -EFAULT;
	memcpy(&offset, bytes + SWGPU_KD_ENTRY, sizeof(offset));
	if ((object + (uint64_t)offset) % 4)
		return -EINVAL;
	memcpy(&launch->rsrc1, bytes + SWGPU_KD_RSRC1, sizeof(launch->rsrc1));
	memcpy(&launch->rsrc2, bytes + SWGPU_KD_RSRC2, sizeof(launch->rsrc2));
	memcpy(&launch->properties, bytes + SWGPU_KD_PROPERTIES, sizeof(launch->properties));
	launch->entry = object + (uint64_t)offset;
	return 0;
}

unsigned swgpu_launch_vgprs(const struct swgpu_launch *launch)
{
	return 4 * (swgpu_field(launch->rsrc1, SWGPU_RSRC1_VGPRS) + 1);
}

static bool sizes_ok(const struct swgpu_launch *launch)
{
	uint64_t items = 1;

	for (unsigned i = 0; i < 3; i++) {
		if (!launch->group_size[i] || !launch->grid_size[i])
			return false;
		items *= launch->group_size[i];
	}
	return items <= SWGPU_GROUP_MAX_ITEMS && launch->lds_size <= SWGPU_GROUP_MAX_LDS &&
	       launch->private_size <= SWGPU_GROUP_MAX_PRIVATE;
}

int swgpu_launch_check(const struct swgpu_launch *launch, struct swgpu_tlb *tlb)
{
	if (!sizes_ok(launch) || swgpu_launch_vgprs(launch) > 256)
		return -EINVAL;
	if (swgpu_field(launch->rsrc2, SWGPU_RSRC2_USER_SGPRS) > SWGPU_MAX_USER_SGPRS)
		return -EINVAL;
	if (swgpu_field(launch->rsrc2, SWGPU_RSRC2_VGPR_IDS) > 2)
		return -EINVAL;
	if (!swgpu_tlb_ok(tlb, launch->entry, 4, SWGPU_READ))
		return -EINVAL;
	return launch->properties & SWGPU_KD_WAVE32 ? -ENOEXEC : 0;
}
