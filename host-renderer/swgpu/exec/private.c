/*
 * Private memory, and the SCRATCH instructions.
 *
 * A wave's private memory is swizzled: dword d of lane l is at 256 d + 4 l, so that lanes at the
 * same place of their own are neighbours. Addresses in registers are made from SWGPU_SCRATCH_VA
 * (group_state.h), where nothing else is; what is not inside of [scratch_va, scratch_va +
 * scratch_size) faults.
 */
#include "host-renderer/swgpu/exec/vmem.h"

#define ROW_BYTES (4 * SWGPU_LANES)

/* Place in the wave's private memory of a lane's byte. */
static inline uint64_t swizzle(uint64_t byte, uint64_t lane)
{
	return byte / 4 * ROW_BYTES + lane * 4 + byte % 4;
}

/* Lanes whose access does not stay in whole dwords, or in one dword. */
static uint64_t unaligned(const struct swgpu_places *p, uint32_t bytes)
{
	uint64_t lanes = 0;

	FOR_LANES (lane, p->active) {
		uint64_t first = p->at[lane] % 4;

		if (bytes > 4 ? first != 0 : first + bytes > 4)
			lanes |= (uint64_t)1 << lane;
	}
	return lanes;
}

/* Checks every lane; from, the place of the wave's private memory in scratch[]. */
static bool inside(struct swgpu_wave *w, const struct swgpu_places *p, uint64_t base,
		   const struct swgpu_vmem_op *op)
{
	uint64_t from = base - w->scratch_va, used = w->scratch_used;

	FOR_LANES (lane, p->active) {
		uint64_t end = from + swizzle(p->at[lane] + op->bytes - 1, lane) + 1;

		if (from > w->scratch_size || p->at[lane] > w->scratch_size ||
		    end > w->scratch_size) {
			vmem_fault(w, base + swizzle(p->at[lane], lane), op);
			return false;
		}
		used = end > used ? end : used;
	}
	if (op->kind != SWGPU_VMEM_LOAD)
		w->scratch_used = used;
	return true;
}

/* Copies each lane's bytes to or from a buffer in which they follow one another. */
static void copy_bytes(uint8_t *scratch, const struct swgpu_places *p, uint64_t lanes,
		       uint8_t (*buffer)[16], uint32_t bytes, bool to_scratch)
{
	FOR_LANES (lane, lanes) {
		for (uint32_t i = 0; i < bytes; i++) {
			uint8_t *there = scratch + swizzle(p->at[lane] + i, lane);

			if (to_scratch)
				*there = buffer[lane][i];
			else
				buffer[lane][i] = *there;
		}
	}
}

/* Through a buffer: for what crosses dwords, and for atomics of 64 bits. Nobody else sees this
 * memory. */
static void by_buffer(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_places *p,
		      uint64_t lanes, uint8_t *scratch, const struct swgpu_vmem_op *op)
{
	uint8_t buffer[SWGPU_LANES][16] __attribute__((aligned(16)));
	struct swgpu_places q;

	vmem_begin(&q, lanes);
	q.word = p->word;
	copy_bytes(scratch, p, lanes, buffer, op->bytes, false);
	FOR_LANES (lane, lanes)
		q.at[lane] = (uint64_t)buffer[lane];
	op->move(w, u, &q);
	if (op->kind != SWGPU_VMEM_LOAD)
		copy_bytes(scratch, p, lanes, buffer, op->bytes, true);
}

bool LANES(private_rows)(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t base,
			 uint64_t byte, const struct swgpu_vmem_op *op)
{
	uint64_t from = base - w->scratch_va + byte / 4 * ROW_BYTES;
	uint64_t end = from + (uint64_t)(op->bytes / 4) * ROW_BYTES;
	struct swgpu_places p;

	if (op->kind == SWGPU_VMEM_ATOMIC || ~swgpu_exec_mask(w) || (byte | op->bytes) & 3)
		return false;
	if (from > w->scratch_size || end > w->scratch_size)
		return false;
	vmem_begin(&p, UINT64_MAX);
	for (; p.word < op->bytes / 4; p.word++) {
		p.block = w->scratch + from + (uint64_t)p.word * ROW_BYTES;
		if (op->kind == SWGPU_VMEM_LOAD)
			LANES(load_b32)(w, u, &p);
		else
			LANES(store_b32)(w, u, &p);
	}
	if (op->kind == SWGPU_VMEM_STORE && end > w->scratch_used)
		w->scratch_used = end;
	return true;
}

static bool all_same(const uint64_t *v)
{
	uint64_t differ = 0;

	for (unsigned lane = 1; lane < SWGPU_LANES; lane++)
		differ |= v[lane] ^ v[0];
	return !differ;
}

void LANES(private)(struct swgpu_wave *w, const struct swgpu_uop *u, struct swgpu_places *p,
		    uint64_t base, const struct swgpu_vmem_op *op)
{
	uint8_t *scratch;
	uint64_t odd;

	if (!p->active || (all_same(p->at) && LANES(private_rows)(w, u, base, p->at[0], op)))
		return;
	if (!inside(w, p, base, op))
		return;
	scratch = w->scratch + (base - w->scratch_va);
	odd = unaligned(p, op->bytes);
	if (op->kind == SWGPU_VMEM_ATOMIC && op->bytes == 8)
		odd = p->active;
	if (odd)
		by_buffer(w, u, p, odd, scratch, op);
	p->active &= ~odd;
	p->step = ROW_BYTES;
	FOR_LANES (lane, p->active)
		p->at[lane] = (uint64_t)scratch + swizzle(p->at[lane], lane);
	op->move(w, u, p);
}

/* SCRATCH: a lane's 32-bit register or a scalar one, plus the offset, in private memory. */
static void scratch_access(struct swgpu_wave *w, const struct swgpu_uop *u,
			   const struct swgpu_vmem_op *op)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR], *base = &u->src[SWGPU_SRC_BASE];
	struct swgpu_places p;
	uint32_t offset = (uint32_t)u->imm;

	vmem_begin(&p, swgpu_exec_mask(w));
	if (base->kind == SWGPU_OPND_SGPR)
		offset += w->s[base->reg];
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		p.at[lane] =
		    addr->kind == SWGPU_OPND_VGPR ? w->v[addr->reg][lane] + offset : offset;
	LANES(private)(w, u, &p, swgpu_s64(w, SWGPU_SREG_FLAT_SCRATCH), op);
}

#define ROW(kind, name, mover, size)                                               \
	EXEC(scratch_##name)                                                       \
	{                                                                          \
		static const struct swgpu_vmem_op op = {LANES(mover), size, kind}; \
                                                                                   \
		scratch_access(w, u, &op);                                         \
	}
#define LOAD_ROW(name, mover, size)  ROW(SWGPU_VMEM_LOAD, name, mover, size)
#define STORE_ROW(name, mover, size) ROW(SWGPU_VMEM_STORE, name, mover, size)

VMEM_LOADS(LOAD_ROW)
VMEM_STORES(STORE_ROW)
