/*
 * proto/base/check.h - arithmetic on numbers that came from somebody else.
 *
 * Each returns false, leaving *out alone, where the plain expression would wrap.
 */
#ifndef VT_BASE_CHECK_H
#define VT_BASE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool vt_add(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

static inline bool vt_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*out = product;
	return true;
}

static inline bool vt_is_pow2(uint64_t v)
{
	return v && !(v & (v - 1));
}

/* v rounded up to a multiple of `to`, a power of two. */
static inline bool vt_align_up(uint64_t v, uint64_t to, uint64_t *out)
{
	uint64_t sum;

	if (!vt_add(v, to - 1, &sum))
		return false;
	*out = sum & ~(to - 1);
	return true;
}

/* Whether [at, at + len) lies in [base, base + size). An empty range lies nowhere. */
static inline bool vt_range_inside(uint64_t at, uint64_t len, uint64_t base, uint64_t size)
{
	return len && at >= base && len <= size && at - base <= size - len;
}

/* Whether [a, a + a_len) and [b, b + b_len) share a byte. Neither may wrap. */
static inline bool vt_range_meets(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a_len && b_len && (a < b ? b - a < a_len : a - b < b_len);
}

#endif
