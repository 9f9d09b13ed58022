/*
 * GLOBAL: the lanes' 64-bit addresses, or a scalar base and 32-bit offsets; and the check that all
 * memory accesses go through. Source: "AMD Vega Instruction Set Architecture", chapters 9
 * and 12.18.
 */
#include "host-renderer/swgpu/exec/vmem.h"

/* The range of the tlb that holds va, or NULL where more than one range is needed. */
static const struct swgpu_range *range_of(const struct swgpu_tlb *tlb, uint64_t va, uint64_t len,
					  unsigned access)
{
	for (unsigned i = 0; i < SWGPU_TLB_WAYS; i++) {
		const struct swgpu_range *r = &tlb->way[i];

		if (va >= r->lo && va < r->hi && len <= r->hi - va &&
		    (r->access & access) == access)
			return r;
	}
	return NULL;
}

/* Whether `bytes` at each of p's active lanes are in r. Lanes that are not active get the address
 * of one that is. */
static bool all_in(const struct swgpu_range *r, struct swgpu_places *p, uint64_t any,
		   uint64_t bytes)
{
	uint64_t lo = r->lo, span = r->hi - r->lo - bytes, outside = 0;

	if (~p->active)
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			p->at[lane] = p->active >> lane & 1 ? p->at[lane] : any;
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		outside |= p->at[lane] - lo > span;
	return !outside;
}

static bool aligned(struct swgpu_wave *w, const struct swgpu_places *p,
		    const struct swgpu_vmem_op *op)
{
	FOR_LANES (lane, p->active) {
		if (p->at[lane] & (op->bytes - 1)) {
			vmem_fault(w, p->at[lane], op);
			return false;
		}
	}
	return true;
}

bool LANES(check)(struct swgpu_wave *w, struct swgpu_places *p, const struct swgpu_vmem_op *op)
{
	unsigned access = vmem_access(op);
	const struct swgpu_range *r;
	uint64_t any;

	p->step = 4;
	if (!p->active)
		return true;
	if (op->kind == SWGPU_VMEM_ATOMIC && !aligned(w, p, op))
		return false;
	any = p->at[__builtin_ctzll(p->active)];
	if (!swgpu_tlb_ok(w->tlb, any, op->bytes, access)) {
		vmem_fault(w, any, op);
		return false;
	}
	r = range_of(w->tlb, any, op->bytes, access);
	if (r && all_in(r, p, any, op->bytes)) {
		if (any & SWGPU_VA_ALIAS)
			for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
				p->at[lane] &= ~SWGPU_VA_ALIAS;
		return true;
	}
	FOR_LANES (lane, p->active) {
		if (!swgpu_tlb_ok(w->tlb, p->at[lane], op->bytes, access)) {
			vmem_fault(w, p->at[lane], op);
			return false;
		}
		p->at[lane] &= ~SWGPU_VA_ALIAS;
	}
	return true;
}

/* All lanes active, and their addresses in order or (loads) the same: one check for all. False:
 * look at the lanes one by one. */
static bool together(struct swgpu_wave *w, const struct swgpu_uop *u,
		     const struct swgpu_vmem_op *op, uint64_t base)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR];
	const uint32_t *lo = w->v[addr->reg];
	uint32_t stride = lo[1] - lo[0];
	uint64_t va = base + lo[0], len = op->bytes + (uint64_t)63 * stride;
	struct swgpu_places p;

	if (stride != op->bytes && (stride || op->kind != SWGPU_VMEM_LOAD))
		return false;
	/* Where lo wraps, the lanes are not in order as 64-bit numbers. */
	if (!vmem_in_order(lo, stride) || lo[0] > UINT32_MAX - 63 * stride)
		return false;
	if (addr->words == 2) {
		const uint32_t *hi = w->v[addr->reg + 1];

		if (!vmem_in_order(hi, 0))
			return false;
		va += (uint64_t)hi[0] << 32;
	}
	if (!swgpu_tlb_ok(w->tlb, va, len, vmem_access(op)))
		return false;
	vmem_begin(&p, UINT64_MAX);
	if (stride)
		p.block = swgpu_va_host(va);
	else
		p.same = swgpu_va_host(va);
	op->move(w, u, &p);
	return true;
}

void LANES(global)(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_vmem_op *op)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR];
	uint64_t base = (uint64_t)(int64_t)u->imm;
	struct swgpu_places p;

	vmem_begin(&p, swgpu_exec_mask(w));
	if (!p.active)
		return;
	if (u->src[SWGPU_SRC_BASE].kind == SWGPU_OPND_SGPR)
		base += swgpu_s64(w, u->src[SWGPU_SRC_BASE].reg);
	if (!~p.active && op->kind != SWGPU_VMEM_ATOMIC && together(w, u, op, base))
		return;
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		p.at[lane] = base + w->v[addr->reg][lane];
	if (addr->words == 2)
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			p.at[lane] += (uint64_t)w->v[addr->reg + 1][lane] << 32;
	if (LANES(check)(w, &p, op))
		op->move(w, u, &p);
}

#define ROW(kind, name, mover, size)                                               \
	EXEC(global_##name)                                                        \
	{                                                                          \
		static const struct swgpu_vmem_op op = {LANES(mover), size, kind}; \
                                                                                   \
		LANES(global)(w, u, &op);                                          \
	}
#define LOAD_ROW(name, mover, size)   ROW(SWGPU_VMEM_LOAD, name, mover, size)
#define STORE_ROW(name, mover, size)  ROW(SWGPU_VMEM_STORE, name, mover, size)
#define ATOMIC_ROW(name, mover, size) ROW(SWGPU_VMEM_ATOMIC, name, mover, size)

VMEM_LOADS(LOAD_ROW)
VMEM_STORES(STORE_ROW)
VMEM_ATOMICS(ATOMIC_ROW)
