/*
 * exec/valu_packed.c - two 16-bit operations in one.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.10.
 *
 * op_sel and the neg bits have been applied when a source was fetched: an operation's low half
 * takes low halves, its high half high ones. With the clamp bit integers saturate and floats are
 * limited to 0..1.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_fma16.h"
#include "host-renderer/swgpu/exec/valu_half.h"
#include "host-renderer/swgpu/exec/valu_loop.h"
#include "host-renderer/swgpu/exec/valu_mad.h"

/* `expr` of the halves p, q, r of a, b, c, for both; bits above 15 of what it gives are dropped. */
#define BOTH(name, load, type, expr)                                              \
	static inline uint32_t name(uint32_t a, uint32_t b, uint32_t c)           \
	{                                                                         \
		uint32_t half[2];                                                 \
		for (unsigned i = 0; i < 2; i++) {                                \
			const type p = load(a >> 16 * i), q = load(b >> 16 * i);  \
			const type r __attribute__((unused)) = load(c >> 16 * i); \
			half[i] = (uint32_t)(expr)&0xffff;                        \
		}                                                                 \
		return half[0] | half[1] << 16;                                   \
	}

static inline int32_t i16(uint32_t x)
{
	return (int32_t)(x << 16) >> 16;
}

static inline uint32_t u16(uint32_t x)
{
	return x & 0xffff;
}

static inline int32_t sat_i16(int64_t x)
{
	return (int32_t)valu_saturate(x, INT16_MIN, INT16_MAX);
}

static inline uint32_t sat_u16(uint64_t x)
{
	return x > 0xffff ? 0xffff : (uint32_t)x;
}

BOTH(add, u16, uint32_t, p + q)
BOTH(sub, u16, uint32_t, p - q)
BOTH(mul, u16, uint32_t, (p * q))
BOTH(mad, u16, uint32_t, (p * q + r))
BOTH(add_u_sat, u16, uint32_t, sat_u16(p + q))
BOTH(sub_u_sat, u16, uint32_t, p > q ? p - q : 0)
BOTH(mul_u_sat, u16, uint32_t, sat_u16((p * q)))
BOTH(mad_u_sat, u16, uint32_t, sat_u16(((uint64_t)p * q) + r))
BOTH(add_i_sat, i16, int32_t, sat_i16(p + q))
BOTH(sub_i_sat, i16, int32_t, sat_i16(p - q))
BOTH(mad_i_sat, i16, int32_t, sat_i16(((int64_t)p * q) + r))
BOTH(min_i, i16, int32_t, p < q ? p : q)
BOTH(max_i, i16, int32_t, p > q ? p : q)
BOTH(min_u, u16, uint32_t, p < q ? p : q)
BOTH(max_u, u16, uint32_t, p > q ? p : q)
BOTH(shl, u16, uint32_t, q << (p & 15))
BOTH(shr, u16, uint32_t, q >> (p & 15))
BOTH(sar, i16, int32_t, q >> (p & 15))

VALU2_CLAMP(v_pk_add_u16, PB16, PB16, PB16, add(a, b, 0), add_u_sat(a, b, 0))
VALU2_CLAMP(v_pk_sub_u16, PB16, PB16, PB16, sub(a, b, 0), sub_u_sat(a, b, 0))
VALU2_CLAMP(v_pk_add_i16, PB16, PB16, PB16, add(a, b, 0), add_i_sat(a, b, 0))
VALU2_CLAMP(v_pk_sub_i16, PB16, PB16, PB16, sub(a, b, 0), sub_i_sat(a, b, 0))
VALU2_CLAMP(v_pk_mul_lo_u16, PB16, PB16, PB16, mul(a, b, 0), mul_u_sat(a, b, 0))
VALU3_CLAMP(v_pk_mad_u16, PB16, PB16, PB16, PB16, mad(a, b, c), mad_u_sat(a, b, c))
VALU3_CLAMP(v_pk_mad_i16, PB16, PB16, PB16, PB16, mad(a, b, c), mad_i_sat(a, b, c))
VALU2_AS(v_pk_min_i16, INT, PB16, PB16, PB16, min_i(a, b, 0))
VALU2_AS(v_pk_max_i16, INT, PB16, PB16, PB16, max_i(a, b, 0))
VALU2_AS(v_pk_min_u16, INT, PB16, PB16, PB16, min_u(a, b, 0))
VALU2_AS(v_pk_max_u16, INT, PB16, PB16, PB16, max_u(a, b, 0))
VALU2_AS(v_pk_lshlrev_b16, INT, PB16, PB16, PB16, shl(a, b, 0))
VALU2_AS(v_pk_lshrrev_b16, INT, PB16, PB16, PB16, shr(a, b, 0))
VALU2_AS(v_pk_ashrrev_i16, INT, PB16, PB16, PB16, sar(a, b, 0))

static inline uint32_t min_f16(uint32_t a, uint32_t b, uint32_t ieee)
{
	return valu_to_f16(valu_min32(valu_from_f16(a), valu_from_f16(b), ieee)) |
	       valu_to_f16(valu_min32(valu_from_f16(a >> 16), valu_from_f16(b >> 16), ieee)) << 16;
}

static inline uint32_t max_f16(uint32_t a, uint32_t b, uint32_t ieee)
{
	return valu_to_f16(valu_max32(valu_from_f16(a), valu_from_f16(b), ieee)) |
	       valu_to_f16(valu_max32(valu_from_f16(a >> 16), valu_from_f16(b >> 16), ieee)) << 16;
}

VALU_PACKED3_ROWS(v_pk_fma_f16, valu_fma16(a, b, c), valu_fma16_rows)
VALU_PACKED2(v_pk_add_f16, a + b)
VALU_PACKED2(v_pk_mul_f16, (a * b))
VALU2_AS(v_pk_min_f16, EXACT, PF16, PF16, PF16, min_f16(a, b, ieee))
VALU2_AS(v_pk_max_f16, EXACT, PF16, PF16, PF16, max_f16(a, b, ieee))

/* Mixed precision: each source is a float or a half, as op_sel_hi says; the sum is a float's, then
 * stored as asked. */
VALU3_AS(v_fma_mix_f32, ROUND, F32, MIX, MIX, MIX, __builtin_fmaf(a, b, c))
VALU3_AS(v_fma_mixlo_f16, ROUND, F16K, MIX, MIX, MIX, __builtin_fmaf(a, b, c))
VALU3_AS(v_fma_mixhi_f16, ROUND, F16H, MIX, MIX, MIX, __builtin_fmaf(a, b, c))
VALU3_AS(v_mad_mix_f32, ROUND, F32, MIX, MIX, MIX, valu_mad_f32(a, b, c))
VALU3_AS(v_mad_mixlo_f16, ROUND, F16K, MIX, MIX, MIX, valu_mad_f32(a, b, c))
VALU3_AS(v_mad_mixhi_f16, ROUND, F16H, MIX, MIX, MIX, valu_mad_f32(a, b, c))
