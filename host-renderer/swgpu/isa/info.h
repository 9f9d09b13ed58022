/*
 * isa/info.h - what the instruction tables say about an operation: encoding, operand formats,
 * traits.
 *
 * All of it is constant data; every function is thread-safe, blocks on nothing and accepts any
 * number.
 */
#ifndef SWGPU_ISA_INFO_H
#define SWGPU_ISA_INFO_H

#include "host-renderer/swgpu/isa/uop.h"

/* Format of one operand: how many registers it takes and how an inline constant becomes its value.
 */
enum swgpu_fmt {
	SWGPU_FMT_X, /* no operand */
	SWGPU_FMT_B16,
	SWGPU_FMT_F16,
	SWGPU_FMT_I16,
	SWGPU_FMT_U16,
	SWGPU_FMT_V2F16, /* two halves in one register */
	SWGPU_FMT_V2I16,
	SWGPU_FMT_V2U16,
	SWGPU_FMT_MIX, /* f32, or f16 where the instruction's op_sel_hi says so */
	SWGPU_FMT_B32,
	SWGPU_FMT_F32,
	SWGPU_FMT_I32,
	SWGPU_FMT_U32,
	SWGPU_FMT_A32, /* 32-bit address or offset */
	SWGPU_FMT_S32, /* scalar register, or a constant as a source, in a vector instruction */
	SWGPU_FMT_R32, /* scalar register and nothing else */
	SWGPU_FMT_V32, /* VGPR and nothing else */
	SWGPU_FMT_L32, /* the word after the instruction, always */
	SWGPU_FMT_B64,
	SWGPU_FMT_F64,
	SWGPU_FMT_I64,
	SWGPU_FMT_U64,
	SWGPU_FMT_R64, /* scalar registers and nothing else */
	SWGPU_FMT_A64, /* 64-bit address */
	SWGPU_FMT_M64, /* one bit a lane, in scalar registers; as a result it is in uop.sdst */
	SWGPU_FMT_B96,
	SWGPU_FMT_B128,
	SWGPU_FMT_B256,
	SWGPU_FMT_B512,
	SWGPU_FMT_COUNT
};

enum swgpu_type {
#define SWGPU_TYPE(TYPE, dst, src0, src1, src2) SWGPU_TYPE_##TYPE,
#include "host-renderer/swgpu/isa/types.def"
#undef SWGPU_TYPE
	SWGPU_TYPE_COUNT
};

struct swgpu_type_info {
	uint8_t dst;    /* enum swgpu_fmt */
	uint8_t src[3]; /* enum swgpu_fmt */
};

/* Names in the tables' last column, without the prefix. */
enum swgpu_trait {
	/* What uop.imm of a scalar instruction or of ds_swizzle is: one of these. */
	SWGPU_TRAIT_IMM_KIND = 0xf, /* mask */
	SWGPU_TRAIT_BRANCH = 1,     /* bytes from the next instruction */
	SWGPU_TRAIT_HWREG = 2,      /* register id, offset << 6, size - 1 << 11 */
	SWGPU_TRAIT_WAITCNT = 3,
	SWGPU_TRAIT_SENDMSG = 4,
	SWGPU_TRAIT_NO_IMM = 5,
	SWGPU_TRAIT_OPT_IMM = 6, /* shown only if it is not 0 */
	SWGPU_TRAIT_GPR_IDX = 7,
	SWGPU_TRAIT_UIMM16 = 8, /* zero-extended */
	SWGPU_TRAIT_SWIZZLE = 9,

	/* Which GPUs have it. gfx90c is as gfx900. */
	SWGPU_TRAIT_ONLY_GFX906 = 1 << 4,
	SWGPU_TRAIT_NOT_GFX906 = 1 << 5,

	/* Operands that the encoding does not spell out. */
	SWGPU_TRAIT_READS_SCC = 1 << 6,
	SWGPU_TRAIT_WRITES_SCC = 1 << 7,
	SWGPU_TRAIT_READS_DST = 1 << 8, /* dst is also an input */
	SWGPU_TRAIT_ACC = 1 << 9,       /* src[2] is dst, as an input */
	SWGPU_TRAIT_MASK_IN =
	    1 << 10, /* src[2] is a lane mask: carry-in or selector; VCC in the short forms */
	SWGPU_TRAIT_MASK_OUT = 1 << 11, /* sdst is a lane mask: carry-out; VCC in the short forms */
	SWGPU_TRAIT_VCC_IN = 1 << 12,   /* v_div_fmas: src[3] is VCC */
	SWGPU_TRAIT_EXEC = 1 << 13,     /* writes EXEC */
	SWGPU_TRAIT_SWAP = 1 << 16,     /* writes src[0] as well */

	/* Results. A 16-bit result clears the register's other half unless one of these is there.
	 */
	SWGPU_TRAIT_KEEP_HI = 1 << 17, /* writes bits 15:0 only */
	SWGPU_TRAIT_KEEP_LO = 1 << 18, /* writes bits 31:16 only */

	/* Forms and modifiers. */
	SWGPU_TRAIT_NO_VOP3 = 1 << 19,
	SWGPU_TRAIT_NO_SDWA = 1 << 20,
	SWGPU_TRAIT_NO_DPP = 1 << 21,
	/* VOP3 with op_sel: 16-bit operands choose their half; with dst's bit the high half is
	 * written, the low one kept. */
	SWGPU_TRAIT_OPSEL = 1 << 22,
	SWGPU_TRAIT_CLAMP = 1 << 23, /* an integer operation that can saturate */
	SWGPU_TRAIT_MIX = 1 << 24,   /* VOP3P with formats by op_sel_hi; neg_hi is abs */

	/* Memory. */
	SWGPU_TRAIT_LOAD = 1 << 25,
	SWGPU_TRAIT_STORE = 1 << 26,
	SWGPU_TRAIT_ATOMIC = 1 << 27, /* FLAT, MUBUF, MIMG: has a dst only with SWGPU_UOP_GLC */
	SWGPU_TRAIT_TWO_OFFSETS = 1 << 28, /* DS: imm is offset0 | offset1 << 8 */
	SWGPU_TRAIT_M0 = 1 << 29,          /* takes a base or an index from M0 */
	SWGPU_TRAIT_GWS = 1 << 14,         /* DS: needs the gds bit, and can do with it */
	SWGPU_TRAIT_SAMPLER = 1 << 15,     /* MIMG: has a sampler */
};

enum swgpu_segment { SWGPU_SEG_FLAT, SWGPU_SEG_SCRATCH, SWGPU_SEG_GLOBAL };

struct swgpu_op_info {
	const char *name; /* lower-case mnemonic without a suffix for the form */
	uint16_t opcode;  /* in its own encoding */
	uint8_t enc;      /* enum swgpu_enc */
	uint8_t seg;      /* enum swgpu_segment, for SWGPU_ENC_FLAT */
	uint16_t type;    /* enum swgpu_type */
	uint32_t traits;  /* enum swgpu_trait */
};

/* The row of an operation; one with the name "(invalid)" for SWGPU_OP_INVALID and anything out of
 * range. Never NULL. */
const struct swgpu_op_info *swgpu_op_info(unsigned op);

/* Operand formats of a type; all X for anything out of range. Never NULL. */
const struct swgpu_type_info *swgpu_type_info(unsigned type);

/* 32-bit registers that an operand of the format takes; 0 for SWGPU_FMT_X. */
unsigned swgpu_fmt_words(unsigned fmt);

#endif
