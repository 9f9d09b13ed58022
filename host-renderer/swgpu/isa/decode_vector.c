/*
 * isa/decode_vector.c - VOP1, VOP2, VOPC, VOP3 and VOP3P: the forms differ in where the fields are,
 * not in what the operands are, so each form fills a struct swgpu_vop and one function makes the
 * operands.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 13.3 "Vector ALU formats".
 */
#include "host-renderer/swgpu/isa/decode_internal.h"

/* VOP3 opcode spaces: VOPC, VOP2 and VOP1 have theirs inside it. */
enum {
	VOP3_VOP2 = 0x100,
	VOP3_VOP1 = 0x140,
	VOP3_OWN = 0x1c0,
	VOP3_VOP3P = 0x380,
};

static bool is_float(unsigned fmt)
{
	return fmt == SWGPU_FMT_F16 || fmt == SWGPU_FMT_F32 || fmt == SWGPU_FMT_F64 ||
	       fmt == SWGPU_FMT_V2F16 || fmt == SWGPU_FMT_MIX;
}

static bool vop_results(struct swgpu_dec *d, const struct swgpu_vop *f)
{
	struct swgpu_uop *u = d->u;

	if (d->info->traits & SWGPU_TRAIT_MASK_OUT &&
	    !swgpu_dec_sgpr(f->sdst, SWGPU_FMT_M64, &u->sdst))
		return false;
	switch (d->type->dst) {
	case SWGPU_FMT_X: return true;
	case SWGPU_FMT_M64: return swgpu_dec_sgpr(f->sdst, SWGPU_FMT_M64, &u->sdst);
	case SWGPU_FMT_S32: return swgpu_dec_sgpr(f->dst, SWGPU_FMT_S32, &u->dst);
	default: return swgpu_dec_vgpr(f->dst, d->type->dst, &u->dst);
	}
}

static bool vop_source(struct swgpu_dec *d, const struct swgpu_vop *f, unsigned i)
{
	struct swgpu_opnd *o = &d->u->src[i];
	unsigned fmt = d->type->src[i];

	if (fmt == SWGPU_FMT_MIX)
		fmt = d->u->op_sel_hi >> i & 1 ? SWGPU_FMT_F16 : SWGPU_FMT_F32;
	if (fmt == SWGPU_FMT_X)
		return true;
	if (fmt == SWGPU_FMT_L32)
		return swgpu_dec_literal(d, fmt, o);
	return swgpu_dec_vector(d, f->src[i], fmt, o);
}

bool swgpu_dec_vop(struct swgpu_dec *d, const struct swgpu_vop *f)
{
	struct swgpu_uop *u = d->u;

	if (!vop_results(d, f))
		return false;
	for (unsigned i = 0; i < 3; i++) {
		if (i == 2 && d->info->traits & SWGPU_TRAIT_ACC)
			u->src[2] = u->dst;
		else if (!vop_source(d, f, i))
			return false;
	}
	if (d->info->traits & SWGPU_TRAIT_MASK_IN &&
	    !swgpu_dec_vector(d, f->src[2], SWGPU_FMT_M64, &u->src[2]))
		return false;
	if (d->info->traits & SWGPU_TRAIT_VCC_IN)
		return swgpu_dec_sgpr(SWGPU_SREG_VCC, SWGPU_FMT_M64, &u->src[3]);
	return true;
}

bool swgpu_dec_mods(struct swgpu_dec *d, unsigned i, bool neg, bool abs)
{
	bool acc = i == 2 && d->info->traits & SWGPU_TRAIT_ACC;

	d->u->src[i].neg = neg;
	d->u->src[i].abs = abs;
	return (!neg && !abs) || (is_float(d->type->src[i]) && !acc);
}

bool swgpu_dec_output(struct swgpu_dec *d, bool clamp, unsigned omod)
{
	const struct swgpu_type_info *t = d->type;
	bool floats = is_float(t->dst) || is_float(t->src[0]);

	if (clamp)
		d->u->flags |= SWGPU_UOP_CLAMP;
	d->u->omod = (uint8_t)omod;
	return (!clamp || floats || d->info->traits & SWGPU_TRAIT_CLAMP) &&
	       (!omod || (floats && is_float(t->dst) && !(d->info->traits & SWGPU_TRAIT_OPSEL)));
}

/* Short forms: what the first word says of VOP2's or VOPC's operands (VOP1: vsrc1 is not there). */
static bool vop_short(struct swgpu_dec *d, unsigned vdst, unsigned vsrc1)
{
	struct swgpu_vop f = {
	    .dst = vdst,
	    .sdst = SWGPU_SREG_VCC,
	    .src = {swgpu_bits(d->words[0], 0, 9), SWGPU_CODE_VGPR + vsrc1, SWGPU_SREG_VCC},
	};

	if (f.src[0] == SWGPU_CODE_SDWA)
		return swgpu_dec_sdwa(d, &f);
	if (f.src[0] == SWGPU_CODE_DPP)
		return swgpu_dec_dpp(d, &f);
	if (d->type->src[1] == SWGPU_FMT_L32)
		f.src[2] = f.src[1];
	return swgpu_dec_vop(d, &f);
}

