/*
 * Arithmetic of vector ALU instructions where the definition needs thought: division, NaNs,
 * conversions, single rounding, accuracy. Every row of the tables against a reference is in
 * tests/isa.
 */
#include <math.h>

#include "tests/unit/test_valu_support.h"

/* v[dst] = v[0] / v[2]; each register is `words` wide, and a pair apart. The sequence is the
 * compiler's. */
static void divide(unsigned words, unsigned scale, unsigned rcp, unsigned fma, unsigned mul,
		   unsigned fmas, unsigned fixup)
{
	struct swgpu_opnd n = vgpr(0, words), d = vgpr(2, words), ds = vgpr(4, words),
			  ns = vgpr(6, words);
	struct swgpu_opnd r = vgpr(8, words), e = vgpr(10, words), q = vgpr(12, words),
			  out = vgpr(14, words);
	struct swgpu_opnd one = imm(words == 1 ? 0x3f800000 : 0x3ff0000000000000);
	struct swgpu_uop u = uop3(scale, ds, d, d, n);

	u.sdst = sgpr(20, 2);
	run(&u);
	u = uop3(scale, ns, n, d, n);
	u.sdst = sgpr(VCC, 2);
	run(&u);
	run2(rcp, r, ds, imm(0));
	for (unsigned step = 0; step < words; step++) {
		run3(fma, e, negated(ds), r, one);
		run3(fma, r, e, r, r);
	}
	run2(mul, q, ns, r);
	run3(fma, e, negated(ds), q, ns);
	if (words == 1) {
		run3(fma, q, e, r, q);
		run3(fma, e, negated(ds), q, ns);
	}
	u = uop3(fmas, e, e, r, q);
	u.src[3] = sgpr(VCC, 2);
	run(&u);
	run3(fixup, out, e, d, n);
}

static const float odd_floats[] = {0.0f,
				   -0.0f,
				   1.0f,
				   3.0f,
				   0x1p-149f,
				   0x1.8p-148f,
				   0x1p-127f,
				   0x1p-126f,
				   0x1.fffffep127f,
				   0x1p127f,
				   0x1.000002p-126f,
				   INFINITY,
				   NAN,
				   -0x1p-130f,
				   0x1.234568p126f,
				   0x1.5p100f};

VT_TEST(valu_math, divides_floats)
{
	const unsigned count = VT_ARRAY_LEN(odd_floats);

	EACH_ENGINE for (unsigned round = 0; round < 300; round++)
	{
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			bool odd = round < 64;

			rows[0][l] =
			    odd ? bits32(odd_floats[(round * 4 + l / 16) % count]) : random32();
			rows[2][l] = odd ? bits32(odd_floats[l % count]) : random32();
		}
		divide(1, SWGPU_OP_V_DIV_SCALE_F32, SWGPU_OP_V_RCP_F32, SWGPU_OP_V_FMA_F32,
		       SWGPU_OP_V_MUL_F32, SWGPU_OP_V_DIV_FMAS_F32, SWGPU_OP_V_DIV_FIXUP_F32);
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			float n = float_of(rows[0][l]), d = float_of(rows[2][l]), want = n / d;
			float got = float_of(rows[14][l]);

			VT_ASSERT_MSG(bits32(got) == bits32(want) || (got != got && want != want),
				      "%s: %a / %a = %a, not %a", engine->name, (double)n,
				      (double)d, (double)want, (double)got);
		}
	}
}

VT_TEST(valu_math, divides_doubles)
{
	EACH_ENGINE for (unsigned round = 0; round < 300; round++)
	{
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			uint64_t n = random64(), d = random64();

			if (round & 1) /* quotients about the least normal and denormal */
				d = (d & ~(0x7ffull << 52)) |
				    (((n >> 52 & 0x7ff) + 1000 + d % 80) % 2047) << 52;
			if (round % 8 == 7)
				n &= 0x800fffffffffffff;
			put64(0, l, n);
			put64(2, l, d);
		}
		divide(2, SWGPU_OP_V_DIV_SCALE_F64, SWGPU_OP_V_RCP_F64, SWGPU_OP_V_FMA_F64,
		       SWGPU_OP_V_MUL_F64, SWGPU_OP_V_DIV_FMAS_F64, SWGPU_OP_V_DIV_FIXUP_F64);
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			double n = double_of(get64(0, l)), d = double_of(get64(2, l)), want = n / d;
			double got = double_of(get64(14, l));

			VT_ASSERT_MSG(bits64(got) == bits64(want) || (got != got && want != want),
				      "%s: %a / %a = %a, not %a", engine->name, n, d, want, got);
		}
	}
}

