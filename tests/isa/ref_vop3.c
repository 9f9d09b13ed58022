/* VOP3-only instructions of the reference. */
#include "tests/isa/ref_expr.h"

/* The first 1201 bits of 2/pi after the point, 32 a word, from the most significant on. */
static const uint32_t two_over_pi[] = {
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
    0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
    0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
    0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b,
    0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab, 0xf0cfbc20,
};

enum cube_part { CUBE_ID, CUBE_SC, CUBE_TC, CUBE_MA };

/* The face of a cube that (x, y, z) points to, and the coordinates there. */
static void cube(struct ref_lane *l, enum cube_part part)
{
	float x = F32(A), y = F32(B), z = F32(C);
	float id, sc, tc, ma;

	if (fabsf(z) >= fabsf(x) && fabsf(z) >= fabsf(y)) {
		id = z < 0 ? 5 : 4;
		sc = z < 0 ? -x : x;
		tc = -y;
		ma = 2 * z;
	} else if (fabsf(y) >= fabsf(x)) {
		id = y < 0 ? 3 : 2;
		sc = x;
		tc = y < 0 ? -z : z;
		ma = 2 * y;
	} else {
		id = x < 0 ? 1 : 0;
		sc = x < 0 ? z : -z;
		tc = -y;
		ma = 2 * x;
	}
	D = ref_b32(part == CUBE_ID ? id : part == CUBE_SC ? sc : part == CUBE_TC ? tc : ma);
}

/* 0 times anything is 0. */
static void mad_legacy(struct ref_lane *l)
{
	if (F32(ref_flush(A, 32)) == 0 || F32(ref_flush(B, 32)) == 0)
		D = ref_b32(0.0f + F32(ref_flush(C, 32)));
}

static uint64_t bfe_i32(uint64_t a, uint64_t b, uint64_t c)
{
	unsigned width = c & 31;

	return width ? (uint64_t)sext((uint64_t)(sext(a, 32) >> (b & 31)), width) : 0;
}

/* Sum of the distances of four bytes; with `masked`, those where b has 0 do not count. */
static uint64_t sad_u8(uint64_t a, uint64_t b, bool masked)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < 32; i += 8)
		if (!masked || BYTE(b))
			sum += DIFF(BYTE(a), BYTE(b));
	return sum;
}

static void qsad(struct ref_lane *l, bool masked)
{
	uint64_t out = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint64_t sum = sad_u8(A >> 8 * i, B, masked) + (C >> 16 * i & 0xffff);

		out |= (sat(l, (int64_t)sum, 0, UINT16_MAX) & 0xffff) << 16 * i;
	}
	D = out;
}

static void mqsad_u32(struct ref_lane *l)
{
	uint64_t out[4];

	for (unsigned i = 0; i < 4; i++) {
		uint64_t old = (i < 2 ? C : l->s_hi[2]) >> 32 * (i & 1) & UINT32_MAX;

		out[i] = sat(l, (int64_t)(sad_u8(A >> 8 * i, B, true) + old), 0, UINT32_MAX);
		out[i] &= UINT32_MAX;
	}
	D = out[1] << 32 | out[0];
	l->d_hi = out[3] << 32 | out[2];
}

/* A byte of v_perm: 0..7 a byte of `data`, 8..11 the sign of one of its words, 12 zero, else all
 * ones. */
static uint64_t perm_byte(uint64_t data, uint64_t sel)
{
	if (sel >= 13)
		return 255;
	if (sel == 12)
		return 0;
	if (sel >= 8)
		return data >> (16 * (sel - 8) + 15) & 1 ? 255 : 0;
	return data >> 8 * sel & 255;
}

/* The manual does not give the rounding: to nearest even or towards zero. */
static void cvt_pk_u8(struct ref_lane *l, uint64_t old)
{
	unsigned at = 8 * (B & 3);
	uint64_t keep = old & ~(UINT64_C(255) << at);

	D = keep | (uint64_t)ref_to_int(rint(F32(A)), 0, 255) << at;
	ref_or(l, (keep | (uint64_t)ref_to_int(F32(A), 0, 255) << at) & UINT32_MAX);
}