bool swgpu_dec_vop1(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];

	return swgpu_dec_begin(d, SWGPU_SLOTS_VOP1, swgpu_bits(w, 9, 8)) &&
	       vop_short(d, swgpu_bits(w, 17, 8), 0);
}

bool swgpu_dec_vop2(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];

	return swgpu_dec_begin(d, SWGPU_SLOTS_VOP2, swgpu_bits(w, 25, 6)) &&
	       vop_short(d, swgpu_bits(w, 17, 8), swgpu_bits(w, 9, 8));
}

bool swgpu_dec_vopc(struct swgpu_dec *d)
{
	uint32_t w = d->words[0];

	return swgpu_dec_begin(d, SWGPU_SLOTS_VOPC, swgpu_bits(w, 17, 8)) &&
	       vop_short(d, 0, swgpu_bits(w, 9, 8));
}

/* op_sel: bits of sources that are there and of the result, for operations that have it. */
static bool vop3_opsel(struct swgpu_dec *d, unsigned op_sel)
{
	d->u->op_sel = (uint8_t)op_sel;
	if (op_sel && !(d->info->traits & SWGPU_TRAIT_OPSEL))
		return false;
	return d->type->src[2] || !(op_sel & 4);
}

static bool vop3p(struct swgpu_dec *d)
{
	uint32_t w0 = d->words[0], w1 = d->words[1];
	struct swgpu_uop *u = d->u;
	struct swgpu_vop f = {
	    .dst = swgpu_bits(w0, 0, 8),
	    .src = {swgpu_bits(w1, 0, 9), swgpu_bits(w1, 9, 9), swgpu_bits(w1, 18, 9)},
	};

	if (!swgpu_dec_begin(d, SWGPU_SLOTS_VOP3P, swgpu_bits(w0, 16, 7)))
		return false;
	u->op_sel = (uint8_t)swgpu_bits(w0, 11, 3);
	u->op_sel_hi = (uint8_t)(swgpu_bits(w1, 27, 2) | swgpu_bits(w0, 14, 1) << 2);
	u->neg_lo = (uint8_t)swgpu_bits(w1, 29, 3);
	u->neg_hi = (uint8_t)swgpu_bits(w0, 8, 3);
	if ((u->neg_lo | u->neg_hi) && !is_float(d->type->src[0]))
		return false;
	return swgpu_dec_vop(d, &f) && swgpu_dec_output(d, swgpu_bits(w0, 15, 1), 0);
}

static bool vop3_begin(struct swgpu_dec *d, unsigned opcode)
{
	if (opcode >= VOP3_OWN)
		return swgpu_dec_begin(d, SWGPU_SLOTS_VOP3, opcode);
	if (opcode >= VOP3_VOP1)
		return swgpu_dec_begin(d, SWGPU_SLOTS_VOP1, opcode - VOP3_VOP1);
	if (opcode >= VOP3_VOP2)
		return swgpu_dec_begin(d, SWGPU_SLOTS_VOP2, opcode - VOP3_VOP2);
	return swgpu_dec_begin(d, SWGPU_SLOTS_VOPC, opcode);
}

/* VOP3A, or VOP3B where the operation has a scalar result beside the vector one. */
static bool vop3_fields(struct swgpu_dec *d)
{
	uint32_t w0 = d->words[0], w1 = d->words[1];
	bool b = d->info->traits & SWGPU_TRAIT_MASK_OUT;
	unsigned abs = b ? 0 : swgpu_bits(w0, 8, 3), neg = swgpu_bits(w1, 29, 3);
	struct swgpu_vop f = {
	    .dst = swgpu_bits(w0, 0, 8),
	    .sdst = b ? swgpu_bits(w0, 8, 7) : swgpu_bits(w0, 0, 8),
	    .src = {swgpu_bits(w1, 0, 9), swgpu_bits(w1, 9, 9), swgpu_bits(w1, 18, 9)},
	};

	if (!swgpu_dec_vop(d, &f) || !vop3_opsel(d, b ? 0 : swgpu_bits(w0, 11, 4)))
		return false;
	for (unsigned i = 0; i < 3; i++)
		if (!swgpu_dec_mods(d, i, neg >> i & 1, abs >> i & 1))
			return false;
	return swgpu_dec_output(d, swgpu_bits(w0, 15, 1), swgpu_bits(w1, 27, 2));
}

bool swgpu_dec_vop3(struct swgpu_dec *d)
{
	unsigned opcode = swgpu_bits(d->words[0], 16, 10);

	d->len = 2;
	d->no_literal = true;
	if (d->nwords < d->len)
		return false;
	d->u->flags |= SWGPU_UOP_VOP3;
	if (opcode >= VOP3_VOP3P)
		return vop3p(d);
	return vop3_begin(d, opcode) && !(d->info->traits & SWGPU_TRAIT_NO_VOP3) && vop3_fields(d);
}
