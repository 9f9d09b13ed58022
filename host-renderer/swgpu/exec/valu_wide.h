/*
 * exec/valu_wide.h - loops over doubles, eight lanes at a time, for the few operations where it
 * matters most.
 *
 * A value's halves are in two rows. Interleaving both as vectors gives the values of lanes 0, 1,
 * 4, 5 and 2, 3, 6, 7 in one step each; taking the result apart the other way round brings the
 * lanes back in order. Compilers left alone widen and shift each half instead, which takes four
 * times as long.
 */
#ifndef SWGPU_EXEC_VALU_WIDE_H
#define SWGPU_EXEC_VALU_WIDE_H

#include "host-renderer/swgpu/exec/valu_loop.h"

typedef uint32_t valu_u32x8 __attribute__((vector_size(32)));
typedef uint64_t valu_u64x4 __attribute__((vector_size(32)));
typedef double valu_f64x4 __attribute__((vector_size(32)));

/* v0, v1: the 64-bit values of eight lanes from `lane` on, of their rows lo and hi. */
#define VALU_WIDE_JOIN(v0, v1, lo, hi)                                                             \
	do {                                                                                       \
		valu_u32x8 lo_, hi_;                                                               \
		memcpy(&lo_, (lo) + lane, sizeof(lo_));                                            \
		memcpy(&hi_, (hi) + lane, sizeof(hi_));                                            \
		v0 = (__typeof__(v0))__builtin_shufflevector(lo_, hi_, 0, 8, 1, 9, 4, 12, 5, 13);  \
		v1 =                                                                               \
		    (__typeof__(v1))__builtin_shufflevector(lo_, hi_, 2, 10, 3, 11, 6, 14, 7, 15); \
	} while (0)

/* Back into the rows; lo is written first. */
#define VALU_WIDE_SPLIT(lo, hi, v0, v1)                                              \
	do {                                                                         \
		valu_u32x8 r0_ = (valu_u32x8)(v0), r1_ = (valu_u32x8)(v1), lo_, hi_; \
		lo_ = __builtin_shufflevector(r0_, r1_, 0, 2, 8, 10, 4, 6, 12, 14);  \
		hi_ = __builtin_shufflevector(r0_, r1_, 1, 3, 9, 11, 5, 7, 13, 15);  \
		memcpy((lo) + lane, &lo_, sizeof(lo_));                              \
		memcpy((hi) + lane, &hi_, sizeof(hi_));                              \
	} while (0)

/* As VALU_PLAIN2 and VALU_PLAIN3. A marked instruction has its 64-bit sources in registers, so that
 * there is nothing to spread over a row. */
#define VALU_WIDE_PLAIN2                                                    \
	const struct valu_src s0 = valu_plain_src(w, u, 0, VALU_F64, NULL); \
	const struct valu_src s1 = valu_plain_src(w, u, 1, VALU_F64, NULL)
#define VALU_WIDE_PLAIN3  \
	VALU_WIDE_PLAIN2; \
	const struct valu_src s2 = valu_plain_src(w, u, 2, VALU_F64, NULL)

#define VALU_WIDE2_BODY(op)                                      \
	for (unsigned lane = 0; lane < SWGPU_LANES; lane += 8) { \
		valu_f64x4 a0, a1, b0, b1;                       \
		VALU_WIDE_JOIN(a0, a1, s0.lo, s0.hi);            \
		VALU_WIDE_JOIN(b0, b1, s1.lo, s1.hi);            \
		a0 = a0 op b0;                                   \
		a1 = a1 op b1;                                   \
		VALU_WIDE_SPLIT(d.lo, d.hi, a0, a1);             \
	}

#define VALU_WIDE2(name, op)                                                                      \
	VALU_WAYS(name, ROUND, F64, VALU_FETCH2(F64, F64), VALU_WIDE_PLAIN2, VALU_WIDE2_BODY(op), \
		  VALU_WIDE2_BODY(op))

#ifdef __AVX2__
#include <immintrin.h>
#define VALU_WIDE_MUL32(a, b) ((valu_u64x4)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#else
#define VALU_WIDE_MUL32(a, b) (((a)&0xffffffff) * ((b)&0xffffffff))
#endif

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

#define VALU_WIDE_FMA3_BODY                                      \
	for (unsigned lane = 0; lane < SWGPU_LANES; lane += 8) { \
		valu_f64x4 a0, a1, b0, b1, c0, c1;               \
		VALU_WIDE_JOIN(a0, a1, s0.lo, s0.hi);            \
		VALU_WIDE_JOIN(b0, b1, s1.lo, s1.hi);            \
		VALU_WIDE_JOIN(c0, c1, s2.lo, s2.hi);            \
		VALU_WIDE_FMA(c0, a0, b0, c0);                   \
		VALU_WIDE_FMA(c1, a1, b1, c1);                   \
		VALU_WIDE_SPLIT(d.lo, d.hi, c0, c1);             \
	}

#define VALU_WIDE_FMA3(name)                                                      \
	VALU_WAYS(name, ROUND, F64, VALU_FETCH3(F64, F64, F64), VALU_WIDE_PLAIN3, \
		  VALU_WIDE_FMA3_BODY, VALU_WIDE_FMA3_BODY)

/* Shifts of 64 bits by a lane's count, or all lanes' one. `step` makes a of a and the count n. */
#define VALU_WIDE_SHIFT(name, step)                                      \
	EXEC(name)                                                       \
	{                                                                \
		struct valu x;                                           \
		valu_begin(&x, w, u, VALU_B64, VALU_INT);                \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_B32);  \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_B64);  \
		const struct valu_dst d = valu_dst(&x, VALU_B64);        \
		for (unsigned lane = 0; lane < SWGPU_LANES; lane += 8) { \
			valu_u64x4 a0, a1, n0, n1;                       \
			VALU_WIDE_JOIN(n0, n1, s0.lo, s0.lo);            \
			VALU_WIDE_JOIN(a0, a1, s1.lo, s1.hi);            \
			n0 &= 63;                                        \
			n1 &= 63;                                        \
			a0 = step(a0, n0);                               \
			a1 = step(a1, n1);                               \
			VALU_WIDE_SPLIT(d.lo, d.hi, a0, a1);             \
		}                                                        \
		valu_end(&x, VALU_B64);                                  \
	}

#endif
