/*
 * MUBUF: memory through a buffer descriptor in four scalar registers. Private memory is such a
 * buffer, one that swizzles by lane. Source: "AMD Vega Instruction Set Architecture", chapters 8.1
 * (addresses, ranges, descriptor) and 12.14.
 */
#include "host-renderer/swgpu/exec/buffer.h"

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
		if (buffer_outside(b, index[lane], offset[lane] + more + bytes))
			lanes |= (uint64_t)1 << lane;
	return lanes;
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
			p.at[lane] =
			    buffer_address(b, index[lane], offset[lane] + 4 * i) & 0xffffffffffff;
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
	if (!buffer_get(w, u, &b)) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return;
	}
	if (is_private(w, u, &b) && !(u->flags & SWGPU_UOP_OFFEN) &&
	    (uint32_t)u->imm + op->bytes <= b.records &&
	    LANES(private_rows)(w, u, b.base, (uint32_t)u->imm, op))
		return;
	buffer_lanes(w, u, &b, index, offset);
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
