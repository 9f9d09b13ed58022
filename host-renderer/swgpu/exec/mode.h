/*
 * exec/mode.h - the MODE register's bits and the other registers behind s_getreg and s_setreg.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 3 (wave state) and 5.1 (hardware
 * registers).
 */
#ifndef SWGPU_EXEC_MODE_H
#define SWGPU_EXEC_MODE_H

#include "host-renderer/swgpu/exec/wave.h"

enum swgpu_mode {
	SWGPU_MODE_FP = 0xff, /* rounding and denormals */
	SWGPU_MODE_DX10_CLAMP = 1u << 8,
	SWGPU_MODE_IEEE = 1u << 9,
	SWGPU_MODE_FP16_OVFL = 1u << 23,
	SWGPU_MODE_GPR_IDX_EN =
	    1u << 27, /* VGPR numbers of vector ALU instructions are relative to M0 */
	SWGPU_MODE_VSKIP = 1u << 28, /* vector instructions are skipped */
};

/* Reads hardware register `id` as this GPU has it. False: there is no such register. */
bool swgpu_hwreg_read(const struct swgpu_wave *w, unsigned id, uint32_t *value);

/* Writes the bits in mask. False: not a register that a kernel may write, or a bit whose effect is
 * not there. */
bool swgpu_hwreg_write(struct swgpu_wave *w, unsigned id, uint32_t mask, uint32_t value);

#endif
