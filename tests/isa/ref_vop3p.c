/* VOP3P of the reference. */
#include "tests/isa/ref_expr.h"

/* Evaluates expr for the low and the high half of the result, with A, B, C being the halves that go
 * into it. */
#define HALVES(expr)                                                \
	const uint64_t whole[3] = {l->s[0], l->s[1], l->s[2]};      \
	uint64_t result = 0;                                        \
	for (unsigned half = 0; half < 2; half++) {                 \
		for (unsigned i = 0; i < 3; i++)                    \
			l->s[i] = half_of(l->u, whole[i], i, half); \
		result |= ((uint64_t)(expr)&0xffff) << 16 * half;   \
	}                                                           \
	D = result
#define MIX(i) mix_source(l, i)

static uint64_t half_of(const struct swgpu_uop *u, uint64_t x, unsigned i, unsigned half)
{
	unsigned from = (half ? u->op_sel_hi : u->op_sel) >> i & 1;
	unsigned neg = (half ? u->neg_hi : u->neg_lo) >> i & 1;

	return (x >> 16 * from & 0xffff) ^ neg << 15;
}

/* Source i as the bits of an f32: it is one, or a half is converted. neg_hi is the absolute value
 * here. */
static uint64_t mix_source(const struct ref_lane *l, unsigned i)
{
	const struct swgpu_uop *u = l->u;
	uint64_t x = l->s[i];

	if (u->op_sel_hi >> i & 1)
		x = ref_b32((float)F16(u->op_sel >> i & 1 ? x >> 16 : x));
	if (u->neg_hi >> i & 1)
		x &= 0x7fffffff;
	if (u->neg_lo >> i & 1)
		x ^= 0x80000000;
	return x;
}

static float fma_mix(const struct ref_lane *l)
{
	return fmaf(F32(MIX(0)), F32(MIX(1)), F32(MIX(2)));
}

/* Whether the sum is rounded to f32 before it becomes a half, the manual does not say. */
static void fma_mix_once(struct ref_lane *l)
{
	long double sum = (long double)F32(MIX(0)) * F32(MIX(1)) + F32(MIX(2));

	ref_or(l, ref_b16((double)sum));
}

/* The products are exact; in which order they are added, the manual does not say. */
static void dot2_f32(struct ref_lane *l)
{
	const struct swgpu_uop *u = l->u;
	double p[2];
	float c = F32((u->neg_lo >> 2 & 1 ? C ^ 0x80000000 : C));

	for (unsigned half = 0; half < 2; half++)
		p[half] = F16(half_of(u, A, 0, half)) * F16(half_of(u, B, 1, half));
	D = ref_b32((float)p[1] + ((float)p[0] + c));
	ref_or(l, ref_b32((float)p[0] + ((float)p[1] + c)));
	ref_or(l, ref_b32(((float)p[0] + (float)p[1]) + c));
	ref_or(l, ref_b32((float)((long double)p[0] + p[1] + c)));
}

/* Sum of the products of the `bits` wide parts of A and B, and C. op_sel chooses halves of 16-bit
 * parts. */
static uint64_t dot(const struct ref_lane *l, unsigned bits, bool is_signed)
{
	int64_t sum = is_signed ? sext(C, 32) : (int64_t)C;

	for (unsigned at = 0; at < 32; at += bits) {
		uint64_t a = A >> at, b = B >> at;

		if (bits == 16) {
			a = half_of(l->u, A, 0, at != 0);
			b = half_of(l->u, B, 1, at != 0);
		}
		a &= (UINT64_C(1) << bits) - 1;
		b &= (UINT64_C(1) << bits) - 1;
		sum += is_signed ? sext(a, bits) * sext(b, bits) : (int64_t)(a * b);
	}
	return is_signed ? sat(l, sum, INT32_MIN, INT32_MAX) : sat(l, sum, 0, UINT32_MAX);
}

#define REF(NAME, shape, flags, ...)               \
	static void ref_##NAME(struct ref_lane *l) \
	{                                          \
		__VA_ARGS__;                       \
	}
#include "tests/isa/ref_vop3p.def"
#undef REF

const struct ref_row ref_vop3p_rows[] = {
#define REF(NAME, shape, flags, ...) {SWGPU_OP_##NAME, shape, flags, ref_##NAME},
#include "tests/isa/ref_vop3p.def"
#undef REF
    {0, NULL, 0, NULL}};
