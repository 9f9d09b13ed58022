/*
 * isa/decode_internal.h - what the decoder's files share. Every function that returns bool returns
 * false where the words are no valid instruction; what it has written to the micro-operation by
 * then does not matter.
 */
#ifndef SWGPU_ISA_DECODE_INTERNAL_H
#define SWGPU_ISA_DECODE_INTERNAL_H

#include <stdbool.h>

#include "host-renderer/swgpu/isa/decode.h"
#include "host-renderer/swgpu/isa/info.h"

/* Scalar operand codes of the manual's table "SSRC" that are not registers. */
enum swgpu_src_code {
	SWGPU_CODE_INT_0 = 128,
	SWGPU_CODE_INT_64 = 192,
	SWGPU_CODE_INT_NEG_16 = 208,
	SWGPU_CODE_SHARED_BASE = 235,
	SWGPU_CODE_POPS = 239,
	SWGPU_CODE_FLOAT_FIRST = 240,
	SWGPU_CODE_FLOAT_LAST = 248,
	SWGPU_CODE_SDWA = 249,
	SWGPU_CODE_DPP = 250,
	SWGPU_CODE_VCCZ = 251,
	SWGPU_CODE_EXECZ = 252,
	SWGPU_CODE_SCC = 253,
	SWGPU_CODE_LDS_DIRECT = 254,
	SWGPU_CODE_LITERAL = 255,
	SWGPU_CODE_VGPR = 256, /* vector operands: code - 256 */
};

struct swgpu_dec {
	const uint32_t *words;
	size_t nwords; /* at least len */
	enum swgpu_gfx gfx;
	unsigned len;    /* words of the encoding, before a literal */
	bool no_literal; /* this form cannot have one */
	struct swgpu_uop *u;
	const struct swgpu_op_info *info;
	const struct swgpu_type_info *type;
};

/* Opcode spaces; SWGPU_SLOTS_FLAT + segment for the three of FLAT. */
enum swgpu_slots {
	SWGPU_SLOTS_SOP1,
	SWGPU_SLOTS_SOP2,
	SWGPU_SLOTS_SOPK,
	SWGPU_SLOTS_SOPC,
	SWGPU_SLOTS_SOPP,
	SWGPU_SLOTS_SMEM,
	SWGPU_SLOTS_VOP1,
	SWGPU_SLOTS_VOP2,
	SWGPU_SLOTS_VOPC,
	SWGPU_SLOTS_VOP3,
	SWGPU_SLOTS_VOP3P,
	SWGPU_SLOTS_DS,
	SWGPU_SLOTS_FLAT,
	SWGPU_SLOTS_SCRATCH,
	SWGPU_SLOTS_GLOBAL,
	SWGPU_SLOTS_MUBUF,
	SWGPU_SLOTS_MIMG,
	SWGPU_SLOTS_COUNT
};

/* Operation with that opcode on that GPU, or SWGPU_OP_INVALID; any number may be asked for. */
uint16_t swgpu_slots_find(enum swgpu_slots slots, unsigned opcode, enum swgpu_gfx gfx);

/* Looks the opcode up and sets u->op, u->size, info and type. */
bool swgpu_dec_begin(struct swgpu_dec *d, enum swgpu_slots slots, unsigned opcode);

/* One operand of the given format. sgpr and vgpr take a register number, scalar an 8-bit SSRC code,
 * vector a 9-bit SRC code. */
bool swgpu_dec_sgpr(unsigned reg, unsigned fmt, struct swgpu_opnd *o);
bool swgpu_dec_vgpr(unsigned reg, unsigned fmt, struct swgpu_opnd *o);
bool swgpu_dec_scalar(struct swgpu_dec *d, unsigned code, unsigned fmt, struct swgpu_opnd *o);
bool swgpu_dec_vector(struct swgpu_dec *d, unsigned code, unsigned fmt, struct swgpu_opnd *o);
bool swgpu_dec_literal(struct swgpu_dec *d, unsigned fmt, struct swgpu_opnd *o);

/* Operands of a vector instruction, gathered from whatever form it has. */
struct swgpu_vop {
	unsigned dst, sdst; /* register numbers */
	unsigned src[3];    /* SRC codes */
};
bool swgpu_dec_vop(struct swgpu_dec *d, const struct swgpu_vop *f);

/* neg/abs of source i, checked against its format; clamp and omod against the operation. */
bool swgpu_dec_mods(struct swgpu_dec *d, unsigned i, bool neg, bool abs);
bool swgpu_dec_output(struct swgpu_dec *d, bool clamp, unsigned omod);

/* One function an encoding. d->words[0] is there; they check for more. */
bool swgpu_dec_sop1(struct swgpu_dec *d);
bool swgpu_dec_sop2(struct swgpu_dec *d);
bool swgpu_dec_sopk(struct swgpu_dec *d);
bool swgpu_dec_sopc(struct swgpu_dec *d);
bool swgpu_dec_sopp(struct swgpu_dec *d);
bool swgpu_dec_smem(struct swgpu_dec *d);
bool swgpu_dec_vop1(struct swgpu_dec *d);
bool swgpu_dec_vop2(struct swgpu_dec *d);
bool swgpu_dec_vopc(struct swgpu_dec *d);
bool swgpu_dec_vop3(struct swgpu_dec *d); /* and VOP3P */
bool swgpu_dec_ds(struct swgpu_dec *d);
bool swgpu_dec_flat(struct swgpu_dec *d);
bool swgpu_dec_mubuf(struct swgpu_dec *d);
bool swgpu_dec_mimg(struct swgpu_dec *d);

/* The forms of VOP1, VOP2 and VOPC whose second word describes src0. f has what the first word
 * says. */
bool swgpu_dec_sdwa(struct swgpu_dec *d, struct swgpu_vop *f);
bool swgpu_dec_dpp(struct swgpu_dec *d, struct swgpu_vop *f);

static inline unsigned swgpu_bits(uint32_t word, unsigned shift, unsigned count)
{
	return word >> shift & ((1u << count) - 1);
}

static inline int32_t swgpu_sext(uint32_t value, unsigned bits)
{
	return (int32_t)(value << (32 - bits)) >> (32 - bits);
}

#endif
