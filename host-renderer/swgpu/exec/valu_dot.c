/*
 * exec/valu_dot.c - dot products of small vectors that are packed in a register.
 * Source: "Vega 7nm ISA" reference guide, chapter 12.10.
 *
 * Integers are summed exactly; without the clamp bit the low 32 bits are kept, with it the sum
 * saturates.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"

/* Element i of `bits` bits, signed and unsigned. */
static inline int64_t element_i(uint32_t x, unsigned i, unsigned bits)
{
	return (int32_t)(x << (32 - bits - i * bits)) >> (32 - bits);
}

static inline int64_t element_u(uint32_t x, unsigned i, unsigned bits)
{
	return x << (32 - bits - i * bits) >> (32 - bits);
}

static inline int64_t dot_i(uint32_t a, uint32_t b, unsigned bits)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < 32 / bits; i++)
		sum += element_i(a, i, bits) * element_i(b, i, bits);
	return sum;
}

static inline int64_t dot_u(uint32_t a, uint32_t b, unsigned bits)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < 32 / bits; i++)
		sum += element_u(a, i, bits) * element_u(b, i, bits);
	return sum;
}

#define DOT_I(a, b, c, bits) (dot_i(a, b, bits) + (int32_t)(c))
#define DOT_U(a, b, c, bits) (dot_u(a, b, bits) + (int64_t)(c))
#define SAT_I(x)             valu_saturate(x, INT32_MIN, INT32_MAX)
#define SAT_U(x)             valu_saturate(x, 0, UINT32_MAX)

VALU3_CLAMP(v_dot2_i32_i16, B32, PB16, PB16, B32, DOT_I(a, b, c, 16), SAT_I(DOT_I(a, b, c, 16)))
VALU3_CLAMP(v_dot2_u32_u16, B32, PB16, PB16, B32, DOT_U(a, b, c, 16), SAT_U(DOT_U(a, b, c, 16)))
VALU3_CLAMP(v_dot4_i32_i8, B32, B32, B32, B32, DOT_I(a, b, c, 8), SAT_I(DOT_I(a, b, c, 8)))
VALU3_CLAMP(v_dot4_u32_u8, B32, B32, B32, B32, DOT_U(a, b, c, 8), SAT_U(DOT_U(a, b, c, 8)))
VALU3_CLAMP(v_dot8_i32_i4, B32, B32, B32, B32, DOT_I(a, b, c, 4), SAT_I(DOT_I(a, b, c, 4)))
VALU3_CLAMP(v_dot8_u32_u4, B32, B32, B32, B32, DOT_U(a, b, c, 4), SAT_U(DOT_U(a, b, c, 4)))

/* Products of halves are exact as floats; each sum is rounded. */
static inline float dot2_f16(uint32_t a, uint32_t b, float c)
{
	float low = valu_from_f16(a) * valu_from_f16(b),
	      high = valu_from_f16(a >> 16) * valu_from_f16(b >> 16);

	return c + low + high;
}

/* The float has no high half: its sign is neg_lo's. */
VALU3_AS(v_dot2_f32_f16, ROUND, F32, PF16, PF16, F32, dot2_f16(a, b, u->neg_lo & 4 ? -c : c))
