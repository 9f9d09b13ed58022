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

/* Both halves of each lane, lane after lane. */
struct valu_float_pairs {
	float half[2 * SWGPU_LANES];
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

static inline void valu_widen_pairs(struct valu_float_pairs *to, const uint32_t *from)
{
#ifdef __F16C__
	for (unsigned i = 0; i < SWGPU_LANES; i += 4)
		_mm256_store_ps(to->half + 2 * i,
				_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + i))));
#else
	VALU_LANES(i)
	{
		to->half[2 * i] = valu_from_f16(from[i]);
		to->half[2 * i + 1] = valu_from_f16(from[i] >> 16);
	}
#endif
}

static inline void valu_narrow_pairs(uint32_t *to, const struct valu_float_pairs *from)
{
#ifdef __F16C__
	for (unsigned i = 0; i < SWGPU_LANES; i += 4)
		_mm_storeu_si128(
		    (__m128i *)(to + i),
		    _mm256_cvtps_ph(_mm256_load_ps(from->half + 2 * i), _MM_FROUND_CUR_DIRECTION));
#else
	VALU_LANES(i)
	to[i] = valu_to_f16(from->half[2 * i]) | valu_to_f16(from->half[2 * i + 1]) << 16;
#endif
}

/* Rows of halves to their register; keep: its upper half stays. */
static inline void valu_put_half(uint32_t *to, const uint32_t *from, bool keep)
{
	VALU_IVDEP
	VALU_LANES(i)
	to[i] = from[i] | (keep ? to[i] & 0xffff0000 : 0);
}

