/*
 * exec/group_state.h - what a group is made of. Private to exec/.
 *
 * Invariants: the first nwaves of wave[] are the current workgroup's; a wave that has ended keeps
 * SWGPU_STOP_END in stop, one at a barrier SWGPU_STOP_BARRIER.
 */
#ifndef SWGPU_EXEC_GROUP_STATE_H
#define SWGPU_EXEC_GROUP_STATE_H

#include "host-renderer/swgpu/exec/group.h"
#include "host-renderer/swgpu/exec/view.h"

#define SWGPU_GROUP_MAX_ITEMS 1024
#define SWGPU_GROUP_MAX_LDS   65536
/* What COMPUTE_TMPRING_SIZE can express, divided by the lanes. */
#define SWGPU_GROUP_MAX_PRIVATE (8191u * 1024 / SWGPU_LANES)

/* Where scratch descriptors and flat_scratch say that private memory is. Only the instructions that
 * work on private memory know it, so it is the same for all waves; it is less than 2^48, which is
 * as much as a descriptor can hold, and an alias of addresses where no process has memory. */
#define SWGPU_SCRATCH_VA (SWGPU_VA_ALIAS + 0x10000)

struct swgpu_group {
	const struct swgpu_launch *launch;
	struct swgpu_code_view *view;  /* predecoded instructions; NULL until the first run */
	struct swgpu_wave *wave;       /* [max_waves] */
	uint32_t (*vgpr)[SWGPU_LANES]; /* nvgpr rows for each wave */
	uint8_t *lds;
	uint8_t *scratch; /* wave_scratch bytes for each wave, zero beyond what it used */
	size_t wave_scratch;
	unsigned max_waves, nwaves;
	unsigned next; /* wave whose turn it is */
	uint32_t nvgpr;
	struct swgpu_fault fault;
};

/* VGPRs that a launch's rsrc1 allocates to a wave. */
unsigned swgpu_launch_vgprs(const struct swgpu_launch *launch);

/* Registers, program counter and modes of wave `index` of the workgroup `id`, whose sides are
 * `size` work-items. */
void swgpu_wave_init(struct swgpu_wave *w, const struct swgpu_launch *launch, const uint32_t id[3],
		     const uint32_t size[3], unsigned index);

/* Runs w for at most `limit` instructions, until it stops. Returns how many it executed. w->stop
 * says why it stopped (NONE: the limit); for an error, *fault is filled. */
uint64_t swgpu_wave_run(struct swgpu_wave *w, struct swgpu_code_view *view, uint64_t limit,
			struct swgpu_fault *fault);

#endif