VT_TEST(valu_math, min_and_max_of_nans_and_zeros)
{
	const uint32_t qnan = 0x7fc00001, snan = 0x7f800001, one = bits32(1.0f), zero = 0,
		       minus = 0x80000000;

	EACH_ENGINE
	{
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, qnan, one), one);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MAX_F32, one, qnan), one);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, snan, one), 0x7fc00001);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, one, snan), 0x7fc00001);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, zero, minus), minus);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, minus, zero), minus);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MAX_F32, minus, zero), zero);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MAX_F32, zero, minus), zero);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MAX_F16, 0x7d01, 0x3c00), 0x7f01);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MAX_F16, 0x7e01, 0x3c00), 0x3c00);
		wave.mode &= ~0x200u;
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, snan, one), one);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MIN_F32, one, snan), one);
	}
}

VT_TEST(valu_math, conversions_saturate)
{
	EACH_ENGINE
	{
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_I32_F32, bits32(NAN)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_I32_F32, bits32(-1.9f)), UINT32_MAX);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_I32_F32, bits32(0x1p31f)), INT32_MAX);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_I32_F32, bits32(-0x1p60f)), 0x80000000);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_U32_F32, bits32(-1.0f)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_U32_F32, bits32(0x1.fffffep31f)), 0xffffff00);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_U32_F32, bits32(INFINITY)), UINT32_MAX);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F32_U32, 0xffffff7f), bits32(0x1.fffffep31f));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F32_U32, 0xffffff80), bits32(0x1p32f));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_I16_F16, 0xfc00), 0x8000);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_U16_F16, 0x7bff), 65504);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_U16_F16, 0x7c00), 65535);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(65519.996f)), 0x7bff);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(65520.0f)), 0x7c00);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(0x1p-25f)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(0x1.000002p-25f)), 1);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(-0x1.ff8p-15f)), 0x83ff);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(-0x1.ffcp-15f)), 0x8400);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F32_F16, 0x8001), bits32(-0x1p-24f));
		VT_ASSERT_EQ(
		    value2(SWGPU_OP_V_CVT_PKRTZ_F16_F32, bits32(1e6f), bits32(-0x1.fffp-24f)),
		    0x80017bff);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_CVT_PKNORM_I16_F32, bits32(-2.0f), bits32(0.5f)),
			     0x40008001);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_OFF_F32_I4, 0xf8), bits32(-0.5f));
		wave.s[0] = 0;
		wave.s[1] = 0xc3e00000; /* -2^63 */
		run2(SWGPU_OP_V_CVT_I32_F64, vgpr(0, 1), sgpr(0, 2), imm(0));
		VT_ASSERT_EQ(rows[0][3], 0x80000000);
		wave.s[1] = 0x41efffff; /* just below 2^32 */
		run2(SWGPU_OP_V_CVT_U32_F64, vgpr(0, 1), sgpr(0, 2), imm(0));
		VT_ASSERT_EQ(rows[0][3], 0xfffff800);
	}
}

/* A finite half in units of 2^-24. */
static int64_t units(uint32_t h)
{
	int64_t exponent = h >> 10 & 31, mantissa = h & 1023;
	int64_t value = exponent ? (mantissa | 1024) << (exponent - 1) : mantissa;

	return h & 0x8000 ? -value : value;
}

/* A number of units of 2^-48 as the nearest half. */
static uint32_t nearest_half(__int128 value, uint32_t zero)
{
	uint32_t sign = value < 0 ? 0x8000 : 0;
	unsigned __int128 x = (unsigned __int128)(value < 0 ? -value : value), unit, rest;
	unsigned e = 1;

	if (!x)
		return zero;
	while (x >> (e + 34))
		e++;
	unit = (unsigned __int128)1 << (e + 23);
	rest = x & (unit - 1);
	x = x / unit;
	x += rest > unit / 2 || (rest == unit / 2 && x & 1);
	x += (unsigned __int128)(e - 1) << 10;
	return sign | (x > 0x7c00 ? 0x7c00 : (uint32_t)x);
}

