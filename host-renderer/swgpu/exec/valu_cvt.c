/*
 * exec/valu_cvt.c - conversions between formats.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7 and 12.12.
 *
 * A float that becomes an integer is cut towards zero, saturates, and is 0 for a NaN.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"

static inline int32_t i32_of(float a)
{
	int32_t low = a <= -0x1p31f ? INT32_MIN : 0;

	return a >= 0x1p31f ? INT32_MAX : a > -0x1p31f ? (int32_t)a : low;
}

static inline uint32_t u32_of(float a)
{
	return a >= 0x1p32f ? UINT32_MAX : a > 0.0f ? (uint32_t)a : 0;
}

static inline int32_t i32_of_f64(double a)
{
	double in = a > -0x1p31 ? (a < 0x1p31 - 1 ? a : 0x1p31 - 1) : -0x1p31;

	return a == a ? (int32_t)in : 0;
}

/* By way of a signed conversion, which vector units have. */
static inline uint32_t u32_of_f64(double a)
{
	double in = a > 0.0 ? (a < 0x1p32 - 1 ? a : 0x1p32 - 1) : 0.0;

	return in >= 0x1p31 ? (uint32_t)(int32_t)(in - 0x1p31) ^ 0x80000000 : (uint32_t)(int32_t)in;
}

VALU1_AS(v_cvt_i32_f32, EXACT, B32, F32, i32_of(a))
VALU1_AS(v_cvt_u32_f32, EXACT, B32, F32, u32_of(a))
VALU1_AS(v_cvt_i32_f64, EXACT, B32, F64, i32_of_f64(a))
VALU1_AS(v_cvt_u32_f64, EXACT, B32, F64, u32_of_f64(a))
VALU1_AS(v_cvt_flr_i32_f32, EXACT, B32, F32, i32_of(__builtin_floorf(a)))
VALU1_AS(v_cvt_rpi_i32_f32, EXACT, B32, F32, i32_of(__builtin_floorf(a + 0.5f)))

VALU1_AS(v_cvt_f32_i32, ROUND, F32, I32, (float)a)
VALU1_AS(v_cvt_f32_u32, ROUND, F32, B32, (float)a)
VALU1_AS(v_cvt_f64_i32, ROUND, F64, I32, (double)a)
VALU1_AS(v_cvt_f64_u32, ROUND, F64, B32, (double)a)
VALU1_AS(v_cvt_f32_f64, ROUND, F32, F64, (float)a)
VALU1_AS(v_cvt_f64_f32, ROUND, F64, F32, (double)a)
VALU1_AS(v_cvt_f16_f32, ROUND, F16, F32, a)
VALU1_AS(v_cvt_f32_f16, ROUND, F32, F16, valu_nan32(a) ? valu_quiet32(a) : a)

VALU1_AS(v_cvt_f32_ubyte0, INT, F32, B32, (float)(int32_t)(a & 0xff))
VALU1_AS(v_cvt_f32_ubyte1, INT, F32, B32, (float)(int32_t)(a >> 8 & 0xff))
VALU1_AS(v_cvt_f32_ubyte2, INT, F32, B32, (float)(int32_t)(a >> 16 & 0xff))
VALU1_AS(v_cvt_f32_ubyte3, INT, F32, B32, (float)(int32_t)(a >> 24))
/* A signed four-bit fraction in sixteenths. */
VALU1_AS(v_cvt_off_f32_i4, INT, F32, B32, (float)((int32_t)(a << 28) >> 28) * 0.0625f)

static inline int32_t i16_of(float a)
{
	float in = a > -32768.0f ? (a < 32767.0f ? a : 32767.0f) : -32768.0f;

	return a == a ? (int32_t)in : 0;
}

static inline int32_t u16_of(float a)
{
	return (int32_t)(a > 0.0f ? (a < 65535.0f ? a : 65535.0f) : 0.0f);
}

VALU1_AS(v_cvt_f16_u16, ROUND, F16, B16, (float)(int32_t)a)
VALU1_AS(v_cvt_f16_i16, ROUND, F16, I16, (float)a)
VALU1_AS(v_cvt_u16_f16, EXACT, B16, F16, u16_of(a))
VALU1_AS(v_cvt_i16_f16, EXACT, B16, F16, i16_of(a))

/* -1..1 and 0..1 as 16-bit integers, rounded; a NaN is 0. */
static inline uint32_t snorm16(float a)
{
	float in = a > -1.0f ? (a < 1.0f ? a : 1.0f) : -1.0f;

	return a == a ? (uint32_t)(int32_t)__builtin_rint((double)in * 32767.0) & 0xffff : 0;
}

