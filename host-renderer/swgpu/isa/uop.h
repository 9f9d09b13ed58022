/*
 * isa/uop.h - one decoded machine instruction, independent of the GPU generation it came from.
 *
 * The decoder (isa/decode.h) makes these; the interpreter (exec/), the disassembler and, later, a
 * translator to host code read them. Nothing in here belongs to one of those readers.
 *
 * What the decoder has made uniform, so that no reader has to know the encodings:
 *  - VOP1/VOP2/VOPC in their short, VOP3, SDWA and DPP forms are one operation with one operand
 *    order. An implicit VCC is an explicit operand: carry-out and compare result in sdst, carry-in
 *    and v_cndmask's selector in src[2]. v_mac/v_fmac name their accumulator in src[2] too (and in
 *    dst). v_div_fmas has VCC in src[3].
 *  - v_madmk/v_madak have their constant at the place where the formula has it.
 *  - An inline constant or literal is an SWGPU_OPND_IMM whose imm is already in the operand's own
 *    format (an f16, f32, f64 or integer bit pattern, 64-bit ones extended as the ISA manual says).
 *    A 16-bit operand's value is the low half of imm; the high half is what op_sel would choose.
 *  - Operands of memory instructions are always at the same index, see enum swgpu_mem_src.
 *
 * Source: "AMD Vega Instruction Set Architecture" and "Vega 7nm ISA" reference guides, chapters 4
 * to 13.
 */
#ifndef SWGPU_ISA_UOP_H
#define SWGPU_ISA_UOP_H

#include <stdint.h>

/* Every instruction has one row in one of the .def tables:
 *   SWGPU_OP(NAME, name, gfx9, type, traits)
 * NAME and name are the mnemonic in upper and lower case, gfx9 the opcode number in that table's
 * encoding. */
enum swgpu_op {
	SWGPU_OP_INVALID,
#define SWGPU_OP(NAME, name, gfx9, type, traits) SWGPU_OP_##NAME,
#include "host-renderer/swgpu/isa/all.def"
#undef SWGPU_OP
	SWGPU_OP_COUNT
};

enum swgpu_opnd_kind {
	SWGPU_OPND_NONE,
	SWGPU_OPND_VGPR,    /* reg: first VGPR, 0..255 */
	SWGPU_OPND_SGPR,    /* reg: first word in the scalar file, see enum swgpu_sreg */
	SWGPU_OPND_IMM,     /* imm: the value, in the operand's format */
	SWGPU_OPND_SPECIAL, /* reg: enum swgpu_special; a source that is computed when it is read */
};

/* Scalar registers with a name, numbered as in the encoding; 0..101 are s0..s101, 108..123
 * ttmp0..15. */
enum swgpu_sreg {
	SWGPU_SREG_FLAT_SCRATCH = 102, /* 2 words */
	SWGPU_SREG_XNACK_MASK = 104,   /* 2 words */
	SWGPU_SREG_VCC = 106,          /* 2 words */
	SWGPU_SREG_TTMP0 = 108,
	SWGPU_SREG_M0 = 124,
	SWGPU_SREG_EXEC = 126, /* 2 words */
	SWGPU_SREG_COUNT = 128
};

enum swgpu_special {
	SWGPU_SPECIAL_SHARED_BASE,
	SWGPU_SPECIAL_SHARED_LIMIT,
	SWGPU_SPECIAL_PRIVATE_BASE,
	SWGPU_SPECIAL_PRIVATE_LIMIT,
	SWGPU_SPECIAL_POPS_EXITING_WAVE_ID,
	SWGPU_SPECIAL_VCCZ,
	SWGPU_SPECIAL_EXECZ,
	SWGPU_SPECIAL_SCC,
	SWGPU_SPECIAL_LDS_DIRECT,
};

/* Which part of a 32-bit source or destination an SDWA form takes (SDWA_SEL of the manual, same
 * numbers). */
enum swgpu_sel {
	SWGPU_SEL_BYTE_0,
	SWGPU_SEL_BYTE_1,
	SWGPU_SEL_BYTE_2,
	SWGPU_SEL_BYTE_3,
	SWGPU_SEL_WORD_0,
	SWGPU_SEL_WORD_1,
	SWGPU_SEL_DWORD,
};

struct swgpu_opnd {
	uint8_t kind;  /* enum swgpu_opnd_kind */
	uint8_t words; /* 32-bit registers it takes: 1, 2, 3, 4, 8 or 16 (16-bit types: 1) */
	uint8_t neg;   /* 1: negate; a float's sign bit is flipped, after abs */
	uint8_t abs;   /* 1: absolute value */
	uint8_t sel;   /* enum swgpu_sel, applied before abs/neg; SWGPU_SEL_DWORD in other forms */
	uint8_t sext;  /* 1: sign-extend what sel took (SDWA) */
	uint16_t reg;
	uint64_t imm;
};

