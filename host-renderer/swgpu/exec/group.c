/*
 * A workgroup: its memory, its start, and the turns that its waves take.
 *
 * A wave runs until it stops by itself or its slice is used up. Waves at a barrier, or asleep, wait
 * for the others.
 */
#include <errno.h>
#include <stdlib.h>

#include "host-renderer/swgpu/exec/group_state.h"
#include "host-renderer/swgpu/exec/scratch_pool.h"

/* Instructions of one wave before the next one's turn; also how often the tlb is synced, at the
 * latest: well below a millisecond's worth. */
#define SLICE 4096

static unsigned waves_of(uint32_t items)
{
	return (items + SWGPU_LANES - 1) / SWGPU_LANES;
}

static size_t round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

static bool allocate(struct swgpu_group *g)
{
	size_t vgpr_bytes = (size_t)g->max_waves * g->nvgpr * sizeof(g->vgpr[0]);

	g->wave = aligned_alloc(64, round_up(g->max_waves * sizeof(*g->wave), 64));
	g->vgpr = aligned_alloc(64, vgpr_bytes);
	g->lds = malloc(round_up(g->launch->lds_size, 16) + 16);
	if (g->wave_scratch)
		g->scratch = swgpu_scratch_take(g->wave_scratch * g->max_waves);
	return g->wave && g->vgpr && g->lds && (g->scratch || !g->wave_scratch);
}

int swgpu_group_create(struct swgpu_group **out, const struct swgpu_launch *launch)
{
	struct swgpu_group *g = calloc(1, sizeof(*g));
	uint32_t lane_bytes = (uint32_t)round_up(launch->private_size, 16);

	if (!g)
		return -ENOMEM;
	g->launch = launch;
	g->nvgpr = swgpu_launch_vgprs(launch);
	g->max_waves = waves_of((uint32_t)launch->group_size[0] * launch->group_size[1] *
				launch->group_size[2]);
	g->wave_scratch = (size_t)lane_bytes * SWGPU_LANES;
	if (!allocate(g)) {
		g->max_waves = 0; /* none has used private memory */
		swgpu_group_destroy(g);
		return -ENOMEM;
	}
	memset(g->wave, 0, g->max_waves * sizeof(*g->wave));
	for (unsigned i = 0; i < g->max_waves; i++) {
		struct swgpu_wave *w = &g->wave[i];

		w->v = &g->vgpr[(size_t)i * g->nvgpr];
		w->nvgpr = g->nvgpr;
		w->lds = g->lds;
		w->lds_size = launch->lds_size;
		w->scratch = g->scratch ? g->scratch + i * g->wave_scratch : NULL;
		w->scratch_va = SWGPU_SCRATCH_VA;
		w->scratch_size = g->wave_scratch;
		w->scratch_lane_size = lane_bytes;
		w->env = launch->env;
		w->gws = launch->gws;
	}
	*out = g;
	return 0;
}

static void clear_scratch(struct swgpu_group *g)
{
	for (unsigned i = 0; i < g->max_waves; i++) {
		if (g->wave[i].scratch_used)
			swgpu_scratch_clear(g->wave[i].scratch, g->wave[i].scratch_used);
		g->wave[i].scratch_used = 0;
	}
}

void swgpu_group_destroy(struct swgpu_group *g)
{
	if (!g)
		return;
	clear_scratch(g);
	swgpu_scratch_put(g->scratch,
			  g->wave_scratch *
			      waves_of((uint32_t)g->launch->group_size[0] *
				       g->launch->group_size[1] * g->launch->group_size[2]));
	swgpu_view_put(g->view);
	free(g->lds);
	free(g->vgpr);
	free(g->wave);
	free(g);
}

void swgpu_group_start(struct swgpu_group *g, uint32_t x, uint32_t y, uint32_t z)
{
	const struct swgpu_launch *launch = g->launch;
	const uint32_t id[3] = {x, y, z};
	uint32_t size[3];

	for (unsigned i = 0; i < 3; i++) {
		uint64_t first = (uint64_t)id[i] * launch->group_size[i];
		uint64_t rest = launch->grid_size[i] > first ? launch->grid_size[i] - first : 0;

		size[i] = rest < launch->group_size[i] ? (uint32_t)rest : launch->group_size[i];
	}
	g->nwaves = waves_of(size[0] * size[1] * size[2]);
	g->next = 0;
	memset(&g->fault, 0, sizeof(g->fault));
	memset(g->lds, 0, launch->lds_size);
	clear_scratch(g);
	for (unsigned i = 0; i < g->nwaves; i++)
		swgpu_wave_init(&g->wave[i], launch, id, size, i);
}