static inline uint32_t unorm16(float a)
{
	float in = a > 0.0f ? (a < 1.0f ? a : 1.0f) : 0.0f;

	return (uint32_t)(int32_t)__builtin_rint((double)in * 65535.0);
}

VALU1_AS(v_cvt_norm_i16_f16, ROUND, B16, F16, snorm16(a))
VALU1_AS(v_cvt_norm_u16_f16, ROUND, B16, F16, unorm16(a))
VALU2_AS(v_cvt_pknorm_i16_f32, ROUND, PB16, F32, F32, snorm16(a) | snorm16(b) << 16)
VALU2_AS(v_cvt_pknorm_u16_f32, ROUND, PB16, F32, F32, unorm16(a) | unorm16(b) << 16)
VALU2_AS(v_cvt_pknorm_i16_f16, ROUND, PB16, F16, F16, snorm16(a) | snorm16(b) << 16)
VALU2_AS(v_cvt_pknorm_u16_f16, ROUND, PB16, F16, F16, unorm16(a) | unorm16(b) << 16)

/* A float cut to a half, whatever MODE says. */
static inline uint32_t cut_to_f16(float a)
{
	uint32_t bits = valu_b32(a), magnitude = bits & 0x7fffffff, field = magnitude >> 23;
	uint32_t nan = 0x7e00 | (magnitude >> 13 & 0x1ff), shift = 126 - field;
	uint32_t tiny = ((magnitude & 0x7fffff) | 0x800000) >> (shift < 31 ? shift : 31);
	uint32_t large = magnitude > 0x7f800000 ? nan : magnitude == 0x7f800000 ? 0x7c00 : 0x7bff;
	uint32_t normal = (magnitude - (112u << 23)) >> 13;

	return (bits >> 16 & 0x8000) | (field >= 143 ? large : field > 112 ? normal : tiny);
}

VALU2_AS(v_cvt_pkrtz_f16_f32, EXACT, PF16, F32, F32, cut_to_f16(a) | cut_to_f16(b) << 16)
VALU2_AS(v_pack_b32_f16, INT, PB16, B16, B16, a | b << 16)

static inline uint32_t sat_i16(int32_t a)
{
	return (uint32_t)valu_clamp32(a, INT16_MIN, INT16_MAX) & 0xffff;
}

static inline uint32_t sat_u16(uint32_t a)
{
	return a < 0xffff ? a : 0xffff;
}

VALU2_AS(v_cvt_pk_u16_u32, INT, PB16, B32, B32, sat_u16(a) | sat_u16(b) << 16)
VALU2_AS(v_cvt_pk_i16_i32, INT, PB16, I32, I32, sat_i16(a) | sat_i16(b) << 16)

static inline uint32_t sat_u8(uint32_t half)
{
	return (uint32_t)valu_clamp32((int32_t)(half << 16) >> 16, 0, 255);
}

VALU1_AS(v_sat_pk_u8_i16, INT, B32, B32, sat_u8(a) | sat_u8(a >> 16) << 8)

/* a, rounded and saturated to a byte, in place of byte `b` of c. */
static inline uint32_t op_v_cvt_pk_u8_f32(float a, uint32_t b, uint32_t c)
{
	float in = a > 0.0f ? (a < 255.0f ? a : 255.0f) : 0.0f;
	uint32_t shift = (b & 3) * 8, byte = (uint32_t)(int32_t)__builtin_rintf(in);

	return (c & ~(0xffu << shift)) | byte << shift;
}

VALU3(v_cvt_pk_u8_f32, ROUND, B32, F32, B32, B32)

/* The destination is also an input. */
EXEC(v_cvt_pkaccum_u8_f32)
{
	struct valu x;
	const uint32_t *old = w->v[u->dst.reg];

	valu_begin(&x, w, u, VALU_B32, VALU_ROUND);
	const struct valu_src s0 = valu_fetch(&x, 0, VALU_F32), s1 = valu_fetch(&x, 1, VALU_B32);
	const struct valu_dst d = valu_dst(&x, VALU_B32);

	VALU_IVDEP
	VALU_LANES(lane)
	d.lo[lane] = op_v_cvt_pk_u8_f32(valu_f32(s0.lo[lane]), s1.lo[lane], old[lane]);
	valu_end(&x, VALU_B32);
}
