/*
 * exec/buffer.h - buffer descriptors and the places of lanes in a buffer, for the files that
 * execute MUBUF. Compiled once for each lane build.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 8.1 (addresses, ranges, descriptor).
 */
#ifndef SWGPU_EXEC_BUFFER_H
#define SWGPU_EXEC_BUFFER_H

#include "host-renderer/swgpu/exec/vmem.h"

struct buffer {
	uint64_t start;
	uint64_t base;    /* with the scalar offset */
	uint64_t records; /* less the scalar offset, where they are bytes */
	uint32_t stride;
	uint32_t index_stride; /* records that are interleaved, where swizzled */
	bool swizzled, by_lane, structured;
};

enum { BUFFER_ELEMENT_4 = 1 };

/* False: a swizzle that is not done here. */
static inline bool buffer_get(const struct swgpu_wave *w, const struct swgpu_uop *u,
			      struct buffer *b)
{
	const uint32_t *srd = &w->s[u->src[SWGPU_SRC_BASE].reg];
	const struct swgpu_opnd *o = &u->src[SWGPU_SRC_OFFSET];
	uint32_t soffset = o->kind == SWGPU_OPND_SGPR ? w->s[o->reg] : (uint32_t)o->imm;

	if (o->kind == SWGPU_OPND_SPECIAL)
		soffset = (uint32_t)swgpu_special_value(w, o->reg);
	b->start = (uint64_t)(srd[1] & 0xffff) << 32 | srd[0];
	b->base = b->start + soffset;
	b->stride = srd[1] >> 16 & 0x3fff;
	b->swizzled = srd[1] >> 31;
	b->by_lane = srd[3] >> 23 & 1;
	b->index_stride = 8u << (srd[3] >> 21 & 3);
	if (b->by_lane)
		b->stride |= (srd[3] >> 15 & 15) << 14;
	b->structured = (u->flags & SWGPU_UOP_IDXEN) && b->stride;
	b->records = srd[2];
	if (!b->structured)
		b->records = srd[2] > soffset ? srd[2] - soffset : 0;
	return !b->swizzled || (srd[3] >> 19 & 3) == BUFFER_ELEMENT_4;
}

/* Each lane's record and byte in it, before any swizzle. */
static inline void buffer_lanes(const struct swgpu_wave *w, const struct swgpu_uop *u,
				const struct buffer *b, uint64_t *index, uint64_t *offset)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR];
	bool idxen = u->flags & SWGPU_UOP_IDXEN, offen = u->flags & SWGPU_UOP_OFFEN;

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		index[lane] = idxen ? w->v[addr->reg][lane] : 0;
		offset[lane] = (offen ? w->v[addr->reg + idxen][lane] : 0) + (uint64_t)u->imm;
	}
	if (b->by_lane)
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			index[lane] += lane;
}

static inline bool buffer_outside(const struct buffer *b, uint64_t index, uint64_t end)
{
	if (b->structured)
		return index >= b->records || (b->swizzled && end > b->stride);
	return index * b->stride + end > b->records;
}

/* GPU address of a lane's byte; bits above 47 are to be cut. */
static inline uint64_t buffer_address(const struct buffer *b, uint64_t index, uint64_t offset)
{
	uint64_t n = b->index_stride;

	if (!b->swizzled)
		return b->base + index * b->stride + offset;
	return b->base + (index / n * b->stride + offset / 4 * 4) * n + index % n * 4 + offset % 4;
}

#endif
