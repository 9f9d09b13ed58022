/*
 * The state in which a wave starts.
 * Source: LLVM AMDGPUUsage, "Initial Kernel Execution State"; buffer descriptor: "AMD Vega
 * Instruction Set Architecture", chapter 8.1.8.
 */
#include "host-renderer/swgpu/exec/descriptor.h"
#include "host-renderer/swgpu/exec/group_state.h"

/* Scalar registers in the order in which they are loaded. */
struct sgprs {
	struct swgpu_wave *w;
	unsigned next;
};

static void put(struct sgprs *s, uint32_t value)
{
	if (s->next < SWGPU_SREG_FLAT_SCRATCH)
		s->w->s[s->next++] = value;
}

static void put64(struct sgprs *s, uint64_t value)
{
	put(s, (uint32_t)value);
	put(s, (uint32_t)(value >> 32));
}

/* Private memory as a buffer: interleaved by dword among 64 lanes, the lane added by the hardware.
 * Where it ends is checked against the wave's own, so the range need not be. */
static void put_private_buffer(struct sgprs *s)
{
	const uint32_t swizzle = 1u << 31, lanes_64 = 3u << 21, dword = 1u << 19,
		       add_lane = 1u << 23;
	const uint32_t xyzw = 4 | 5 << 3 | 6 << 6 | 7 << 9, as_uint = 4u << 12;

	put64(s, SWGPU_SCRATCH_VA | (uint64_t)swizzle << 32);
	put(s, UINT32_MAX);
	put(s, xyzw | as_uint | dword | lanes_64 | add_lane);
}

static void put_user_sgprs(struct sgprs *s, const struct swgpu_launch *launch)
{
	uint32_t wants = launch->properties;

	if (wants & SWGPU_KD_PRIVATE_SEGMENT_BUFFER)
		put_private_buffer(s);
	if (wants & SWGPU_KD_DISPATCH_PTR)
		put64(s, launch->dispatch_va);
	if (wants & SWGPU_KD_QUEUE_PTR)
		put64(s, launch->queue_va);
	if (wants & SWGPU_KD_KERNARG_PTR)
		put64(s, launch->kernarg_va);
	if (wants & SWGPU_KD_DISPATCH_ID)
		put64(s, launch->dispatch_id);
	if (wants & SWGPU_KD_FLAT_SCRATCH_INIT)
		put64(s, SWGPU_SCRATCH_VA);
	if (wants & SWGPU_KD_PRIVATE_SEGMENT_SIZE)
		put(s, launch->private_size);
	for (unsigned i = 0; i < 3; i++)
		if (wants & SWGPU_KD_GROUP_COUNT_X << i)
			put(s, launch->group_count[i]);
}

/* What the descriptor asks for beside the user SGPRs comes behind as many of those as it names. */
static void put_system_sgprs(struct sgprs *s, const struct swgpu_launch *launch,
			     const uint32_t id[3], unsigned waves, bool first)
{
	s->next = swgpu_field(launch->rsrc2, SWGPU_RSRC2_USER_SGPRS);
	for (unsigned i = 0; i < 3; i++)
		if (launch->rsrc2 >> (SWGPU_RSRC2_GROUP_ID_X.first + i) & 1)
			put(s, id[i]);
	if (swgpu_field(launch->rsrc2, SWGPU_RSRC2_GROUP_INFO))
		put(s, (uint32_t)first << 31 | waves);
	if (swgpu_field(launch->rsrc2, SWGPU_RSRC2_SCRATCH_EN))
		put(s, 0); /* scratch wave offset: every wave's private memory is at the same
			      address */
}

/* Work-item ids in v0..v2, x fastest. */
static void put_item_ids(struct swgpu_wave *w, const struct swgpu_launch *launch,
			 const uint32_t size[3], uint32_t first)
{
	unsigned dims = swgpu_field(launch->rsrc2, SWGPU_RSRC2_VGPR_IDS) + 1;
	uint32_t x = first % size[0], y = first / size[0] % size[1], z = first / size[0] / size[1];

	for (unsigned lane = 0; lane < SWGPU_LANES && swgpu_exec_mask(w) >> lane & 1; lane++) {
		uint32_t id[3] = {x, y, z};

		for (unsigned i = 0; i < dims; i++)
			w->v[i][lane] = id[i];
		if (++x == size[0]) {
			x = 0;
			if (++y == size[1]) {
				y = 0;
				z++;
			}
		}
	}
}

static uint32_t start_mode(const struct swgpu_launch *launch)
{
	return swgpu_field(launch->rsrc1, SWGPU_RSRC1_FLOAT_MODE) |
	       swgpu_field(launch->rsrc1, SWGPU_RSRC1_DX10_CLAMP) << 8 |
	       swgpu_field(launch->rsrc1, SWGPU_RSRC1_IEEE) << 9 |
	       swgpu_field(launch->rsrc1, SWGPU_RSRC1_FP16_OVFL) << 23;
}

void swgpu_wave_init(struct swgpu_wave *w, const struct swgpu_launch *launch, const uint32_t id[3],
		     const uint32_t size[3], unsigned index)
{
	uint32_t items = size[0] * size[1] * size[2], first = index * SWGPU_LANES;
	unsigned waves = (items + SWGPU_LANES - 1) / SWGPU_LANES;
	uint32_t here = items - first < SWGPU_LANES ? items - first : SWGPU_LANES;
	struct sgprs s = {.w = w};

	memset(w->v, 0, w->nvgpr * sizeof(w->v[0]));
	memset(w->s, 0, sizeof(w->s));
	w->pc = launch->entry;
	w->scc = 0;
	w->mode = start_mode(launch);
	w->stop = SWGPU_STOP_NONE;
	w->trap_id = 0;
	w->gws_waits = false;
	swgpu_set_s64(w, SWGPU_SREG_EXEC, UINT64_MAX >> (SWGPU_LANES - here));
	put_user_sgprs(&s, launch);
	put_system_sgprs(&s, launch, id, waves, index == 0);
	put_item_ids(w, launch, size, first);
}
