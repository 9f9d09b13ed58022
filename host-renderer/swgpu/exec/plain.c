/* Which vector ALU instructions are plain. */
#include "host-renderer/swgpu/exec/plain.h"

#include <stdbool.h>

#include "host-renderer/swgpu/isa/info.h"

static bool source_plain(const struct swgpu_opnd *o)
{
	if (o->neg || o->abs || o->sel != SWGPU_SEL_DWORD)
		return o->kind == SWGPU_OPND_NONE;
	switch ((enum swgpu_opnd_kind)o->kind) {
	case SWGPU_OPND_NONE:
	case SWGPU_OPND_VGPR: return true;
	case SWGPU_OPND_SGPR:
	case SWGPU_OPND_IMM: return o->words == 1;
	case SWGPU_OPND_SPECIAL: break;
	}
	return false;
}

/* op_sel and its kin choose what a register has anyway. */
static bool halves_plain(const struct swgpu_uop *u, const struct swgpu_op_info *info)
{
	unsigned sources = u->src[2].kind != SWGPU_OPND_NONE ? 7 : 3;

	if (info->traits & SWGPU_TRAIT_MIX)
		return !u->op_sel && !u->op_sel_hi && !u->neg_lo && !u->neg_hi;
	if (info->enc == SWGPU_ENC_VOP3P)
		return !u->op_sel && !u->neg_lo && !u->neg_hi &&
		       (u->op_sel_hi & sources) == sources;
	return !u->op_sel;
}

/* A lane mask in a scalar pair. */
static bool mask_plain(const struct swgpu_uop *u, const struct swgpu_op_info *info, unsigned i)
{
	return i == 2 && info->traits & SWGPU_TRAIT_MASK_IN && u->src[i].kind == SWGPU_OPND_SGPR &&
	       u->src[i].words == 2;
}

void swgpu_uop_mark(struct swgpu_uop *u)
{
	const struct swgpu_op_info *info = swgpu_op_info(u->op);
	bool plain = info->enc >= SWGPU_ENC_VOP1 && info->enc <= SWGPU_ENC_VOP3P && !u->omod &&
		     !(u->flags & (SWGPU_UOP_DPP | SWGPU_UOP_SDWA | SWGPU_UOP_CLAMP)) &&
		     halves_plain(u, info);

	for (unsigned i = 0; i < 4; i++)
		plain = plain && (source_plain(&u->src[i]) || mask_plain(u, info, i));
	if (plain)
		u->flags |= SWGPU_UOP_PLAIN;
}
