/*
 * exec/relative.h - VGPR numbers that are relative to M0, while MODE.gpr_idx_en is set.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 6.6 (VGPR indexing).
 */
#ifndef SWGPU_EXEC_RELATIVE_H
#define SWGPU_EXEC_RELATIVE_H

#include "host-renderer/swgpu/exec/wave.h"

/* Moves u's VGPR operands as M0 says. A source outside of the wave's registers becomes v0. False:
 * the destination is outside, and nothing is to be executed. */
bool swgpu_uop_relative(const struct swgpu_wave *w, struct swgpu_uop *u);

#endif
