/*
 * exec/descriptor.h - fields of a kernel descriptor. An amd_kernel_code_t has them at the same
 * offsets.
 *
 * Source: LLVM AMDGPUUsage, "Kernel Descriptor", "compute_pgm_rsrc1" and "compute_pgm_rsrc2" for
 * gfx9.
 */
#ifndef SWGPU_EXEC_DESCRIPTOR_H
#define SWGPU_EXEC_DESCRIPTOR_H

#include <stdint.h>

enum swgpu_kd_offset {
	SWGPU_KD_ENTRY = 16, /* int64_t: bytes from the descriptor to the first instruction */
	SWGPU_KD_RSRC1 = 48,
	SWGPU_KD_RSRC2 = 52,
	SWGPU_KD_PROPERTIES = 56,
	SWGPU_KD_BYTES = 64,
};

/* Properties: scalar registers that are loaded before the start, in this order. */
enum swgpu_kd_property {
	SWGPU_KD_PRIVATE_SEGMENT_BUFFER = 1u << 0,
	SWGPU_KD_DISPATCH_PTR = 1u << 1,
	SWGPU_KD_QUEUE_PTR = 1u << 2,
	SWGPU_KD_KERNARG_PTR = 1u << 3,
	SWGPU_KD_DISPATCH_ID = 1u << 4,
	SWGPU_KD_FLAT_SCRATCH_INIT = 1u << 5,
	SWGPU_KD_PRIVATE_SEGMENT_SIZE = 1u << 6,
	SWGPU_KD_GROUP_COUNT_X = 1u << 7, /* amd_kernel_code_t only, as are the next two */
	SWGPU_KD_WAVE32 = 1u << 10,
};

#define SWGPU_MAX_USER_SGPRS 16

/* First bit and number of bits. */
struct swgpu_bits {
	uint8_t first, bits;
};

#define SWGPU_RSRC1_VGPRS      ((struct swgpu_bits){0, 6}) /* in fours, less one */
#define SWGPU_RSRC1_FLOAT_MODE ((struct swgpu_bits){12, 8})
#define SWGPU_RSRC1_DX10_CLAMP ((struct swgpu_bits){21, 1})
#define SWGPU_RSRC1_IEEE       ((struct swgpu_bits){23, 1})
#define SWGPU_RSRC1_FP16_OVFL  ((struct swgpu_bits){26, 1})
#define SWGPU_RSRC2_SCRATCH_EN ((struct swgpu_bits){0, 1}) /* scratch wave offset in an SGPR */
#define SWGPU_RSRC2_USER_SGPRS ((struct swgpu_bits){1, 5})
#define SWGPU_RSRC2_GROUP_ID_X ((struct swgpu_bits){7, 1})
#define SWGPU_RSRC2_GROUP_INFO ((struct swgpu_bits){10, 1})
#define SWGPU_RSRC2_VGPR_IDS   ((struct swgpu_bits){11, 2}) /* 0: x, 1: and y, 2: and z */

static inline uint32_t swgpu_field(uint32_t word, struct swgpu_bits field)
{
	return word >> field.first & ((1u << field.bits) - 1);
}

#endif
