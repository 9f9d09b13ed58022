/*
 * DS_GWS_*: waiting for waves of other workgroups. A wave that waits sleeps and executes the
 * instruction again when it is its turn; what it waits for is in the wave.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.13.
 */
#include "host-renderer/swgpu/exec/gws.h"
#include "host-renderer/swgpu/exec/lanes.h"

/* False: the queue has no global wave sync, and the wave has stopped; or no lane runs. */
static bool has_gws(struct swgpu_wave *w)
{
	if (!w->gws)
		w->stop = SWGPU_STOP_ILLEGAL;
	return w->gws && swgpu_exec_mask(w);
}

static unsigned resource(const struct swgpu_wave *w, const struct swgpu_uop *u)
{
	return (w->s[SWGPU_SREG_M0] >> 16 & 63) + ((unsigned)u->imm & 63);
}

/* The first running lane's. */
static uint32_t value(const struct swgpu_wave *w, const struct swgpu_uop *u)
{
	return w->v[u->src[SWGPU_SRC_DATA].reg][__builtin_ctzll(swgpu_exec_mask(w))];
}

static void again(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	w->gws_waits = true;
	w->pc -= u->size;
	w->stop = SWGPU_STOP_YIELD;
}

EXEC(ds_gws_init)
{
	if (has_gws(w))
		swgpu_gws_set(w->gws, resource(w, u), value(w, u));
}

EXEC(ds_gws_barrier)
{
	bool go;

	if (!has_gws(w))
		return;
	if (w->gws_waits)
		go = swgpu_gws_turn(w->gws, resource(w, u)) != w->gws_turn;
	else
		go = swgpu_gws_arrive(w->gws, resource(w, u), value(w, u), &w->gws_turn);
	w->gws_waits = false;
	if (!go)
		again(w, u);
}

EXEC(ds_gws_sema_v)
{
	if (has_gws(w))
		swgpu_gws_give(w->gws, resource(w, u), 1);
}

EXEC(ds_gws_sema_br)
{
	if (has_gws(w))
		swgpu_gws_give(w->gws, resource(w, u), value(w, u));
}

EXEC(ds_gws_sema_p)
{
	uint32_t turn;
	bool go;

	if (!has_gws(w))
		return;
	go = swgpu_gws_take(w->gws, resource(w, u), &turn);
	if (!w->gws_waits)
		w->gws_turn = turn;
	go = go || turn != w->gws_turn;
	w->gws_waits = false;
	if (!go)
		again(w, u);
}

EXEC(ds_gws_sema_release_all)
{
	if (has_gws(w))
		swgpu_gws_release(w->gws, resource(w, u));
}
