/*
 * Kernel dispatch packets.
 */
#include <errno.h>

#include "host-renderer/swgpu/queue/aql.h"
#include "host-renderer/swgpu/queue/device_state.h"

#define MAX_ITEMS    1024u
#define MAX_LDS      65536u
#define VGPRS_A_SIMD 256u
#define SIMDS_A_UNIT 4u
#define VGPR_GRANULE 4u

/* One dimension that the packet does not use; sizes of 0 or 1 mean nothing. */
static bool unused(uint32_t group, uint32_t grid)
{
	return group <= 1 && grid <= 1;
}

/* Fills in sizes. Returns 0 or an enum swgpu_queue_error. */
static uint64_t read_sizes(const hsa_kernel_dispatch_packet_t *p, struct swgpu_launch *l)
{
	const uint32_t group[3] = {p->workgroup_size_x, p->workgroup_size_y, p->workgroup_size_z};
	const uint32_t grid[3] = {p->grid_size_x, p->grid_size_y, p->grid_size_z};
	unsigned dims = p->setup & 3;
	uint64_t items = 1, groups = 1;

	if (!dims)
		return SWGPU_ERROR_DIMENSION;
	for (unsigned i = 0; i < 3; i++) {
		bool used = i < dims;

		if (used ? !group[i] || !grid[i] : !unused(group[i], grid[i]))
			return SWGPU_ERROR_DIMENSION;
		l->group_size[i] = used ? (uint16_t)group[i] : 1;
		l->grid_size[i] = used ? grid[i] : 1;
		l->group_count[i] = (uint32_t)(((uint64_t)l->grid_size[i] + l->group_size[i] - 1) /
					       l->group_size[i]);
		items *= l->group_size[i];
		if (__builtin_mul_overflow(groups, l->group_count[i], &groups))
			return SWGPU_ERROR_DIMENSION;
	}
	return items > MAX_ITEMS ? SWGPU_ERROR_GROUP_SIZE : 0;
}

/* Whether the waves of a workgroup find registers on the four SIMDs of a compute unit. */
static bool vgprs_fit(const struct swgpu_launch *l)
{
	unsigned items = l->group_size[0] * l->group_size[1] * l->group_size[2];
	unsigned waves = (items + SWGPU_LANES - 1) / SWGPU_LANES;
	unsigned a_simd = (waves + SIMDS_A_UNIT - 1) / SIMDS_A_UNIT;

	return ((l->rsrc1 & 63) + 1) * VGPR_GRANULE * a_simd <= VGPRS_A_SIMD;
}

static void fill(struct swgpu_queue *q, const hsa_kernel_dispatch_packet_t *p, uint64_t va,
		 struct swgpu_launch *l)
{
	l->lds_size = p->group_segment_size;
	l->private_size = p->private_segment_size;
	l->dispatch_va = va;
	l->queue_va = q->amd_queue_va;
	l->kernarg_va = (uint64_t)(uintptr_t)p->kernarg_address;
	l->dispatch_id = q->read;
	l->engine = q->dev->engine;
	l->code = q->dev->code;
	l->env = &q->dev->env;
	l->gfx = q->dev->config.gfx;
	l->gws = atomic_load_explicit(&q->has_gws, memory_order_acquire) ? &q->gws : NULL;
}

/* Checks the packet and reads the kernel object. Returns SWGPU_PROGRESS_MADE if it can run. */
static enum swgpu_progress prepare(struct swgpu_queue *q, const hsa_kernel_dispatch_packet_t *p,
				   uint64_t va, struct swgpu_launch *l)
{
	uint64_t error = read_sizes(p, l);
	int err;

	if (error)
		return swgpu_queue_fail(q, error, "impossible sizes of a kernel dispatch");
	if (p->group_segment_size > MAX_LDS)
		return swgpu_queue_fail(q, SWGPU_ERROR_LDS_SIZE, "too much LDS");
	if (!p->kernel_object)
		return swgpu_queue_fail(q, SWGPU_ERROR_CODE, "no kernel object");
	fill(q, p, va, l);
	err = swgpu_launch_read(l, p->kernel_object, &q->tlb);
	if (err == -EFAULT)
		return swgpu_queue_memory_fault(q, p->kernel_object, false, "a kernel dispatch");
	if (err < 0)
		return swgpu_queue_fail(q, SWGPU_ERROR_CODE, "not a kernel object");
	if (!vgprs_fit(l))
		return swgpu_queue_fail(q, SWGPU_ERROR_VGPRS, "too many registers for this size");
	if (swgpu_launch_check(l, &q->tlb) < 0)
		return swgpu_queue_fail(q, SWGPU_ERROR_CODE, "a kernel that this GPU cannot run");
	return SWGPU_PROGRESS_MADE;
}

enum swgpu_progress swgpu_aql_dispatch(struct swgpu_queue *q, const union swgpu_aql_packet *p,
				       uint64_t va)
{
	struct swgpu_launch launch = {0};
	struct swgpu_fault fault = {0};
	enum swgpu_progress progress = prepare(q, &p->dispatch, va, &launch);
	unsigned units = atomic_load_explicit(&q->units, memory_order_relaxed);

	if (progress != SWGPU_PROGRESS_MADE)
		return progress;
	switch (swgpu_sched_run(q->dev->sched, &launch, &q->gate, &q->tlb, units, &fault)) {
	case 0: return SWGPU_PROGRESS_MADE;
	case -ECANCELED: return SWGPU_PROGRESS_STOPPED;
	case -EFAULT: return swgpu_queue_kernel_fault(q, &fault);
	default: return swgpu_queue_fail(q, SWGPU_ERROR_LDS_SIZE, "no memory for a workgroup");
	}
}
