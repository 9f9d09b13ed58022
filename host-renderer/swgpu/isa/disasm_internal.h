/*
 * isa/disasm_internal.h - what the disassembler's files share.
 */
#ifndef SWGPU_ISA_DISASM_INTERNAL_H
#define SWGPU_ISA_DISASM_INTERNAL_H

#include <stdbool.h>

#include "host-renderer/swgpu/isa/disasm.h"
#include "host-renderer/swgpu/isa/info.h"

/* Text so far; len counts what did not fit as well. */
struct swgpu_text {
	char *out;
	size_t size, len;
	bool listed; /* an operand has been written: the next needs a comma */
};

void swgpu_text_add(struct swgpu_text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What comes between the mnemonic and an operand: a space, then commas. */
void swgpu_text_next(struct swgpu_text *t);

/* A register, constant or special source of the given format; nothing for SWGPU_OPND_NONE. */
void swgpu_text_opnd(struct swgpu_text *t, const struct swgpu_uop *u, const struct swgpu_opnd *o,
		     unsigned fmt);

/* The same as the next operand of the list; "off" for SWGPU_OPND_NONE. */
void swgpu_text_list(struct swgpu_text *t, const struct swgpu_uop *u, const struct swgpu_opnd *o,
		     unsigned fmt);

/* Immediates that have a notation of their own. */
void swgpu_text_hwreg(struct swgpu_text *t, unsigned imm);
void swgpu_text_waitcnt(struct swgpu_text *t, unsigned imm);
void swgpu_text_sendmsg(struct swgpu_text *t, unsigned imm);
void swgpu_text_gpr_idx(struct swgpu_text *t, unsigned imm);
void swgpu_text_swizzle(struct swgpu_text *t, unsigned imm);

/* Operands and modifiers, by encoding. */
void swgpu_text_vector(struct swgpu_text *t, const struct swgpu_uop *u);
void swgpu_text_smem(struct swgpu_text *t, const struct swgpu_uop *u);
void swgpu_text_ds(struct swgpu_text *t, const struct swgpu_uop *u);
void swgpu_text_flat(struct swgpu_text *t, const struct swgpu_uop *u);
void swgpu_text_mubuf(struct swgpu_text *t, const struct swgpu_uop *u);
void swgpu_text_mimg(struct swgpu_text *t, const struct swgpu_uop *u);

#endif
