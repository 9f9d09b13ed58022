/*
 * isa/decode_operand.c - one operand: register numbers checked, constants turned into values of the
 * operand's format.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 5.2 "Scalar ALU operands" and 6.2
 * "Vector ALU operands". An inline integer is a sign-extended 32-bit (or 64-bit) number whatever
 * the format. An inline float is a half in a 16-bit float operand, a double in a 64-bit operand,
 * and a single in every other, 16-bit integers included.
 */
#include "host-renderer/swgpu/isa/decode_internal.h"

/* 0.5, -0.5, 1, -1, 2, -2, 4, -4, 1/(2*pi) */
static const struct {
	uint16_t f16;
	uint32_t f32;
	uint64_t f64;
} floats[] = {
    {0x3800, 0x3f000000, 0x3fe0000000000000}, {0xb800, 0xbf000000, 0xbfe0000000000000},
    {0x3c00, 0x3f800000, 0x3ff0000000000000}, {0xbc00, 0xbf800000, 0xbff0000000000000},
    {0x4000, 0x40000000, 0x4000000000000000}, {0xc000, 0xc0000000, 0xc000000000000000},
    {0x4400, 0x40800000, 0x4010000000000000}, {0xc400, 0xc0800000, 0xc010000000000000},
    {0x3118, 0x3e22f983, 0x3fc45f306dc9c882},
};

static void operand(struct swgpu_opnd *o, unsigned kind, unsigned fmt)
{
	*o = (struct swgpu_opnd){
	    .kind = (uint8_t)kind,
	    .words = (uint8_t)swgpu_fmt_words(fmt),
	    .sel = SWGPU_SEL_DWORD,
	};
}

static void immediate(struct swgpu_opnd *o, unsigned fmt, uint64_t value)
{
	operand(o, SWGPU_OPND_IMM, fmt);
	o->imm = value;
}

static uint64_t float_value(unsigned code, unsigned fmt)
{
	unsigned i = code - SWGPU_CODE_FLOAT_FIRST;

	if (fmt == SWGPU_FMT_F16 || fmt == SWGPU_FMT_V2F16)
		return floats[i].f16;
	return swgpu_fmt_words(fmt) == 2 ? floats[i].f64 : floats[i].f32;
}

static uint64_t int_value(unsigned code, unsigned fmt)
{
	int64_t value = code <= SWGPU_CODE_INT_64 ? (int64_t)code - SWGPU_CODE_INT_0
						  : (int64_t)SWGPU_CODE_INT_64 - code;

	return swgpu_fmt_words(fmt) == 2 ? (uint64_t)value : (uint32_t)value;
}

static uint64_t literal_value(uint32_t word, unsigned fmt)
{
	if (fmt == SWGPU_FMT_F64)
		return (uint64_t)word << 32;
	return fmt == SWGPU_FMT_I64 ? (uint64_t)(int64_t)(int32_t)word : word;
}

/* True where registers [reg, reg + words) are one tuple of the scalar file: aligned, and inside one
 * of its parts. */
static bool sgpr_tuple(unsigned reg, unsigned words)
{
	unsigned align = words >= 4 ? 4 : words;
	bool plain = reg + words <= SWGPU_SREG_FLAT_SCRATCH;
	bool ttmp = reg >= SWGPU_SREG_TTMP0 && reg + words <= SWGPU_SREG_M0;

	if (words == 1)
		return reg < SWGPU_SREG_COUNT && reg != SWGPU_SREG_M0 + 1;
	if (reg % align)
		return false;
	return plain || ttmp ||
	       (words == 2 && (reg == SWGPU_SREG_FLAT_SCRATCH || reg == SWGPU_SREG_XNACK_MASK ||
			       reg == SWGPU_SREG_VCC || reg == SWGPU_SREG_EXEC));
}

bool swgpu_dec_sgpr(unsigned reg, unsigned fmt, struct swgpu_opnd *o)
{
	operand(o, SWGPU_OPND_SGPR, fmt);
	o->reg = (uint16_t)reg;
	return sgpr_tuple(reg, o->words);
}

bool swgpu_dec_vgpr(unsigned reg, unsigned fmt, struct swgpu_opnd *o)
{
	operand(o, SWGPU_OPND_VGPR, fmt);
	o->reg = (uint16_t)reg;
	return reg + o->words <= 256;
}

bool swgpu_dec_literal(struct swgpu_dec *d, unsigned fmt, struct swgpu_opnd *o)
{
	if (d->no_literal || d->nwords <= d->len)
		return false;
	immediate(o, fmt, literal_value(d->words[d->len], fmt));
	d->u->size = (uint8_t)(4 * (d->len + 1));
	d->u->flags |= SWGPU_UOP_LITERAL;
	return true;
}

static bool special(unsigned code, unsigned fmt, struct swgpu_opnd *o)
{
	operand(o, SWGPU_OPND_SPECIAL, fmt);
	if (code >= SWGPU_CODE_SHARED_BASE && code <= SWGPU_CODE_POPS)
		o->reg = (uint16_t)(SWGPU_SPECIAL_SHARED_BASE + code - SWGPU_CODE_SHARED_BASE);
	else if (code >= SWGPU_CODE_VCCZ && code <= SWGPU_CODE_SCC)
		o->reg = (uint16_t)(SWGPU_SPECIAL_VCCZ + code - SWGPU_CODE_VCCZ);
	else
		return false;
	return true;
}

bool swgpu_dec_scalar(struct swgpu_dec *d, unsigned code, unsigned fmt, struct swgpu_opnd *o)
{
	if (code < SWGPU_CODE_INT_0)
		return swgpu_dec_sgpr(code, fmt, o);
	if (fmt == SWGPU_FMT_R32 || fmt == SWGPU_FMT_R64 || swgpu_fmt_words(fmt) > 2)
		return false;
	if (code <= SWGPU_CODE_INT_NEG_16) {
		immediate(o, fmt, int_value(code, fmt));
		return true;
	}
	if (code >= SWGPU_CODE_FLOAT_FIRST && code <= SWGPU_CODE_FLOAT_LAST) {
		immediate(o, fmt, float_value(code, fmt));
		return true;
	}
	if (code == SWGPU_CODE_LITERAL)
		return swgpu_dec_literal(d, fmt, o);
	return special(code, fmt, o);
}

bool swgpu_dec_vector(struct swgpu_dec *d, unsigned code, unsigned fmt, struct swgpu_opnd *o)
{
	if (code >= SWGPU_CODE_VGPR)
		return fmt != SWGPU_FMT_S32 && fmt != SWGPU_FMT_M64 &&
		       swgpu_dec_vgpr(code - SWGPU_CODE_VGPR, fmt, o);
	if (fmt == SWGPU_FMT_V32)
		return false;
	if (fmt == SWGPU_FMT_M64)
		return swgpu_dec_sgpr(code, fmt, o);
	if (code == SWGPU_CODE_LDS_DIRECT) {
		operand(o, SWGPU_OPND_SPECIAL, fmt);
		o->reg = SWGPU_SPECIAL_LDS_DIRECT;
		return o->words == 1;
	}
	return swgpu_dec_scalar(d, code, fmt, o);
}
