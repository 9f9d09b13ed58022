/*
 * isa/decode_memory.c - DS, FLAT (with GLOBAL and SCRATCH) and MUBUF.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 13.5 "LDS and GDS format", 13.6 "Vector
 * memory buffer formats" and 13.8 "Flat formats".
 */
#include "host-renderer/swgpu/isa/decode_internal.h"

#define SADDR_OFF 0x7fu

static void flag_if(struct swgpu_dec *d, unsigned bit, uint32_t flag)
{
	if (swgpu_bits(d->words[0], bit, 1))
		d->u->flags |= flag;
}

/* VGPR operand that the operation may lack. */
static bool vgpr(unsigned reg, unsigned fmt, struct swgpu_opnd *o)
{
	return fmt == SWGPU_FMT_X || swgpu_dec_vgpr(reg, fmt, o);
}

/* Its only operand is where others have an address. */
static bool ds_gws(struct swgpu_dec *d)
{
	return vgpr(swgpu_bits(d->words[1], 0, 8), d->type->src[1], &d->u->src[SWGPU_SRC_DATA]);
}

bool swgpu_dec_ds(struct swgpu_dec *d)
{
	uint32_t w0 = d->words[0], w1;
	struct swgpu_opnd *src = d->u->src;

	d->len = 2;
	if (!swgpu_dec_begin(d, SWGPU_SLOTS_DS, swgpu_bits(w0, 17, 8)))
		return false;
	w1 = d->words[1];
	d->u->imm = (int32_t)swgpu_bits(w0, 0, 16);
	flag_if(d, 16, SWGPU_UOP_GDS);
	if (d->info->traits & SWGPU_TRAIT_GWS)
		return d->u->flags & SWGPU_UOP_GDS && ds_gws(d);
	return vgpr(swgpu_bits(w1, 24, 8), d->type->dst, &d->u->dst) &&
	       vgpr(swgpu_bits(w1, 0, 8), d->type->src[0], &src[SWGPU_SRC_ADDR]) &&
	       vgpr(swgpu_bits(w1, 8, 8), d->type->src[1], &src[SWGPU_SRC_DATA]) &&
	       vgpr(swgpu_bits(w1, 16, 8), d->type->src[2], &src[SWGPU_SRC_DATA1]);
}

/* A load's result, or an atomic's where it returns one. */
static bool result(struct swgpu_dec *d, unsigned reg)
{
	if (d->info->traits & SWGPU_TRAIT_ATOMIC && !(d->u->flags & SWGPU_UOP_GLC))
		return true;
	return vgpr(reg, d->type->dst, &d->u->dst);
}

/* ADDR and BASE by segment and SADDR: a 64-bit address, a base with a 32-bit offset, or one 32-bit
 * private address. */
static bool flat_address(struct swgpu_dec *d, unsigned addr, unsigned saddr)
{
	struct swgpu_opnd *a = &d->u->src[SWGPU_SRC_ADDR], *base = &d->u->src[SWGPU_SRC_BASE];

	if (d->info->seg == SWGPU_SEG_FLAT || saddr == SADDR_OFF)
		return swgpu_dec_vgpr(addr, d->type->src[0], a);
	if (d->info->seg == SWGPU_SEG_SCRATCH)
		return swgpu_dec_sgpr(saddr, SWGPU_FMT_A32, base);
	return swgpu_dec_vgpr(addr, SWGPU_FMT_A32, a) && swgpu_dec_sgpr(saddr, SWGPU_FMT_A64, base);
}

/* Bit 13 is not described for this generation; the flat segment's offset has no bit 12. */
static bool flat_unknown(const struct swgpu_dec *d, unsigned seg)
{
	return swgpu_bits(d->words[0], 13, 1) ||
	       (seg == SWGPU_SEG_FLAT && swgpu_bits(d->words[0], 12, 1));
}

