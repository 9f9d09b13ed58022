/*
 * exec/valu_float.h - float operations that single, half and packed instructions share, one lane at
 * a time.
 *
 * Halves come as floats of the same value, see valu_lane.h.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.
 */
#ifndef SWGPU_EXEC_VALU_FLOAT_H
#define SWGPU_EXEC_VALU_FLOAT_H

#include "host-renderer/swgpu/exec/valu_lane.h"

/* The NaN rules of min and max: in IEEE mode a signalling NaN wins and is made quiet; else the
 * number wins. */
static inline float valu_pick_nan32(float a, float b, float r, uint32_t ieee)
{
	r = (valu_nan32(b) & ~valu_nan32(a)) ? a : r;
	r = (ieee & valu_snan32(b)) ? valu_quiet32(b) : r;
	return (ieee & valu_snan32(a)) ? valu_quiet32(a) : r;
}

/* Equal values are the same bits or two zeros, of which min takes -0 and max +0. */
static inline float valu_min32(float a, float b, uint32_t ieee)
{
	float same = valu_f32(valu_b32(a) | valu_b32(b));

	return valu_pick_nan32(a, b, a < b ? a : a == b ? same : b, ieee);
}

static inline float valu_max32(float a, float b, uint32_t ieee)
{
	float same = valu_f32(valu_b32(a) & valu_b32(b));

	return valu_pick_nan32(a, b, a > b ? a : a == b ? same : b, ieee);
}

static inline float valu_min3_32(float a, float b, float c, uint32_t ieee)
{
	return valu_min32(valu_min32(a, b, ieee), c, ieee);
}

static inline float valu_max3_32(float a, float b, float c, uint32_t ieee)
{
	return valu_max32(valu_max32(a, b, ieee), c, ieee);
}

/* The greater of two numbers; of two zeros +0. */
static inline float valu_greater32(float a, float b)
{
	return a > b ? a : a == b ? valu_f32(valu_b32(a) & valu_b32(b)) : b;
}

/* The first that equals the greatest is left out; of the other two the greater. */
static inline float valu_med3_32(float a, float b, float c, uint32_t ieee)
{
	float top = valu_greater32(valu_greater32(a, b), c);
	uint32_t without_a = top == a, without_b = ~without_a & (uint32_t)(top == b);
	float p = without_a ? b : a, q = (without_a | without_b) ? c : b;
	uint32_t nan = -(valu_nan32(a) | valu_nan32(b) | valu_nan32(c));
	uint32_t least = valu_b32(valu_min3_32(a, b, c, ieee)),
		 middle = valu_b32(valu_greater32(p, q));

	return valu_f32((least & nan) |
			(middle & ~nan)); /* as bits: compilers branch on a condition here */
}

static inline double valu_pick_nan64(double a, double b, double r, uint32_t ieee)
{
	r = (valu_nan64(b) & ~valu_nan64(a)) ? a : r;
	r = (ieee & valu_snan64(b)) ? valu_quiet64(b) : r;
	return (ieee & valu_snan64(a)) ? valu_quiet64(a) : r;
}

static inline double valu_min64(double a, double b, uint32_t ieee)
{
	double same = valu_f64(valu_b64(a) | valu_b64(b));

	return valu_pick_nan64(a, b, a < b ? a : a == b ? same : b, ieee);
}

static inline double valu_max64(double a, double b, uint32_t ieee)
{
	double same = valu_f64(valu_b64(a) & valu_b64(b));

	return valu_pick_nan64(a, b, a > b ? a : a == b ? same : b, ieee);
}

/*
 * a * b + c of halves, rounded once when it is stored. The product is exact in single precision;
 * the sum is rounded to odd: its error (the two-sum of Knuth) says whether and to which side the
 * exact sum lies between two floats, and the odd one of them makes the rounding to a half come out
 * as if it had seen the exact sum.
 */
static inline float valu_fma16(float a, float b, float c)
{
	float product = a * b, sum = product + c, part = sum - product;
	float error = (product - (sum - part)) + (c - part);
	uint32_t bits = valu_b32(sum), towards = (valu_b32(error) ^ bits) >> 31 ? -1u : 1u;
	bool inexact = error < 0.0f || error > 0.0f;

	return valu_f32(inexact && !(bits & 1) ? bits + towards : bits);
}

/* 2^n as a double, -1022 <= n <= 1023. */
static inline double valu_exp2i(int32_t n)
{
	return valu_f64((uint64_t)(uint32_t)(n + 1023) << 52);
}

static inline int32_t valu_clamp32(int32_t x, int32_t lo, int32_t hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* a * 2^n, rounded once. */
static inline float valu_ldexp32(float a, int32_t n)
{
	return (float)((double)a * valu_exp2i(valu_clamp32(n, -300, 300)));
}

#endif
