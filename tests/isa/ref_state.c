/* Waves for the comparison of engines with the reference. */
#include <stdio.h>
#include <stdlib.h>

#include "host-renderer/swgpu/mem/vm.h"
#include "tests/isa/ref_state.h"

/* Where LDS, private memory and the scratch descriptor say they are; nothing else is there. */
#define SHARED_BASE  (UINT64_C(0x2000) << 48)
#define PRIVATE_BASE (UINT64_C(0x1000) << 48)
#define SCRATCH_VA   UINT64_C(0x0000700012340000)

uint64_t ref_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void fill(uint64_t *random, void *to, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 8) {
		uint64_t x = ref_random(random);

		memcpy((uint8_t *)to + i, &x, 8);
	}
}

static void on_interrupt(void *user, uint32_t event)
{
	((struct ref_trial *)user)->event = event;
}

static uint64_t on_clock(void *user)
{
	(void)user;
	return UINT64_C(0x123456789abcdef0);
}

static void init_wave(struct ref_trial *t, struct ref_state *s)
{
	struct swgpu_wave *w = &s->w;

	w->v = s->v;
	w->nvgpr = REF_VGPRS;
	w->lds = s->lds;
	w->lds_size = REF_LDS_SIZE;
	w->scratch = s->scratch;
	w->scratch_va = SCRATCH_VA;
	w->scratch_size = sizeof(s->scratch);
	w->scratch_lane_size = REF_SCRATCH_LANE;
	w->pc = UINT64_C(0x7000deadbee0);
	w->tlb = &t->tlb;
	w->env = &t->env;
	w->lane_mask_of = swgpu_s64(w, SWGPU_SREG_EXEC);
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		w->lane_mask[lane] = -(uint32_t)(w->lane_mask_of >> lane & 1);
}

static bool map_memory(struct ref_trial *t)
{
	const struct swgpu_vm_config config = {.vram_bytes = 1 << 20, .system_bytes = 1 << 20};
	const struct swgpu_mem_desc desc = {.kind = SWGPU_MEM_SYSTEM, .size = REF_MEMORY_SIZE};
	uint64_t gpu_va;

	if (swgpu_vm_create(&t->vm, &config))
		return false;
	if (swgpu_vm_alloc(t->vm, &desc, &ref_mem_lo) ||
	    swgpu_vm_map(t->vm, ref_mem_lo, REF_MEMORY_SIZE, &gpu_va)) {
		swgpu_vm_destroy(t->vm);
		return false;
	}
	ref_mem_hi = ref_mem_lo + REF_MEMORY_SIZE;
	t->memory = (uint8_t *)(uintptr_t)ref_mem_lo;
	return true;
}

struct ref_trial *ref_trial_create(uint64_t seed)
{
	struct ref_trial *t = aligned_alloc(64, (sizeof(*t) + 63) / 64 * 64);

	if (!t)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->random = seed;
	t->env = (struct swgpu_env){on_interrupt, on_clock, t, SHARED_BASE, PRIVATE_BASE};
	if (!map_memory(t)) {
		free(t);
		return NULL;
	}
	fill(&t->random, t->was.v, sizeof(t->was.v));
	fill(&t->random, t->was.w.s, sizeof(t->was.w.s));
	fill(&t->random, t->was.lds, sizeof(t->was.lds));
	fill(&t->random, t->was.scratch, sizeof(t->was.scratch));
	fill(&t->random, t->was.memory, sizeof(t->was.memory));
	memcpy(&t->want, &t->was, sizeof(t->was));
	memcpy(&t->got, &t->was, sizeof(t->was));
	memcpy(t->memory, t->was.memory, REF_MEMORY_SIZE);
	init_wave(t, &t->was);
	swgpu_tlb_enter(&t->tlb, t->vm);
	return t;
}

void ref_trial_destroy(struct ref_trial *t)
{
	if (!t)
		return;
	swgpu_tlb_leave(&t->tlb);
	swgpu_vm_destroy(t->vm);
	free(t);
}

/* The VGPRs that a trial of u can change on purpose: destinations, and sources, which are set
 * before each. */
static void copy_vgprs(struct ref_state *to, const struct ref_state *from,
		       const struct swgpu_uop *u)
{
	const struct swgpu_opnd *named[] = {&u->dst, &u->src[0], &u->src[1], &u->src[2],
					    &u->src[3]};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (named[i]->kind == SWGPU_OPND_VGPR)
			memcpy(to->v[named[i]->reg], from->v[named[i]->reg],
			       sizeof(to->v[0]) * named[i]->words);
}

