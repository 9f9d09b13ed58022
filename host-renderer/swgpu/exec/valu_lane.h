/*
 * exec/valu_lane.h - what the vector ALU functions do with one lane's value: reinterpreting bits,
 * half floats, NaNs.
 *
 * All of it is pure, branch-free where it matters, and written so that compilers turn a loop over
 * lanes of it into vector code. A half float is computed as the float of the same value and rounded
 * when it is stored; that is exact for one add, subtract, multiply, divide or square root because a
 * float has more than twice a half's bits plus two.
 */
#ifndef SWGPU_EXEC_VALU_LANE_H
#define SWGPU_EXEC_VALU_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Before a loop over lanes: iterations do not depend on each other. Rows are the same or disjoint,
 * and a lane reads its sources before it writes its results. */
#if defined(__clang__)
#define VALU_IVDEP _Pragma("clang loop vectorize(assume_safety)")
#else
#define VALU_IVDEP _Pragma("GCC ivdep")
#endif

#define VALU_LANES(lane) for (unsigned lane = 0; lane < 64; lane++)

#define VALU_QNAN16      0x7e00u
#define VALU_QNAN32      0x7fc00000u
#define VALU_QNAN64      0x7ff8000000000000ull

static inline float valu_f32(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static inline uint32_t valu_b32(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

static inline double valu_f64(uint64_t bits)
{
	double f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static inline uint64_t valu_b64(double f)
{
	uint64_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

/* The half in bits 15:0 as a float: exact; a NaN keeps its payload, a signalling one stays one. */
static inline float valu_from_f16(uint32_t h)
{
	uint32_t magnitude = (h & 0x7fff) << 13, sign = (h & 0x8000) << 16;
	uint32_t scaled = valu_b32(valu_f32(magnitude) * 0x1p112f);

	return valu_f32(((h & 0x7c00) == 0x7c00 ? magnitude | 0x7f800000 : scaled) | sign);
}

/*
 * A float rounded to a half, in bits 15:0, in the rounding mode that the host is in.
 * Adding a power of two 13 binary places above the value makes the host's adder cut it to a half's
 * precision, and the sum's low bits are the mantissa; at the bottom of the exponent range the same
 * sum makes a denormal. What is too large is decided by an overflow of the same kind in single
 * precision.
 */
static inline uint32_t valu_to_f16(float f)
{
	uint32_t bits = valu_b32(f), sign = bits & 0x80000000, magnitude = bits & 0x7fffffff;
	int32_t exponent = (int32_t)(magnitude >> 23) - 112;
	uint32_t e = (uint32_t)(exponent > 1 ? exponent : 1);
	uint32_t big = (e + 125) << 23 | sign;
	uint32_t mantissa = valu_b32(f + valu_f32(big)) - big;
	uint32_t over = valu_b32(f * 0x1p112f) >> 13 & 0x7fff;
	uint32_t half = magnitude >= 143u << 23 ? over : ((e - 1) << 10) + mantissa;

	return sign >> 16 | half;
}

/* Conditions are numbers, 0 or 1, so that they combine without branches. */
static inline uint32_t valu_nan32(float f)
{
	return f != f;
}

static inline uint32_t valu_nan64(double f)
{
	return f != f;
}

static inline uint32_t valu_snan32(float f)
{
	return valu_nan32(f) & ~(valu_b32(f) >> 22);
}

static inline uint32_t valu_snan64(double f)
{
	return valu_nan64(f) & ~(uint32_t)(valu_b64(f) >> 51);
}

static inline float valu_quiet32(float f)
{
	return valu_f32(valu_b32(f) | 0x00400000);
}

static inline double valu_quiet64(double f)
{
	return valu_f64(valu_b64(f) | 0x0008000000000000);
}

/* x, or the nearer end of lo..hi. */
static inline int64_t valu_saturate(int64_t x, int64_t lo, int64_t hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* Set bits; not in the form that compilers know and replace by a scalar instruction. */
static inline uint32_t valu_popcount(uint32_t x)
{
	x -= x >> 1 & 0x55555555;
	x = (x & 0x33333333) + (x >> 2 & 0x33333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f;
	x += x >> 8;
	return (x + (x >> 16)) & 0x3f;
}

#endif
