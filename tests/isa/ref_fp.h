/*
 * tests/isa/ref_fp.h - IEEE arithmetic for the reference: formats as raw bits, every operation
 * rounded once, to nearest even. Halves are computed in double, which holds sums and products of
 * halves exactly.
 */
#ifndef TESTS_ISA_REF_FP_H
#define TESTS_ISA_REF_FP_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline float ref_f32(uint64_t bits)
{
	uint32_t b = (uint32_t)bits;
	float f;

	memcpy(&f, &b, sizeof(f));
	return f;
}

static inline uint32_t ref_b32(float f)
{
	uint32_t b;

	memcpy(&b, &f, sizeof(b));
	return b;
}

static inline double ref_f64(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

static inline uint64_t ref_b64(double d)
{
	uint64_t b;

	memcpy(&b, &d, sizeof(b));
	return b;
}

/* The half in bits 15:0. */
double ref_f16(uint64_t bits);
/* x rounded to a half. */
uint16_t ref_b16(double x);
/* The half next to x towards zero; finite stays finite. */
uint16_t ref_b16_rtz(double x);

/* A number in a format of 16, 32 or 64 bits, and back (rounded once). */
double ref_value(uint64_t bits, unsigned width);
uint64_t ref_bits(long double x, unsigned width);

/* a * b + c for halves (or any doubles with at most 11 bits), so that rounding the result to a
 * narrower format is rounding the exact value. */
double ref_fma_odd(double a, double b, double c);

/* A signalling NaN? For 16, 32 and 64 bits. */
bool ref_snan(uint64_t bits, unsigned width);
bool ref_nan(uint64_t bits, unsigned width);
/* The biased exponent. */
unsigned ref_exponent(uint64_t bits, unsigned width);
bool ref_denormal(uint64_t bits, unsigned width);
/* A denormal becomes a zero of its sign. */
uint64_t ref_flush(uint64_t bits, unsigned width);

/* v_min, v_max of the manual on raw bits: signalling NaNs come out quiet (IEEE mode), else a number
 * wins over a NaN, and -0 is less than +0. */
uint64_t ref_fmin(uint64_t a, uint64_t b, unsigned width, bool ieee);
uint64_t ref_fmax(uint64_t a, uint64_t b, unsigned width, bool ieee);
uint64_t ref_fmed3(uint64_t a, uint64_t b, uint64_t c, unsigned width, bool ieee);

/* Conversion to integers: towards zero, saturating, NaN is 0. */
int64_t ref_to_int(double x, int64_t min, int64_t max);

/* (a * b, rounded) + c, where every denormal on the way is flushed: v_mad and v_mac. */
uint32_t ref_mad32(uint64_t a, uint64_t b, uint64_t c);
uint16_t ref_mad16(uint64_t a, uint64_t b, uint64_t c);

/* Distance of two floats of one sign, in units in the last place; large for others. */
uint64_t ref_ulps(uint64_t a, uint64_t b, unsigned width);

#endif
