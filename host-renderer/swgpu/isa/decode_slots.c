/*
 * isa/decode_slots.c - opcode number to operation, one array an encoding, filled from the tables.
 *
 * Two rows with one number are a compile error. The one lawful case, an opcode that means something
 * else on gfx906, has its older meaning (trait NOT_GFX906) in the array's second half.
 */
#include "host-renderer/swgpu/isa/decode_internal.h"
#include "host-renderer/swgpu/isa/table_names.h"

#define SLOT(count, gfx9, traits)                ((gfx9) + (((traits)&NOT_GFX906) ? (count) : 0))

#define SWGPU_OP(NAME, name, gfx9, type, traits) [SLOT(0x100, gfx9, traits)] = SWGPU_OP_##NAME,
static const uint16_t sop1[0x200] = {
#include "host-renderer/swgpu/isa/sop1.def"
};
static const uint16_t smem[0x200] = {
#include "host-renderer/swgpu/isa/smem.def"
};
static const uint16_t vop1[0x200] = {
#include "host-renderer/swgpu/isa/vop1.def"
};
static const uint16_t vopc[0x200] = {
#include "host-renderer/swgpu/isa/vopc.def"
};
static const uint16_t ds[0x200] = {
#include "host-renderer/swgpu/isa/ds.def"
};
#undef SWGPU_OP

#define SWGPU_OP(NAME, name, gfx9, type, traits) [SLOT(0x80, gfx9, traits)] = SWGPU_OP_##NAME,
static const uint16_t sop2[0x100] = {
#include "host-renderer/swgpu/isa/sop2.def"
};
static const uint16_t sopc[0x100] = {
#include "host-renderer/swgpu/isa/sopc.def"
};
static const uint16_t sopp[0x100] = {
#include "host-renderer/swgpu/isa/sopp.def"
};
static const uint16_t vop3p[0x100] = {
#include "host-renderer/swgpu/isa/vop3p.def"
};
static const uint16_t flat[0x100] = {
#include "host-renderer/swgpu/isa/flat.def"
};
static const uint16_t scratch[0x100] = {
#include "host-renderer/swgpu/isa/scratch.def"
};
static const uint16_t global[0x100] = {
#include "host-renderer/swgpu/isa/global.def"
};
static const uint16_t mubuf[0x100] = {
#include "host-renderer/swgpu/isa/mubuf.def"
};
static const uint16_t mimg[0x100] = {
#include "host-renderer/swgpu/isa/mimg.def"
};
#undef SWGPU_OP

#define SWGPU_OP(NAME, name, gfx9, type, traits) [SLOT(0x40, gfx9, traits)] = SWGPU_OP_##NAME,
static const uint16_t sopk[0x80] = {
#include "host-renderer/swgpu/isa/sopk.def"
};
static const uint16_t vop2[0x80] = {
#include "host-renderer/swgpu/isa/vop2.def"
};
#undef SWGPU_OP

#define SWGPU_OP(NAME, name, gfx9, type, traits) [SLOT(0x400, gfx9, traits)] = SWGPU_OP_##NAME,
static const uint16_t vop3[0x800] = {
#include "host-renderer/swgpu/isa/vop3.def"
};
#undef SWGPU_OP

static const struct {
	const uint16_t *op;
	unsigned count; /* opcodes; the array has twice as many */
} all[SWGPU_SLOTS_COUNT] = {
    [SWGPU_SLOTS_SOP1] = {sop1, 0x100},    [SWGPU_SLOTS_SOP2] = {sop2, 0x80},
    [SWGPU_SLOTS_SOPK] = {sopk, 0x40},     [SWGPU_SLOTS_SOPC] = {sopc, 0x80},
    [SWGPU_SLOTS_SOPP] = {sopp, 0x80},     [SWGPU_SLOTS_SMEM] = {smem, 0x100},
    [SWGPU_SLOTS_VOP1] = {vop1, 0x100},    [SWGPU_SLOTS_VOP2] = {vop2, 0x40},
    [SWGPU_SLOTS_VOPC] = {vopc, 0x100},    [SWGPU_SLOTS_VOP3] = {vop3, 0x400},
    [SWGPU_SLOTS_VOP3P] = {vop3p, 0x80},   [SWGPU_SLOTS_DS] = {ds, 0x100},
    [SWGPU_SLOTS_FLAT] = {flat, 0x80},     [SWGPU_SLOTS_SCRATCH] = {scratch, 0x80},
    [SWGPU_SLOTS_GLOBAL] = {global, 0x80}, [SWGPU_SLOTS_MUBUF] = {mubuf, 0x80},
    [SWGPU_SLOTS_MIMG] = {mimg, 0x80},
};

_Static_assert(SWGPU_SLOTS_FLAT + SWGPU_SEG_SCRATCH == SWGPU_SLOTS_SCRATCH &&
		   SWGPU_SLOTS_FLAT + SWGPU_SEG_GLOBAL == SWGPU_SLOTS_GLOBAL,
	       "FLAT's opcode spaces are in the order of its segments");

uint16_t swgpu_slots_find(enum swgpu_slots slots, unsigned opcode, enum swgpu_gfx gfx)
{
	unsigned count = all[slots].count;
	uint16_t op;

	if (opcode >= count)
		return SWGPU_OP_INVALID;
	op = all[slots].op[opcode];
	if (gfx == SWGPU_GFX906)
		return op;
	if (swgpu_op_info(op)->traits & SWGPU_TRAIT_ONLY_GFX906 || op == SWGPU_OP_INVALID)
		op = all[slots].op[count + opcode];
	return op;
}
