/*
 * exec/valu_cmp.h - turns a comparison of one lane's values into v_cmp_<name> and v_cmpx_<name>.
 *
 * The result is one bit a lane, 0 where EXEC is; v_cmpx writes it to EXEC as well.
 */
#ifndef SWGPU_EXEC_VALU_CMP_H
#define SWGPU_EXEC_VALU_CMP_H

#include "host-renderer/swgpu/exec/valu_loop.h"

/* The two instructions of a function that makes the mask. */
#define VALU_CMP_PAIR(name)                                   \
	EXEC(v_cmp_##name)                                    \
	{                                                     \
		valu_set_mask(w, &u->sdst, cmp_##name(w, u)); \
	}                                                     \
	EXEC(v_cmpx_##name)                                   \
	{                                                     \
		uint64_t mask = cmp_##name(w, u);             \
                                                              \
		valu_set_mask(w, &u->sdst, mask);             \
		swgpu_set_s64(w, SWGPU_SREG_EXEC, mask);      \
	}

#define VALU_CMP(name, mode, A, B, expr)                                            \
	static uint64_t cmp_##name(struct swgpu_wave *w, const struct swgpu_uop *u) \
	{                                                                           \
		struct valu x;                                                      \
		valu_begin(&x, w, u, VALU_B32, VALU_##mode);                        \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_FMT_##A);         \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_FMT_##B);         \
		uint32_t *const to = x.out[0].lane;                                 \
		VALU_IVDEP                                                          \
		VALU_LANES(lane)                                                    \
		{                                                                   \
			const __typeof__(VALU_LD_##A(s0)) a = VALU_LD_##A(s0);      \
			const __typeof__(VALU_LD_##B(s1)) b = VALU_LD_##B(s1);      \
			to[lane] = (expr) ? ~0u : 0;                                \
		}                                                                   \
		return VALU_FN(bits)(to) & x.exec;                                  \
	}                                                                           \
	VALU_CMP_PAIR(name)

/* Comparisons that do not look at their operands. */
#define VALU_CMP_NEVER(name)                                                              \
	static uint64_t cmp_##name(const struct swgpu_wave *w, const struct swgpu_uop *u) \
	{                                                                                 \
		(void)w;                                                                  \
		(void)u;                                                                  \
		return 0;                                                                 \
	}                                                                                 \
	VALU_CMP_PAIR(name)

#define VALU_CMP_ALWAYS(name)                                                             \
	static uint64_t cmp_##name(const struct swgpu_wave *w, const struct swgpu_uop *u) \
	{                                                                                 \
		(void)u;                                                                  \
		return swgpu_exec_mask(w);                                                \
	}                                                                                 \
	VALU_CMP_PAIR(name)

#define VALU_CMP_INT(type, A)                  \
	VALU_CMP_NEVER(f_##type)               \
	VALU_CMP(lt_##type, INT, A, A, a < b)  \
	VALU_CMP(eq_##type, INT, A, A, a == b) \
	VALU_CMP(le_##type, INT, A, A, a <= b) \
	VALU_CMP(gt_##type, INT, A, A, a > b)  \
	VALU_CMP(ne_##type, INT, A, A, a != b) \
	VALU_CMP(ge_##type, INT, A, A, a >= b) \
	VALU_CMP_ALWAYS(t_##type)

/* Unordered operands make the first six and `o` false, the others true. */
#define VALU_CMP_FLOAT(type, A)                                 \
	VALU_CMP_NEVER(f_##type)                                \
	VALU_CMP(lt_##type, EXACT, A, A, a < b)                 \
	VALU_CMP(eq_##type, EXACT, A, A, a == b)                \
	VALU_CMP(le_##type, EXACT, A, A, a <= b)                \
	VALU_CMP(gt_##type, EXACT, A, A, a > b)                 \
	VALU_CMP(lg_##type, EXACT, A, A, (a < b) | (a > b))     \
	VALU_CMP(ge_##type, EXACT, A, A, a >= b)                \
	VALU_CMP(o_##type, EXACT, A, A, (a == a) & (b == b))    \
	VALU_CMP(u_##type, EXACT, A, A, (a != a) | (b != b))    \
	VALU_CMP(nge_##type, EXACT, A, A, !(a >= b))            \
	VALU_CMP(nlg_##type, EXACT, A, A, !((a < b) | (a > b))) \
	VALU_CMP(ngt_##type, EXACT, A, A, !(a > b))             \
	VALU_CMP(nle_##type, EXACT, A, A, !(a <= b))            \
	VALU_CMP(neq_##type, EXACT, A, A, a != b)               \
	VALU_CMP(nlt_##type, EXACT, A, A, !(a < b))             \
	VALU_CMP_ALWAYS(tru_##type)

#endif