/* `expr` of floats a and b; result format D is F16 or F16K. */
#define VALU_HALF2(name, D, expr)                                                                  \
	static __attribute__((noinline)) void slow_##name(struct swgpu_wave *w,                    \
							  const struct swgpu_uop *u)               \
	{                                                                                          \
		struct valu x;                                                                     \
		struct valu_floats s0, s1, r;                                                      \
		valu_begin(&x, w, u, VALU_##D, VALU_ROUND);                                        \
		valu_widen(&s0, valu_fetch(&x, 0, VALU_F16).lo);                                   \
		valu_widen(&s1, valu_fetch(&x, 1, VALU_F16).lo);                                   \
		VALU_LANES(i)                                                                      \
		{                                                                                  \
			const float a = s0.lane[i], b = s1.lane[i];                                \
			r.lane[i] = (expr);                                                        \
		}                                                                                  \
		valu_narrow(valu_dst(&x, VALU_##D).lo, &r);                                        \
		valu_end(&x, VALU_##D);                                                            \
	}                                                                                          \
	EXEC(name)                                                                                 \
	{                                                                                          \
		struct valu_row t0, t1, row;                                                       \
		struct valu_floats s0, s1;                                                         \
		if (VALU_UNLIKELY(!valu_plain(w, u, VALU_F16, VALU_ROUND))) {                      \
			slow_##name(w, u);                                                         \
			return;                                                                    \
		}                                                                                  \
		valu_widen(&s0, valu_plain_src(w, u, 0, VALU_F16, &t0).lo);                        \
		valu_widen(&s1, valu_plain_src(w, u, 1, VALU_F16, &t1).lo);                        \
		VALU_LANES(i)                                                                      \
		{                                                                                  \
			const float a = s0.lane[i], b = s1.lane[i];                                \
			s0.lane[i] = (expr);                                                       \
		}                                                                                  \
		valu_narrow(row.lane, &s0);                                                        \
		valu_put_half(valu_plain_dst(w, u, VALU_F16).lo, row.lane, VALU_##D == VALU_F16K); \
	}

#define VALU_HALF3(name, D, expr)                                                                  \
	static __attribute__((noinline)) void slow_##name(struct swgpu_wave *w,                    \
							  const struct swgpu_uop *u)               \
	{                                                                                          \
		struct valu x;                                                                     \
		struct valu_floats s0, s1, s2, r;                                                  \
		valu_begin(&x, w, u, VALU_##D, VALU_ROUND);                                        \
		valu_widen(&s0, valu_fetch(&x, 0, VALU_F16).lo);                                   \
		valu_widen(&s1, valu_fetch(&x, 1, VALU_F16).lo);                                   \
		valu_widen(&s2, valu_fetch(&x, 2, VALU_F16).lo);                                   \
		VALU_LANES(i)                                                                      \
		{                                                                                  \
			const float a = s0.lane[i], b = s1.lane[i], c = s2.lane[i];                \
			r.lane[i] = (expr);                                                        \
		}                                                                                  \
		valu_narrow(valu_dst(&x, VALU_##D).lo, &r);                                        \
		valu_end(&x, VALU_##D);                                                            \
	}                                                                                          \
	EXEC(name)                                                                                 \
	{                                                                                          \
		struct valu_row t0, t1, t2, row;                                                   \
		struct valu_floats s0, s1, s2;                                                     \
		if (VALU_UNLIKELY(!valu_plain(w, u, VALU_F16, VALU_ROUND))) {                      \
			slow_##name(w, u);                                                         \
			return;                                                                    \
		}                                                                                  \
		valu_widen(&s0, valu_plain_src(w, u, 0, VALU_F16, &t0).lo);                        \
		valu_widen(&s1, valu_plain_src(w, u, 1, VALU_F16, &t1).lo);                        \
		valu_widen(&s2, valu_plain_src(w, u, 2, VALU_F16, &t2).lo);                        \
		VALU_LANES(i)                                                                      \
		{                                                                                  \
			const float a = s0.lane[i], b = s1.lane[i], c = s2.lane[i];                \
			s0.lane[i] = (expr);                                                       \
		}                                                                                  \
		valu_narrow(row.lane, &s0);                                                        \
		valu_put_half(valu_plain_dst(w, u, VALU_F16).lo, row.lane, VALU_##D == VALU_F16K); \
	}

/* The same with a function for the floats of all lanes: to, a, b, c, their number. */
#define VALU_HALF3_ROWS(name, D, expr, rows)                                                       \
	static __attribute__((noinline)) void slow_##name(struct swgpu_wave *w,                    \
							  const struct swgpu_uop *u)               \
	{                                                                                          \
		struct valu x;                                                                     \
		struct valu_floats s0, s1, s2, r;                                                  \
		valu_begin(&x, w, u, VALU_##D, VALU_ROUND);                                        \
		valu_widen(&s0, valu_fetch(&x, 0, VALU_F16).lo);                                   \
		valu_widen(&s1, valu_fetch(&x, 1, VALU_F16).lo);                                   \
		valu_widen(&s2, valu_fetch(&x, 2, VALU_F16).lo);                                   \
		VALU_LANES(i)                                                                      \
		{                                                                                  \
			const float a = s0.lane[i], b = s1.lane[i], c = s2.lane[i];                \
			r.lane[i] = (expr);                                                        \
		}                                                                                  \
		valu_narrow(valu_dst(&x, VALU_##D).lo, &r);                                        \
		valu_end(&x, VALU_##D);                                                            \
	}                                                                                          \
	EXEC(name)                                                                                 \
	{                                                                                          \
		struct valu_row t0, t1, t2, row;                                                   \
		struct valu_floats s0, s1, s2;                                                     \
		if (VALU_UNLIKELY(!valu_plain(w, u, VALU_F16, VALU_ROUND))) {                      \
			slow_##name(w, u);                                                         \
			return;                                                                    \
		}                                                                                  \
		valu_widen(&s0, valu_plain_src(w, u, 0, VALU_F16, &t0).lo);                        \
		valu_widen(&s1, valu_plain_src(w, u, 1, VALU_F16, &t1).lo);                        \
		valu_widen(&s2, valu_plain_src(w, u, 2, VALU_F16, &t2).lo);                        \
		rows(s0.lane, s0.lane, s1.lane, s2.lane, SWGPU_LANES);                             \
		valu_narrow(row.lane, &s0);                                                        \
		valu_put_half(valu_plain_dst(w, u, VALU_F16).lo, row.lane, VALU_##D == VALU_F16K); \
	}

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

#define VALU_PACKED2(name, expr)                                                     \
	static __attribute__((noinline)) void slow_##name(struct swgpu_wave *w,      \
							  const struct swgpu_uop *u) \
	{                                                                            \
		struct valu x;                                                       \
		struct valu_float_pairs s0, s1;                                      \
		valu_begin(&x, w, u, VALU_PF16, VALU_ROUND);                         \
		valu_widen_pairs(&s0, valu_fetch(&x, 0, VALU_PF16).lo);              \
		valu_widen_pairs(&s1, valu_fetch(&x, 1, VALU_PF16).lo);              \
		for (unsigned i = 0; i < 2 * SWGPU_LANES; i++) {                     \
			const float a = s0.half[i], b = s1.half[i];                  \
			s0.half[i] = (expr);                                         \
		}                                                                    \
		valu_narrow_pairs(valu_dst(&x, VALU_PF16).lo, &s0);                  \
		valu_end(&x, VALU_PF16);                                             \
	}                                                                            \
	EXEC(name)                                                                   \
	{                                                                            \
		struct valu_row t0, t1;                                              \
		if (VALU_UNLIKELY(!valu_plain(w, u, VALU_PF16, VALU_ROUND))) {       \
			slow_##name(w, u);                                           \
			return;                                                      \
		}                                                                    \
		const uint32_t *p0 = valu_plain_src(w, u, 0, VALU_PF16, &t0).lo;     \
		const uint32_t *p1 = valu_plain_src(w, u, 1, VALU_PF16, &t1).lo;     \
		uint32_t *to = valu_plain_dst(w, u, VALU_PF16).lo;                   \
		for (unsigned at = 0; at < SWGPU_LANES; at += VALU_PAIRS) {          \
			float s0[2 * VALU_PAIRS], s1[2 * VALU_PAIRS];                \
			valu_widen_few(s0, p0 + at);                                 \
			valu_widen_few(s1, p1 + at);                                 \
			for (unsigned i = 0; i < 2 * VALU_PAIRS; i++) {              \
				const float a = s0[i], b = s1[i];                    \
				s0[i] = (expr);                                      \
			}                                                            \
			valu_narrow_few(to + at, s0);                                \
		}                                                                    \
	}

#define VALU_PACKED3_ROWS(name, expr, rows)                                               \
	static __attribute__((noinline)) void slow_##name(struct swgpu_wave *w,           \
							  const struct swgpu_uop *u)      \
	{                                                                                 \
		struct valu x;                                                            \
		struct valu_float_pairs s0, s1, s2;                                       \
		valu_begin(&x, w, u, VALU_PF16, VALU_ROUND);                              \
		valu_widen_pairs(&s0, valu_fetch(&x, 0, VALU_PF16).lo);                   \
		valu_widen_pairs(&s1, valu_fetch(&x, 1, VALU_PF16).lo);                   \
		valu_widen_pairs(&s2, valu_fetch(&x, 2, VALU_PF16).lo);                   \
		for (unsigned i = 0; i < 2 * SWGPU_LANES; i++) {                          \
			const float a = s0.half[i], b = s1.half[i], c = s2.half[i];       \
			s0.half[i] = (expr);                                              \
		}                                                                         \
		valu_narrow_pairs(valu_dst(&x, VALU_PF16).lo, &s0);                       \
		valu_end(&x, VALU_PF16);                                                  \
	}                                                                                 \
	EXEC(name)                                                                        \
	{                                                                                 \
		struct valu_row t0, t1, t2;                                               \
		if (VALU_UNLIKELY(!valu_plain(w, u, VALU_PF16, VALU_ROUND))) {            \
			slow_##name(w, u);                                                \
			return;                                                           \
		}                                                                         \
		const uint32_t *p0 = valu_plain_src(w, u, 0, VALU_PF16, &t0).lo;          \
		const uint32_t *p1 = valu_plain_src(w, u, 1, VALU_PF16, &t1).lo;          \
		const uint32_t *p2 = valu_plain_src(w, u, 2, VALU_PF16, &t2).lo;          \
		uint32_t *to = valu_plain_dst(w, u, VALU_PF16).lo;                        \
		for (unsigned at = 0; at < SWGPU_LANES; at += VALU_PAIRS) {               \
			float s0[2 * VALU_PAIRS], s1[2 * VALU_PAIRS], s2[2 * VALU_PAIRS]; \
			valu_widen_few(s0, p0 + at);                                      \
			valu_widen_few(s1, p1 + at);                                      \
			valu_widen_few(s2, p2 + at);                                      \
			rows(s0, s0, s1, s2, 2 * VALU_PAIRS);                             \
			valu_narrow_few(to + at, s0);                                     \
		}                                                                         \
	}

#endif
