/*
 * exec/valu_f32.c - single-precision arithmetic, rounding to integers, taking apart, cube maps.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7, 12.8 and 12.12; "Vega 7nm ISA"
 * for v_fmac_f32.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"
#include "host-renderer/swgpu/exec/valu_mad.h"

/* Zero times anything is zero. */
static inline float op_v_mul_legacy_f32(float a, float b)
{
	return a == 0.0f || b == 0.0f ? 0.0f : a * b;
}

VALU2_AS(v_add_f32, ROUND, F32, F32, F32, a + b)
VALU2_AS(v_sub_f32, ROUND, F32, F32, F32, a - b)
VALU2_AS(v_subrev_f32, ROUND, F32, F32, F32, b - a)
VALU2_AS(v_mul_f32, ROUND, F32, F32, F32, (a * b))
VALU2(v_mul_legacy_f32, ROUND, F32, F32, F32)

VALU3_AS(v_fma_f32, ROUND, F32, F32, F32, F32, __builtin_fmaf(a, b, c))
VALU3_AS(v_fmac_f32, ROUND, F32, F32, F32, F32, __builtin_fmaf(a, b, c))
VALU3_AS(v_mac_f32, ROUND, F32, F32, F32, F32, valu_mad_f32(a, b, c))
VALU3_AS(v_mad_f32, ROUND, F32, F32, F32, F32, valu_mad_f32(a, b, c))
VALU3_AS(v_madmk_f32, ROUND, F32, F32, F32, F32, valu_mad_f32(a, b, c))
VALU3_AS(v_madak_f32, ROUND, F32, F32, F32, F32, valu_mad_f32(a, b, c))
VALU3_AS(v_mad_legacy_f32, ROUND, F32, F32, F32, F32, valu_mad_legacy_f32(a, b, c))

VALU2_AS(v_min_f32, EXACT, F32, F32, F32, valu_min32(a, b, ieee))
VALU2_AS(v_max_f32, EXACT, F32, F32, F32, valu_max32(a, b, ieee))
VALU3_AS(v_min3_f32, EXACT, F32, F32, F32, F32, valu_min3_32(a, b, c, ieee))
VALU3_AS(v_max3_f32, EXACT, F32, F32, F32, F32, valu_max3_32(a, b, c, ieee))
VALU3_AS(v_med3_f32, EXACT, F32, F32, F32, F32, valu_med3_32(a, b, c, ieee))

/* a - floor(a), which rounds up to 1 just below an integer; the hardware stays below 1. */
static inline float op_v_fract_f32(float a)
{
	float f = a - __builtin_floorf(a);

	return f >= 1.0f ? 0x1.fffffep-1f : f;
}

VALU1(v_fract_f32, EXACT, F32, F32)
VALU1_AS(v_trunc_f32, EXACT, F32, F32, __builtin_truncf(a))
VALU1_AS(v_ceil_f32, EXACT, F32, F32, __builtin_ceilf(a))
VALU1_AS(v_floor_f32, EXACT, F32, F32, __builtin_floorf(a))
VALU1_AS(v_rndne_f32, EXACT, F32, F32, __builtin_rintf(a))
VALU2_AS(v_ldexp_f32, ROUND, F32, F32, I32, valu_ldexp32(a, b))

/* The number of zeros above the mantissa's highest bit is what a denormal's exponent lacks: found
 * by a conversion. */
static inline float scaled_up(float a)
{
	return valu_b32(a) & 0x7f800000 ? a : a * 0x1p32f;
}

static inline uint32_t op_v_frexp_exp_i32_f32(float a)
{
	uint32_t field = valu_b32(scaled_up(a)) >> 23 & 0xff,
		 less = valu_b32(a) & 0x7f800000 ? 126 : 158;

	return field == 0xff || a == 0.0f ? 0 : field - less;
}

static inline float op_v_frexp_mant_f32(float a)
{
	uint32_t bits = valu_b32(scaled_up(a));
	bool odd = (bits & 0x7f800000) == 0x7f800000 || a == 0.0f;

	return odd ? a + a : valu_f32((bits & 0x807fffff) | 126u << 23);
}

VALU1(v_frexp_exp_i32_f32, EXACT, B32, F32)
VALU1(v_frexp_mant_f32, EXACT, F32, F32)

/* Which axis of a cube map's direction (a, b, c) is the major one. */
static inline bool major_z(float a, float b, float c)
{
	return __builtin_fabsf(c) >= __builtin_fabsf(a) && __builtin_fabsf(c) >= __builtin_fabsf(b);
}

static inline bool major_y(float a, float b)
{
	return __builtin_fabsf(b) >= __builtin_fabsf(a);
}

static inline float op_v_cubeid_f32(float a, float b, float c)
{
	float z = c < 0.0f ? 5.0f : 4.0f, y = b < 0.0f ? 3.0f : 2.0f, x = a < 0.0f ? 1.0f : 0.0f;

	return major_z(a, b, c) ? z : major_y(a, b) ? y : x;
}

static inline float op_v_cubesc_f32(float a, float b, float c)
{
	float z = c < 0.0f ? -a : a, x = a < 0.0f ? c : -c;

	return major_z(a, b, c) ? z : major_y(a, b) ? a : x;
}

static inline float op_v_cubetc_f32(float a, float b, float c)
{
	float y = b < 0.0f ? -c : c;

	return major_z(a, b, c) ? -b : major_y(a, b) ? y : -b;
}

static inline float op_v_cubema_f32(float a, float b, float c)
{
	return 2.0f * (major_z(a, b, c) ? c : major_y(a, b) ? b : a);
}

VALU3(v_cubeid_f32, EXACT, F32, F32, F32, F32)
VALU3(v_cubesc_f32, EXACT, F32, F32, F32, F32)
VALU3(v_cubetc_f32, EXACT, F32, F32, F32, F32)
VALU3(v_cubema_f32, EXACT, F32, F32, F32, F32)
