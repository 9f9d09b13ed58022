/*
 * isa/decode_image.c - MIMG.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 8.2 "Image instructions" and 13.7
 * "Vector memory image format".
 */
#include "host-renderer/swgpu/isa/decode_internal.h"

static bool bit(const struct swgpu_dec *d, unsigned n)
{
	return swgpu_bits(d->words[0], n, 1);
}

/* Data registers. A gather has four texels of one component, an atomic one or two words (twice that
 * with a comparison) in as many components. */
static unsigned data_words(const struct swgpu_dec *d, unsigned dmask)
{
	unsigned n = (unsigned)__builtin_popcount(dmask);

	if (d->u->op == SWGPU_OP_IMAGE_GATHER4_LZ)
		n = 4;
	if (d->u->flags & SWGPU_UOP_D16)
		n = (n + 1) / 2;
	return n ? n : 1;
}

static bool atomic_valid(const struct swgpu_dec *d, unsigned dmask)
{
	if (d->u->flags & SWGPU_UOP_D16)
		return false;
	return dmask == 3 || dmask == (d->u->op == SWGPU_OP_IMAGE_ATOMIC_CMPSWAP ? 15 : 1);
}

static bool data(struct swgpu_dec *d)
{
	unsigned reg = swgpu_bits(d->words[1], 8, 8), words = data_words(d, (unsigned)d->u->imm);
	uint32_t traits = d->info->traits;
	struct swgpu_opnd o = {.kind = SWGPU_OPND_VGPR,
			       .words = (uint8_t)words,
			       .sel = SWGPU_SEL_DWORD,
			       .reg = (uint16_t)reg};

	if (reg + words > 256)
		return false;
	if (traits & (SWGPU_TRAIT_STORE | SWGPU_TRAIT_ATOMIC))
		d->u->src[SWGPU_SRC_DATA] = o;
	if (traits & SWGPU_TRAIT_LOAD ||
	    (traits & SWGPU_TRAIT_ATOMIC && d->u->flags & SWGPU_UOP_GLC))
		d->u->dst = o;
	if (d->u->op == SWGPU_OP_IMAGE_ATOMIC_CMPSWAP && d->u->dst.words)
		d->u->dst.words /= 2;
	return true;
}

/* What a graphics driver would use: addresses of halves, partly resident images. */
static bool refused(const struct swgpu_dec *d)
{
	return bit(d, 15) || bit(d, 16) || bit(d, 17);
}

static bool valid(const struct swgpu_dec *d)
{
	unsigned dmask = (unsigned)d->u->imm;

	if (d->info->traits & SWGPU_TRAIT_ATOMIC)
		return atomic_valid(d, dmask);
	if (d->u->op == SWGPU_OP_IMAGE_GATHER4_LZ)
		return __builtin_popcount(dmask) == 1;
	return d->u->op != SWGPU_OP_IMAGE_GET_RESINFO || !(d->u->flags & SWGPU_UOP_D16);
}

bool swgpu_dec_mimg(struct swgpu_dec *d)
{
	static const struct {
		uint8_t bit;
		uint32_t flag;
	} flags[] = {
	    {12, SWGPU_UOP_UNORM}, {13, SWGPU_UOP_GLC}, {14, SWGPU_UOP_DA}, {25, SWGPU_UOP_SLC}};
	struct swgpu_opnd *src = d->u->src;
	uint32_t w1;

	d->len = 2;
	if (!swgpu_dec_begin(d, SWGPU_SLOTS_MIMG, swgpu_bits(d->words[0], 18, 7)))
		return false;
	w1 = d->words[1];
	d->u->imm = (int32_t)swgpu_bits(d->words[0], 8, 4);
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		d->u->flags |= bit(d, flags[i].bit) ? flags[i].flag : 0;
	d->u->flags |= w1 >> 31 ? SWGPU_UOP_D16 : 0;
	if (refused(d) || !valid(d) || !data(d))
		return false;
	if (d->info->traits & SWGPU_TRAIT_SAMPLER &&
	    !swgpu_dec_sgpr(4 * swgpu_bits(w1, 21, 5), SWGPU_FMT_B128, &src[SWGPU_SRC_OFFSET]))
		return false;
	return swgpu_dec_vgpr(swgpu_bits(w1, 0, 8), d->type->src[0], &src[SWGPU_SRC_ADDR]) &&
	       swgpu_dec_sgpr(4 * swgpu_bits(w1, 16, 5), SWGPU_FMT_B256, &src[SWGPU_SRC_BASE]);
}
