/*
 * exec/ds.h - places in LDS, for the files that execute DS instructions. Compiled once for each
 * lane build.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 10 and 12.13. What is out of bounds
 * reads 0 and is not written; any alignment will do. A group runs on one thread, so nothing here
 * need be atomic.
 */
#ifndef SWGPU_EXEC_DS_H
#define SWGPU_EXEC_DS_H

#include "host-renderer/swgpu/exec/vmem.h"

/* Whether all lanes, active or not, are at most at `last`. */
static inline bool ds_inside(const uint32_t *addr, uint32_t offset, uint32_t last)
{
	uint32_t out = 0;

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		out |= addr[lane] + offset > last;
	return !out;
}

/* Places of `bytes` bytes at each lane's address plus offset; with may_be_same, as only loads have
 * it, they may be one for all. */
static inline void ds_places(struct swgpu_wave *w, const struct swgpu_uop *u,
			     struct swgpu_places *p, uint32_t bytes, uint32_t offset,
			     bool may_be_same)
{
	const uint32_t *addr = w->v[u->src[SWGPU_SRC_ADDR].reg];
	uint64_t exec = swgpu_exec_mask(w), out = 0;
	uint32_t first = addr[0] + offset, stride = addr[1] - addr[0];

	vmem_begin(p, exec);
	if (!~exec && (uint64_t)first + 63 * stride + bytes <= w->lds_size &&
	    (stride == bytes || (!stride && may_be_same)) && vmem_in_order(addr, stride)) {
		if (stride)
			p->block = w->lds + first;
		else
			p->same = w->lds + first;
		return;
	}
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		p->at[lane] = (uint64_t)w->lds + (addr[lane] + offset);
	if (w->lds_size >= bytes && ds_inside(addr, offset, w->lds_size - bytes))
		return;
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		if ((uint64_t)(addr[lane] + offset) + bytes > w->lds_size)
			out |= (uint64_t)1 << lane;
	p->zero = exec & out;
	p->active = exec & ~out;
}

#endif