static void wake(struct swgpu_group *g, enum swgpu_stop from)
{
	for (unsigned i = 0; i < g->nwaves; i++)
		if (g->wave[i].stop == from)
			g->wave[i].stop = SWGPU_STOP_NONE;
}

static bool any(const struct swgpu_group *g, enum swgpu_stop stop)
{
	for (unsigned i = 0; i < g->nwaves; i++)
		if (g->wave[i].stop == stop)
			return true;
	return false;
}

/* The next wave that can run, in turn; NULL if none can. */
static struct swgpu_wave *next_wave(struct swgpu_group *g)
{
	for (unsigned i = 0; i < g->nwaves; i++) {
		unsigned n = (g->next + i) % g->nwaves;

		if (g->wave[n].stop == SWGPU_STOP_NONE) {
			g->next = (n + 1) % g->nwaves;
			return &g->wave[n];
		}
	}
	return NULL;
}

/* Gets a current view of the code. False: no memory. */
static bool refresh(struct swgpu_group *g)
{
	if (g->view && !swgpu_view_stale(g->view))
		return true;
	swgpu_view_put(g->view);
	g->view = swgpu_view_get(g->launch->code, g->launch->engine, g->nvgpr);
	return g->view;
}

/* A wave cannot even be looked at: reported as if its instruction were out of reach. */
static enum swgpu_run out_of_memory(struct swgpu_group *g, const struct swgpu_wave *w)
{
	g->fault = (struct swgpu_fault){
	    .stop = SWGPU_STOP_MEMORY, .pc = w->pc, .va = w->pc, .text = "out of memory"};
	return SWGPU_RUN_FAULT;
}

/* Gives w a slice. Returns false where the group has to end: see g->fault. */
static bool run_slice(struct swgpu_group *g, struct swgpu_wave *w, uint64_t *budget)
{
	uint64_t slice = *budget < SLICE ? *budget : SLICE;
	uint64_t done = swgpu_wave_run(w, g->view, slice, &g->fault);

	*budget -= done;
	switch (w->stop) {
	case SWGPU_STOP_NONE:
		/* Others may spin until a sleeper has done something. */
		wake(g, SWGPU_STOP_YIELD);
		return true;
	case SWGPU_STOP_ICACHE:
		swgpu_view_flush(g->view);
		w->stop = SWGPU_STOP_NONE;
		return true;
	case SWGPU_STOP_BARRIER:
	case SWGPU_STOP_END:
	case SWGPU_STOP_YIELD: return true;
	case SWGPU_STOP_ILLEGAL:
	case SWGPU_STOP_MEMORY:
	case SWGPU_STOP_TRAP: return false;
	}
	return false;
}

enum swgpu_run swgpu_group_run(struct swgpu_group *g, struct swgpu_tlb *tlb, uint64_t budget)
{
	for (unsigned i = 0; i < g->nwaves; i++)
		g->wave[i].tlb = tlb;
	while (g->fault.stop == SWGPU_STOP_NONE) {
		struct swgpu_wave *w = next_wave(g);

		swgpu_tlb_sync(tlb);
		if (!w && any(g, SWGPU_STOP_YIELD)) {
			wake(g, SWGPU_STOP_YIELD);
			return SWGPU_RUN_IDLE;
		}
		if (!w && !any(g, SWGPU_STOP_BARRIER))
			return SWGPU_RUN_DONE;
		if (!w) {
			wake(g, SWGPU_STOP_BARRIER);
			continue;
		}
		if (!budget)
			return SWGPU_RUN_AGAIN;
		if (!refresh(g))
			return out_of_memory(g, w);
		if (!run_slice(g, w, &budget))
			break;
	}
	return SWGPU_RUN_FAULT;
}

const struct swgpu_fault *swgpu_group_fault(const struct swgpu_group *g)
{
	return &g->fault;
}
