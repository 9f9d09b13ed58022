/*
 * exec/valu_f16.c - half-precision arithmetic.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7, 12.8 and 12.12.
 *
 * An operation sees floats and its result is rounded to a half when it is stored (valu_lane.h).
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_fma16.h"
#include "host-renderer/swgpu/exec/valu_half.h"
#include "host-renderer/swgpu/exec/valu_loop.h"
#include "host-renderer/swgpu/exec/valu_mad.h"

VALU_HALF2(v_add_f16, F16, a + b)
VALU_HALF2(v_sub_f16, F16, a - b)
VALU_HALF2(v_subrev_f16, F16, b - a)
VALU_HALF2(v_mul_f16, F16, (a * b))

VALU_HALF3(v_mac_f16, F16K, valu_mad_f16(a, b, c))
VALU_HALF3(v_madmk_f16, F16K, valu_mad_f16(a, b, c))
VALU_HALF3(v_madak_f16, F16K, valu_mad_f16(a, b, c))
VALU_HALF3(v_mad_f16, F16K, valu_mad_f16(a, b, c))
VALU_HALF3(v_mad_legacy_f16, F16, valu_mad_f16(a, b, c))
VALU_HALF3_ROWS(v_fma_f16, F16K, valu_fma16(a, b, c), valu_fma16_rows)
VALU_HALF3_ROWS(v_fma_legacy_f16, F16, valu_fma16(a, b, c), valu_fma16_rows)

VALU2_AS(v_min_f16, EXACT, F16, F16, F16, valu_min32(a, b, ieee))
VALU2_AS(v_max_f16, EXACT, F16, F16, F16, valu_max32(a, b, ieee))
VALU3_AS(v_min3_f16, EXACT, F16K, F16, F16, F16, valu_min3_32(a, b, c, ieee))
VALU3_AS(v_max3_f16, EXACT, F16K, F16, F16, F16, valu_max3_32(a, b, c, ieee))
VALU3_AS(v_med3_f16, EXACT, F16K, F16, F16, F16, valu_med3_32(a, b, c, ieee))

/* Stays below 1, as v_fract_f32. */
static inline float op_v_fract_f16(float a)
{
	float f = a - __builtin_floorf(a);

	return f > 0x1.ffcp-1f ? 0x1.ffcp-1f : f;
}

VALU1(v_fract_f16, EXACT, F16, F16)
VALU1_AS(v_trunc_f16, EXACT, F16, F16, __builtin_truncf(a))
VALU1_AS(v_ceil_f16, EXACT, F16, F16, __builtin_ceilf(a))
VALU1_AS(v_floor_f16, EXACT, F16, F16, __builtin_floorf(a))
VALU1_AS(v_rndne_f16, EXACT, F16, F16, __builtin_rintf(a))
VALU2_AS(v_ldexp_f16, ROUND, F16, F16, I16, valu_ldexp32(a, b))

/* Every half but 0 is a normal float. */
static inline uint32_t op_v_frexp_exp_i16_f16(float a)
{
	uint32_t field = valu_b32(a) >> 23 & 0xff;

	return field == 0xff || field == 0 ? 0 : field - 126;
}

static inline float op_v_frexp_mant_f16(float a)
{
	uint32_t field = valu_b32(a) >> 23 & 0xff;

	return field == 0xff || field == 0 ? a + a
					   : valu_f32((valu_b32(a) & 0x807fffff) | 126u << 23);
}

VALU1(v_frexp_exp_i16_f16, EXACT, B16, F16)
VALU1(v_frexp_mant_f16, EXACT, F16, F16)
