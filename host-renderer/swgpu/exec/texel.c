/*
 * Texels to registers and back.
 *
 * Integers and fixed-point numbers have at most 32 bits and never cross a word, so a component is a
 * field of one of the texel's words.
 */
#include "host-renderer/swgpu/exec/texel.h"

#include <math.h>
#include <string.h>

#include "host-renderer/swgpu/exec/valu_lane.h"

#define ONE (0x3f800000u)

enum { SEL_0 = 0, SEL_1 = 1, SEL_X = 4 };

/* Bits of the components from the lowest on, by data format. */
static const uint8_t parts[][4] = {
    [1] = {8},
    [2] = {16},
    [3] = {8, 8},
    [4] = {32},
    [5] = {16, 16},
    [6] = {11, 11, 10},
    [7] = {10, 11, 11},
    [8] = {2, 10, 10, 10},
    [9] = {10, 10, 10, 2},
    [10] = {8, 8, 8, 8},
    [11] = {32, 32},
    [12] = {16, 16, 16, 16},
    [13] = {32, 32, 32},
    [14] = {32, 32, 32, 32},
    [16] = {5, 6, 5},
    [17] = {5, 5, 5, 1},
    [18] = {1, 5, 5, 5},
    [19] = {4, 4, 4, 4},
};

static bool kind_ok(const struct swgpu_texel_format *f, unsigned data)
{
	unsigned bits = f->part[0].bits;

	switch (f->kind) {
	case SWGPU_TEXEL_FLOAT: return bits == 32 || bits == 16 || data == 6 || data == 7;
	case SWGPU_TEXEL_SRGB: return bits == 8;
	case SWGPU_TEXEL_UINT:
	case SWGPU_TEXEL_SINT: return true;
	case SWGPU_TEXEL_UNORM:
	case SWGPU_TEXEL_SNORM:
	case SWGPU_TEXEL_USCALED:
	case SWGPU_TEXEL_SSCALED: return bits < 32;
	default: return false;
	}
}

bool swgpu_texel_format(unsigned data, unsigned number, struct swgpu_texel_format *out)
{
	struct swgpu_texel_format f = {.kind = (uint8_t)number};
	unsigned shift = 0;

	if (data >= sizeof(parts) / sizeof(parts[0]) || !parts[data][0])
		return false;
	for (; f.count < 4 && parts[data][f.count]; f.count++) {
		f.part[f.count].shift = (uint8_t)shift;
		f.part[f.count].bits = parts[data][f.count];
		shift += f.part[f.count].bits;
	}
	f.bytes = (uint8_t)(shift / 8);
	if (!kind_ok(&f, data))
		return false;
	*out = f;
	return true;
}

bool swgpu_texel_is_integer(const struct swgpu_texel_format *f)
{
	return f->kind == SWGPU_TEXEL_UINT || f->kind == SWGPU_TEXEL_SINT;
}

uint32_t swgpu_texel_one(const struct swgpu_texel_format *f)
{
	return swgpu_texel_is_integer(f) ? 1 : ONE;
}

static uint32_t ones(unsigned bits)
{
	return UINT32_MAX >> (32 - bits);
}

static int32_t sign_extend(uint32_t value, unsigned bits)
{
	return (int32_t)(value << (32 - bits)) >> (32 - bits);
}

/* Floats of 10 and 11 bits are halves without the sign and the lowest bits. */
static float small_float(uint32_t value, unsigned bits)
{
	return valu_from_f16(value << (15 - bits));
}

