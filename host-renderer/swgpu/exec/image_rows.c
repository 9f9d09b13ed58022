/*
 * MIMG: a row for each instruction; images are the same for all lane builds (exec/image.h), but for
 * atomics, which share their movers with the other vector memory. Compiled once for each lane
 * build.
 */
#include "host-renderer/swgpu/exec/image.h"
#include "host-renderer/swgpu/exec/vmem.h"

EXEC(image_load)
{
	swgpu_image_load(w, u, false);
}

EXEC(image_load_mip)
{
	swgpu_image_load(w, u, true);
}

EXEC(image_store)
{
	swgpu_image_store(w, u, false);
}

EXEC(image_store_mip)
{
	swgpu_image_store(w, u, true);
}

EXEC(image_get_resinfo)
{
	swgpu_image_resinfo(w, u);
}

EXEC(image_sample)
{
	swgpu_image_sample(w, u, SWGPU_SAMPLE_QUAD);
}

EXEC(image_sample_d)
{
	swgpu_image_sample(w, u, SWGPU_SAMPLE_SLOPE);
}

EXEC(image_sample_l)
{
	swgpu_image_sample(w, u, SWGPU_SAMPLE_LEVEL);
}

EXEC(image_sample_lz)
{
	swgpu_image_sample(w, u, SWGPU_SAMPLE_LZ);
}

EXEC(image_gather4_lz)
{
	swgpu_image_sample(w, u, SWGPU_SAMPLE_GATHER);
}

static void image_atomic(struct swgpu_wave *w, const struct swgpu_uop *u,
			 const struct swgpu_vmem_op *narrow, const struct swgpu_vmem_op *wide,
			 unsigned operands)
{
	const struct swgpu_vmem_op *op = u->src[SWGPU_SRC_DATA].words == operands ? narrow : wide;
	uint64_t exec = swgpu_exec_mask(w);
	struct swgpu_places p;
	struct swgpu_image m;

	if (!exec || !swgpu_image_begin(w, u, 0, &m))
		return;
	if (m.format.bytes != op->bytes) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return;
	}
	vmem_begin(&p, 0);
	FOR_LANES (lane, exec) {
		if (swgpu_image_place(w, u, &m, (unsigned)lane, false, &p.at[lane]))
			p.active |= (uint64_t)1 << lane;
		else
			p.zero |= (uint64_t)1 << lane;
	}
	if (LANES(check)(w, &p, op))
		op->move(w, u, &p);
}

#define ATOMIC_ROW(name, operands)                                                        \
	EXEC(image_atomic_##name)                                                         \
	{                                                                                 \
		static const struct swgpu_vmem_op narrow = {LANES(atomic_##name##_32), 4, \
							    SWGPU_VMEM_ATOMIC},           \
						  wide = {LANES(atomic_##name##_64), 8,   \
							  SWGPU_VMEM_ATOMIC};             \
                                                                                          \
		image_atomic(w, u, &narrow, &wide, operands);                             \
	}

ATOMIC_ROW(swap, 1)
ATOMIC_ROW(cmpswap, 2)
ATOMIC_ROW(add, 1)
ATOMIC_ROW(sub, 1)
ATOMIC_ROW(smin, 1)
ATOMIC_ROW(umin, 1)
ATOMIC_ROW(smax, 1)
ATOMIC_ROW(umax, 1)
ATOMIC_ROW(and, 1)
ATOMIC_ROW(or, 1)
ATOMIC_ROW(xor, 1)
ATOMIC_ROW(inc, 1)
ATOMIC_ROW(dec, 1)
