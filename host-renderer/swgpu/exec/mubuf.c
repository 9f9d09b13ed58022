/*
 * MUBUF: memory through a buffer descriptor in four scalar registers. Private memory is such a
 * buffer, one that swizzles by lane. Source: "AMD Vega Instruction Set Architecture", chapters 8.1
 * (addresses, ranges, descriptor) and 12.14.
 */
#include "host-renderer/swgpu/exec/vmem.h"

struct buffer {
	uint64_t start;
	uint64_t base;    /* with the scalar offset */
	uint64_t records; /* less the scalar offset, where they are bytes */
	uint32_t stride;
	uint32_t index_stride; /* records that are interleaved, where swizzled */
	bool swizzled, by_lane, structured;
};

enum { ELEMENT_4 = 1 };

/* False: a swizzle that is not done here. */
static bool get_buffer(const struct swgpu_wave *w, const struct swgpu_uop *u, struct buffer *b)
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
	return !b->swizzled || (srd[3] >> 19 & 3) == ELEMENT_4;
}

/* Each lane's record and byte in it, before any swizzle. */
static void get_lanes(const struct swgpu_wave *w, const struct swgpu_uop *u, const struct buffer *b,
		      uint64_t *index, uint64_t *offset)
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

static inline bool is_outside(const struct buffer *b, uint64_t index, uint64_t end)
{
	if (b->structured)
		return index >= b->records || (b->swizzled && end > b->stride);
	return index * b->stride + end > b->records;
}

/* Lanes whose `bytes` at offset + more are outside of the buffer. */
static uint64_t outside(const struct buffer *b, const uint64_t *index, const uint64_t *offset,
			uint64_t more, uint64_t bytes)
{
	uint64_t lanes = 0, together = 0;

	/* Most often none is; the union of the offsets is no less than the together. */
	if (!b->structured && !b->stride) {
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			together |= offset[lane];
		if (together + more + bytes <= b->records)
			return 0;
	}
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		if (is_outside(b, index[lane], offset[lane] + more + bytes))
			lanes |= (uint64_t)1 << lane;
	return lanes;
}

static uint64_t address(const struct buffer *b, uint64_t index, uint64_t offset)
{
	uint64_t n = b->index_stride;

	if (!b->swizzled)
		return b->base + index * b->stride + offset;
	return b->base + (index / n * b->stride + offset / 4 * 4) * n + index % n * 4 + offset % 4;
}

/* Private memory: no index but the lane, no stride, 64 lanes side by side, and a base in it; what
 * is past its end must fault, whatever is there. The caller has checked the range. */
static bool is_private(const struct swgpu_wave *w, const struct swgpu_uop *u,
		       const struct buffer *b)
{
	return b->swizzled && b->by_lane && !b->stride && b->index_stride == SWGPU_LANES &&
	       !(u->flags & SWGPU_UOP_IDXEN) && b->start - w->scratch_va <= w->scratch_size;
}

/* Dword by dword (or the one part of a dword), each with its own range check. */
static void piecewise(struct swgpu_wave *w, const struct swgpu_uop *u, const struct buffer *b,
		      const uint64_t *index, const uint64_t *offset, const struct swgpu_vmem_op *op)
{
	bool words = op->kind != SWGPU_VMEM_ATOMIC && op->bytes > 4;
	struct swgpu_vmem_op piece = *op;
	uint64_t exec = swgpu_exec_mask(w);
	struct swgpu_places p;

	if (words) {
		piece.bytes = 4;
		piece.move = op->kind == SWGPU_VMEM_LOAD ? LANES(load_b32) : LANES(store_b32);
	}
	for (uint32_t i = 0; i < op->bytes / piece.bytes; i++) {
		uint64_t out = exec & outside(b, index, offset, 4 * i, piece.bytes);

		vmem_begin(&p, exec & ~out);
		p.zero = out;
		p.word = i;
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			p.at[lane] = address(b, index[lane], offset[lane] + 4 * i) & 0xffffffffffff;
		if (!LANES(check)(w, &p, &piece))
			return;
		piece.move(w, u, &p);
	}
}

static void buffer_access(struct swgpu_wave *w, const struct swgpu_uop *u,
			  const struct swgpu_vmem_op *op)
{
	uint64_t index[SWGPU_LANES], offset[SWGPU_LANES];
	struct swgpu_places p;
	struct buffer b;

	vmem_begin(&p, swgpu_exec_mask(w));
	if (!p.active)
		return;
	if (!get_buffer(w, u, &b)) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return;
	}
	if (is_private(w, u, &b) && !(u->flags & SWGPU_UOP_OFFEN) &&
	    (uint32_t)u->imm + op->bytes <= b.records &&
	    LANES(private_rows)(w, u, b.base, (uint32_t)u->imm, op))
		return;
	get_lanes(w, u, &b, index, offset);
	if (p.active & outside(&b, index, offset, 0, op->bytes)) {
		piecewise(w, u, &b, index, offset, op);
		return;
	}
	if (is_private(w, u, &b)) {
		memcpy(p.at, offset, sizeof(offset));
		LANES(private)(w, u, &p, b.base, op);
		return;
	}
	if (b.swizzled) {
		piecewise(w, u, &b, index, offset, op);
		return;
	}
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		p.at[lane] = (b.base + index[lane] * b.stride + offset[lane]) & 0xffffffffffff;
	if (LANES(check)(w, &p, op))
		op->move(w, u, &p);
}

#define ROW(kind, name, mover, size)                                               \
	EXEC(buffer_##name)                                                        \
	{                                                                          \
		static const struct swgpu_vmem_op op = {LANES(mover), size, kind}; \
                                                                                   \
		buffer_access(w, u, &op);                                          \
	}
#define LOAD_ROW(name, mover, size)   ROW(SWGPU_VMEM_LOAD, name, mover, size)
#define STORE_ROW(name, mover, size)  ROW(SWGPU_VMEM_STORE, name, mover, size)
#define ATOMIC_ROW(name, mover, size) ROW(SWGPU_VMEM_ATOMIC, name, mover, size)

VMEM_LOADS(LOAD_ROW)
VMEM_STORES(STORE_ROW)
VMEM_ATOMICS(ATOMIC_ROW)

/* There is no cache to invalidate, but what comes after must not be read before what came first is
 * written. On this processor an atomic exchange, of whatever, sees to that; a fence that stands
 * alone is something ThreadSanitizer does not know. */
static void order_memory(void)
{
	uint32_t word = 0;

	__atomic_exchange_n(&word, 1, __ATOMIC_SEQ_CST);
}

EXEC(buffer_wbinvl1)
{
	(void)w;
	(void)u;
	order_memory();
}

EXEC(buffer_wbinvl1_vol)
{
	(void)w;
	(void)u;
	order_memory();
}