VT_TEST(valu_math, half_fma_rounds_once)
{
	EACH_ENGINE for (unsigned round = 0; round < 2000; round++)
	{
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			rows[0][l] = random32();
			rows[1][l] = random32();
			rows[2][l] = random32() & (l & 1 ? 0x83ff83ff : 0xffffffff);
		}
		run3(SWGPU_OP_V_PK_FMA_F16, vgpr(3, 1), vgpr(0, 1), vgpr(1, 1), vgpr(2, 1));
		run3(SWGPU_OP_V_FMA_F16, vgpr(4, 1), vgpr(0, 1), vgpr(1, 1), vgpr(2, 1));
		for (unsigned l = 0; l < 2 * SWGPU_LANES; l++) {
			uint32_t h[4];

			for (unsigned i = 0; i < 4; i++)
				h[i] = rows[i][l / 2] >> 16 * (l & 1) & 0xffff;
			if ((h[0] & 0x7c00) == 0x7c00 || (h[1] & 0x7c00) == 0x7c00 ||
			    (h[2] & 0x7c00) == 0x7c00)
				continue;
			uint32_t zero = (h[0] ^ h[1]) & h[2] & 0x8000;
			uint32_t want = nearest_half((__int128)units(h[0]) * units(h[1]) +
							 (__int128)units(h[2]) * (1 << 24),
						     zero);

			VT_ASSERT_MSG(h[3] == want, "%s: fma(%#x, %#x, %#x) = %#x, not %#x",
				      engine->name, h[0], h[1], h[2], want, h[3]);
			if (!(l & 1))
				VT_ASSERT_EQ(rows[4][l / 2], want);
		}
	}
}

VT_TEST(valu_math, taking_apart_and_scaling)
{
	EACH_ENGINE
	{
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FREXP_EXP_I32_F32, bits32(0x1p-149f)),
			     (uint32_t)-148);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FREXP_MANT_F32, bits32(-0x1.8p-148f)),
			     bits32(-0.75f));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FREXP_EXP_I32_F32, bits32(INFINITY)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FREXP_EXP_I32_F32, 0), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FREXP_EXP_I16_F16, 0x0001), 0xffe9);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FREXP_MANT_F16, 0x4200), 0x3a00);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_LDEXP_F32, bits32(0x1.fffffep0f), (uint32_t)-150),
			     bits32(0x1p-149f));
		VT_ASSERT_EQ(value2(SWGPU_OP_V_LDEXP_F32, bits32(0x1p-149f), 276),
			     bits32(0x1p127f));
		VT_ASSERT_EQ(value2(SWGPU_OP_V_LDEXP_F32, bits32(1.0f), 0x80000000), 0);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_LDEXP_F16, 0x3fff, 0xffe8), 0x0002);
		for (unsigned round = 0; round < 40; round++) {
			for (unsigned l = 0; l < SWGPU_LANES; l++) {
				put64(0, l,
				      round & 1 ? random64() : random64() & 0x800fffffffffffff);
				rows[2][l] = random32() % 4400 - 2200;
			}
			run2(SWGPU_OP_V_LDEXP_F64, vgpr(4, 2), vgpr(0, 2), vgpr(2, 1));
			run2(SWGPU_OP_V_FREXP_EXP_I32_F64, vgpr(6, 1), vgpr(0, 2), imm(0));
			run2(SWGPU_OP_V_FREXP_MANT_F64, vgpr(8, 2), vgpr(0, 2), imm(0));
			for (unsigned l = 0; l < SWGPU_LANES; l++) {
				double a = double_of(get64(0, l));
				int exponent;

				if (!isfinite(a))
					continue;
				VT_ASSERT_EQ(get64(4, l), bits64(ldexp(a, (int)rows[2][l])));
				VT_ASSERT_EQ(get64(8, l), bits64(frexp(a, &exponent)));
				VT_ASSERT_EQ((int)rows[6][l], exponent);
			}
		}
	}
}

static double trig_preop(double a, unsigned n)
{
	put64(0, 0, bits64(a));
	run2(SWGPU_OP_V_TRIG_PREOP_F64, vgpr(2, 2), vgpr(0, 2), imm(n));
	return double_of(get64(2, 0));
}

VT_TEST(valu_math, two_over_pi)
{
	EACH_ENGINE
	{
		VT_ASSERT(trig_preop(1.0, 0) == 0x1.45f306dc9c882p-1);
		VT_ASSERT(trig_preop(1.0, 1) == 0x1.4a7f09d5f47d4p-54);
		VT_ASSERT(trig_preop(1.0, 2) == 0x1.a6ee06db14accp-107);
		/* One binary place further down than for 2^54. */
		VT_ASSERT(trig_preop(0x1p55, 0) == 0x1.17cc1b727220ap-3);
		VT_ASSERT(trig_preop(0x1p1000, 31) == 0.0);
		/* The product's fraction is that of the library's argument reduction. */
		for (int e = 100; e < 1000; e += 37) {
			double a = ldexp(0x1.921fb54442d18p0, e), turns = 0.0, s = sin(a);

			for (unsigned n = 0; n < 3; n++) {
				double part = trig_preop(a, n) * (a >= 0x1p945 ? 0x1p-128 : 1.0),
				       product = a * part;
				double low = fma(a, part, -product);

				turns = fmod(turns + fmod(product, 4.0) + fmod(low, 4.0), 4.0);
			}
			double got = sin(turns * 1.5707963267948966);

			VT_ASSERT_MSG(fabs(got - s) < 1e-9, "%a: %g, not %g", a, s, got);
		}
	}
}

