/* Texels of the reference, as the OpenCL C specification converts them (2.0, chapter 8.3). */
#include "tests/isa/ref_image.h"

#include <math.h>

#include "tests/isa/ref_expr.h"

enum { UNORM, SNORM, USCALED, SSCALED, UINT, SINT, FLOAT = 7, SRGB = 9 };

const struct ref_format ref_formats[] = {
    {1, {8}},
    {2, {16}},
    {3, {8, 8}},
    {4, {32}},
    {5, {16, 16}},
    {6, {11, 11, 10}},
    {7, {10, 11, 11}},
    {8, {2, 10, 10, 10}},
    {9, {10, 10, 10, 2}},
    {10, {8, 8, 8, 8}},
    {11, {32, 32}},
    {12, {16, 16, 16, 16}},
    {13, {32, 32, 32}},
    {14, {32, 32, 32, 32}},
    {16, {5, 6, 5}},
    {17, {5, 5, 5, 1}},
    {18, {1, 5, 5, 5}},
    {19, {4, 4, 4, 4}},
};
const unsigned ref_format_count = sizeof(ref_formats) / sizeof(ref_formats[0]);

unsigned ref_format_bytes(const struct ref_format *f)
{
	unsigned bits = 0;

	for (unsigned i = 0; f->bits[i]; i++)
		bits += f->bits[i];
	return bits / 8;
}

bool ref_format_has(const struct ref_format *f, unsigned number)
{
	unsigned b = f->bits[0];

	if (number == FLOAT)
		return b == 32 || b == 16 || f->code == 6 || f->code == 7;
	if (number == SRGB)
		return b == 8;
	if (number == UINT || number == SINT)
		return true;
	return number <= SSCALED && b != 32;
}

const struct ref_format *ref_format_find(unsigned code)
{
	for (unsigned i = 0; i < ref_format_count; i++)
		if (ref_formats[i].code == code)
			return &ref_formats[i];
	return NULL;
}

bool ref_texel_integer(unsigned number)
{
	return number == UINT || number == SINT;
}

/* A component's bits to the value in a register. */
static uint32_t to_register(unsigned number, unsigned bits, uint64_t raw)
{
	double most = (double)((UINT64_C(1) << bits) - 1);
	double half = bits > 1 ? (double)((UINT64_C(1) << (bits - 1)) - 1) : 1.0;
	int64_t s = sext(raw, bits);
	double c;

	switch (number) {
	case UNORM: return ref_b32((float)((double)raw / most));
	case SNORM: return ref_b32((float)fmax((double)s / half, -1.0));
	case USCALED: return ref_b32((float)raw);
	case SSCALED: return ref_b32((float)s);
	case UINT: return (uint32_t)raw;
	case SINT: return (uint32_t)s;
	case SRGB:
		c = (double)raw / 255.0;
		c = c <= 0.04045 ? c / 12.92
				 : (double)powl(((long double)c + 0.055L) / 1.055L, 2.4L);
		return ref_b32((float)c);
	default: break;
	}
	if (bits == 32)
		return (uint32_t)raw;
	raw <<= bits == 16 ? 0 : 15 - bits;
	if ((raw & 0x7c00) == 0x7c00) /* infinities and NaNs */
		return (uint32_t)((raw & 0x8000) << 16 | 0x7f800000 | (raw & 0x3ff) << 13);
	c = raw & 0x7c00 ? ldexp((double)(1024 + (raw & 0x3ff)), (int)(raw >> 10 & 31) - 25)
			 : ldexp((double)(raw & 0x3ff), -24);
	return ref_b32((float)(raw & 0x8000 ? -c : c));
}

/* Nearest even with `digits` bits of mantissa and 5 of exponent. */
static uint64_t to_float(float f, unsigned digits, bool sign)
{
	uint64_t negative = signbit(f) && sign ? UINT64_C(1) << (digits + 5) : 0;
	uint64_t infinity = UINT64_C(31) << digits, value;
	double x = fabs((double)f), ulp;
	int e;

	if (isnan(f))
		return sign ? negative | infinity | (ref_b32(f) >> 13 & 0x3ff) | 0x200
			    : infinity | 1;
	if (!sign && f <= 0.0f)
		return 0;
	if (isinf(f))
		return negative | infinity;
	if (f == 0)
		return negative;
	frexp(x, &e);
	e = e < -13 ? -13 : e;
	ulp = ldexp(1.0, e - 1 - (int)digits);
	x = nearbyint(x / ulp);
	value = (uint64_t)x + ((uint64_t)(e + 13) << digits);
	if (value >= infinity)
		value = sign ? infinity : infinity - 1;
	return negative | value;
}

