/*
 * isa/disasm_memory.c - SMEM, DS, FLAT, MUBUF and MIMG: operands in the assembler's order, offsets,
 * cache bits.
 */
#include "host-renderer/swgpu/isa/disasm_internal.h"

static const struct swgpu_type_info *type_of(const struct swgpu_uop *u)
{
	return swgpu_type_info(swgpu_op_info(u->op)->type);
}

/* The operand if it is there. */
static void present(struct swgpu_text *t, const struct swgpu_uop *u, const struct swgpu_opnd *o)
{
	if (o->kind != SWGPU_OPND_NONE)
		swgpu_text_list(t, u, o, SWGPU_FMT_B32);
}

static void flags(struct swgpu_text *t, const struct swgpu_uop *u)
{
	static const struct {
		uint32_t flag;
		const char *text;
	} names[] = {
	    {SWGPU_UOP_GLC, " glc"},
	    {SWGPU_UOP_SLC, " slc"},
	    {SWGPU_UOP_LDS, " lds"},
	    {SWGPU_UOP_GDS, " gds"},
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (u->flags & names[i].flag)
			swgpu_text_add(t, "%s", names[i].text);
}

/* Sign before the 0x. */
static void hex(struct swgpu_text *t, int imm)
{
	swgpu_text_add(t, imm < 0 ? "-0x%x" : "0x%x", imm < 0 ? -(unsigned)imm : (unsigned)imm);
}

void swgpu_text_smem(struct swgpu_text *t, const struct swgpu_uop *u)
{
	const struct swgpu_opnd *offset = &u->src[SWGPU_SRC_OFFSET];

	present(t, u, &u->dst);
	present(t, u, &u->src[SWGPU_SRC_DATA]);
	if (!type_of(u)->src[0])
		return;
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_BASE], SWGPU_FMT_B64);
	swgpu_text_next(t);
	swgpu_text_opnd(t, u, offset, SWGPU_FMT_A32);
	if (offset->kind == SWGPU_OPND_NONE)
		hex(t, u->imm);
	else if (u->imm) {
		swgpu_text_add(t, " offset:");
		hex(t, u->imm);
	}
	flags(t, u);
}

void swgpu_text_ds(struct swgpu_text *t, const struct swgpu_uop *u)
{
	const struct swgpu_op_info *info = swgpu_op_info(u->op);
	unsigned offset0 = u->imm & 0xff, offset1 = u->imm >> 8 & 0xff;

	present(t, u, &u->dst);
	present(t, u, &u->src[SWGPU_SRC_ADDR]);
	present(t, u, &u->src[SWGPU_SRC_DATA]);
	present(t, u, &u->src[SWGPU_SRC_DATA1]);
	if ((info->traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_SWIZZLE) {
		swgpu_text_swizzle(t, (unsigned)u->imm);
	} else if (info->traits & SWGPU_TRAIT_TWO_OFFSETS) {
		if (offset0)
			swgpu_text_add(t, " offset0:%u", offset0);
		if (offset1)
			swgpu_text_add(t, " offset1:%u", offset1);
	} else if (u->imm) {
		swgpu_text_add(t, " offset:%d", u->imm);
	}
	flags(t, u);
}

void swgpu_text_flat(struct swgpu_text *t, const struct swgpu_uop *u)
{
	const struct swgpu_op_info *info = swgpu_op_info(u->op);

	present(t, u, &u->dst);
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_ADDR], SWGPU_FMT_A64);
	present(t, u, &u->src[SWGPU_SRC_DATA]);
	if (info->seg != SWGPU_SEG_FLAT)
		swgpu_text_list(t, u, &u->src[SWGPU_SRC_BASE], SWGPU_FMT_A64);
	if (u->imm)
		swgpu_text_add(t, " offset:%d", u->imm);
	flags(t, u);
}

void swgpu_text_mubuf(struct swgpu_text *t, const struct swgpu_uop *u)
{
	if (!type_of(u)->src[0])
		return;
	present(t, u, u->src[SWGPU_SRC_DATA].kind ? &u->src[SWGPU_SRC_DATA] : &u->dst);
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_ADDR], SWGPU_FMT_A32);
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_BASE], SWGPU_FMT_B128);
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_OFFSET], SWGPU_FMT_A32);
	swgpu_text_add(t, "%s%s", u->flags & SWGPU_UOP_IDXEN ? " idxen" : "",
		       u->flags & SWGPU_UOP_OFFEN ? " offen" : "");
	if (u->imm)
		swgpu_text_add(t, " offset:%d", u->imm);
	flags(t, u);
}

void swgpu_text_mimg(struct swgpu_text *t, const struct swgpu_uop *u)
{
	present(t, u, u->src[SWGPU_SRC_DATA].kind ? &u->src[SWGPU_SRC_DATA] : &u->dst);
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_ADDR], SWGPU_FMT_A32);
	swgpu_text_list(t, u, &u->src[SWGPU_SRC_BASE], SWGPU_FMT_B256);
	present(t, u, &u->src[SWGPU_SRC_OFFSET]);
	if (u->imm)
		swgpu_text_add(t, " dmask:0x%x", (unsigned)u->imm);
	swgpu_text_add(t, "%s", u->flags & SWGPU_UOP_UNORM ? " unorm" : "");
	flags(t, u);
	swgpu_text_add(t, "%s%s", u->flags & SWGPU_UOP_DA ? " da" : "",
		       u->flags & SWGPU_UOP_D16 ? " d16" : "");
}
