/*
 * exec/valu_int32.c - 32-bit integer arithmetic and comparison to the least, greatest or middle.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.8 and 12.12.
 *
 * An operation with the clamp bit saturates at the limits of its result's type.
 */
#include "host-renderer/swgpu/exec/valu_loop.h"

static inline uint32_t sat_u32(uint64_t x)
{
	return x > UINT32_MAX ? UINT32_MAX : (uint32_t)x;
}

static inline int32_t sat_i32(int64_t x)
{
	return (int32_t)valu_saturate(x, INT32_MIN, INT32_MAX);
}

static inline uint32_t sub_sat(uint32_t a, uint32_t b)
{
	return a > b ? a - b : 0;
}

/* The low 24 bits, unsigned and signed. */
static inline uint32_t u24(uint32_t x)
{
	return x & 0xffffff;
}

static inline int32_t i24(uint32_t x)
{
	return (int32_t)(x << 8) >> 8;
}

static inline int64_t mul_i24(uint32_t a, uint32_t b)
{
	return (int64_t)i24(a) * i24(b);
}

static inline uint64_t mul_u24(uint32_t a, uint32_t b)
{
	return (uint64_t)u24(a) * u24(b);
}

VALU2_CLAMP(v_add_u32, B32, B32, B32, a + b, sat_u32((uint64_t)a + b))
VALU2_CLAMP(v_sub_u32, B32, B32, B32, a - b, sub_sat(a, b))
VALU2_CLAMP(v_subrev_u32, B32, B32, B32, b - a, sub_sat(b, a))
VALU2_CLAMP(v_add_i32, B32, B32, B32, a + b, sat_i32((int64_t)(int32_t)a + (int32_t)b))
VALU2_CLAMP(v_sub_i32, B32, B32, B32, a - b, sat_i32((int64_t)(int32_t)a - (int32_t)b))

VALU2_AS(v_mul_lo_u32, INT, B32, B32, B32, (a * b))
VALU2_AS(v_mul_hi_u32, INT, B32, B32, B32, ((uint64_t)a * b) >> 32)
VALU2_AS(v_mul_hi_i32, INT, B32, I32, I32, ((int64_t)a * b) >> 32)
VALU2_AS(v_mul_u32_u24, INT, B32, B32, B32, u24(a) * u24(b))
VALU2_AS(v_mul_hi_u32_u24, INT, B32, B32, B32, mul_u24(a, b) >> 32)
VALU2_AS(v_mul_i32_i24, INT, B32, B32, B32, (uint32_t)i24(a) * (uint32_t)i24(b))
VALU2_AS(v_mul_hi_i32_i24, INT, B32, B32, B32, mul_i24(a, b) >> 32)
VALU3_CLAMP(v_mad_u32_u24, B32, B32, B32, B32, u24(a) * u24(b) + c, sat_u32(mul_u24(a, b) + c))
VALU3_CLAMP(v_mad_i32_i24, B32, B32, B32, B32, (uint32_t)i24(a) * (uint32_t)i24(b) + c,
	    sat_i32(mul_i24(a, b) + (int32_t)c))
VALU3_CLAMP(v_mad_u32_u16, B32, B16, B16, B32, (a * b + c), sat_u32((uint64_t)a *b + c))
VALU3_CLAMP(v_mad_i32_i16, B32, I16, I16, B32, ((uint32_t)a * (uint32_t)b) + c,
	    sat_i32((int64_t)a *b + (int32_t)c))

VALU3_AS(v_add3_u32, INT, B32, B32, B32, B32, a + b + c)
VALU3_AS(v_lshl_add_u32, INT, B32, B32, B32, B32, (a << (b & 31)) + c)
VALU3_AS(v_add_lshl_u32, INT, B32, B32, B32, B32, (a + b) << (c & 31))
VALU3_AS(v_xad_u32, INT, B32, B32, B32, B32, (a ^ b) + c)

#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))
#define MED3(a, b, c) MAX(MIN(a, b), MIN(MAX(a, b), c))

VALU2_AS(v_min_u32, INT, B32, B32, B32, MIN(a, b))
VALU2_AS(v_max_u32, INT, B32, B32, B32, MAX(a, b))
VALU2_AS(v_min_i32, INT, I32, I32, I32, MIN(a, b))
VALU2_AS(v_max_i32, INT, I32, I32, I32, MAX(a, b))
VALU3_AS(v_min3_u32, INT, B32, B32, B32, B32, MIN(MIN(a, b), c))
VALU3_AS(v_max3_u32, INT, B32, B32, B32, B32, MAX(MAX(a, b), c))
VALU3_AS(v_med3_u32, INT, B32, B32, B32, B32, MED3(a, b, c))
VALU3_AS(v_min3_i32, INT, I32, I32, I32, I32, MIN(MIN(a, b), c))
VALU3_AS(v_max3_i32, INT, I32, I32, I32, I32, MAX(MAX(a, b), c))
VALU3_AS(v_med3_i32, INT, I32, I32, I32, I32, MED3(a, b, c))
