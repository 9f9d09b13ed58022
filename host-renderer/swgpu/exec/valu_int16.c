/*
 * exec/valu_int16.c - 16-bit integers.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.8 and 12.12.
 *
 * What gfx8 had already clears the upper half of the destination; what gfx9 brought, with op_sel,
 * keeps the other half.
 */
#include "host-renderer/swgpu/exec/valu_loop.h"

static inline uint32_t sat_u16(uint64_t x)
{
	return x > 0xffff ? 0xffff : (uint32_t)x;
}

static inline int32_t sat_i16(int64_t x)
{
	return (int32_t)valu_saturate(x, INT16_MIN, INT16_MAX);
}

static inline uint32_t sub_sat(uint32_t a, uint32_t b)
{
	return a > b ? a - b : 0;
}

VALU2_CLAMP(v_add_u16, B16, B16, B16, a + b, sat_u16(a + b))
VALU2_CLAMP(v_sub_u16, B16, B16, B16, a - b, sub_sat(a, b))
VALU2_CLAMP(v_subrev_u16, B16, B16, B16, b - a, sub_sat(b, a))
VALU2_CLAMP(v_add_i16, B16K, I16, I16, a + b, sat_i16(a + b))
VALU2_CLAMP(v_sub_i16, B16K, I16, I16, a - b, sat_i16(a - b))
VALU2_AS(v_mul_lo_u16, INT, B16, B16, B16, (a * b))

VALU3_CLAMP(v_mad_legacy_u16, B16, B16, B16, B16, (a * b + c), sat_u16((uint64_t)a *b + c))
VALU3_CLAMP(v_mad_legacy_i16, B16, I16, I16, I16, (a * b + c), sat_i16((int64_t)a *b + c))
VALU3_CLAMP(v_mad_u16, B16K, B16, B16, B16, (a * b + c), sat_u16((uint64_t)a *b + c))
VALU3_CLAMP(v_mad_i16, B16K, I16, I16, I16, (a * b + c), sat_i16((int64_t)a *b + c))

VALU2_AS(v_lshlrev_b16, INT, B16, B16, B16, b << (a & 15))
VALU2_AS(v_lshrrev_b16, INT, B16, B16, B16, b >> (a & 15))
VALU2_AS(v_ashrrev_i16, INT, B16, B16, I16, b >> (a & 15))

#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))
#define MED3(a, b, c) MAX(MIN(a, b), MIN(MAX(a, b), c))

VALU2_AS(v_min_u16, INT, B16, B16, B16, MIN(a, b))
VALU2_AS(v_max_u16, INT, B16, B16, B16, MAX(a, b))
VALU2_AS(v_min_i16, INT, B16, I16, I16, MIN(a, b))
VALU2_AS(v_max_i16, INT, B16, I16, I16, MAX(a, b))
VALU3_AS(v_min3_u16, INT, B16K, B16, B16, B16, MIN(MIN(a, b), c))
VALU3_AS(v_max3_u16, INT, B16K, B16, B16, B16, MAX(MAX(a, b), c))
VALU3_AS(v_med3_u16, INT, B16K, B16, B16, B16, MED3(a, b, c))
VALU3_AS(v_min3_i16, INT, B16K, I16, I16, I16, MIN(MIN(a, b), c))
VALU3_AS(v_max3_i16, INT, B16K, I16, I16, I16, MAX(MAX(a, b), c))
VALU3_AS(v_med3_i16, INT, B16K, I16, I16, I16, MED3(a, b, c))
