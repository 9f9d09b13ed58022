/*
 * proto/abi/thunk6.h - what thunk 6.2.4 adds to hsakmt.h of ROCm 5.2.
 *
 * Declarations only; all may stand beside those of a newer hsakmt.h. Sources: ROCT-Thunk-Interface
 * of ROCm 6.2.4, include/hsakmt. Structures have the same sizes and offsets in 5.2 and 6.2.4; where
 * the newer one gave a name to reserved bytes, the functions at the end reach them.
 */
#ifndef VT_ABI_THUNK6_H
#define VT_ABI_THUNK6_H

#include <hsakmt.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/abi/common.h"

_Static_assert(sizeof(HsaNodeProperties) == 356, "size in thunk 5.2 and 6.2");
_Static_assert(sizeof(HsaIoLinkProperties) == 48, "size in thunk 5.2 and 6.2");

/* NumXcc, KFDGpuID and FamilyID, the last 12 bytes of HsaNodeProperties; Integrated. */
#define VT_ABI_LATE_OFFSET       344u
#define VT_ABI_INTEGRATED_OFFSET 323u

static inline void vt_abi_put_late(HsaNodeProperties *p, const struct vt_abi_late *late)
{
	const uint32_t words[3] = {late->num_xcc, late->kfd_gpu_id, late->family_id};

	memcpy((char *)p + VT_ABI_LATE_OFFSET, words, sizeof(words));
	memcpy((char *)p + VT_ABI_INTEGRATED_OFFSET, &late->integrated, 1);
}

static inline void vt_abi_get_late(const HsaNodeProperties *p, struct vt_abi_late *late)
{
	uint32_t words[3];

	memcpy(words, (const char *)p + VT_ABI_LATE_OFFSET, sizeof(words));
	memcpy(&late->integrated, (const char *)p + VT_ABI_INTEGRATED_OFFSET, 1);
	late->num_xcc = words[0];
	late->kfd_gpu_id = words[1];
	late->family_id = words[2];
}

#endif
