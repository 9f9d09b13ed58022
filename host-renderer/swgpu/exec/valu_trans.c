/*
 * exec/valu_trans.c - transcendental instructions of single and half precision.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7.
 *
 * All are computed in double precision without fused operations and rounded once, so that every
 * build gives the same bits and the error is little more than half a unit in the last place.
 * Rounding to an integer is done by adding 1.5 * 2^52; the polynomials hold beyond the interval
 * that this leaves in any rounding mode.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"

#define ROUNDER 0x1.8p52

/* 2^a: 2^r by its series, to 2^-36 for |r| <= 1/2, and the integer part into the exponent. */
static inline float exp2_of(float a)
{
	double x = (double)a, in = x > 200.0 ? 200.0 : x < -200.0 ? -200.0 : x;
	double whole = in + ROUNDER, r = in - (whole - ROUNDER);
	double p = 1.01780860092396960e-7;

	p = p * r + 1.32154867901443095e-6;
	p = p * r + 1.52527338040598403e-5;
	p = p * r + 1.54035303933816100e-4;
	p = p * r + 1.33335581464284434e-3;
	p = p * r + 9.61812910762847717e-3;
	p = p * r + 5.55041086648215800e-2;
	p = p * r + 2.40226506959100712e-1;
	p = p * r + 6.93147180559945309e-1;
	p = p * r + 1.0;
	return (float)(p * valu_f64((valu_b64(whole) << 52) + (1023ull << 52)));
}

/* log2(a): a = 2^e * m with m in sqrt(1/2)..sqrt(2); log2(m) by the series of the inverse
 * hyperbolic tangent of s = (m - 1) / (m + 1), whose relative error is below 2^-35. */
static inline float log2_of(float a)
{
	uint64_t bits = valu_b64((double)a), shifted = bits - 0x3fe6a09e667f3bcd; /* sqrt(1/2) */
	uint64_t exponent = shifted & 0xfff0000000000000;
	double e = valu_f64(0x4338000000000000 + ((shifted >> 52) ^ 0x800)) - (ROUNDER + 2048.0);
	double m = valu_f64(bits - exponent), s = (m - 1.0) / (m + 1.0), z = s * s;
	double p = 2.0 / 13 * 1.4426950408889634;

	p = p * z + 2.0 / 11 * 1.4426950408889634;
	p = p * z + 2.0 / 9 * 1.4426950408889634;
	p = p * z + 2.0 / 7 * 1.4426950408889634;
	p = p * z + 2.0 / 5 * 1.4426950408889634;
	p = p * z + 2.0 / 3 * 1.4426950408889634;
	p = p * z + 2.0 * 1.4426950408889634;
	float log = (float)(e + s * p);
	float rest = a == 0.0f ? -__builtin_inff() : a < 0.0f ? valu_f32(VALU_QNAN32) : a + a;

	return a > 0.0f && a < __builtin_inff() ? log : rest;
}

/* sin(2 pi t): t to -1/2..1/2, folded to a quarter turn each way, then the series of the sine. */
static inline double sin_turns(double t)
{
	double r = t - ((t + ROUNDER) - ROUNDER);
	double half = r < 0.0 ? -0.5 : 0.5, f = r > 0.25 || r < -0.25 ? half - r : r;
	double x = f * 6.283185307179586, z = x * x;
	double p = -7.647163731819816e-13;

	p = p * z + 1.605904383682161e-10;
	p = p * z - 2.505210838544172e-8;
	p = p * z + 2.755731922398589e-6;
	p = p * z - 1.984126984126984e-4;
	p = p * z + 8.333333333333333e-3;
	p = p * z - 1.666666666666667e-1;
	return x + x * (z * p);
}

static inline bool in_turns(float a)
{
	return a >= -256.0f && a <= 256.0f;
}

/* Outside -256..256 turns sin is 0 and cos 1; of an infinity they are NaN. */
static inline float sin_of(float a)
{
	float rest = a - a; /* 0, or NaN where a is not finite */

	return in_turns(a) ? (a == 0.0f ? a : (float)sin_turns((double)a)) : rest;
}

static inline float cos_of(float a)
{
	float rest = a - a + 1.0f;

	return in_turns(a) ? (float)sin_turns((double)a + 0.25) : rest;
}

static inline float rsq_of(float a)
{
	return (float)(1.0 / __builtin_sqrt((double)a));
}

VALU1_AS(v_exp_f32, EXACT, F32, F32, exp2_of(a))
VALU1_AS(v_log_f32, EXACT, F32, F32, log2_of(a))
VALU1_AS(v_exp_legacy_f32, EXACT, F32, F32, exp2_of(a))
VALU1_AS(v_log_legacy_f32, EXACT, F32, F32, log2_of(a))
VALU1_AS(v_rcp_f32, EXACT, F32, F32, 1.0f / a)
VALU1_AS(v_rcp_iflag_f32, EXACT, F32, F32, 1.0f / a)
VALU1_AS(v_rsq_f32, EXACT, F32, F32, rsq_of(a))
VALU1_AS(v_sqrt_f32, EXACT, F32, F32, __builtin_sqrtf(a))
VALU1_AS(v_sin_f32, EXACT, F32, F32, sin_of(a))
VALU1_AS(v_cos_f32, EXACT, F32, F32, cos_of(a))

VALU1_AS(v_exp_f16, EXACT, F16, F16, exp2_of(a))
VALU1_AS(v_log_f16, EXACT, F16, F16, log2_of(a))
VALU1_AS(v_rcp_f16, EXACT, F16, F16, 1.0f / a)
VALU1_AS(v_rsq_f16, EXACT, F16, F16, rsq_of(a))
VALU1_AS(v_sqrt_f16, EXACT, F16, F16, __builtin_sqrtf(a))
VALU1_AS(v_sin_f16, EXACT, F16, F16, sin_of(a))
VALU1_AS(v_cos_f16, EXACT, F16, F16, cos_of(a))