/* Where memory instructions keep their operands in src[]; absent ones are SWGPU_OPND_NONE. Loads
 * and returning atomics have a dst. DS: ADDR, DATA (data0), DATA1. FLAT/GLOBAL/SCRATCH: ADDR
 * (64-bit, or 32-bit offset where BASE is there), DATA, BASE (saddr). MUBUF: ADDR (vaddr), DATA
 * (vdata of a store or atomic), BASE (4-word descriptor), OFFSET (soffset). SMEM: BASE (2 or 4
 * words), OFFSET (soffset). MIMG: ADDR (the first of as many registers as the image's dimensions
 * and the operation ask for: more than ADDR's words, which the decoder cannot know), DATA, BASE
 * (8-word image descriptor), OFFSET (4-word sampler). */
enum swgpu_mem_src {
	SWGPU_SRC_ADDR = 0,
	SWGPU_SRC_DATA = 1,
	SWGPU_SRC_DATA1 = 2,
	SWGPU_SRC_BASE = 2,
	SWGPU_SRC_OFFSET = 3,
};

enum swgpu_uop_flag {
	SWGPU_UOP_CLAMP = 1u << 0,
	SWGPU_UOP_GLC = 1u << 1, /* atomics: return the value before */
	SWGPU_UOP_SLC = 1u << 2,
	SWGPU_UOP_OFFEN = 1u << 3,    /* MUBUF */
	SWGPU_UOP_IDXEN = 1u << 4,    /* MUBUF */
	SWGPU_UOP_LDS = 1u << 5,      /* MUBUF: to LDS; the interpreter may refuse it */
	SWGPU_UOP_GDS = 1u << 6,      /* DS */
	SWGPU_UOP_DPP = 1u << 7,      /* dpp is valid: it permutes src[0]'s lanes */
	SWGPU_UOP_SDWA = 1u << 8,     /* dst_sel, dst_unused and src[].sel are valid */
	SWGPU_UOP_VOP3 = 1u << 9,     /* encoded as VOP3, be there a shorter form or not */
	SWGPU_UOP_LITERAL = 1u << 10, /* an immediate operand is the word after the instruction */
	SWGPU_UOP_UNORM = 1u << 11,   /* MIMG: coordinates are in texels */
	SWGPU_UOP_DA = 1u << 12,      /* MIMG: the last coordinate is the layer of an array */
	SWGPU_UOP_D16 = 1u << 13,     /* MIMG: data are halves, two in a register */
	SWGPU_UOP_PLAIN = 1u << 14,   /* the interpreter's mark, see swgpu_uop_mark(); no reader
					 need know it */
};

/* DPP_CTRL etc. of the manual, chapter "DPP"; numbers as encoded. */
struct swgpu_dpp {
	uint16_t ctrl;
	uint8_t row_mask, bank_mask;
	uint8_t bound_ctrl; /* 1: an invalid source lane reads 0 instead of disabling the write */
};

struct swgpu_uop {
	uint16_t op;  /* enum swgpu_op; SWGPU_OP_INVALID where the words are no known instruction */
	uint8_t size; /* bytes of machine code: 4, 8 or 12 */
	uint8_t omod; /* output modifier: 0 none, 1 *2, 2 *4, 3 /2 */
	uint32_t flags; /* enum swgpu_uop_flag */

	/* Immediate of the instruction: SOPK/SOPP simm16 sign-extended; branches: bytes from the
	 * next instruction; memory: byte offset (DS with two offsets: offset0 | offset1 << 8, in
	 * elements as encoded; MIMG: dmask); s_getreg/s_setreg: the 16-bit hwreg field. */
	int32_t imm;

	uint8_t op_sel;    /* VOP3/VOP3P: bit i: src[i] takes its high half (bit 3: dst, VOP3) */
	uint8_t op_sel_hi; /* VOP3P: bit i: the high result takes src[i]'s high half */
	uint8_t neg_lo;    /* VOP3P: bit i: negate src[i] for the low result */
	uint8_t neg_hi;    /* VOP3P: bit i: negate src[i] for the high result (mix: abs) */

	uint8_t dst_sel;    /* SDWA: enum swgpu_sel */
	uint8_t dst_unused; /* SDWA: 0 pad with zero, 1 sign-extend, 2 preserve */
	struct swgpu_dpp dpp;

	struct swgpu_opnd dst;  /* vector or scalar result */
	struct swgpu_opnd sdst; /* scalar result: carry-out, compare mask, v_div_scale's VCC */
	struct swgpu_opnd src[4];
};

/* How an instruction is encoded; also the class that readers dispatch by. */
enum swgpu_enc {
	SWGPU_ENC_NONE,
	SWGPU_ENC_SOP1,
	SWGPU_ENC_SOP2,
	SWGPU_ENC_SOPK,
	SWGPU_ENC_SOPC,
	SWGPU_ENC_SOPP,
	SWGPU_ENC_SMEM,
	SWGPU_ENC_VOP1,
	SWGPU_ENC_VOP2,
	SWGPU_ENC_VOPC,
	SWGPU_ENC_VOP3, /* instructions that have no shorter form */
	SWGPU_ENC_VOP3P,
	SWGPU_ENC_DS,
	SWGPU_ENC_FLAT, /* flat_*, global_* and scratch_* */
	SWGPU_ENC_MUBUF,
	SWGPU_ENC_MIMG,
};

#endif
