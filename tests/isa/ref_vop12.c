/* VOP1, VOP2 and VOPC of the reference. */
#include "tests/isa/ref_expr.h"

static const long double turn = 6.283185307179586476925286766559005768L;

static uint32_t reverse32(uint32_t x)
{
	uint32_t y = 0;

	for (unsigned i = 0; i < 32; i++)
		y |= (x >> i & 1) << (31 - i);
	return y;
}

/* Position of the first 1 counted from bit 31 down or from bit 0 up; all ones if there is none. */
static uint32_t first_from_top(uint64_t x)
{
	for (unsigned i = 0; i < 32; i++)
		if (x >> (31 - i) & 1)
			return i;
	return UINT32_MAX;
}

static uint32_t first_from_bottom(uint64_t x)
{
	for (unsigned i = 0; i < 32; i++)
		if (x >> i & 1)
			return i;
	return UINT32_MAX;
}

static int frexp_exp(double x)
{
	int e = 0;

	if (isfinite(x))
		frexp(x, &e);
	return e;
}

static double frexp_mant(double x)
{
	int e;

	return isfinite(x) ? frexp(x, &e) : x;
}

/* Adding 0.5 may round up to the next integer; a conversion that does not is as good. */
static void cvt_rpi(struct ref_lane *l)
{
	D = (uint32_t)ref_to_int(floorf(F32(A) + 0.5f), INT32_MIN, INT32_MAX);
	ref_or(l, (uint32_t)ref_to_int(floor((double)F32(A) + 0.5), INT32_MIN, INT32_MAX));
}

/* x - floor(x) rounds to 1 for small negative x, where the hardware stays below 1; both are
 * accepted. */
static void fract32(struct ref_lane *l)
{
	float x = F32(A) - floorf(F32(A));

	D = ref_b32(x);
	if (x == 1)
		ref_or(l, 0x3f7fffff);
}

static void fract64(struct ref_lane *l)
{
	double x = F64(A) - floor(F64(A));

	D = ref_b64(x);
	if (x == 1)
		ref_or(l, UINT64_C(0x3fefffffffffffff));
}

static void fract16(struct ref_lane *l)
{
	D = ref_b16(F16(A) - floor(F16(A)));
	if (D == 0x3c00)
		ref_or(l, 0x3bff);
}

static long double rcp(long double x)
{
	return 1 / x;
}

static long double rsq(long double x)
{
	return 1 / sqrtl(x);
}

/* Sine of a number of turns and quarter turns: exact where it is 0 or 1. */
static long double sine(double turns, int quarters)
{
	double nearest = rint(4 * turns);
	long double angle = turn * (turns - nearest / 4);

	switch (((int)fmod(nearest, 4) + quarters) & 3) {
	case 0: return sinl(angle);
	case 1: return cosl(angle);
	case 2: return -sinl(angle);
	default: return -cosl(angle);
	}
}

/* quarters: 0 for the sine, 1 for the cosine. Beyond 256 turns the result is that of no turn. */
static void trig(struct ref_lane *l, unsigned width, int quarters, unsigned ulp)
{
	uint64_t sign = UINT64_C(1) << (width - 1);
	double x = ref_value(A, width);

	D = ref_bits(sine(x, quarters), width);
	l->slack.ulp = ulp;
	if ((D & ~sign) == 0 && x != 0)
		ref_or(l, D ^ sign);
	if (fabs(x) > 256 || ref_denormal(A, width)) {
		ref_or(l, ref_bits(quarters, width));
		ref_or(l, ref_bits(quarters ? 1 : -0.0L, width));
	}
}

static void cvt_norm(struct ref_lane *l, double x, double min, double scale)
{
	D = norm16(x, min, scale, rint);
	ref_or(l, norm16(x, min, scale, half_up));
}

static uint64_t sat_u8(int16_t x)
{
	return x < 0 ? 0 : x > 255 ? 255 : (uint64_t)x;
}

/* Which of four shader engines a rectangle on the screen touches. Tiles belong to engines in a
 * pattern that repeats after four each way; A has the corners' tiles: x and y of the last, x and y
 * of the first, two bits each. */
static uint64_t partition(uint64_t a)
{
	static const unsigned engine_of_row[4] = {0, 2, 1, 3};
	unsigned last_x = a & 3, last_y = a >> 2 & 3, first_x = a >> 4 & 3, first_y = a >> 6 & 3;
	uint64_t engines = 0;

	for (unsigned dy = 0; dy <= ((last_y - first_y) & 3); dy++)
		for (unsigned dx = 0; dx <= ((last_x - first_x) & 3); dx++)
			engines |= 1 << (((first_x + dx) & 3) ^ engine_of_row[(first_y + dy) & 3]);
	return engines;
}

static void add_co(struct ref_lane *l, uint64_t a, uint64_t b, uint64_t carry)
{
	uint64_t sum = a + b + carry;

	l->cout = sum > UINT32_MAX;
	D = l->clamp && l->cout ? UINT32_MAX : sum;
}

static void sub_co(struct ref_lane *l, uint64_t a, uint64_t b, uint64_t borrow)
{
	l->cout = b + borrow > a;
	D = l->clamp && l->cout ? 0 : a - b - borrow;
}

/* The bit of v_cmp_class's mask that stands for x. */
static uint64_t class_of(uint64_t x, unsigned width)
{
	bool negative = x >> (width - 1) & 1;
	unsigned top = width == 16 ? 31 : width == 32 ? 255 : 2047;

	if (ref_nan(x, width))
		return ref_snan(x, width) ? 1 << 0 : 1 << 1;
	if (ref_exponent(x, width) == top)
		return negative ? 1 << 2 : 1 << 9;
	if (ref_exponent(x, width) > 0)
		return negative ? 1 << 3 : 1 << 8;
	if (ref_denormal(x, width))
		return negative ? 1 << 4 : 1 << 7;
	return negative ? 1 << 5 : 1 << 6;
}

#define REF(NAME, shape, flags, ...)               \
	static void ref_##NAME(struct ref_lane *l) \
	{                                          \
		__VA_ARGS__;                       \
	}
#include "tests/isa/ref_vop1.def"
#include "tests/isa/ref_vop2.def"
#include "tests/isa/ref_vopc.def"
#undef REF

#define REF(NAME, shape, flags, ...) {SWGPU_OP_##NAME, shape, flags, ref_##NAME},
const struct ref_row ref_vop1_rows[] = {
#include "tests/isa/ref_vop1.def"
    {0, NULL, 0, NULL}};
const struct ref_row ref_vop2_rows[] = {
#include "tests/isa/ref_vop2.def"
    {0, NULL, 0, NULL}};
const struct ref_row ref_vopc_rows[] = {
#include "tests/isa/ref_vopc.def"
    {0, NULL, 0, NULL}};
#undef REF
