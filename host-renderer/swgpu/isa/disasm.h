/*
 * isa/disasm.h - micro-operations as assembler text, in the syntax of LLVM's AMDGPU assembler.
 */
#ifndef SWGPU_ISA_DISASM_H
#define SWGPU_ISA_DISASM_H

#include <stddef.h>

#include "host-renderer/swgpu/isa/uop.h"

/* Room for any instruction's text. */
#define SWGPU_DISASM_MAX 192

/* Writes the text of u to out, at most size bytes with the terminating 0 (none where size is 0).
 * Branch targets are distances in words from the next instruction. Returns the length of the whole
 * text, as snprintf does. Thread-safe. */
size_t swgpu_disasm(const struct swgpu_uop *u, char *out, size_t size);

#endif
