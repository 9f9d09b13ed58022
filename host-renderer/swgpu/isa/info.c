/*
 * isa/info.c - the tables' columns as arrays: one expansion of every .def file by operation, one of
 * types.def.
 */
#include "host-renderer/swgpu/isa/info.h"
#include "host-renderer/swgpu/isa/table_names.h"

#define ROW(NAME, name, gfx9, enc, seg, type, traits) \
	[SWGPU_OP_##                                  \
	    NAME] = {#name, gfx9, SWGPU_ENC_##enc, SWGPU_SEG_##seg, SWGPU_TYPE_##type, traits},

static const struct swgpu_op_info ops[SWGPU_OP_COUNT] = {
    [SWGPU_OP_INVALID] = {"(invalid)", 0, SWGPU_ENC_NONE, 0, SWGPU_TYPE_X, 0},
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, SOP1, FLAT, type, traits)
#include "host-renderer/swgpu/isa/sop1.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, SOP2, FLAT, type, traits)
#include "host-renderer/swgpu/isa/sop2.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, SOPK, FLAT, type, traits)
#include "host-renderer/swgpu/isa/sopk.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, SOPC, FLAT, type, traits)
#include "host-renderer/swgpu/isa/sopc.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, SOPP, FLAT, type, traits)
#include "host-renderer/swgpu/isa/sopp.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, SMEM, FLAT, type, traits)
#include "host-renderer/swgpu/isa/smem.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, VOP1, FLAT, type, traits)
#include "host-renderer/swgpu/isa/vop1.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, VOP2, FLAT, type, traits)
#include "host-renderer/swgpu/isa/vop2.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, VOPC, FLAT, type, traits)
#include "host-renderer/swgpu/isa/vopc.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, VOP3, FLAT, type, traits)
#include "host-renderer/swgpu/isa/vop3.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, VOP3P, FLAT, type, traits)
#include "host-renderer/swgpu/isa/vop3p.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, DS, FLAT, type, traits)
#include "host-renderer/swgpu/isa/ds.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, FLAT, FLAT, type, traits)
#include "host-renderer/swgpu/isa/flat.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, FLAT, GLOBAL, type, traits)
#include "host-renderer/swgpu/isa/global.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, FLAT, SCRATCH, type, traits)
#include "host-renderer/swgpu/isa/scratch.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, MUBUF, FLAT, type, traits)
#include "host-renderer/swgpu/isa/mubuf.def"
#undef SWGPU_OP
#define SWGPU_OP(NAME, name, gfx9, type, traits) ROW(NAME, name, gfx9, MIMG, FLAT, type, traits)
#include "host-renderer/swgpu/isa/mimg.def"
#undef SWGPU_OP
};

static const struct swgpu_type_info types[SWGPU_TYPE_COUNT] = {
#define SWGPU_TYPE(TYPE, d, s0, s1, s2) \
	[SWGPU_TYPE_##TYPE] = {SWGPU_FMT_##d, {SWGPU_FMT_##s0, SWGPU_FMT_##s1, SWGPU_FMT_##s2}},
#include "host-renderer/swgpu/isa/types.def"
#undef SWGPU_TYPE
};

static const uint8_t words[SWGPU_FMT_COUNT] = {
    [SWGPU_FMT_B16] = 1,   [SWGPU_FMT_F16] = 1,   [SWGPU_FMT_I16] = 1,   [SWGPU_FMT_U16] = 1,
    [SWGPU_FMT_V2F16] = 1, [SWGPU_FMT_V2I16] = 1, [SWGPU_FMT_V2U16] = 1, [SWGPU_FMT_MIX] = 1,
    [SWGPU_FMT_B32] = 1,   [SWGPU_FMT_F32] = 1,   [SWGPU_FMT_I32] = 1,   [SWGPU_FMT_U32] = 1,
    [SWGPU_FMT_A32] = 1,   [SWGPU_FMT_S32] = 1,   [SWGPU_FMT_V32] = 1,   [SWGPU_FMT_R32] = 1,
    [SWGPU_FMT_R64] = 2,   [SWGPU_FMT_L32] = 1,   [SWGPU_FMT_B64] = 2,   [SWGPU_FMT_F64] = 2,
    [SWGPU_FMT_I64] = 2,   [SWGPU_FMT_U64] = 2,   [SWGPU_FMT_A64] = 2,   [SWGPU_FMT_M64] = 2,
    [SWGPU_FMT_B96] = 3,   [SWGPU_FMT_B128] = 4,  [SWGPU_FMT_B256] = 8,  [SWGPU_FMT_B512] = 16,
};

const struct swgpu_op_info *swgpu_op_info(unsigned op)
{
	return &ops[op < SWGPU_OP_COUNT ? op : SWGPU_OP_INVALID];
}

const struct swgpu_type_info *swgpu_type_info(unsigned type)
{
	return &types[type < SWGPU_TYPE_COUNT ? type : SWGPU_TYPE_X];
}

unsigned swgpu_fmt_words(unsigned fmt)
{
	return fmt < SWGPU_FMT_COUNT ? words[fmt] : 0;
}
