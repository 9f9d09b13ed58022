/*
 * exec/valu_f64.c - double-precision arithmetic, rounding to integers, taking apart.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7 and 12.12.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"
#include "host-renderer/swgpu/exec/valu_wide.h"

VALU_WIDE2(v_add_f64, +)
VALU_WIDE2(v_mul_f64, *)
VALU_WIDE_FMA3(v_fma_f64)
VALU2_AS(v_min_f64, EXACT, F64, F64, F64, valu_min64(a, b, ieee))
VALU2_AS(v_max_f64, EXACT, F64, F64, F64, valu_max64(a, b, ieee))

/* Stays below 1, as v_fract_f32. */
static inline double op_v_fract_f64(double a)
{
	double f = a - __builtin_floor(a);

	return f >= 1.0 ? 0x1.fffffffffffffp-1 : f;
}

VALU1(v_fract_f64, EXACT, F64, F64)
VALU1_AS(v_trunc_f64, EXACT, F64, F64, __builtin_trunc(a))
VALU1_AS(v_ceil_f64, EXACT, F64, F64, __builtin_ceil(a))
VALU1_AS(v_floor_f64, EXACT, F64, F64, __builtin_floor(a))
VALU1_AS(v_rndne_f64, EXACT, F64, F64, __builtin_rint(a))

#define EXPONENT 0x7ff0000000000000ull

static inline double scaled_up(double a)
{
	return valu_b64(a) & EXPONENT ? a : a * 0x1p64;
}

/* The exponent field that a would have with enough range, and its mantissa as a number in 1..2. */
static inline int32_t field_of(double a)
{
	int32_t field = (int32_t)(valu_b64(scaled_up(a)) >> 52 & 0x7ff);

	return valu_b64(a) & EXPONENT ? field : field - 64;
}

static inline double one_to_two(double a)
{
	return valu_f64((valu_b64(scaled_up(a)) & ~EXPONENT) | 1023ull << 52);
}

/* Zero, infinite or NaN. */
static inline bool has_no_exponent(double a)
{
	return a == 0.0 || (valu_b64(a) & EXPONENT) == EXPONENT;
}

static inline uint32_t op_v_frexp_exp_i32_f64(double a)
{
	return has_no_exponent(a) ? 0 : (uint32_t)(field_of(a) - 1022);
}

static inline double op_v_frexp_mant_f64(double a)
{
	return has_no_exponent(a) ? a + a : one_to_two(a) * 0.5;
}

VALU1(v_frexp_exp_i32_f64, EXACT, B32, F64)
VALU1(v_frexp_mant_f64, EXACT, F64, F64)

/* a * 2^n. Of the two factors the first is exact, so that the result is rounded once, also to a
 * denormal. */
static inline double op_v_ldexp_f64(double a, int32_t n)
{
	int32_t exponent = field_of(a) - 1023 + valu_clamp32(n, -4200, 4200);
	int32_t first = valu_clamp32(exponent, -1022, 1023),
		second = valu_clamp32(exponent - first, -64, 64);
	double scaled = one_to_two(a) * valu_exp2i(first) * valu_exp2i(second);

	return has_no_exponent(a) ? a + a : scaled;
}

VALU2(v_ldexp_f64, ROUND, F64, F64, I32)

VALU1_AS(v_rcp_f64, EXACT, F64, F64, 1.0 / a)
VALU1_AS(v_sqrt_f64, EXACT, F64, F64, __builtin_sqrt(a))

/* 1 / sqrt(a): the quotient's error and the root's, taken to first order, leave less than one unit
 * in the last place. Where they cannot be had (0, infinity, the ends of the range) the plain
 * quotient stands. */
static inline double op_v_rsq_f64(double a)
{
	double root = __builtin_sqrt(a), y = 1.0 / root;
	double e = __builtin_fma(-root, root, a), r = __builtin_fma(-root, y, 1.0);
	double better = y + y * (r - 0.5 * (e * y) * y);
	bool regular = a > 0x1p-900 && a < 0x1p900;

	return regular ? better : y;
}

VALU1(v_rsq_f64, EXACT, F64, F64)
