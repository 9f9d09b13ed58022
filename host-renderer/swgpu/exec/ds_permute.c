/*
 * DS: the instructions that only move data between lanes. A lane that is not active gives 0.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.13 (ds_swizzle_b32, ds_permute_b32,
 * ds_bpermute_b32).
 */
#include "host-renderer/swgpu/exec/ds.h"

/* A lane's data as others see it. */
static void visible(struct swgpu_wave *w, uint32_t *out, const uint32_t *data)
{
	const uint32_t *mask = swgpu_wave_mask(w);

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		out[lane] = data[lane] & mask[lane];
}

static void put(struct swgpu_wave *w, const struct swgpu_uop *u, const uint32_t *value)
{
	const uint32_t *mask = swgpu_wave_mask(w);
	uint32_t *dst = w->v[u->dst.reg];

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		dst[lane] = (value[lane] & mask[lane]) | (dst[lane] & ~mask[lane]);
}

/* Push: each lane sends its data to the lane that its address names. The highest lane wins. */
EXEC(ds_permute_b32)
{
	const uint32_t *addr = w->v[u->src[SWGPU_SRC_ADDR].reg],
		       *data = w->v[u->src[SWGPU_SRC_DATA].reg];
	uint32_t value[SWGPU_LANES] = {0};

	FOR_LANES (lane, swgpu_exec_mask(w))
		value[(addr[lane] + (uint32_t)u->imm) / 4 % SWGPU_LANES] = data[lane];
	put(w, u, value);
}

/* Pull: each lane takes the data of the lane that its address names. */
EXEC(ds_bpermute_b32)
{
	const uint32_t *addr = w->v[u->src[SWGPU_SRC_ADDR].reg];
	uint32_t seen[SWGPU_LANES], value[SWGPU_LANES];

	visible(w, seen, w->v[u->src[SWGPU_SRC_DATA].reg]);
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		value[lane] = seen[(addr[lane] + (uint32_t)u->imm) / 4 % SWGPU_LANES];
	put(w, u, value);
}

/* ds_swizzle_b32's offset chooses a mode and has its parameters. */
#define MODE_FFT    0xe000u
#define MODE_ROTATE 0xc000u
#define MODE_QUAD   0x8000u

static unsigned reverse5(unsigned x)
{
	return (x & 1) << 4 | (x & 2) << 2 | (x & 4) | (x & 8) >> 2 | (x & 16) >> 4;
}

/* The lane, of the 32 that lane is among, that it takes its value from. */
static unsigned swizzle_source(unsigned offset, unsigned lane)
{
	unsigned lo = offset & 31, mid = offset >> 5 & 31, hi = offset >> 10 & 31;

	if (offset >= MODE_FFT)
		return (reverse5(lane) >> __builtin_popcount(lo) | (lane & lo)) & 31;
	if (offset >= MODE_ROTATE) {
		unsigned by = hi & 1 ? 0 - mid : mid;

		return (lane & lo) | ((lane + by) & ~lo & 31);
	}
	if (offset >= MODE_QUAD)
		return (lane & ~3u) | (offset >> 2 * (lane & 3) & 3);
	return ((lane & lo) | mid) ^ hi;
}

EXEC(ds_swizzle_b32)
{
	uint32_t seen[SWGPU_LANES], value[SWGPU_LANES];

	visible(w, seen, w->v[u->src[SWGPU_SRC_ADDR].reg]);
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		value[lane] =
		    seen[(lane & 32) | swizzle_source((uint32_t)u->imm & 0xffff, lane & 31)];
	put(w, u, value);
}
