/* Finds the reference of an operation and runs it; and the operations that move single lanes. */
#include "tests/isa/ref_expr.h"

/* v_readfirstlane, v_readlane: they work whatever EXEC says. */
static void readfirstlane(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);
	unsigned lane = 0;

	while (exec && !(exec >> lane & 1))
		lane++;
	w->s[u->dst.reg] = u->src[0].kind == SWGPU_OPND_VGPR ? w->v[u->src[0].reg][lane]
							     : (uint32_t)ref_scalar(w, &u->src[0]);
}

static void readlane(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	unsigned lane = ref_scalar(w, &u->src[1]) & 63;

	w->s[u->dst.reg] = u->src[0].kind == SWGPU_OPND_VGPR ? w->v[u->src[0].reg][lane]
							     : (uint32_t)ref_scalar(w, &u->src[0]);
}

static void writelane(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	w->v[u->dst.reg][ref_scalar(w, &u->src[1]) & 63] = (uint32_t)ref_scalar(w, &u->src[0]);
}

static void swap(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		uint32_t x = w->v[u->dst.reg][lane];

		if (!(exec >> lane & 1))
			continue;
		w->v[u->dst.reg][lane] = w->v[u->src[0].reg][lane];
		w->v[u->src[0].reg][lane] = x;
	}
}

static const struct ref_wave_row lane_rows[] = {
    {SWGPU_OP_V_READFIRSTLANE_B32, readfirstlane},
    {SWGPU_OP_V_READLANE_B32, readlane},
    {SWGPU_OP_V_WRITELANE_B32, writelane},
    {SWGPU_OP_V_SWAP_B32, swap},
    {0, NULL},
};

/* What swgpu does not have: a kernel that uses it is stopped. */
static const uint16_t refused[] = {
    SWGPU_OP_S_SENDMSGHALT,
    /* Only a queue of its own has it: tests/unit/test_swgpu_gws.c. */
    SWGPU_OP_DS_GWS_SEMA_RELEASE_ALL,
    SWGPU_OP_DS_GWS_INIT,
    SWGPU_OP_DS_GWS_SEMA_V,
    SWGPU_OP_DS_GWS_SEMA_BR,
    SWGPU_OP_DS_GWS_SEMA_P,
    SWGPU_OP_DS_GWS_BARRIER,
};

static const struct ref_row *find_row(unsigned op)
{
	static const struct ref_row *const tables[] = {ref_vop1_rows, ref_vop2_rows, ref_vopc_rows,
						       ref_vop3_rows, ref_vop3p_rows};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct ref_row *row = tables[i]; row->op; row++)
			if (row->op == op)
				return row;
	return NULL;
}

static ref_wave_fn *find_wave_fn(unsigned op)
{
	static const struct ref_wave_row *const tables[] = {lane_rows, ref_salu_rows};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct ref_wave_row *row = tables[i]; row->op; row++)
			if (row->op == op)
				return row->fn;
	return ref_ds_find(op) ? ref_ds_find(op) : ref_mem_find(op);
}

enum ref_status ref_status_of(unsigned op)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (refused[i] == op)
			return REF_REFUSED;
	return find_row(op) || find_wave_fn(op) ? REF_DONE : REF_ABSENT;
}

const char *ref_shape(unsigned op)
{
	const struct ref_row *row = find_row(op);

	return row ? row->shape : NULL;
}

bool ref_obeys_mode(unsigned op)
{
	const struct ref_row *row = find_row(op);

	return row && row->flags & REF_MODE;
}

enum ref_status ref_exec(struct swgpu_wave *w, const struct swgpu_uop *u, struct ref_result *res)
{
	static _Thread_local unsigned last;
	static _Thread_local const struct ref_row *row;
	static _Thread_local ref_wave_fn *fn;
	enum ref_status status = REF_DONE;

	memset(res, 0, sizeof(*res));
	if (last != u->op) { /* the searches are slow */
		last = u->op;
		row = find_row(last);
		fn = row ? NULL : find_wave_fn(last);
	}
	if (row)
		ref_vector(w, u, row, res);
	else if (fn)
		fn(w, u);
	else
		status = ref_status_of(u->op);
	return status;
}
