/*
 * isa/disasm_operand.c - names of registers, and constants the way the assembler would read them
 * back.
 */
#include "host-renderer/swgpu/isa/disasm_internal.h"

#include <inttypes.h>

/* Named scalar registers: as a pair, and each word. Indexed by (number - 102) / 2. */
static const char *const pairs[][3] = {
    {"flat_scratch", "flat_scratch_lo", "flat_scratch_hi"},
    {"xnack_mask", "xnack_mask_lo", "xnack_mask_hi"},
    {"vcc", "vcc_lo", "vcc_hi"},
};

static const char *const exec[3] = {"exec", "exec_lo", "exec_hi"};

static const char *const specials[] = {
    [SWGPU_SPECIAL_SHARED_BASE] = "src_shared_base",
    [SWGPU_SPECIAL_SHARED_LIMIT] = "src_shared_limit",
    [SWGPU_SPECIAL_PRIVATE_BASE] = "src_private_base",
    [SWGPU_SPECIAL_PRIVATE_LIMIT] = "src_private_limit",
    [SWGPU_SPECIAL_POPS_EXITING_WAVE_ID] = "src_pops_exiting_wave_id",
    [SWGPU_SPECIAL_VCCZ] = "src_vccz",
    [SWGPU_SPECIAL_EXECZ] = "src_execz",
    [SWGPU_SPECIAL_SCC] = "src_scc",
    [SWGPU_SPECIAL_LDS_DIRECT] = "src_lds_direct",
};

static const struct {
	uint16_t f16;
	uint32_t f32;
	uint64_t f64;
	const char *text;
} floats[] = {
    {0x3800, 0x3f000000, 0x3fe0000000000000, "0.5"},
    {0xb800, 0xbf000000, 0xbfe0000000000000, "-0.5"},
    {0x3c00, 0x3f800000, 0x3ff0000000000000, "1.0"},
    {0xbc00, 0xbf800000, 0xbff0000000000000, "-1.0"},
    {0x4000, 0x40000000, 0x4000000000000000, "2.0"},
    {0xc000, 0xc0000000, 0xc000000000000000, "-2.0"},
    {0x4400, 0x40800000, 0x4010000000000000, "4.0"},
    {0xc400, 0xc0800000, 0xc010000000000000, "-4.0"},
    {0x3118, 0x3e22f983, 0, "0.15915494"},
    {0, 0, 0x3fc45f306dc9c882, "0.15915494309189532"},
};

static void tuple(struct swgpu_text *t, const char *file, unsigned reg, unsigned words)
{
	if (words == 1)
		swgpu_text_add(t, "%s%u", file, reg);
	else
		swgpu_text_add(t, "%s[%u:%u]", file, reg, reg + words - 1);
}

static void sgpr(struct swgpu_text *t, unsigned reg, unsigned words)
{
	unsigned part = words == 2 ? 0 : 1 + reg % 2;

	if (reg < SWGPU_SREG_FLAT_SCRATCH)
		tuple(t, "s", reg, words);
	else if (reg < SWGPU_SREG_TTMP0)
		swgpu_text_add(t, "%s", pairs[(reg - SWGPU_SREG_FLAT_SCRATCH) / 2][part]);
	else if (reg < SWGPU_SREG_M0)
		tuple(t, "ttmp", reg - SWGPU_SREG_TTMP0, words);
	else if (reg == SWGPU_SREG_M0)
		swgpu_text_add(t, "m0");
	else
		swgpu_text_add(t, "%s", exec[part]);
}

static bool is_16_bit(unsigned fmt)
{
	return fmt >= SWGPU_FMT_B16 && fmt <= SWGPU_FMT_V2U16;
}