static uint64_t infinity_of(unsigned width)
{
	return width == 16 ? 0x7c00 : width == 32 ? 0x7f800000 : UINT64_C(0x7ff0000000000000);
}

/* Result of dividing C by B, A being a good quotient where nothing is special. `under` is the
 * difference of exponents from which the quotient underflows (0: not looked at). */
static void div_fixup(struct ref_lane *l, unsigned width, int under)
{
	uint64_t top = UINT64_C(1) << (width - 1), inf = infinity_of(width);
	uint64_t sign = (B ^ C) & top, b = B & ~top, c = C & ~top;
	int diff = (int)ref_exponent(C, width) - (int)ref_exponent(B, width);

	if (ref_nan(C, width) || ref_nan(B, width)) {
		D = inf | inf >> 1;
	} else if ((b == 0 && c == 0) || (b == inf && c == inf)) {
		D = top | inf | inf >> 1;
	} else if (b == 0 || c == inf) {
		D = sign | inf;
	} else if (b == inf || c == 0) {
		D = sign;
	} else if (under && diff < -under) {
		D = sign; /* or the smallest denormal: rounding of something below it */
		ref_or(l, sign | 1);
	} else {
		D = sign | (A & ~top);
		/* A NaN as quotient comes from an overflow in the steps before. */
		if (ref_nan(A, width))
			ref_or(l, sign | inf);
	}
}

static uint64_t scaled(uint64_t x, unsigned width, int power)
{
	return width == 32 ? ref_b32(ldexpf(F32(x), power)) : ref_b64(ldexp(F64(x), power));
}

/* Could the quotient c / b be a denormal? 1 yes, 0 no, -1 the manual does not decide: on the edge,
 * or zero. */
static int quotient_denormal(uint64_t b, uint64_t c, unsigned width)
{
	long double q = width == 32 ? (long double)F32(c) / F32(b) : (long double)F64(c) / F64(b);
	int min = width == 32 ? -126 : -1022, bits = width == 32 ? 24 : 53, e;

	if (q == 0 || !isfinite(q)) /* of an infinity or a NaN; v_div_fixup knows the result */
		return -1;
	e = ilogbl(q);
	if (e == min - 1 || e == min)
		return ldexpl(fabsl(q), -min) < 1 - ldexpl(1, -bits) ? 1 : e == min ? 0 : -1;
	if (e < min - bits + 1)
		return -1;
	return e < min;
}

static bool reciprocal_denormal(uint64_t b, unsigned width)
{
	int e = width == 32 ? ilogbf(F32(b)) : ilogb(F64(b));
	bool exact = width == 32 ? fabsf(F32(b)) == 0x1p126f : fabs(F64(b)) == 0x1p1022;
	bool finite = width == 32 ? isfinite(F32(b)) : isfinite(F64(b));

	return finite && e >= (width == 32 ? 126 : 1022) && !exact;
}

static bool same(uint64_t x, uint64_t y, unsigned width)
{
	return width == 32 ? F32(x) == F32(y) : F64(x) == F64(y);
}

/* Scales a numerator (C) or denominator (B), whichever A is, so that the steps of the division do
 * not under- or overflow; the mask says that v_div_fmas has to scale back. */
static void div_scale(struct ref_lane *l, unsigned width)
{
	int up = width == 32 ? 64 : 128, far = width == 32 ? 96 : 768, tiny = width == 32 ? 23 : 53;
	int diff = (int)ref_exponent(C, width) - (int)ref_exponent(B, width);
	uint64_t nan = infinity_of(width) | infinity_of(width) >> 1;
	int denormal;

	D = A;
	if (same(B, 0, width) || same(C, 0, width)) {
		D = nan;
		return;
	}
	if (diff >= far) {
		l->cout = true;
		D = same(A, B, width) ? scaled(A, width, up) : A;
		return;
	}
	if (ref_denormal(B, width)) {
		D = scaled(A, width, up);
		return;
	}
	denormal = quotient_denormal(B, C, width);
	l->slack.any = denormal < 0;
	if (reciprocal_denormal(B, width)) {
		/* Both: the manual scales the denominator up, which overflows; whatever is done
		 * instead. */
		l->slack.any |= denormal > 0;
		D = scaled(A, width, -up);
	} else if (denormal > 0) {
		l->cout = true;
		D = same(A, C, width) ? scaled(A, width, up) : A;
	} else if ((int)ref_exponent(C, width) <= tiny) {
		D = scaled(A, width, up);
	}
}

