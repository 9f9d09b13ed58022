/* IEEE arithmetic for the reference. */
#include <fenv.h>

#include "tests/isa/ref_fp.h"

struct format {
	unsigned mantissa, exponent;
};

static struct format format_of(unsigned width)
{
	switch (width) {
	case 16: return (struct format){10, 5};
	case 32: return (struct format){23, 8};
	default: return (struct format){52, 11};
	}
}

static uint64_t ones(unsigned n)
{
	return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

double ref_f16(uint64_t bits)
{
	unsigned exponent = bits >> 10 & 31;
	double mantissa = (double)(bits & 1023), x;

	if (exponent == 31)
		x = mantissa != 0 ? NAN : INFINITY;
	else if (exponent == 0)
		x = ldexp(mantissa, -24);
	else
		x = ldexp(mantissa + 1024, (int)exponent - 25);
	return bits & 0x8000 ? -x : x;
}

/* What is too large to be a half: infinity or the largest half, whichever way the mode rounds. */
static uint16_t overflow(bool negative)
{
	int mode = fegetround();
	bool away = mode == FE_TONEAREST || mode == (negative ? FE_DOWNWARD : FE_UPWARD);

	return (negative ? 0x8000 : 0) | (away ? 0x7c00 : 0x7bff);
}

uint16_t ref_b16(double x)
{
	uint16_t sign = signbit(x) ? 0x8000 : 0;
	int e, bits;

	if (isnan(x))
		return sign | 0x7e00;
	if (isinf(x))
		return sign | 0x7c00;
	if (x == 0)
		return sign;
	e = ilogb(x) < -14 ? -14 : ilogb(x);
	if (e > 15)
		return overflow(sign);
	/* The hidden bit adds itself to the exponent field. */
	bits = ((e + 14) << 10) + (int)fabs(rint(ldexp(x, 10 - e)));
	return bits >= 0x7c00 ? overflow(sign) : sign | (uint16_t)bits;
}

uint16_t ref_b16_rtz(double x)
{
	int mode = fegetround();
	uint16_t half;

	fesetround(FE_TOWARDZERO);
	half = ref_b16(x);
	fesetround(mode);
	return half;
}

double ref_fma_odd(double a, double b, double c)
{
	int mode = fegetround();
	/* The compiler does not know that fesetround() changes what an addition gives. */
	volatile double addend = c;
	double p, sum, part, lost;

	fesetround(FE_TONEAREST);
	p = a * b; /* exact */
	sum = p + c;
	part = sum - p;
	lost = (p - (sum - part)) + (c - part);
	fesetround(mode);
	if (!isfinite(sum))
		return sum;
	if (sum == 0 && lost == 0) /* the mode decides the sign */
		return p + addend;
	/* Rounding to odd: a later rounding to fewer bits sees that something was lost. */
	if (lost != 0 && !(ref_b64(sum) & 1))
		sum = nextafter(sum, lost > 0 ? INFINITY : -INFINITY);
	return sum;
}

unsigned ref_exponent(uint64_t bits, unsigned width)
{
	struct format f = format_of(width);

	return (unsigned)(bits >> f.mantissa & ones(f.exponent));
}

static uint64_t mantissa_of(uint64_t bits, unsigned width)
{
	return bits & ones(format_of(width).mantissa);
}

static bool sign_of(uint64_t bits, unsigned width)
{
	return bits >> (width - 1) & 1;
}

bool ref_nan(uint64_t bits, unsigned width)
{
	return ref_exponent(bits, width) == ones(format_of(width).exponent) &&
	       mantissa_of(bits, width) != 0;
}

bool ref_snan(uint64_t bits, unsigned width)
{
	return ref_nan(bits, width) && !(bits >> (format_of(width).mantissa - 1) & 1);
}

bool ref_denormal(uint64_t bits, unsigned width)
{
	return ref_exponent(bits, width) == 0 && mantissa_of(bits, width) != 0;
}

uint64_t ref_flush(uint64_t bits, unsigned width)
{
	return ref_denormal(bits, width) ? bits & UINT64_C(1) << (width - 1) : bits;
}

double ref_value(uint64_t bits, unsigned width)
{
	switch (width) {
	case 16: return ref_f16(bits);
	case 32: return (double)ref_f32(bits);
	default: return ref_f64(bits);
	}
}

uint64_t ref_bits(long double x, unsigned width)
{
	switch (width) {
	case 16: return ref_b16((double)x);
	case 32: return ref_b32((float)x);
	default: return ref_b64((double)x);
	}
}

static uint64_t quiet(uint64_t bits, unsigned width)
{
	return bits | UINT64_C(1) << (format_of(width).mantissa - 1);
}

/* The rules that minimum and maximum share; false if both are numbers. */
static bool pick_number(uint64_t a, uint64_t b, unsigned width, bool ieee, uint64_t *out)
{
	if (ieee && ref_snan(a, width))
		*out = quiet(a, width);
	else if (ieee && ref_snan(b, width))
		*out = quiet(b, width);
	else if (ref_nan(a, width))
		*out = b;
	else if (ref_nan(b, width))
		*out = a;
	else
		return false;
	return true;
}

uint64_t ref_fmin(uint64_t a, uint64_t b, unsigned width, bool ieee)
{
	uint64_t out;

	if (pick_number(a, b, width, ieee, &out))
		return out;
	if (ref_value(a, width) == 0 && ref_value(b, width) == 0)
		return sign_of(a, width) ? a : b;
	return ref_value(a, width) < ref_value(b, width) ? a : b;
}

uint64_t ref_fmax(uint64_t a, uint64_t b, unsigned width, bool ieee)
{
	uint64_t out;

	if (pick_number(a, b, width, ieee, &out))
		return out;
	if (ref_value(a, width) == 0 && ref_value(b, width) == 0)
		return sign_of(a, width) ? b : a;
	return ref_value(a, width) > ref_value(b, width) ? a : b;
}

uint64_t ref_fmed3(uint64_t a, uint64_t b, uint64_t c, unsigned width, bool ieee)
{
	double max;

	if (ref_nan(a, width) || ref_nan(b, width) || ref_nan(c, width))
		return ref_fmin(ref_fmin(a, b, width, ieee), c, width, ieee);
	max = ref_value(ref_fmax(ref_fmax(a, b, width, ieee), c, width, ieee), width);
	if (max == ref_value(a, width))
		return ref_fmax(b, c, width, ieee);
	if (max == ref_value(b, width))
		return ref_fmax(a, c, width, ieee);
	return ref_fmax(a, b, width, ieee);
}

int64_t ref_to_int(double x, int64_t min, int64_t max)
{
	if (isnan(x))
		return 0;
	if (x <= (double)min)
		return min;
	if (x >= (double)max)
		return max;
	return (int64_t)x;
}

uint32_t ref_mad32(uint64_t a, uint64_t b, uint64_t c)
{
	float product = ref_f32(ref_flush(a, 32)) * ref_f32(ref_flush(b, 32));

	product = ref_f32(ref_flush(ref_b32(product), 32));
	return (uint32_t)ref_flush(ref_b32(product + ref_f32(ref_flush(c, 32))), 32);
}

uint16_t ref_mad16(uint64_t a, uint64_t b, uint64_t c)
{
	uint16_t product = ref_b16(ref_f16(ref_flush(a, 16)) * ref_f16(ref_flush(b, 16)));

	product = (uint16_t)ref_flush(product, 16);
	return (uint16_t)ref_flush(ref_b16(ref_f16(product) + ref_f16(ref_flush(c, 16))), 16);
}

uint64_t ref_ulps(uint64_t a, uint64_t b, unsigned width)
{
	uint64_t x = a & ones(width - 1), y = b & ones(width - 1);

	if (ref_nan(a, width) || ref_nan(b, width))
		return UINT64_MAX;
	if (sign_of(a, width) != sign_of(b, width))
		return x + y;
	return x > y ? x - y : y - x;
}
