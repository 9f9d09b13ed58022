/*
 * exec/lanes.h - the shape of the functions that execute instructions, for the files that define
 * them.
 *
 * Vector instructions are compiled three times from one source, with different flags (see
 * CMakeLists.txt), and the engine picks one set at run time. SWGPU_LANE_BUILD names the set that a
 * file is being compiled for: avx512, avx2 or generic. Such a file defines its functions as
 *
 *	EXEC(v_add_f32)
 *	{
 *		... w is the wave, u the micro-operation ...
 *	}
 *
 * and keeps all else that it defines static. Scalar instructions are compiled once and are defined
 * with SCALAR(). The engine refers to every row of the tables: one without a function does not
 *link.
 */
#ifndef SWGPU_EXEC_LANES_H
#define SWGPU_EXEC_LANES_H

#include "host-renderer/swgpu/exec/wave.h"

#define SWGPU_CAT_(a, b)          a##b
#define SWGPU_CAT(a, b)           SWGPU_CAT_(a, b)

#define SCALAR(name)              void swgpu_scalar_##name(struct swgpu_wave *w, const struct swgpu_uop *u)

#define SWGPU_OP(NAME, name, ...) SCALAR(name);
#include "host-renderer/swgpu/isa/all.def"
#undef SWGPU_OP

#ifdef SWGPU_LANE_BUILD

#define EXEC(name)                                                                    \
	void SWGPU_CAT(swgpu_exec_##name##_, SWGPU_LANE_BUILD)(struct swgpu_wave * w, \
							       const struct swgpu_uop *u)

#define SWGPU_OP(NAME, name, ...) EXEC(name);
#include "host-renderer/swgpu/isa/all.def"
#undef SWGPU_OP

#endif

/* A source that is computed when it is read: 64 bits; a 32-bit operand takes the low word. */
static inline uint64_t swgpu_special_value(const struct swgpu_wave *w, unsigned special)
{
	switch ((enum swgpu_special)special) {
	case SWGPU_SPECIAL_SHARED_BASE: return w->env->shared_base;
	case SWGPU_SPECIAL_SHARED_LIMIT: return w->env->shared_base | UINT32_MAX;
	case SWGPU_SPECIAL_PRIVATE_BASE: return w->env->private_base;
	case SWGPU_SPECIAL_PRIVATE_LIMIT: return w->env->private_base | UINT32_MAX;
	case SWGPU_SPECIAL_VCCZ: return swgpu_s64(w, SWGPU_SREG_VCC) == 0;
	case SWGPU_SPECIAL_EXECZ: return swgpu_exec_mask(w) == 0;
	case SWGPU_SPECIAL_SCC: return w->scc;
	case SWGPU_SPECIAL_POPS_EXITING_WAVE_ID:
	case SWGPU_SPECIAL_LDS_DIRECT: return 0; /* the predecoder refuses both */
	}
	return 0;
}

#endif