static double srgb_to_linear(double c)
{
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double linear_to_srgb(double c)
{
	return c <= 0.0031308 ? c * 12.92 : 1.055 * pow(c, 1.0 / 2.4) - 0.055;
}

/* kind: of this component. */
static uint32_t expand(unsigned kind, unsigned bits, uint32_t v)
{
	int32_t s = sign_extend(v, bits);
	float f;

	switch (kind) {
	case SWGPU_TEXEL_UINT: return v;
	case SWGPU_TEXEL_SINT: return (uint32_t)s;
	case SWGPU_TEXEL_USCALED: return valu_b32((float)v);
	case SWGPU_TEXEL_SSCALED: return valu_b32((float)s);
	case SWGPU_TEXEL_SNORM:
		f = bits > 1 ? (float)s / (float)ones(bits - 1) : (float)s;
		return valu_b32(f < -1.0f ? -1.0f : f);
	case SWGPU_TEXEL_FLOAT:
		return bits == 32   ? v
		       : bits == 16 ? valu_b32(valu_from_f16(v))
				    : valu_b32(small_float(v, bits));
	case SWGPU_TEXEL_SRGB: return valu_b32((float)srgb_to_linear(v / 255.0));
	default: return valu_b32((float)v / (float)ones(bits));
	}
}

static unsigned kind_of(const struct swgpu_texel_format *f, unsigned i)
{
	return f->kind == SWGPU_TEXEL_SRGB && i == 3 ? SWGPU_TEXEL_UNORM : f->kind;
}

void swgpu_texel_load(const struct swgpu_texel_format *f, const uint8_t *at, uint32_t out[4])
{
	uint32_t word[4] = {0};

	memcpy(word, at, f->bytes);
	for (unsigned i = 0; i < f->count; i++) {
		unsigned shift = f->part[i].shift, bits = f->part[i].bits;

		out[i] = expand(kind_of(f, i), bits, word[shift / 32] >> shift % 32 & ones(bits));
	}
	for (unsigned i = f->count; i < 4; i++)
		out[i] = i == 3 ? swgpu_texel_one(f) : 0;
}

static float between(float x, float lo, float hi)
{
	if (x != x)
		return 0.0f;
	return x < lo ? lo : x > hi ? hi : x;
}

/* Rounded to nearest even; too large a number becomes the largest, an infinity stays one. */
static uint32_t to_small_float(float f, unsigned bits)
{
	unsigned mantissa = bits - 5;
	uint32_t infinity = 31u << mantissa;
	int exponent;
	double scaled;
	uint32_t value;

	if (f != f)
		return infinity | 1;
	if (f <= 0.0f)
		return 0;
	if (f > 0x1p17f)
		return f == INFINITY ? infinity : infinity - 1;
	frexpf(f, &exponent);
	exponent = exponent < -13 ? -13 : exponent;
	/* The leading one of a normal number adds 1 to the exponent field. */
	scaled = ldexp((double)f, (int)mantissa + 1 - exponent);
	value = ((uint32_t)(exponent + 13) << mantissa) + (uint32_t)nearbyint(scaled);
	return value >= infinity ? infinity - 1 : value;
}

static uint32_t shrink(unsigned kind, unsigned bits, uint32_t v)
{
	float f = valu_f32(v), top = (float)ones(bits);
	int32_t most = (int32_t)(ones(bits) >> 1), s = (int32_t)v;

	switch (kind) {
	case SWGPU_TEXEL_UINT: return v > ones(bits) ? ones(bits) : v;
	case SWGPU_TEXEL_SINT: return (uint32_t)(s > most ? most : s < -most - 1 ? -most - 1 : s);
	case SWGPU_TEXEL_USCALED: return (uint32_t)between(f, 0.0f, top);
	case SWGPU_TEXEL_SSCALED:
		return (uint32_t)(int32_t)between(f, (float)(-most - 1), (float)most);
	case SWGPU_TEXEL_SNORM:
		return (uint32_t)(int32_t)rintf(between(f, -1.0f, 1.0f) * (float)most);
	case SWGPU_TEXEL_FLOAT:
		return bits == 32 ? v : bits == 16 ? valu_to_f16(f) : to_small_float(f, bits);
	case SWGPU_TEXEL_SRGB:
		return (uint32_t)rint(linear_to_srgb((double)between(f, 0.0f, 1.0f)) * 255.0);
	default: return (uint32_t)rintf(between(f, 0.0f, 1.0f) * top);
	}
}

void swgpu_texel_store(const struct swgpu_texel_format *f, uint8_t *at, const uint32_t in[4])
{
	uint32_t word[4] = {0};

	for (unsigned i = 0; i < f->count; i++) {
		unsigned shift = f->part[i].shift, bits = f->part[i].bits;

		word[shift / 32] |= (shrink(kind_of(f, i), bits, in[i]) & ones(bits)) << shift % 32;
	}
	memcpy(at, word, f->bytes);
}

void swgpu_texel_select(const struct swgpu_texel_format *f, uint32_t sels, const uint32_t in[4],
			uint32_t out[4])
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned sel = sels >> 3 * i & 7;

		out[i] = sel >= SEL_X ? in[sel - SEL_X] : sel == SEL_1 ? swgpu_texel_one(f) : 0;
	}
}

void swgpu_texel_unselect(uint32_t sels, const uint32_t in[4], uint32_t out[4])
{
	memset(out, 0, 4 * sizeof(out[0]));
	for (unsigned i = 4; i-- > 0;) {
		unsigned sel = sels >> 3 * i & 7;

		if (sel >= SEL_X)
			out[sel - SEL_X] = in[i];
	}
}

uint32_t swgpu_texel_to_d16(const struct swgpu_texel_format *f, uint32_t value)
{
	return (swgpu_texel_is_integer(f) ? value : valu_to_f16(valu_f32(value))) & 0xffff;
}

uint32_t swgpu_texel_from_d16(const struct swgpu_texel_format *f, uint32_t half)
{
	if (f->kind == SWGPU_TEXEL_UINT)
		return half & 0xffff;
	if (f->kind == SWGPU_TEXEL_SINT)
		return (uint32_t)sign_extend(half & 0xffff, 16);
	return valu_b32(valu_from_f16(half & 0xffff));
}
