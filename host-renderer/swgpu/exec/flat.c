/*
 * FLAT: 64-bit addresses of which some may be in the apertures of LDS or private memory.
 * Source: "AMD Vega Instruction Set Architecture", chapters 9 and 12.18; LLVM AMDGPUUsage, "Address
 * Spaces".
 */
#include "host-renderer/swgpu/exec/vmem.h"

static uint64_t in_aperture(const uint32_t *hi, uint64_t base)
{
	uint64_t lanes = 0;

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		lanes |= (uint64_t)(hi[lane] == base >> 32) << lane;
	return lanes;
}

static bool any_in_aperture(const struct swgpu_wave *w, const uint32_t *hi)
{
	uint32_t shared = (uint32_t)(w->env->shared_base >> 32),
		 private = (uint32_t)(w->env->private_base >> 32);
	uint32_t found = 0;

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		found |= (hi[lane] == shared) | (hi[lane] == private);
	return found;
}

/* The lanes that address LDS; what is out of bounds reads 0 and is not written. */
static void shared(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t lanes,
		   const uint64_t *va, const struct swgpu_vmem_op *op)
{
	struct swgpu_places p;

	vmem_begin(&p, 0);
	FOR_LANES (lane, lanes) {
		uint64_t offset = (uint32_t)va[lane];

		if (op->kind == SWGPU_VMEM_ATOMIC && (offset & (op->bytes - 1))) {
			vmem_fault(w, va[lane], op);
			return;
		}
		if (offset + op->bytes > w->lds_size) {
			p.zero |= (uint64_t)1 << lane;
			continue;
		}
		p.active |= (uint64_t)1 << lane;
		p.at[lane] = (uint64_t)(w->lds + offset);
	}
	op->move(w, u, &p);
}

/* Lanes in different address spaces, one space after the other. */
static void mixed(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_vmem_op *op)
{
	unsigned addr = u->src[SWGPU_SRC_ADDR].reg;
	uint64_t exec = swgpu_exec_mask(w);
	uint64_t lds = exec & in_aperture(w->v[addr + 1], w->env->shared_base);
	uint64_t private = exec & in_aperture(w->v[addr + 1], w->env->private_base);
	struct swgpu_places p, q;
	uint64_t va[SWGPU_LANES];

	vmem_begin(&p, exec & ~lds & ~private);
	vmem_begin(&q, private);
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		va[lane] = ((uint64_t)w->v[addr + 1][lane] << 32 | w->v[addr][lane]) +
			   (uint64_t)(int64_t)u->imm;
		p.at[lane] = va[lane];
		q.at[lane] = (uint32_t)va[lane];
	}
	if (!LANES(check)(w, &p, op))
		return;
	if (p.active)
		op->move(w, u, &p);
	LANES(private)(w, u, &q, swgpu_s64(w, SWGPU_SREG_FLAT_SCRATCH), op);
	if (lds && w->stop == SWGPU_STOP_NONE)
		shared(w, u, lds, va, op);
}

static void flat(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_vmem_op *op)
{
	if (any_in_aperture(w, w->v[u->src[SWGPU_SRC_ADDR].reg + 1]))
		mixed(w, u, op);
	else
		LANES(global)(w, u, op);
}

#define ROW(kind, name, mover, size)                                               \
	EXEC(flat_##name)                                                          \
	{                                                                          \
		static const struct swgpu_vmem_op op = {LANES(mover), size, kind}; \
                                                                                   \
		flat(w, u, &op);                                                   \
	}
#define LOAD_ROW(name, mover, size)   ROW(SWGPU_VMEM_LOAD, name, mover, size)
#define STORE_ROW(name, mover, size)  ROW(SWGPU_VMEM_STORE, name, mover, size)
#define ATOMIC_ROW(name, mover, size) ROW(SWGPU_VMEM_ATOMIC, name, mover, size)

VMEM_LOADS(LOAD_ROW)
VMEM_STORES(STORE_ROW)
VMEM_ATOMICS(ATOMIC_ROW)
