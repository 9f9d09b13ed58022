/*
 * isa/disasm_vector.c - vector instructions: results, sources with modifiers, and what follows the
 * operands.
 */
#include "host-renderer/swgpu/isa/disasm_internal.h"

static unsigned source_fmt(const struct swgpu_uop *u, const struct swgpu_type_info *type,
			   unsigned i)
{
	if (type->src[i] != SWGPU_FMT_MIX)
		return type->src[i];
	return u->op_sel_hi >> i & 1 ? SWGPU_FMT_F16 : SWGPU_FMT_F32;
}

static unsigned source_count(const struct swgpu_type_info *type)
{
	unsigned n = 0;

	while (n < 3 && type->src[n])
		n++;
	return n;
}

static void source(struct swgpu_text *t, const struct swgpu_uop *u, unsigned i, bool mix,
		   unsigned fmt)
{
	const struct swgpu_opnd *o = &u->src[i];
	bool neg = o->neg || (mix && u->neg_lo >> i & 1);
	bool abs = o->abs || (mix && u->neg_hi >> i & 1);
	bool call = neg && !abs && o->kind == SWGPU_OPND_IMM;

	swgpu_text_next(t);
	swgpu_text_add(t, "%s%s%s", o->sext ? "sext(" : "",
		       call  ? "neg("
		       : neg ? "-"
			     : "",
		       abs ? "|" : "");
	swgpu_text_opnd(t, u, o, fmt);
	swgpu_text_add(t, "%s%s", abs ? "|" : "", o->sext || call ? ")" : "");
}

static void operands(struct swgpu_text *t, const struct swgpu_uop *u,
		     const struct swgpu_op_info *info, const struct swgpu_type_info *type)
{
	bool mix = info->traits & SWGPU_TRAIT_MIX;

	if (type->dst && type->dst != SWGPU_FMT_M64)
		swgpu_text_list(t, u, &u->dst, type->dst);
	if (type->dst == SWGPU_FMT_M64 || info->traits & SWGPU_TRAIT_MASK_OUT)
		swgpu_text_list(t, u, &u->sdst, SWGPU_FMT_M64);
	for (unsigned i = 0; i < source_count(type); i++)
		if (i < 2 || !(info->traits & SWGPU_TRAIT_ACC))
			source(t, u, i, mix, source_fmt(u, type, i));
	if (info->traits & SWGPU_TRAIT_MASK_IN)
		swgpu_text_list(t, u, &u->src[2], SWGPU_FMT_M64);
}

static void bit_list(struct swgpu_text *t, const char *name, unsigned bits, unsigned count)
{
	swgpu_text_add(t, " %s:[", name);
	for (unsigned i = 0; i < count; i++)
		swgpu_text_add(t, "%s%u", i ? "," : "", bits >> i & 1);
	swgpu_text_add(t, "]");
}

/* VOP3: one bit a source, the last for the result. */
static void vop3_opsel(struct swgpu_text *t, const struct swgpu_uop *u, unsigned sources)
{
	unsigned all = (u->op_sel & ((1u << sources) - 1)) | (unsigned)(u->op_sel >> 3 & 1)
								 << sources;

	if (all)
		bit_list(t, "op_sel", all, sources + 1);
}

static void packed(struct swgpu_text *t, const struct swgpu_uop *u, bool mix, unsigned sources)
{
	unsigned mask = (1u << sources) - 1, usual_hi = mix ? 0 : mask;

	if (u->op_sel & mask)
		bit_list(t, "op_sel", u->op_sel, sources);
	if ((u->op_sel_hi & mask) != usual_hi)
		bit_list(t, "op_sel_hi", u->op_sel_hi, sources);
	if (!mix && u->neg_lo & mask)
		bit_list(t, "neg_lo", u->neg_lo, sources);
	if (!mix && u->neg_hi & mask)
		bit_list(t, "neg_hi", u->neg_hi, sources);
}

static void sdwa(struct swgpu_text *t, const struct swgpu_uop *u,
		 const struct swgpu_type_info *type)
{
	static const char *const sels[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3",
					   "WORD_0", "WORD_1", "DWORD"};
	static const char *const unused[] = {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"};

	if (type->dst != SWGPU_FMT_M64)
		swgpu_text_add(t, " dst_sel:%s dst_unused:%s", sels[u->dst_sel],
			       unused[u->dst_unused]);
	for (unsigned i = 0; i < 2; i++)
		if (type->src[i])
			swgpu_text_add(t, " src%u_sel:%s", i, sels[u->src[i].sel]);
}

static void dpp_ctrl(struct swgpu_text *t, unsigned ctrl)
{
	static const char *const rows[] = {"row_shl", "row_shr", "row_ror"};
	static const char *const waves[] = {"wave_shl:1", "wave_rol:1", "wave_shr:1", "wave_ror:1"};
	static const char *const others[] = {"row_mirror", "row_half_mirror", "row_bcast:15",
					     "row_bcast:31"};

	if (ctrl < 0x100)
		swgpu_text_add(t, " quad_perm:[%u,%u,%u,%u]", ctrl & 3, ctrl >> 2 & 3,
			       ctrl >> 4 & 3, ctrl >> 6 & 3);
	else if (ctrl < 0x130)
		swgpu_text_add(t, " %s:%u", rows[(ctrl - 0x100) >> 4], ctrl & 0xf);
	else if (ctrl < 0x140)
		swgpu_text_add(t, " %s", waves[ctrl >> 2 & 3]);
	else
		swgpu_text_add(t, " %s", others[ctrl & 3]);
}

static void dpp(struct swgpu_text *t, const struct swgpu_uop *u)
{
	dpp_ctrl(t, u->dpp.ctrl);
	swgpu_text_add(t, " row_mask:0x%x bank_mask:0x%x%s", u->dpp.row_mask, u->dpp.bank_mask,
		       u->dpp.bound_ctrl ? " bound_ctrl:1" : "");
}

void swgpu_text_vector(struct swgpu_text *t, const struct swgpu_uop *u)
{
	static const char *const omods[] = {"", " mul:2", " mul:4", " div:2"};
	const struct swgpu_op_info *info = swgpu_op_info(u->op);
	const struct swgpu_type_info *type = swgpu_type_info(info->type);

	operands(t, u, info, type);
	if (info->enc == SWGPU_ENC_VOP3P)
		packed(t, u, info->traits & SWGPU_TRAIT_MIX, source_count(type));
	else
		vop3_opsel(t, u, source_count(type));
	swgpu_text_add(t, "%s%s", u->flags & SWGPU_UOP_CLAMP ? " clamp" : "", omods[u->omod & 3]);
	if (u->flags & SWGPU_UOP_SDWA)
		sdwa(t, u, type);
	if (u->flags & SWGPU_UOP_DPP)
		dpp(t, u);
}