static uint64_t from_register(unsigned number, unsigned bits, uint32_t v)
{
	float f = F32(v), top = (float)((UINT64_C(1) << bits) - 1);
	int64_t s = (int32_t)v, most = ((INT64_C(1) << bits) - 1) >> 1, least = -most - 1;
	float unit = isnan(f) || f < 0 ? 0 : f > 1 ? 1 : f;
	long double c;

	switch (number) {
	case UNORM: return (uint64_t)nearbyintf(unit * top);
	case SNORM:
		f = isnan(f) ? 0 : f < -1 ? -1 : f > 1 ? 1 : f;
		return (uint64_t)(int64_t)nearbyintf(f * (float)most);
	case USCALED: return isnan(f) || f < 0 ? 0 : f > top ? (uint64_t)top : (uint64_t)f;
	case SSCALED:
		f = isnan(f)           ? 0
		    : f < (float)least ? (float)least
		    : f > (float)most  ? (float)most
				       : f;
		return (uint64_t)(int64_t)f;
	case UINT: return v > (uint64_t)top && bits < 32 ? (uint64_t)top : v;
	case SINT: return (uint64_t)(s < least ? least : s > most ? most : s);
	case SRGB:
		c = unit <= 0.0031308 ? unit * 12.92L : 1.055L * powl(unit, 1 / 2.4L) - 0.055L;
		return (uint64_t)nearbyintl(c * 255);
	default: break;
	}
	return bits == 32 ? v : to_float(f, bits == 16 ? 10 : bits - 5, bits == 16);
}

void ref_texel_unpack(const struct ref_format *f, unsigned number, const uint8_t *bytes,
		      uint32_t out[4])
{
	unsigned at = 0;

	for (unsigned i = 0; i < 4; i++)
		out[i] = i < 3 ? 0 : number == UINT || number == SINT ? 1 : 0x3f800000;
	for (unsigned i = 0; f->bits[i]; at += f->bits[i++]) {
		uint64_t raw = 0;

		for (unsigned b = 0; b < f->bits[i]; b++)
			raw |= (uint64_t)(bytes[(at + b) / 8] >> (at + b) % 8 & 1) << b;
		out[i] = to_register(number == SRGB && i == 3 ? UNORM : number, f->bits[i], raw);
	}
}

void ref_texel_pack(const struct ref_format *f, unsigned number, const uint32_t in[4],
		    uint8_t *bytes)
{
	unsigned at = 0;

	memset(bytes, 0, 16);
	for (unsigned i = 0; f->bits[i]; at += f->bits[i++]) {
		uint64_t raw =
		    from_register(number == SRGB && i == 3 ? UNORM : number, f->bits[i], in[i]);

		for (unsigned b = 0; b < f->bits[i]; b++)
			bytes[(at + b) / 8] |= (uint8_t)((raw >> b & 1) << (at + b) % 8);
	}
}

uint32_t ref_texel_one(unsigned number)
{
	return number == UINT || number == SINT ? 1 : 0x3f800000;
}

void ref_texel_select(unsigned sels, unsigned number, const uint32_t in[4], uint32_t out[4])
{
	for (unsigned i = 0; i < 4; i++, sels >>= 3)
		out[i] = sels & 4 ? in[sels & 3] : (sels & 7) == 1 ? ref_texel_one(number) : 0;
}

void ref_texel_unselect(unsigned sels, const uint32_t in[4], uint32_t out[4])
{
	for (unsigned c = 0; c < 4; c++) {
		out[c] = 0;
		for (unsigned i = 0; i < 4; i++) {
			if ((sels >> 3 * i & 7) == 4 + c) {
				out[c] = in[i];
				break;
			}
		}
	}
}

uint32_t ref_texel_to_16(unsigned number, uint32_t v)
{
	return number == UINT || number == SINT ? v & 0xffff : (uint32_t)to_float(F32(v), 10, true);
}

uint32_t ref_texel_from_16(unsigned number, uint32_t h)
{
	return number == UINT   ? h
	       : number == SINT ? (uint32_t)sext(h, 16)
				: to_register(FLOAT, 16, h);
}