struct accuracy {
	unsigned op;
	double (*exact)(double);
	float from, to;
};

static double rsq(double x)
{
	return 1.0 / sqrt(x);
}

static double sin_turns(double x)
{
	return sin((x - rint(x)) * 6.283185307179586);
}

static double cos_turns(double x)
{
	return cos((x - rint(x)) * 6.283185307179586);
}

static const struct accuracy accurate[] = {
    {SWGPU_OP_V_EXP_F32, exp2, -151.0f, 129.0f},
    {SWGPU_OP_V_LOG_F32, log2, 0x1p-149f, 0x1p127f},
    {SWGPU_OP_V_LOG_F32, log2, 0.9f, 1.1f},
    {SWGPU_OP_V_RSQ_F32, rsq, 0x1p-149f, 0x1p127f},
    {SWGPU_OP_V_SIN_F32, sin_turns, -256.0f, 256.0f},
    {SWGPU_OP_V_COS_F32, cos_turns, -256.0f, 256.0f},
    {SWGPU_OP_V_SIN_F32, sin_turns, -0.5f, 0.5f},
    {SWGPU_OP_V_COS_F32, cos_turns, -0.5f, 0.5f},
};

VT_TEST_ROWS(valu_math, accurate_to_a_unit, VT_ARRAY_LEN(accurate))
{
	const struct accuracy *t = &accurate[row];

	EACH_ENGINE for (unsigned round = 0; round < 500; round++)
	{
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			float part = (float)random32() * 0x1p-32f;

			rows[0][l] = bits32(t->from + part * (t->to - t->from));
			if (t->from > 0.0f) /* spread over the exponents */
				rows[0][l] =
				    bits32(t->from) +
				    (uint32_t)((double)part * (bits32(t->to) - bits32(t->from)));
		}
		run2(t->op, vgpr(1, 1), vgpr(0, 1), imm(0));
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			double want = t->exact((double)float_of(rows[0][l]));
			float near = (float)want;
			double unit = (double)fabsf(nextafterf(near, INFINITY) - near);
			double error = fabs((double)float_of(rows[1][l]) - want);

			VT_ASSERT_MSG(rows[1][l] == bits32(near) || error <= unit || error < 1e-16,
				      "%s: f(%a) = %a, not %a", engine->name,
				      (double)float_of(rows[0][l]), want,
				      (double)float_of(rows[1][l]));
		}
	}
}

VT_TEST(valu_math, transcendental_limits)
{
	EACH_ENGINE
	{
		VT_ASSERT_EQ(value1(SWGPU_OP_V_EXP_F32, bits32(-INFINITY)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_EXP_F32, bits32(INFINITY)), bits32(INFINITY));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_EXP_F32, bits32(5.0f)), bits32(32.0f));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_LOG_F32, 0x80000000), bits32(-INFINITY));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_LOG_F32, bits32(1.0f)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_LOG_F32, bits32(INFINITY)), bits32(INFINITY));
		VT_ASSERT(isnan(float_of(value1(SWGPU_OP_V_LOG_F32, bits32(-1.0f)))));
		VT_ASSERT(isnan(float_of(value1(SWGPU_OP_V_EXP_F32, bits32(NAN)))));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_RSQ_F32, 0x80000000), bits32(-INFINITY));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_RCP_F32, bits32(-INFINITY)), 0x80000000);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_SIN_F32, bits32(257.0f)), 0);
		VT_ASSERT_EQ(value1(SWGPU_OP_V_COS_F32, bits32(-257.0f)), bits32(1.0f));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_SIN_F32, bits32(0.25f)), bits32(1.0f));
		VT_ASSERT(isnan(float_of(value1(SWGPU_OP_V_SIN_F32, bits32(INFINITY)))));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_FRACT_F32, bits32(-0x1p-40f)),
			     bits32(0x1.fffffep-1f));
	}
}
