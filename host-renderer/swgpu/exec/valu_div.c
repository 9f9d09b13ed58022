/*
 * exec/valu_div.c - the steps of a division: scaling, the last fused multiply-add, the special
 * cases. Source: "AMD Vega Instruction Set Architecture", chapter 12.12.
 *
 * v_div_scale(x, d, n) scales x, one of denominator d and numerator n, so that the reciprocal and
 * the quotient are in range; its mask says that the quotient must be scaled back, which v_div_fmas
 * does, and v_div_fixup puts the special cases right. Where the manual is not enough for a
 * correctly rounded quotient:
 *  - v_div_fmas scales by 2^64 (2^128 for doubles) up or down, by whether its addend is 2 or more;
 * the manual has one factor, 2^32, which fits neither of v_div_scale's.
 *  - it rounds once, also where scaling down makes the result a denormal.
 *  - v_div_scale treats a quotient below the least denormal as a denormal.
 *  - v_div_fixup takes a NaN quotient of numbers for an overflow: the steps between make infinity
 * minus infinity of it.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"

struct scaled32 {
	float value;
	uint32_t mask; /* 0 or ~0 */
};

struct scaled64 {
	double value;
	uint64_t mask;
};

static inline int32_t field32(float x)
{
	return (int32_t)(valu_b32(x) >> 23 & 0xff);
}

static inline int32_t field64(double x)
{
	return (int32_t)(valu_b64(x) >> 52 & 0x7ff);
}

static inline struct scaled32 scale32(float x, float d, float n)
{
	float inverse = 1.0f / d, quotient = n / d;
	uint32_t zero = (uint32_t)(d == 0) | (uint32_t)(n == 0),
		 huge = field32(n) - field32(d) >= 96;
	uint32_t denormal = field32(d) == 0, tiny = field32(quotient) == 0;
	uint32_t tiny_inverse = (uint32_t)(field32(inverse) == 0) & (uint32_t)(inverse != 0);
	float up = x * 0x1p64f, down = x * 0x1p-64f, only_d = x == d ? up : x,
	      only_n = x == n ? up : x;
	float value = x;

	value = field32(n) <= 23 ? up : value;
	value = tiny ? only_n : (tiny_inverse ? down : value);
	value = denormal ? up : value;
	value = huge ? only_d : value;
	value = zero ? valu_f32(VALU_QNAN32) : value;
	return (struct scaled32){value, -(~zero & (huge | (tiny & ~denormal)) & 1)};
}

static inline struct scaled64 scale64(double x, double d, double n)
{
	double inverse = 1.0 / d, quotient = n / d;
	uint32_t zero = (uint32_t)(d == 0) | (uint32_t)(n == 0),
		 huge = field64(n) - field64(d) >= 768;
	uint32_t denormal = field64(d) == 0, tiny = field64(quotient) == 0;
	uint32_t tiny_inverse = (uint32_t)(field64(inverse) == 0) & (uint32_t)(inverse != 0);
	double up = x * 0x1p128, down = x * 0x1p-128, only_d = x == d ? up : x,
	       only_n = x == n ? up : x;
	double value = x;

	value = field64(n) <= 53 ? up : value;
	value = tiny ? only_n : (tiny_inverse ? down : value);
	value = denormal ? up : value;
	value = huge ? only_d : value;
	value = zero ? valu_f64(VALU_QNAN64) : value;
	return (struct scaled64){value, -(uint64_t)(~zero & (huge | (tiny & ~denormal)) & 1)};
}