/* The inline float with that pattern, or NULL; a 16-bit integer's is not shown as one. */
static const char *float_text(uint64_t imm, unsigned fmt)
{
	bool half = fmt == SWGPU_FMT_F16 || fmt == SWGPU_FMT_V2F16;
	bool wide = swgpu_fmt_words(fmt) == 2;

	if (!half && is_16_bit(fmt))
		return NULL;
	for (size_t i = 0; i < sizeof(floats) / sizeof(floats[0]); i++) {
		uint64_t pattern = half ? floats[i].f16 : wide ? floats[i].f64 : floats[i].f32;

		if (pattern && pattern == imm)
			return floats[i].text;
	}
	return NULL;
}

/* A 16-bit operand's bits. An integer one has a single where a float has a half; the assembler
 * writes that constant, too, as the half's bits. */
static uint16_t bits_16(uint64_t imm, unsigned fmt, bool literal)
{
	if (fmt == SWGPU_FMT_F16 || fmt == SWGPU_FMT_V2F16 || literal)
		return (uint16_t)imm;
	for (size_t i = 0; i < sizeof(floats) / sizeof(floats[0]); i++)
		if (floats[i].f32 && floats[i].f32 == imm)
			return floats[i].f16;
	return (uint16_t)imm;
}

static void print(struct swgpu_text *t, int64_t n, uint64_t bits, const char *float_name)
{
	if (n >= -16 && n <= 64)
		swgpu_text_add(t, "%" PRId64, n);
	else if (float_name)
		swgpu_text_add(t, "%s", float_name);
	else
		swgpu_text_add(t, "0x%" PRIx64, bits);
}

/* 64-bit operands: a literal is shown as the 32 bits that are in the code. With two sources, only
 * one of which is the literal, what looks like an inline constant is taken for one. */
static void immediate_64(struct swgpu_text *t, const struct swgpu_uop *u, uint64_t imm,
			 unsigned fmt)
{
	unsigned enc = swgpu_op_info(u->op)->enc;
	bool two = enc == SWGPU_ENC_SOP2 || enc == SWGPU_ENC_SOPC;
	const char *name = float_text(imm, fmt);
	bool inline_like = name || imm + 16 <= 80;

	if (!(u->flags & SWGPU_UOP_LITERAL) || (two && inline_like))
		print(t, (int64_t)imm, imm, name);
	else if (fmt == SWGPU_FMT_F64)
		print(t, (int64_t)(imm >> 32), imm >> 32, NULL);
	else
		print(t, (uint32_t)imm, (uint32_t)imm, NULL);
}

static void immediate(struct swgpu_text *t, const struct swgpu_uop *u, uint64_t imm, unsigned fmt)
{
	if (fmt == SWGPU_FMT_L32) {
		swgpu_text_add(t, "0x%" PRIx64, imm);
	} else if (swgpu_fmt_words(fmt) == 2) {
		immediate_64(t, u, imm, fmt);
	} else if (is_16_bit(fmt)) {
		uint16_t bits = bits_16(imm, fmt, u->flags & SWGPU_UOP_LITERAL);

		print(t, (int16_t)bits, bits, float_text(bits, fmt));
	} else {
		print(t, (int32_t)imm, imm, float_text(imm, fmt));
	}
}

void swgpu_text_opnd(struct swgpu_text *t, const struct swgpu_uop *u, const struct swgpu_opnd *o,
		     unsigned fmt)
{
	switch ((enum swgpu_opnd_kind)o->kind) {
	case SWGPU_OPND_NONE: break;
	case SWGPU_OPND_VGPR: tuple(t, "v", o->reg, o->words); break;
	case SWGPU_OPND_SGPR: sgpr(t, o->reg, o->words); break;
	case SWGPU_OPND_IMM: immediate(t, u, o->imm, fmt); break;
	case SWGPU_OPND_SPECIAL: swgpu_text_add(t, "%s", specials[o->reg]); break;
	}
}

void swgpu_text_list(struct swgpu_text *t, const struct swgpu_uop *u, const struct swgpu_opnd *o,
		     unsigned fmt)
{
	swgpu_text_next(t);
	if (o->kind == SWGPU_OPND_NONE)
		swgpu_text_add(t, "off");
	else
		swgpu_text_opnd(t, u, o, fmt);
}
