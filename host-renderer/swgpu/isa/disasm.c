/*
 * isa/disasm.c - mnemonic, scalar operands, and the choice of who writes the rest.
 */
#include "host-renderer/swgpu/isa/disasm.h"

#include <stdarg.h>
#include <stdio.h>

#include "host-renderer/swgpu/isa/disasm_internal.h"

void swgpu_text_add(struct swgpu_text *t, const char *fmt, ...)
{
	size_t left = t->len < t->size ? t->size - t->len : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(left ? t->out + t->len : NULL, left, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n;
}

void swgpu_text_next(struct swgpu_text *t)
{
	swgpu_text_add(t, t->listed ? ", " : " ");
	t->listed = true;
}

/* Which form it is, where the assembler distinguishes forms. */
static const char *suffix(const struct swgpu_uop *u, const struct swgpu_op_info *info)
{
	bool forms = info->enc == SWGPU_ENC_VOP1 || info->enc == SWGPU_ENC_VOP2 ||
		     info->enc == SWGPU_ENC_VOPC;

	if (u->flags & SWGPU_UOP_SDWA)
		return "_sdwa";
	if (u->flags & SWGPU_UOP_DPP)
		return "_dpp";
	if (!forms || info->type == SWGPU_TYPE_X || info->traits & SWGPU_TRAIT_NO_VOP3)
		return "";
	return u->flags & SWGPU_UOP_VOP3 ? "_e64" : "_e32";
}

/* An immediate without a notation of its own: small ones in decimal. */
static void plain_imm(struct swgpu_text *t, unsigned enc, unsigned imm)
{
	swgpu_text_add(t, enc == SWGPU_ENC_SOPP && imm <= 64 ? "%u" : "0x%x", imm);
}

static void imm16(struct swgpu_text *t, const struct swgpu_uop *u, const struct swgpu_op_info *info)
{
	unsigned imm = (uint16_t)u->imm, kind = info->traits & SWGPU_TRAIT_IMM_KIND;

	if (kind == SWGPU_TRAIT_NO_IMM || (kind == SWGPU_TRAIT_OPT_IMM && !imm))
		return;
	swgpu_text_next(t);
	switch (kind) {
	case SWGPU_TRAIT_OPT_IMM: swgpu_text_add(t, "%u", imm); break;
	case SWGPU_TRAIT_BRANCH: swgpu_text_add(t, "%u", (unsigned)(uint16_t)(u->imm / 4)); break;
	case SWGPU_TRAIT_HWREG: swgpu_text_hwreg(t, imm); break;
	case SWGPU_TRAIT_WAITCNT: swgpu_text_waitcnt(t, imm); break;
	case SWGPU_TRAIT_SENDMSG: swgpu_text_sendmsg(t, imm); break;
	case SWGPU_TRAIT_GPR_IDX: swgpu_text_gpr_idx(t, imm); break;
	default: plain_imm(t, info->enc, imm); break;
	}
}

static void scalar(struct swgpu_text *t, const struct swgpu_uop *u,
		   const struct swgpu_op_info *info)
{
	const struct swgpu_type_info *type = swgpu_type_info(info->type);
	bool has_imm = info->enc == SWGPU_ENC_SOPK || info->enc == SWGPU_ENC_SOPP ||
		       (info->traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_GPR_IDX;
	/* s_setreg: the place comes before the value. */
	bool imm_first = (info->traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_HWREG && !type->dst;

	if (type->dst)
		swgpu_text_list(t, u, &u->dst, type->dst);
	if (imm_first)
		imm16(t, u, info);
	for (unsigned i = 0; i < 2; i++)
		if (type->src[i])
			swgpu_text_list(t, u, &u->src[i],
					type->src[i] == SWGPU_FMT_L32 ? SWGPU_FMT_B32
								      : type->src[i]);
	if (has_imm && !imm_first)
		imm16(t, u, info);
}

size_t swgpu_disasm(const struct swgpu_uop *u, char *out, size_t size)
{
	const struct swgpu_op_info *info = swgpu_op_info(u->op);
	struct swgpu_text t = {.out = out, .size = size};

	if (size)
		out[0] = '\0';
	swgpu_text_add(&t, "%s%s", info->name, suffix(u, info));
	switch ((enum swgpu_enc)info->enc) {
	case SWGPU_ENC_NONE: break;
	case SWGPU_ENC_SOP1:
	case SWGPU_ENC_SOP2:
	case SWGPU_ENC_SOPK:
	case SWGPU_ENC_SOPC:
	case SWGPU_ENC_SOPP: scalar(&t, u, info); break;
	case SWGPU_ENC_SMEM: swgpu_text_smem(&t, u); break;
	case SWGPU_ENC_VOP1:
	case SWGPU_ENC_VOP2:
	case SWGPU_ENC_VOPC:
	case SWGPU_ENC_VOP3:
	case SWGPU_ENC_VOP3P: swgpu_text_vector(&t, u); break;
	case SWGPU_ENC_DS: swgpu_text_ds(&t, u); break;
	case SWGPU_ENC_FLAT: swgpu_text_flat(&t, u); break;
	case SWGPU_ENC_MUBUF: swgpu_text_mubuf(&t, u); break;
	case SWGPU_ENC_MIMG: swgpu_text_mimg(&t, u); break;
	}
	return t.len;
}
