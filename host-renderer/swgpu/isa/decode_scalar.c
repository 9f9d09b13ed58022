/*
 * isa/decode_scalar.c - SOP1, SOP2, SOPK, SOPC, SOPP and SMEM.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 13.1 "Scalar ALU and control formats"
 * and 13.2 "Scalar memory format".
 */
#include "host-renderer/swgpu/isa/decode_internal.h"

/* A result and a source that the operation may lack. */
static bool dst(struct swgpu_dec *d, unsigned reg)
{
	return !d->type->dst || swgpu_dec_sgpr(reg, d->type->dst, &d->u->dst);
}

static bool src(struct swgpu_dec *d, unsigned i, unsigned code)
{
	return !d->type->src[i] || swgpu_dec_scalar(d, code, d->type->src[i], &d->u->src[i]);
}

bool swgpu_dec_sop1(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];

	return swgpu_dec_begin(d, SWGPU_SLOTS_SOP1, swgpu_bits(w, 8, 8)) &&
	       dst(d, swgpu_bits(w, 16, 7)) && src(d, 0, swgpu_bits(w, 0, 8));
}

bool swgpu_dec_sop2(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];

	return swgpu_dec_begin(d, SWGPU_SLOTS_SOP2, swgpu_bits(w, 23, 7)) &&
	       dst(d, swgpu_bits(w, 16, 7)) && src(d, 0, swgpu_bits(w, 0, 8)) &&
	       src(d, 1, swgpu_bits(w, 8, 8));
}

bool swgpu_dec_sopc(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];

	if (!swgpu_dec_begin(d, SWGPU_SLOTS_SOPC, swgpu_bits(w, 16, 7)))
		return false;
	if ((d->info->traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_GPR_IDX)
		d->u->imm = (int32_t)swgpu_bits(w, 8, 8);
	return src(d, 0, swgpu_bits(w, 0, 8)) && src(d, 1, swgpu_bits(w, 8, 8));
}

/* The 16-bit constant as the operation's imm kind has it. */
static int32_t simm16(const struct swgpu_dec *d)
{
	uint32_t kind = d->info->traits & SWGPU_TRAIT_IMM_KIND;
	uint32_t field = swgpu_bits(d->words[0], 0, 16);

	if (kind == SWGPU_TRAIT_UIMM16 || kind == SWGPU_TRAIT_HWREG)
		return (int32_t)field;
	return swgpu_sext(field, 16) * (kind == SWGPU_TRAIT_BRANCH ? 4 : 1);
}

bool swgpu_dec_sopk(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];
	unsigned reg = swgpu_bits(w, 16, 7);

	if (!swgpu_dec_begin(d, SWGPU_SLOTS_SOPK, swgpu_bits(w, 23, 5)))
		return false;
	d->u->imm = simm16(d);
	if (d->type->src[0] == SWGPU_FMT_L32)
		return swgpu_dec_literal(d, SWGPU_FMT_L32, &d->u->src[0]);
	return dst(d, reg) && src(d, 0, reg);
}

bool swgpu_dec_sopp(struct swgpu_dec *d)
{
	if (!swgpu_dec_begin(d, SWGPU_SLOTS_SOPP, swgpu_bits(d->words[0], 16, 7)))
		return false;
	d->u->imm = simm16(d);
	return true;
}

/* The offset is a constant, a register, or both: IMM and SOFFSET_EN. */
static bool smem_offset(struct swgpu_dec *d)
{
	bool soffset_en = swgpu_bits(d->words[0], 14, 1), imm = swgpu_bits(d->words[0], 17, 1);
	struct swgpu_opnd *o = &d->u->src[SWGPU_SRC_OFFSET];

	if (imm)
		d->u->imm = swgpu_sext(d->words[1], 21);
	if (soffset_en)
		return swgpu_dec_sgpr(swgpu_bits(d->words[1], 25, 7), SWGPU_FMT_A32, o);
	return imm || swgpu_dec_sgpr(swgpu_bits(d->words[1], 0, 7), SWGPU_FMT_A32, o);
}

bool swgpu_dec_smem(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];
	unsigned sdata = swgpu_bits(w, 6, 7);

	d->len = 2;
	if (!swgpu_dec_begin(d, SWGPU_SLOTS_SMEM, swgpu_bits(w, 18, 8)) || !dst(d, sdata))
		return false;
	if (!d->type->src[0])
		return true;
	if (swgpu_bits(w, 16, 1))
		d->u->flags |= SWGPU_UOP_GLC;
	if (d->type->src[1] && !swgpu_dec_sgpr(sdata, d->type->src[1], &d->u->src[SWGPU_SRC_DATA]))
		return false;
	return swgpu_dec_sgpr(2 * swgpu_bits(w, 0, 6), d->type->src[0],
			      &d->u->src[SWGPU_SRC_BASE]) &&
	       smem_offset(d);
}
