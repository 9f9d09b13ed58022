/*
 * tests/isa/ref_expr.h - the names in which the rows of ref_vop*.def are written, and what several
 * of them need.
 */
#ifndef TESTS_ISA_REF_EXPR_H
#define TESTS_ISA_REF_EXPR_H

#include "tests/isa/ref_lane.h"

#define A             (l->s[0])
#define B             (l->s[1])
#define C             (l->s[2])
#define D             l->d
#define F16(x)        ref_f16(x)
#define F32(x)        ref_f32(x)
#define F64(x)        ref_f64(x)
#define MIN2(x, y)    ((x) < (y) ? (x) : (y))
#define MAX2(x, y)    ((x) > (y) ? (x) : (y))
#define MIN3(x, y, z) MIN2(MIN2(x, y), z)
#define MAX3(x, y, z) MAX2(MAX2(x, y), z)
#define MED3(x, y, z) MAX2(MIN2(x, y), MIN2(MAX2(x, y), z))
#define DIFF(x, y)    ((x) > (y) ? (x) - (y) : (y) - (x))
#define BYTE(x)       ((x) >> i & 255)
/* Runs the statement for the byte at bit i = 0, 8, 16, 24 and lets it collect the result in D. */
#define FOR_BYTES(stmt)                      \
	D = 0;                               \
	for (unsigned i = 0; i < 32; i += 8) \
	stmt

/* The low `bits` of x as a signed number. */
static inline int64_t sext(uint64_t x, unsigned bits)
{
	return (int64_t)(x << (64 - bits)) >> (64 - bits);
}

/* An integer result: saturated if the instruction says so, else its low bits are taken. */
static inline uint64_t sat(const struct ref_lane *l, int64_t x, int64_t min, int64_t max)
{
	if (l->clamp)
		x = x < min ? min : x > max ? max : x;
	return (uint64_t)x;
}

/* x * scale, clamped to [min, 1] * scale, as 16 bits; ties go as `rounding` has them. NaN is 0. */
static inline uint64_t norm16(double x, double min, double scale, double (*rounding)(double))
{
	if (isnan(x))
		return 0;
	x = x < min ? min : x > 1 ? 1 : x;
	return (uint16_t)(int32_t)rounding(x * scale);
}

static inline double half_up(double x)
{
	return floor(x + 0.5);
}

static inline uint64_t count_ones(uint64_t x)
{
	uint64_t n = 0;

	for (; x; x >>= 1)
		n += x & 1;
	return n;
}

#endif
