/*
 * isa/gfx.h - the GPUs that swgpu can be, by name, by number and by the code objects they accept.
 *
 * Source: LLVM AMDGPUUsage, "Processors" and "AMDGPU ELF Header e_flags".
 */
#ifndef SWGPU_ISA_GFX_H
#define SWGPU_ISA_GFX_H

#include <stdint.h>

enum swgpu_gfx { SWGPU_GFX900, SWGPU_GFX906, SWGPU_GFX90C, SWGPU_GFX_COUNT };

struct swgpu_gfx_info {
	const char *name;               /* "gfx906" */
	uint8_t mach;                   /* EF_AMDGPU_MACH field of a code object's e_flags */
	uint8_t major, minor, stepping; /* engine id, as in the KFD topology; decimal */
};

/* The description of gfx; that of SWGPU_GFX906 for a number out of range. Never NULL; thread-safe.
 */
const struct swgpu_gfx_info *swgpu_gfx_info(enum swgpu_gfx gfx);

/* Finds a GPU by its name. Returns 0, or -EINVAL where there is none (or name is NULL); *out is
 * then untouched. */
int swgpu_gfx_by_name(const char *name, enum swgpu_gfx *out);

/* Finds a GPU by the MACH field of e_flags. Returns 0, or -ENOENT for a code object of another GPU.
 */
int swgpu_gfx_by_mach(uint32_t e_flags, enum swgpu_gfx *out);

#endif
