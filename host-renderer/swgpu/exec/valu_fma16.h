/*
 * exec/valu_fma16.h - fused multiply-add of rows of halves.
 *
 * A float's fused result, rounded again to a half, is right unless it lies just in the middle of
 * two halves: only then may the exact sum be on the other side, and valu_fma16() is asked. Such
 * middles have ones and zeros in known places. For the usual MODE only (round to nearest even).
 */
#ifndef SWGPU_EXEC_VALU_FMA16_H
#define SWGPU_EXEC_VALU_FMA16_H

#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_half.h"

static inline void valu_fma16_each(float *to, const float *a, const float *b, const float *c)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = valu_fma16(a[i], b[i], c[i]);
}

/* Eight floats that hold halves; the result may be any of the sources. */
static inline void valu_fma16_eight(float *to, const float *a, const float *b, const float *c)
{
#if defined(__AVX2__) && defined(__FMA__)
	const __m256i middle = _mm256_set1_epi32(0x1000), below = _mm256_set1_epi32(0x1fff);
	const __m256i small = _mm256_set1_epi32(0x38800000), low = _mm256_set1_epi32(0xfff);
	const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
	__m256 sum = _mm256_fmadd_ps(_mm256_loadu_ps(a), _mm256_loadu_ps(b), _mm256_loadu_ps(c));
	__m256i bits = _mm256_castps_si256(sum);
	__m256i normal = _mm256_cmpeq_epi32(_mm256_and_si256(bits, below), middle);
	__m256i denormal = _mm256_and_si256(
	    _mm256_cmpgt_epi32(small, _mm256_and_si256(bits, magnitude)),
	    _mm256_cmpeq_epi32(_mm256_and_si256(bits, low), _mm256_setzero_si256()));
	__m256i doubt = _mm256_or_si256(normal, denormal);

	if (VALU_LIKELY(_mm256_testz_si256(doubt, doubt))) {
		_mm256_storeu_ps(to, sum);
		return;
	}
#endif
	valu_fma16_each(to, a, b, c);
}

static inline void valu_fma16_rows(float *to, const float *a, const float *b, const float *c,
				   unsigned n)
{
	for (unsigned i = 0; i < n; i += 8)
		valu_fma16_eight(to + i, a + i, b + i, c + i);
}

#endif
