/*
 * exec/valu_half.h - loops of half-precision arithmetic, with the processor's conversions where it
 * has them.
 *
 * Rows of halves become rows of floats, the operation is done on those, and the result is rounded
 * back; a packed register row is 128 halves in a row. The processor's conversion makes signalling
 * NaNs quiet: arithmetic does that too, but min and max must not use these loops.
 */
#ifndef SWGPU_EXEC_VALU_HALF_H
#define SWGPU_EXEC_VALU_HALF_H

#include "host-renderer/swgpu/exec/valu_rows.h"

#ifdef __F16C__
#include <immintrin.h>
#endif

struct valu_floats {
	float lane[SWGPU_LANES];
} __attribute__((aligned(64)));

/* The low half of each lane. */
static inline void valu_widen(struct valu_floats *to, const uint32_t *from)
{
#if defined(__F16C__) && defined(__AVX2__)
	const __m256i low =
	    _mm256_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 4, 5,
			     8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);

	for (unsigned i = 0; i < SWGPU_LANES; i += 8) {
		__m256i words = _mm256_loadu_si256((const __m256i *)(from + i));
		__m256i halves = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(words, low), 0x08);

		_mm256_store_ps(to->lane + i, _mm256_cvtph_ps(_mm256_castsi256_si128(halves)));
	}
#else
	VALU_LANES(i)
	to->lane[i] = valu_from_f16(from[i]);
#endif
}

static inline void valu_narrow(uint32_t *to, const struct valu_floats *from)
{
#if defined(__F16C__) && defined(__AVX2__)
	for (unsigned i = 0; i < SWGPU_LANES; i += 8) {
		__m128i halves =
		    _mm256_cvtps_ph(_mm256_load_ps(from->lane + i), _MM_FROUND_CUR_DIRECTION);

		_mm256_storeu_si256((__m256i *)(to + i), _mm256_cvtepu16_epi32(halves));
	}
#else
	VALU_LANES(i)
	to[i] = valu_to_f16(from->lane[i]);
#endif
}

/* Rows of halves to their register; keep: its upper half stays. */
static inline void valu_put_half(uint32_t *to, const uint32_t *from, bool keep)
{
	VALU_IVDEP
	VALU_LANES(i)
	to[i] = from[i] | (keep ? to[i] & 0xffff0000 : 0);
}

/* What makes the floats s0 of s0, s1 and s2: `expr` of a lane's a, b and c. */
#define VALU_HALF_EACH(expr)                                \
	VALU_LANES(i)                                       \
	{                                                   \
		const float a = s0.lane[i], b = s1.lane[i]; \
		s0.lane[i] = (expr);                        \
	}
#define VALU_HALF_EACH3(expr)                                               \
	VALU_LANES(i)                                                       \
	{                                                                   \
		const float a = s0.lane[i], b = s1.lane[i], c = s2.lane[i]; \
		s0.lane[i] = (expr);                                        \
	}

/* An instruction of two or three sources in both ways; result format D is F16 or F16K. general and
 * fast are the loops over floats. */