/* Takes back what v_div_scale did: up where the quotient (C) is large, else down. Scaling before or
 * after the sum is rounded differs where the sum overflows or the result is a denormal. */
static void div_fmas32(struct ref_lane *l)
{
	double sum = ref_fma_odd(F32(A), F32(B), F32(C));
	float once = fmaf(F32(A), F32(B), F32(C));
	int power = ref_exponent(C, 32) > 127 ? 64 : -64;

	D = ref_b32(l->cin ? (float)ldexp(sum, power) : once);
	if (l->cin)
		ref_or(l, ref_b32(ldexpf(once, power)));
}

static void div_fmas64(struct ref_lane *l)
{
	double once = fma(F64(A), F64(B), F64(C));
	int power = ref_exponent(C, 64) > 1023 ? 128 : -128;

	D = ref_b64(l->cin ? ldexp(once, power) : once);
	if (l->cin && (ref_denormal(D, 64) || isinf(once)))
		l->slack.any = true;
}

static void mad_u64(struct ref_lane *l)
{
	uint64_t product = A * B;

	D = product + C;
	l->cout = D < product;
	if (l->clamp && l->cout)
		D = UINT64_MAX;
}

static void mad_i64(struct ref_lane *l)
{
	__int128 sum = (__int128)(sext(A, 32) * sext(B, 32)) + (int64_t)C;

	D = (uint64_t)sum;
	l->cout = sum < 0; /* bit 64 of the 65-bit sum */
	if (l->clamp && sum > INT64_MAX)
		D = INT64_MAX;
	if (l->clamp && sum < INT64_MIN)
		D = (uint64_t)INT64_MIN;
}

static uint64_t below(unsigned lane)
{
	return (UINT64_C(1) << lane) - 1;
}

/* 53 bits of 2/pi, further down the larger A is. */
static void trig_preop(struct ref_lane *l)
{
	unsigned exponent = ref_exponent(A, 64);
	unsigned shift = (B & 31) * 53 + (exponent > 1077 ? exponent - 1077 : 0);
	uint64_t bits = 0;

	for (unsigned i = shift; i < shift + 53; i++)
		bits = bits << 1 | (i < 1201 ? two_over_pi[i / 32] >> (31 - i % 32) & 1 : 0);
	D = ref_b64(ldexp((double)bits, -53 - (int)shift + (exponent >= 1968 ? 128 : 0)));
}

/* Ties may be rounded either way. */
static void cvt_pknorm(struct ref_lane *l, double x, double y, double min, double scale)
{
	D = norm16(x, min, scale, rint) | norm16(y, min, scale, rint) << 16;
	ref_or(l, norm16(x, min, scale, half_up) | norm16(y, min, scale, half_up) << 16);
}

static uint64_t pk_i16(uint64_t x)
{
	return (uint16_t)MED3(sext(x, 32), (int64_t)INT16_MIN, (int64_t)INT16_MAX);
}

#define REF(NAME, shape, flags, ...)               \
	static void ref_##NAME(struct ref_lane *l) \
	{                                          \
		__VA_ARGS__;                       \
	}
#include "tests/isa/ref_vop3.def"
#undef REF

const struct ref_row ref_vop3_rows[] = {
#define REF(NAME, shape, flags, ...) {SWGPU_OP_##NAME, shape, flags, ref_##NAME},
#include "tests/isa/ref_vop3.def"
#undef REF
    {0, NULL, 0, NULL}};
