/*
 * exec/valu_cmp_float.c - float comparisons and classes.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.9.
 */
#include "host-renderer/swgpu/exec/valu_cmp.h"

VALU_CMP_FLOAT(f16, F16)
VALU_CMP_FLOAT(f32, F32)
VALU_CMP_FLOAT(f64, F64)

/* Number of the class in v_cmp_class's mask: 0 signalling NaN, 1 quiet NaN, then from -infinity to
 * +infinity: infinite, normal, denormal, zero; zero, denormal, normal, infinite. */
static inline uint32_t class_of(bool negative, bool top, bool bottom, bool no_mantissa, bool quiet)
{
	uint32_t size = top ? 0 : bottom ? (no_mantissa ? 3 : 2) : 1;

	return top && !no_mantissa ? (quiet ? 1 : 0) : negative ? 2 + size : 9 - size;
}

static inline uint32_t class16(uint32_t h)
{
	return class_of(h & 0x8000, (h & 0x7c00) == 0x7c00, (h & 0x7c00) == 0, (h & 0x3ff) == 0,
			h & 0x200);
}

static inline uint32_t class32(uint32_t f)
{
	return class_of(f >> 31, (f & 0x7f800000) == 0x7f800000, (f & 0x7f800000) == 0,
			(f & 0x7fffff) == 0, f & 0x400000);
}

static inline uint32_t class64(uint64_t f)
{
	uint64_t exponent = f & 0x7ff0000000000000, mantissa = f & 0x000fffffffffffff;

	return class_of(f >> 63, exponent == 0x7ff0000000000000, exponent == 0, mantissa == 0,
			mantissa >> 51);
}

VALU_CMP(class_f16, INT, B16, B32, b >> class16(a) & 1)
VALU_CMP(class_f32, INT, B32, B32, b >> class32(a) & 1)
VALU_CMP(class_f64, INT, B64, B32, b >> class64(a) & 1)