#define VALU_HALF_WAYS(name, D, sources, general, fast)                                            \
	VALU_SLOW(name)                                                                            \
	{                                                                                          \
		struct valu x;                                                                     \
		struct valu_floats s0, s1, s2;                                                     \
		valu_begin(&x, w, u, VALU_##D, VALU_ROUND);                                        \
		valu_widen(&s0, valu_fetch(&x, 0, VALU_F16).lo);                                   \
		valu_widen(&s1, valu_fetch(&x, 1, VALU_F16).lo);                                   \
		if ((sources) == 3)                                                                \
			valu_widen(&s2, valu_fetch(&x, 2, VALU_F16).lo);                           \
		general;                                                                           \
		valu_narrow(valu_dst(&x, VALU_##D).lo, &s0);                                       \
		valu_end(&x, VALU_##D);                                                            \
	}                                                                                          \
	EXEC(name)                                                                                 \
	{                                                                                          \
		struct valu_row t0, t1, t2, row;                                                   \
		struct valu_floats s0, s1, s2;                                                     \
		VALU_ELSE_SLOW(name, VALU_F16, VALU_ROUND);                                        \
		valu_widen(&s0, valu_plain_src(w, u, 0, VALU_F16, &t0).lo);                        \
		valu_widen(&s1, valu_plain_src(w, u, 1, VALU_F16, &t1).lo);                        \
		if ((sources) == 3)                                                                \
			valu_widen(&s2, valu_plain_src(w, u, 2, VALU_F16, &t2).lo);                \
		fast;                                                                              \
		valu_narrow(row.lane, &s0);                                                        \
		valu_put_half(valu_plain_dst(w, u, VALU_F16).lo, row.lane, VALU_##D == VALU_F16K); \
	}

#define VALU_HALF2(name, D, expr) \
	VALU_HALF_WAYS(name, D, 2, VALU_HALF_EACH(expr), VALU_HALF_EACH(expr))
#define VALU_HALF3(name, D, expr) \
	VALU_HALF_WAYS(name, D, 3, VALU_HALF_EACH3(expr), VALU_HALF_EACH3(expr))
/* The same with a function for the floats of all lanes: to, a, b, c, their number. */
#define VALU_HALF3_ROWS(name, D, expr, rows)              \
	VALU_HALF_WAYS(name, D, 3, VALU_HALF_EACH3(expr), \
		       rows(s0.lane, s0.lane, s1.lane, s2.lane, SWGPU_LANES))

/* A few packed registers' lanes at a time, so that what is between stays in registers. */
#define VALU_PAIRS 8

static inline void valu_widen_few(float *to, const uint32_t *from)
{
#ifdef __F16C__
	for (unsigned i = 0; i < VALU_PAIRS; i += 4)
		_mm256_storeu_ps(to + 2 * i,
				 _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + i))));
#else
	for (unsigned i = 0; i < VALU_PAIRS; i++) {
		to[2 * i] = valu_from_f16(from[i]);
		to[2 * i + 1] = valu_from_f16(from[i] >> 16);
	}
#endif
}

static inline void valu_narrow_few(uint32_t *to, const float *from)
{
#ifdef __F16C__
	for (unsigned i = 0; i < VALU_PAIRS; i += 4)
		_mm_storeu_si128((__m128i *)(to + i), _mm256_cvtps_ph(_mm256_loadu_ps(from + 2 * i),
								      _MM_FROUND_CUR_DIRECTION));
#else
	for (unsigned i = 0; i < VALU_PAIRS; i++)
		to[i] = valu_to_f16(from[2 * i]) | valu_to_f16(from[2 * i + 1]) << 16;
#endif
}

/* As VALU_HALF_EACH, of the floats of those lanes. */
#define VALU_PACKED_EACH(expr)                          \
	for (unsigned i = 0; i < 2 * VALU_PAIRS; i++) { \
		const float a = s0[i], b = s1[i];       \
		s0[i] = (expr);                         \
	}
#define VALU_PACKED_EACH3(expr)                              \
	for (unsigned i = 0; i < 2 * VALU_PAIRS; i++) {      \
		const float a = s0[i], b = s1[i], c = s2[i]; \
		s0[i] = (expr);                              \
	}

/* From rows p0, p1 and p2 to the row `to`. */
#define VALU_PACKED_LOOP(sources, step)                                           \
	for (unsigned at = 0; at < SWGPU_LANES; at += VALU_PAIRS) {               \
		float s0[2 * VALU_PAIRS], s1[2 * VALU_PAIRS], s2[2 * VALU_PAIRS]; \
		valu_widen_few(s0, p0 + at);                                      \
		valu_widen_few(s1, p1 + at);                                      \
		if ((sources) == 3)                                               \
			valu_widen_few(s2, p2 + at);                              \
		step;                                                             \
		valu_narrow_few(to + at, s0);                                     \
	}

#define VALU_PACKED_WAYS(name, sources, general, fast)                                      \
	VALU_SLOW(name)                                                                     \
	{                                                                                   \
		struct valu x;                                                              \
		valu_begin(&x, w, u, VALU_PF16, VALU_ROUND);                                \
		const uint32_t *p0 = valu_fetch(&x, 0, VALU_PF16).lo;                       \
		const uint32_t *p1 = valu_fetch(&x, 1, VALU_PF16).lo;                       \
		const uint32_t *p2 = (sources) == 3 ? valu_fetch(&x, 2, VALU_PF16).lo : p1; \
		uint32_t *to = valu_dst(&x, VALU_PF16).lo;                                  \
		general;                                                                    \
		valu_end(&x, VALU_PF16);                                                    \
	}                                                                                   \
	EXEC(name)                                                                          \
	{                                                                                   \
		struct valu_row t0, t1, t2;                                                 \
		VALU_ELSE_SLOW(name, VALU_PF16, VALU_ROUND);                                \
		const uint32_t *p0 = valu_plain_src(w, u, 0, VALU_PF16, &t0).lo;            \
		const uint32_t *p1 = valu_plain_src(w, u, 1, VALU_PF16, &t1).lo;            \
		const uint32_t *p2 =                                                        \
		    (sources) == 3 ? valu_plain_src(w, u, 2, VALU_PF16, &t2).lo : p1;       \
		uint32_t *to = valu_plain_dst(w, u, VALU_PF16).lo;                          \
		fast;                                                                       \
	}

#define VALU_PACKED2(name, expr)                                               \
	VALU_PACKED_WAYS(name, 2, VALU_PACKED_LOOP(2, VALU_PACKED_EACH(expr)), \
			 VALU_PACKED_LOOP(2, VALU_PACKED_EACH(expr)))
#define VALU_PACKED3_ROWS(name, expr, rows)                                     \
	VALU_PACKED_WAYS(name, 3, VALU_PACKED_LOOP(3, VALU_PACKED_EACH3(expr)), \
			 VALU_PACKED_LOOP(3, rows(s0, s0, s1, s2, 2 * VALU_PAIRS)))

#endif
