/*
 * exec/valu_wide.h - loops over doubles, eight lanes at a time, for the few operations where it
 * matters most.
 *
 * A double's halves are in two rows. Interleaving both as vectors gives the doubles of lanes 0, 1,
 * 4, 5 and 2, 3, 6, 7 in one step each; taking the result apart the other way round brings the
 * lanes back in order. Compilers left alone widen and shift each half instead, which takes four
 * times as long.
 */
#ifndef SWGPU_EXEC_VALU_WIDE_H
#define SWGPU_EXEC_VALU_WIDE_H

#include "host-renderer/swgpu/exec/valu_rows.h"

typedef uint32_t valu_u32x8 __attribute__((vector_size(32)));
typedef double valu_f64x4 __attribute__((vector_size(32)));

/* v0, v1: the doubles of eight lanes from `lane` on of source s. */
#define VALU_WIDE_LOAD(v0, v1, s)                                                               \
	do {                                                                                    \
		valu_u32x8 lo_, hi_;                                                            \
		memcpy(&lo_, (s).lo + lane, sizeof(lo_));                                       \
		memcpy(&hi_, (s).hi + lane, sizeof(hi_));                                       \
		v0 = (valu_f64x4)__builtin_shufflevector(lo_, hi_, 0, 8, 1, 9, 4, 12, 5, 13);   \
		v1 = (valu_f64x4)__builtin_shufflevector(lo_, hi_, 2, 10, 3, 11, 6, 14, 7, 15); \
	} while (0)

#define VALU_WIDE_STORE(d, v0, v1)                                                   \
	do {                                                                         \
		valu_u32x8 r0_ = (valu_u32x8)(v0), r1_ = (valu_u32x8)(v1), lo_, hi_; \
		lo_ = __builtin_shufflevector(r0_, r1_, 0, 2, 8, 10, 4, 6, 12, 14);  \
		hi_ = __builtin_shufflevector(r0_, r1_, 1, 3, 9, 11, 5, 7, 13, 15);  \
		memcpy((d).lo + lane, &lo_, sizeof(lo_));                            \
		memcpy((d).hi + lane, &hi_, sizeof(hi_));                            \
	} while (0)

#define VALU_WIDE2(name, op)                                             \
	EXEC(name)                                                       \
	{                                                                \
		struct valu x;                                           \
		valu_begin(&x, w, u, VALU_F64, VALU_ROUND);              \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_F64);  \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_F64);  \
		const struct valu_dst d = valu_dst(&x, VALU_F64);        \
		for (unsigned lane = 0; lane < SWGPU_LANES; lane += 8) { \
			valu_f64x4 a0, a1, b0, b1;                       \
			VALU_WIDE_LOAD(a0, a1, s0);                      \
			VALU_WIDE_LOAD(b0, b1, s1);                      \
			a0 = a0 op b0;                                   \
			a1 = a1 op b1;                                   \
			VALU_WIDE_STORE(d, a0, a1);                      \
		}                                                        \
		valu_end(&x, VALU_F64);                                  \
	}

#ifdef __FMA__
#include <immintrin.h>
#define VALU_WIDE_FMA(r, a, b, c) (r = _mm256_fmadd_pd(a, b, c))
#else
#define VALU_WIDE_FMA(r, a, b, c)                                           \
	do {                                                                \
		for (unsigned i_ = 0; i_ < 4; i_++)                         \
			(r)[i_] = __builtin_fma((a)[i_], (b)[i_], (c)[i_]); \
	} while (0)
#endif

#define VALU_WIDE_FMA3(name)                                             \
	EXEC(name)                                                       \
	{                                                                \
		struct valu x;                                           \
		valu_begin(&x, w, u, VALU_F64, VALU_ROUND);              \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_F64);  \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_F64);  \
		const struct valu_src s2 = valu_fetch(&x, 2, VALU_F64);  \
		const struct valu_dst d = valu_dst(&x, VALU_F64);        \
		for (unsigned lane = 0; lane < SWGPU_LANES; lane += 8) { \
			valu_f64x4 a0, a1, b0, b1, c0, c1;               \
			VALU_WIDE_LOAD(a0, a1, s0);                      \
			VALU_WIDE_LOAD(b0, b1, s1);                      \
			VALU_WIDE_LOAD(c0, c1, s2);                      \
			VALU_WIDE_FMA(c0, a0, b0, c0);                   \
			VALU_WIDE_FMA(c1, a1, b1, c1);                   \
			VALU_WIDE_STORE(d, c0, c1);                      \
		}                                                        \
		valu_end(&x, VALU_F64);                                  \
	}

#endif