bool swgpu_dec_flat(struct swgpu_dec *d)
{
	uint32_t w0 = d->words[0], w1;
	unsigned seg = swgpu_bits(w0, 14, 2);

	d->len = 2;
	if (seg > SWGPU_SEG_GLOBAL ||
	    !swgpu_dec_begin(d, SWGPU_SLOTS_FLAT + seg, swgpu_bits(w0, 18, 7)))
		return false;
	w1 = d->words[1];
	d->u->imm = seg == SWGPU_SEG_FLAT ? (int32_t)swgpu_bits(w0, 0, 12) : swgpu_sext(w0, 13);
	flag_if(d, 16, SWGPU_UOP_GLC);
	flag_if(d, 17, SWGPU_UOP_SLC);
	return !flat_unknown(d, seg) &&
	       flat_address(d, swgpu_bits(w1, 0, 8), swgpu_bits(w1, 16, 7)) &&
	       vgpr(swgpu_bits(w1, 8, 8), d->type->src[1], &d->u->src[SWGPU_SRC_DATA]) &&
	       result(d, swgpu_bits(w1, 24, 8));
}

/* vaddr: nothing, an index or an offset, or both in two registers. */
static bool mubuf_address(struct swgpu_dec *d, unsigned vaddr)
{
	bool offen = d->u->flags & SWGPU_UOP_OFFEN, idxen = d->u->flags & SWGPU_UOP_IDXEN;
	struct swgpu_opnd *a = &d->u->src[SWGPU_SRC_ADDR];

	if (!offen && !idxen)
		return true;
	return swgpu_dec_vgpr(vaddr, offen && idxen ? SWGPU_FMT_A64 : SWGPU_FMT_A32, a);
}

/* Only loads that fill one whole register can go to LDS instead. */
static bool mubuf_lds_valid(const struct swgpu_dec *d)
{
	uint32_t traits = d->info->traits, keep = SWGPU_TRAIT_KEEP_HI | SWGPU_TRAIT_KEEP_LO;

	return !(d->u->flags & SWGPU_UOP_LDS) || (traits & SWGPU_TRAIT_LOAD && !(traits & keep) &&
						  swgpu_fmt_words(d->type->dst) == 1);
}

static bool mubuf_operands(struct swgpu_dec *d)
{
	uint32_t w1 = d->words[1];
	unsigned vdata = swgpu_bits(w1, 8, 8);
	struct swgpu_opnd *src = d->u->src;

	if (swgpu_bits(w1, 23, 1))
		return false; /* TFE: for images that are only partly resident */
	d->no_literal = true;
	return mubuf_address(d, swgpu_bits(w1, 0, 8)) &&
	       vgpr(vdata, d->type->src[1], &src[SWGPU_SRC_DATA]) &&
	       swgpu_dec_sgpr(4 * swgpu_bits(w1, 16, 5), SWGPU_FMT_B128, &src[SWGPU_SRC_BASE]) &&
	       swgpu_dec_scalar(d, swgpu_bits(w1, 24, 8), SWGPU_FMT_A32, &src[SWGPU_SRC_OFFSET]) &&
	       (d->u->flags & SWGPU_UOP_LDS || result(d, vdata));
}

bool swgpu_dec_mubuf(struct swgpu_dec *d)
{
	uint32_t w0 = d->words[0];

	d->len = 2;
	if (!swgpu_dec_begin(d, SWGPU_SLOTS_MUBUF, swgpu_bits(w0, 18, 7)))
		return false;
	if (!d->type->src[0])
		return true;
	d->u->imm = (int32_t)swgpu_bits(w0, 0, 12);
	flag_if(d, 12, SWGPU_UOP_OFFEN);
	flag_if(d, 13, SWGPU_UOP_IDXEN);
	flag_if(d, 14, SWGPU_UOP_GLC);
	flag_if(d, 16, SWGPU_UOP_LDS);
	flag_if(d, 17, SWGPU_UOP_SLC);
	return mubuf_lds_valid(d) && mubuf_operands(d);
}