static void copy_state(struct ref_state *to, const struct ref_state *from,
		       const struct swgpu_uop *u, bool memory)
{
	to->w = from->w;
	to->w.v = to->v;
	to->w.lds = to->lds;
	to->w.scratch = to->scratch;
	to->event = 0;
	copy_vgprs(to, from, u);
	if (!memory)
		return;
	memcpy(to->lds, from->lds, sizeof(to->lds));
	memcpy(to->scratch, from->scratch, sizeof(to->scratch));
}

void ref_trial_arm(struct ref_trial *t, const struct swgpu_uop *u, bool memory)
{
	init_wave(t, &t->was);
	copy_state(&t->want, &t->was, u, memory);
	copy_state(&t->got, &t->was, u, memory);
	if (memory)
		memcpy(t->memory, t->was.memory, REF_MEMORY_SIZE);
}

/* Keeps what the run left in memory, and puts back what was there before. */
static void keep_memory(struct ref_trial *t, struct ref_state *s)
{
	memcpy(s->memory, t->memory, REF_MEMORY_SIZE);
	memcpy(t->memory, t->was.memory, REF_MEMORY_SIZE);
}

static void one_nan(uint32_t *word)
{
	if ((*word & 0x7fffffff) > 0x7f800000)
		*word = 0x7fc00000;
}

/* Sums of floats in LDS: a NaN is as good as another, so all become the same. */
static void unify_nans(struct ref_state *s, const struct swgpu_uop *u)
{
	if (u->op != SWGPU_OP_DS_ADD_F32 && u->op != SWGPU_OP_DS_ADD_RTN_F32)
		return;
	for (size_t i = 0; i < REF_LDS_SIZE; i += 4) {
		uint32_t word;

		memcpy(&word, s->lds + i, 4);
		one_nan(&word);
		memcpy(s->lds + i, &word, 4);
	}
	for (unsigned lane = 0; lane < SWGPU_LANES && u->dst.kind == SWGPU_OPND_VGPR; lane++)
		one_nan(&s->v[u->dst.reg][lane]);
}

enum ref_status ref_trial_reference(struct ref_trial *t, const struct swgpu_uop *u, bool memory)
{
	enum ref_status status;

	t->event = 0;
	status = ref_exec(&t->want.w, u, &t->result);
	t->want.event = t->event;
	unify_nans(&t->want, u);
	if (memory)
		keep_memory(t, &t->want);
	return status;
}

void ref_trial_engine(struct ref_trial *t, const struct swgpu_uop *u, const struct swgpu_engine *e,
		      bool memory)
{
	copy_state(&t->got, &t->was, u, memory);
	t->event = 0;
	e->fn[u->op](&t->got.w, u);
	t->got.event = t->event;
	unify_nans(&t->got, u);
	if (memory)
		keep_memory(t, &t->got);
}

/* Bits of the mask result that are not compared. */
static uint64_t undefined_lanes(const struct ref_result *res)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < SWGPU_LANES; i++)
		mask |= (uint64_t)res->slack[i].any << i;
	return mask;
}

/* What went into one lane. */
static void describe(const struct ref_trial *t, const struct swgpu_uop *u, unsigned lane,
		     char *text, size_t size)
{
	size_t n = strlen(text);

	for (unsigned i = 0; i < 4 && n < size; i++) {
		const struct swgpu_opnd *o = &u->src[i];
		uint64_t x = o->kind == SWGPU_OPND_IMM ? o->imm : 0;

		if (o->kind == SWGPU_OPND_NONE)
			continue;
		if (o->kind == SWGPU_OPND_VGPR)
			x = t->was.v[o->reg][lane] |
			    (o->words > 1 ? (uint64_t)t->was.v[o->reg + 1][lane] << 32 : 0);
		if (o->kind == SWGPU_OPND_SGPR)
			x = o->words > 1 ? swgpu_s64(&t->was.w, o->reg) : t->was.w.s[o->reg];
		snprintf(text + n, size - n, " src%u %s%s%#llx%s sel %u", i, o->neg ? "-" : "",
			 o->abs ? "|" : "", (unsigned long long)x, o->abs ? "|" : "", o->sel);
		n = strlen(text);
	}
	snprintf(
	    text + n, size - n,
	    "; mode %#x flags %#x omod %u op_sel %x %x neg %x %x dst_sel %u unused %u dpp %#x %x "
	    "%x %u",
	    t->was.w.mode, u->flags, u->omod, u->op_sel, u->op_sel_hi, u->neg_lo, u->neg_hi,
	    u->dst_sel, u->dst_unused, u->dpp.ctrl, u->dpp.row_mask, u->dpp.bank_mask,
	    u->dpp.bound_ctrl);
}

