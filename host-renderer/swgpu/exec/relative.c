/* Moves VGPR operands by M0: the index in bits 7:0, and in 15:12 whether src0, src1, src2 and dst
 * move. */
#include "host-renderer/swgpu/exec/relative.h"
#include "host-renderer/swgpu/isa/info.h"

enum { DST = 3 };

static bool moves(const struct swgpu_wave *w, unsigned operand)
{
	return w->s[SWGPU_SREG_M0] >> (12 + operand) & 1;
}

/* False: outside of the wave's registers. */
static bool move(const struct swgpu_wave *w, struct swgpu_opnd *o)
{
	uint32_t reg = o->reg + (w->s[SWGPU_SREG_M0] & 0xff);

	if (reg + o->words > w->nvgpr)
		return false;
	o->reg = (uint16_t)reg;
	return true;
}

bool swgpu_uop_relative(const struct swgpu_wave *w, struct swgpu_uop *u)
{
	bool accumulates = swgpu_op_info(u->op)->traits & SWGPU_TRAIT_ACC;

	for (unsigned i = 0; i < 3; i++) {
		struct swgpu_opnd *o = &u->src[i];

		if (o->kind == SWGPU_OPND_VGPR && moves(w, i) && !(i == 2 && accumulates) &&
		    !move(w, o))
			o->reg = 0;
	}
	if (u->dst.kind != SWGPU_OPND_VGPR || !moves(w, DST))
		return true;
	if (!move(w, &u->dst))
		return false;
	if (accumulates)
		u->src[2].reg = u->dst.reg;
	return true;
}
