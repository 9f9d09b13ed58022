/*
 * Loads and stores between VGPRs and checked places. Every lane accesses its own place; the block
 * form is for the common case that the lanes' places follow one another.
 */
#include "host-renderer/swgpu/exec/vmem.h"

static inline uint32_t *row(struct swgpu_wave *w, const struct swgpu_opnd *o,
			    const struct swgpu_places *p)
{
	return w->v[o->reg + p->word];
}

#define INLINE static inline __attribute__((always_inline))

typedef uint32_t four __attribute__((vector_size(16)));

/* Rows become columns. */
INLINE void transpose(four m[4])
{
	four ab = __builtin_shufflevector(m[0], m[1], 0, 4, 1, 5);
	four cd = __builtin_shufflevector(m[2], m[3], 0, 4, 1, 5);
	four ab_high = __builtin_shufflevector(m[0], m[1], 2, 6, 3, 7);
	four cd_high = __builtin_shufflevector(m[2], m[3], 2, 6, 3, 7);

	m[0] = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
	m[1] = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
	m[2] = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
	m[3] = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/* Blocks of four dwords a lane: compilers do not find this by themselves. */
INLINE void load_block4(uint32_t (*dst)[SWGPU_LANES], const uint8_t *block)
{
	for (unsigned lane = 0; lane < SWGPU_LANES; lane += 4) {
		four m[4];

		memcpy(m, block + sizeof(four) * lane, sizeof(m));
		transpose(m);
		for (unsigned k = 0; k < 4; k++)
			memcpy(&dst[k][lane], &m[k], sizeof(four));
	}
}

INLINE void store_block4(uint8_t *block, uint32_t (*src)[SWGPU_LANES])
{
	for (unsigned lane = 0; lane < SWGPU_LANES; lane += 4) {
		four m[4];

		for (unsigned k = 0; k < 4; k++)
			memcpy(&m[k], &src[k][lane], sizeof(four));
		transpose(m);
		memcpy(block + sizeof(four) * lane, m, sizeof(m));
	}
}

INLINE void load_lane(uint32_t (*dst)[SWGPU_LANES], const struct swgpu_places *p, uint64_t lane,
		      unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		dst[k][lane] = *(const swgpu_u32 *)(p->at[lane] + k * p->step);
}

INLINE void load_words(struct swgpu_wave *w, const struct swgpu_uop *u,
		       const struct swgpu_places *p, unsigned n)
{
	uint32_t(*dst)[SWGPU_LANES] = &w->v[u->dst.reg + p->word];
	const swgpu_u32 *block = (const swgpu_u32 *)p->block, *same = (const swgpu_u32 *)p->same;

	if (block && n == 4) {
		load_block4(dst, p->block);
		return;
	}
	if (block) {
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			for (unsigned k = 0; k < n; k++)
				dst[k][lane] = block[lane * n + k];
		return;
	}
	if (same) {
		for (unsigned k = 0; k < n; k++)
			for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
				dst[k][lane] = same[k];
		return;
	}
	if (!~p->active) {
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			load_lane(dst, p, lane, n);
		return;
	}
	FOR_LANES (lane, p->active)
		load_lane(dst, p, lane, n);
	FOR_LANES (lane, p->zero)
		for (unsigned k = 0; k < n; k++)
			dst[k][lane] = 0;
}

INLINE void store_lane(uint32_t (*src)[SWGPU_LANES], const struct swgpu_places *p, uint64_t lane,
		       unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		*(swgpu_u32 *)(p->at[lane] + k * p->step) = src[k][lane];
}

INLINE void store_words(struct swgpu_wave *w, const struct swgpu_uop *u,
			const struct swgpu_places *p, unsigned n)
{
	uint32_t(*src)[SWGPU_LANES] = &w->v[u->src[SWGPU_SRC_DATA].reg + p->word];
	swgpu_u32 *block = (swgpu_u32 *)p->block;

	if (block && n == 4) {
		store_block4(p->block, src);
		return;
	}
	if (block) {
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			for (unsigned k = 0; k < n; k++)
				block[lane * n + k] = src[k][lane];
		return;
	}
	if (!~p->active) {
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			store_lane(src, p, lane, n);
		return;
	}
	FOR_LANES (lane, p->active)
		store_lane(src, p, lane, n);
}

#define WORDS(name, n)                                                             \
	void LANES(load_##name)(struct swgpu_wave * w, const struct swgpu_uop *u,  \
				const struct swgpu_places *p)                      \
	{                                                                          \
		load_words(w, u, p, n);                                            \
	}                                                                          \
	void LANES(store_##name)(struct swgpu_wave * w, const struct swgpu_uop *u, \
				 const struct swgpu_places *p)                     \
	{                                                                          \
		store_words(w, u, p, n);                                           \
	}

WORDS(b32, 1)
WORDS(b64, 2)
WORDS(b96, 3)
WORDS(b128, 4)

/* Less than a dword: T is the type in memory; merge makes the register from the value x and its old
 * contents. */
#define LOAD(name, T, merge)                                                         \
	void LANES(load_##name)(struct swgpu_wave * w, const struct swgpu_uop *u,    \
				const struct swgpu_places *p)                        \
	{                                                                            \
		uint32_t *dst = row(w, &u->dst, p);                                  \
		const T *block = (const T *)p->block, *same = (const T *)p->same;    \
                                                                                     \
		if (block) {                                                         \
			for (unsigned lane = 0; lane < SWGPU_LANES; lane++)          \
				dst[lane] = merge((uint32_t)block[lane], dst[lane]); \
			return;                                                      \
		}                                                                    \
		if (same) {                                                          \
			for (unsigned lane = 0; lane < SWGPU_LANES; lane++)          \
				dst[lane] = merge((uint32_t)same[0], dst[lane]);     \
			return;                                                      \
		}                                                                    \
		FOR_LANES (lane, p->active) {                                        \
			const T *at = (const T *)p->at[lane];                        \
                                                                                     \
			dst[lane] = merge((uint32_t)*at, dst[lane]);                 \
		}                                                                    \
		FOR_LANES (lane, p->zero)                                            \
			dst[lane] = merge(0, dst[lane]);                             \
	}

#define STORE(name, T, shift)                                                      \
	void LANES(store_##name)(struct swgpu_wave * w, const struct swgpu_uop *u, \
				 const struct swgpu_places *p)                     \
	{                                                                          \
		const uint32_t *src = row(w, &u->src[SWGPU_SRC_DATA], p);          \
                                                                                   \
		if (p->block) {                                                    \
			T *to = (T *)p->block;                                     \
                                                                                   \
			for (unsigned lane = 0; lane < SWGPU_LANES; lane++)        \
				to[lane] = (T)(src[lane] >> shift);                \
			return;                                                    \
		}                                                                  \
		FOR_LANES (lane, p->active)                                        \
			*(T *)p->at[lane] = (T)(src[lane] >> shift);               \
	}

typedef int16_t swgpu_i16 __attribute__((aligned(1), may_alias));

#define ALL(x, old) (x)
#define LO(x, old)  (((old)&0xffff0000u) | ((x)&0xffffu))
#define HI(x, old)  (((old)&0xffffu) | (x) << 16)

LOAD(u8, uint8_t, ALL)
LOAD(i8, int8_t, ALL)
LOAD(u16, swgpu_u16, ALL)
LOAD(i16, swgpu_i16, ALL)
LOAD(u8_lo, uint8_t, LO)
LOAD(i8_lo, int8_t, LO)
LOAD(u16_lo, swgpu_u16, LO)
LOAD(u8_hi, uint8_t, HI)
LOAD(i8_hi, int8_t, HI)
LOAD(u16_hi, swgpu_u16, HI)

STORE(b8, uint8_t, 0)
STORE(b8_hi, uint8_t, 16)
STORE(b16, swgpu_u16, 0)
STORE(b16_hi, swgpu_u16, 16)