#define DIV_SCALE(name, F, scale)                                                     \
	EXEC(name)                                                                    \
	{                                                                             \
		struct valu x;                                                        \
		struct valu_row mask;                                                 \
		valu_begin(&x, w, u, VALU_##F, VALU_EXACT);                           \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_##F);               \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_##F);               \
		const struct valu_src s2 = valu_fetch(&x, 2, VALU_##F);               \
		const struct valu_dst d = valu_dst(&x, VALU_##F);                     \
		VALU_IVDEP                                                            \
		VALU_LANES(lane)                                                      \
		{                                                                     \
			const __typeof__(scale(0, 0, 0)) r =                          \
			    scale(VALU_LD_##F(s0), VALU_LD_##F(s1), VALU_LD_##F(s2)); \
			VALU_ST_##F(d, r.value);                                      \
			mask.lane[lane] = (uint32_t)r.mask;                           \
		}                                                                     \
		valu_end(&x, VALU_##F);                                               \
		valu_set_mask(w, &u->sdst, VALU_FN(bits)(mask.lane) & x.exec);        \
	}

DIV_SCALE(v_div_scale_f32, F32, scale32)
DIV_SCALE(v_div_scale_f64, F64, scale64)

/* (a * b + c) * 2^n, rounded once: rounded to odd in double precision first, as valu_fma16 does. */
static inline float fmas32(float a, float b, float c)
{
	double product = (double)a * (double)b, sum = product + (double)c, part = sum - product;
	double error = (product - (sum - part)) + ((double)c - part);
	uint64_t bits = valu_b64(sum), towards = (valu_b64(error) ^ bits) >> 63 ? -1ull : 1ull;
	bool inexact = error < 0.0 || error > 0.0;
	double odd = valu_f64(inexact && !(bits & 1) ? bits + towards : bits);

	return (float)(odd * (field32(c) > 127 ? 0x1p64 : 0x1p-64));
}

/* What a * b + c is more than `sum`, which is it rounded; only the sign is exact. */
static double fma_error(double a, double b, double c, double sum)
{
	double product = a * b, low = __builtin_fma(a, b, -product);
	double s = product + c, part = s - product, error = (product - (s - part)) + (c - part);

	return (s - sum) + (error + low);
}

/* The same for doubles. Scaling down to a denormal rounds a second time; that matters only if the
 * first rounding made a tie, which is decided by what the first one dropped. */
static double fmas64(double a, double b, double c)
{
	double sum = __builtin_fma(a, b, c);

	if (field64(c) > 1023)
		return sum * 0x1p128;
	double r = sum * 0x1p-128, dropped = sum - r * 0x1p128;

	if (field64(r) != 0 || (dropped != 0x1p-947 && dropped != -0x1p-947))
		return r;
	double error = fma_error(a, b, c, sum);

	if (dropped > 0.0 && error > 0.0)
		return r + 0x1p-1074;
	if (dropped < 0.0 && error < 0.0)
		return r - 0x1p-1074;
	return r;
}

/* src[3] is the lane mask. Lanes whose bit is set are rare, so they are done one by one after the
 * others. */
#define DIV_FMAS(name, F, fma, fmas)                                                             \
	EXEC(name)                                                                               \
	{                                                                                        \
		struct valu x;                                                                   \
		uint64_t scaled = VALU_FN(scalar)(w, &u->src[3]) & swgpu_exec_mask(w);           \
		valu_begin(&x, w, u, VALU_##F, VALU_ROUND);                                      \
		x.direct = x.direct && !scaled;                                                  \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_##F);                          \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_##F);                          \
		const struct valu_src s2 = valu_fetch(&x, 2, VALU_##F);                          \
		const struct valu_dst d = valu_dst(&x, VALU_##F);                                \
		VALU_IVDEP                                                                       \
		VALU_LANES(lane)                                                                 \
		VALU_ST_##F(d, fma(VALU_LD_##F(s0), VALU_LD_##F(s1), VALU_LD_##F(s2)));          \
		for (; scaled; scaled &= scaled - 1) {                                           \
			unsigned lane = (unsigned)__builtin_ctzll(scaled);                       \
			VALU_ST_##F(d, fmas(VALU_LD_##F(s0), VALU_LD_##F(s1), VALU_LD_##F(s2))); \
		}                                                                                \
		valu_end(&x, VALU_##F);                                                          \
	}

DIV_FMAS(v_div_fmas_f32, F32, __builtin_fmaf, fmas32)
DIV_FMAS(v_div_fmas_f64, F64, __builtin_fma, fmas64)

/* q: the quotient, as good as the steps made it; d, n: what was divided. Both conditions hold for 0
 * / 0 and for infinity by infinity. */
static inline float fixup16(float q, float d, float n)
{
	uint32_t sign = (valu_b32(d) ^ valu_b32(n)) & 0x80000000, infinite = 0x7f800000;
	uint32_t size_d = valu_b32(d) & 0x7fffffff, size_n = valu_b32(n) & 0x7fffffff;
	uint32_t r = (valu_b32(q) & 0x7fffffff) | sign;
	uint32_t zero = (uint32_t)(size_d == infinite) | (uint32_t)(size_n == 0);
	uint32_t over = (uint32_t)(size_n == infinite) | (uint32_t)(size_d == 0);

	r = zero ? sign : r;
	r = over ? sign | infinite : r;
	r = (zero & over) ? 0xffc00000 : r;
	r = size_d > infinite ? valu_b32(d) | 0x00400000 : r;
	return valu_f32(size_n > infinite ? valu_b32(n) | 0x00400000 : r);
}

static inline float fixup32(float q, float d, float n)
{
	float in_range = valu_nan32(q) ? __builtin_inff() : q;

	return fixup16(field32(n) - field32(d) < -150 ? 0.0f : in_range, d, n);
}

static inline double fixup_cases64(double q, double d, double n)
{
	uint64_t sign = (valu_b64(d) ^ valu_b64(n)) & 0x8000000000000000,
		 infinite = 0x7ff0000000000000;
	uint64_t size_d = valu_b64(d) & (uint64_t)INT64_MAX,
		 size_n = valu_b64(n) & (uint64_t)INT64_MAX;
	uint64_t r = (valu_b64(q) & (uint64_t)INT64_MAX) | sign;
	uint32_t zero = (uint32_t)(size_d == infinite) | (uint32_t)(size_n == 0);
	uint32_t over = (uint32_t)(size_n == infinite) | (uint32_t)(size_d == 0);

	r = zero ? sign : r;
	r = over ? sign | infinite : r;
	r = (zero & over) ? 0xfff8000000000000 : r;
	r = size_d > infinite ? valu_b64(d) | 0x0008000000000000 : r;
	return valu_f64(size_n > infinite ? valu_b64(n) | 0x0008000000000000 : r);
}

static inline double fixup64(double q, double d, double n)
{
	double in_range = valu_nan64(q) ? __builtin_inf() : q;

	return fixup_cases64(field64(n) - field64(d) < -1075 ? 0.0 : in_range, d, n);
}

VALU3_AS(v_div_fixup_f32, EXACT, F32, F32, F32, F32, fixup32(a, b, c))
VALU3_AS(v_div_fixup_f64, EXACT, F64, F64, F64, F64, fixup64(a, b, c))
VALU3_AS(v_div_fixup_f16, EXACT, F16K, F16, F16, F16, fixup16(a, b, c))
VALU3_AS(v_div_fixup_legacy_f16, EXACT, F16, F16, F16, F16, fixup16(a, b, c))
