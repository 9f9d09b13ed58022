/*
 * isa/decode_forms.c - SDWA and DPP: the second word replaces src0 and says which bytes or lanes
 * are taken.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 13.3, formats SDWA, SDWAB and DPP.
 */
#include "host-renderer/swgpu/isa/decode_internal.h"

/* Both forms are for 32-bit and narrower operands, whatever else the traits exclude. */
static bool has_form(const struct swgpu_dec *d, uint32_t excluded)
{
	bool wide = swgpu_fmt_words(d->type->dst) > 1 && d->type->dst != SWGPU_FMT_M64;

	for (unsigned i = 0; i < 3; i++)
		wide = wide || swgpu_fmt_words(d->type->src[i]) > 1;
	return d->nwords >= 2 && !wide && !(d->info->traits & excluded);
}

static bool has_float_mods(const struct swgpu_dec *d, unsigned i)
{
	unsigned fmt = d->type->src[i];

	return fmt == SWGPU_FMT_F16 || fmt == SWGPU_FMT_F32;
}

/* The byte of the second word that is about source i: select, sext, neg, abs, and whether it is a
 * scalar register. */
static bool sdwa_source(struct swgpu_dec *d, unsigned i, unsigned field)
{
	struct swgpu_opnd *o = &d->u->src[i];
	unsigned sel = swgpu_bits(field, 0, 3), sext = swgpu_bits(field, 3, 1);

	if (!d->type->src[i])
		return true;
	o->sel = (uint8_t)sel;
	o->sext = (uint8_t)sext;
	return sel <= SWGPU_SEL_DWORD && !(sext && has_float_mods(d, i)) &&
	       swgpu_dec_mods(d, i, swgpu_bits(field, 4, 1), swgpu_bits(field, 5, 1));
}

static bool sdwa_result(struct swgpu_dec *d, uint32_t w)
{
	struct swgpu_uop *u = d->u;

	u->dst_sel = (uint8_t)swgpu_bits(w, 8, 3);
	u->dst_unused = (uint8_t)swgpu_bits(w, 11, 2);
	return u->dst_sel <= SWGPU_SEL_DWORD && u->dst_unused <= 2 &&
	       swgpu_dec_output(d, swgpu_bits(w, 13, 1), swgpu_bits(w, 14, 2));
}

bool swgpu_dec_sdwa(struct swgpu_dec *d, struct swgpu_vop *f)
{
	bool compare = d->type->dst == SWGPU_FMT_M64;
	uint32_t w;

	d->len = 2;
	d->no_literal = true;
	if (!has_form(d, SWGPU_TRAIT_NO_SDWA))
		return false;
	w = d->words[1];
	d->u->size = 8;
	d->u->flags |= SWGPU_UOP_SDWA;
	f->src[0] = swgpu_bits(w, 0, 8) + (swgpu_bits(w, 23, 1) ? 0 : SWGPU_CODE_VGPR);
	if (swgpu_bits(w, 31, 1))
		f->src[1] -= SWGPU_CODE_VGPR;
	if (compare && swgpu_bits(w, 15, 1))
		f->sdst = swgpu_bits(w, 8, 7);
	if (!swgpu_dec_vop(d, f))
		return false;
	d->u->dst_sel = SWGPU_SEL_DWORD;
	return sdwa_source(d, 0, swgpu_bits(w, 16, 8)) && sdwa_source(d, 1, swgpu_bits(w, 24, 8)) &&
	       (compare || sdwa_result(d, w));
}

static bool dpp_ctrl_valid(unsigned ctrl)
{
	unsigned group = ctrl >> 4, n = ctrl & 0xf;

	if (ctrl <= 0xff)
		return true; /* quad_perm */
	if (group >= 0x10 && group <= 0x12)
		return n != 0; /* row_shl, row_shr, row_ror by n */
	if (group == 0x13)
		return n % 4 == 0; /* wave_shl, wave_rol, wave_shr, wave_ror by 1 */
	return ctrl >= 0x140 &&
	       ctrl <= 0x143; /* row_mirror, row_half_mirror, row_bcast15, row_bcast31 */
}

bool swgpu_dec_dpp(struct swgpu_dec *d, struct swgpu_vop *f)
{
	uint32_t w;

	d->len = 2;
	d->no_literal = true;
	if (!has_form(d, SWGPU_TRAIT_NO_DPP) || d->type->dst == SWGPU_FMT_M64)
		return false;
	w = d->words[1];
	d->u->size = 8;
	d->u->flags |= SWGPU_UOP_DPP;
	d->u->dpp = (struct swgpu_dpp){
	    .ctrl = (uint16_t)swgpu_bits(w, 8, 9),
	    .bound_ctrl = (uint8_t)swgpu_bits(w, 19, 1),
	    .bank_mask = (uint8_t)swgpu_bits(w, 24, 4),
	    .row_mask = (uint8_t)swgpu_bits(w, 28, 4),
	};
	f->src[0] = SWGPU_CODE_VGPR + swgpu_bits(w, 0, 8);
	return dpp_ctrl_valid(d->u->dpp.ctrl) && !swgpu_bits(w, 17, 2) && swgpu_dec_vop(d, f) &&
	       swgpu_dec_mods(d, 0, swgpu_bits(w, 20, 1), swgpu_bits(w, 21, 1)) &&
	       swgpu_dec_mods(d, 1, swgpu_bits(w, 22, 1), swgpu_bits(w, 23, 1));
}