/* The lane that a bit of the mask result stands for; 0 for other registers. */
static unsigned first_lane(const struct swgpu_uop *u, unsigned reg, uint32_t bits)
{
	if (u->sdst.kind != SWGPU_OPND_SGPR || reg < u->sdst.reg || reg > u->sdst.reg + 1u)
		return 0;
	return (unsigned)__builtin_ctz(bits) + 32 * (reg - u->sdst.reg);
}

static bool scalars_equal(const struct ref_trial *t, const struct swgpu_uop *u, char *text,
			  size_t size)
{
	const struct swgpu_wave *want = &t->want.w, *got = &t->got.w;
	uint64_t loose = undefined_lanes(&t->result);

	for (unsigned i = 0; i < SWGPU_SREG_COUNT; i++) {
		uint32_t ignore = 0, differ;

		if (u->sdst.kind == SWGPU_OPND_SGPR && (i == u->sdst.reg || i == u->sdst.reg + 1u))
			ignore = (uint32_t)(loose >> (i == u->sdst.reg ? 0 : 32));
		differ = (want->s[i] ^ got->s[i]) & ~ignore;
		if (differ) {
			snprintf(text, size, "scalar register %u is %#x, not %#x;", i, got->s[i],
				 want->s[i]);
			describe(t, u, first_lane(u, i, differ), text, size);
			return false;
		}
	}
	if (want->scc == got->scc && want->mode == got->mode && want->pc == got->pc &&
	    want->trap_id == got->trap_id && t->want.event == t->got.event)
		return true;
	snprintf(text, size, "scc %u mode %#x pc %+lld trap %u event %#x, not %u %#x %+lld %u %#x",
		 got->scc, got->mode, (long long)(got->pc - t->was.w.pc), got->trap_id,
		 t->got.event, want->scc, want->mode, (long long)(want->pc - t->was.w.pc),
		 want->trap_id, t->want.event);
	return false;
}

/* The words of the destination from `first` on in one lane; the rest 0. */
static void words_of(const struct ref_state *s, unsigned first, unsigned n, unsigned lane,
		     uint32_t out[4])
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = i < n ? s->v[first + i][lane] : 0;
}

static bool vgprs_equal(const struct ref_trial *t, const struct swgpu_uop *u, char *text,
			size_t size)
{
	unsigned first = u->dst.reg, n = u->dst.kind == SWGPU_OPND_VGPR ? u->dst.words : 0;

	if (!memcmp(t->want.v, t->got.v, sizeof(t->want.v)))
		return true;
	for (unsigned reg = 0; reg < REF_VGPRS; reg++) {
		bool loose = t->result.vector && reg >= first && reg < first + n;

		for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
			uint32_t want[4], got[4];

			if (t->want.v[reg][lane] == t->got.v[reg][lane])
				continue;
			words_of(&t->want, first, n, lane, want);
			words_of(&t->got, first, n, lane, got);
			if (loose && ref_close(&t->result, lane, want, got))
				continue;
			snprintf(text, size, "v%u lane %u was %#x, is %#x, not %#x;", reg, lane,
				 t->was.v[reg][lane], t->got.v[reg][lane], t->want.v[reg][lane]);
			describe(t, u, lane, text, size);
			return false;
		}
	}
	return true;
}

static bool bytes_equal(const char *what, const uint8_t *want, const uint8_t *got, size_t n,
			char *text, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		if (want[i] != got[i]) {
			snprintf(text, size, "%s: byte %zu is %#x, not %#x", what, i, got[i],
				 want[i]);
			return false;
		}
	}
	return true;
}

bool ref_trial_equal(const struct ref_trial *t, const struct swgpu_uop *u, bool memory, char *text,
		     size_t size)
{
	if (t->want.w.stop != t->got.w.stop) {
		snprintf(text, size, "stops with %d, not %d", t->got.w.stop, t->want.w.stop);
		return false;
	}
	if (t->want.w.stop == SWGPU_STOP_MEMORY || t->want.w.stop == SWGPU_STOP_ILLEGAL)
		return true; /* the wave ends */
	if (!scalars_equal(t, u, text, size) || !vgprs_equal(t, u, text, size))
		return false;
	return !memory ||
	       (bytes_equal("LDS", t->want.lds, t->got.lds, REF_LDS_SIZE, text, size) &&
		bytes_equal("private memory", t->want.scratch, t->got.scratch,
			    sizeof(t->want.scratch), text, size) &&
		bytes_equal("memory", t->want.memory, t->got.memory, REF_MEMORY_SIZE, text, size));
}
