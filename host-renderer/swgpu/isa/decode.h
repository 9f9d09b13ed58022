/*
 * isa/decode.h - machine code to micro-operations.
 */
#ifndef SWGPU_ISA_DECODE_H
#define SWGPU_ISA_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "host-renderer/swgpu/isa/gfx.h"
#include "host-renderer/swgpu/isa/uop.h"

/* Longest instruction, in words: 64 bits and no literal, or 32 and a literal. */
#define SWGPU_MAX_INSN_WORDS 2

/*
 * Decodes the instruction at words[0]; reads no word at or past nwords. Pure and thread-safe.
 *
 * Whatever the bits are, *out is a valid micro-operation, all of it written. What this GPU does not
 * have, a form that the manual does not define for the operation, a register outside the scalar
 * file, a misaligned or overrunning register tuple, and an instruction cut off by nwords are all
 * SWGPU_OP_INVALID, with size 4 (0 where nwords is 0). Fields that the operation does not use are
 * ignored.
 *
 * So for a valid one: every SGPR operand, with all its words, is inside [0, SWGPU_SREG_COUNT) and
 * every VGPR operand inside [0, 256). Whether the wave has so many VGPRs is the caller's to check,
 * see swgpu_uop_vgprs().
 */
void swgpu_decode(const uint32_t *words, size_t nwords, enum swgpu_gfx gfx, struct swgpu_uop *out);

/* Number of VGPRs a wave must have to execute u: the highest that it names, plus 1; 0 where it
 * names none. */
unsigned swgpu_uop_vgprs(const struct swgpu_uop *u);

#endif
