/* Values and forms for ALU operations. */
#include "host-renderer/swgpu/isa/info.h"
#include "tests/isa/ref_gen.h"
#include "tests/isa/ref_gen_mem.h"
#include "tests/isa/ref_lane.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const uint16_t halves[] = {
    0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x83ff, 0x0400, 0x8400, 0x3800, 0xb800, 0x3bff, 0x3c00,
    0xbc00, 0x3c01, 0x3e00, 0xbe00, 0x4000, 0xc000, 0x4100, 0x4248, 0x57ff, 0x5bff, 0x6400, 0x77ff,
    0x7800, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7c01, 0xfc01, 0x7dff, 0x7e00, 0xfe00, 0x7fff, 0xffff,
};

static const uint32_t floats[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000, 0x80800000,
    0x00ffffff, 0x0b800000, 0x1f800000, 0x2f800000, 0x33000000, 0x387fc000, 0x38800000, 0x3e800000,
    0x3effffff, 0x3f000000, 0xbf000000, 0x3f000001, 0x3f7fffff, 0xbf7fffff, 0x3f800000, 0xbf800000,
    0x3f800001, 0x3fc00000, 0xbfc00000, 0x40000000, 0xc0000000, 0x40200000, 0x40490fdb, 0x40c90fdb,
    0x437f0000, 0x437f8000, 0x43800000, 0x43807fff, 0x477fe000, 0x477fefff, 0x477ff000, 0x47800000,
    0x4b000000, 0x4b7fffff, 0x4b800000, 0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001, 0x4f7fffff,
    0x4f800000, 0x5f000000, 0x5f800000, 0x6f800000, 0x7e800000, 0x7f000000, 0x7f7fffff, 0xff7fffff,
    0x7f800000, 0xff800000, 0x7f800001, 0xff800001, 0x7fbfffff, 0x7fc00000, 0xffc00000, 0x7fffffff,
    0xffffffff,
};

static const uint64_t doubles[] = {
    0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x8000000000000001,
    0x000fffffffffffff, 0x0010000000000000, 0x8010000000000000, 0x0360000000000000,
    0x0370000000000000, 0x1ff0000000000000, 0x36a0000000000000, 0x3810000000000000,
    0x380fffffe0000000, 0x3fd0000000000000, 0x3fe0000000000000, 0xbfe0000000000000,
    0x3fefffffffffffff, 0x3ff0000000000000, 0xbff0000000000000, 0x3ff0000000000001,
    0x3ff8000000000000, 0xbff8000000000000, 0x4000000000000000, 0x4004000000000000,
    0x400921fb54442d18, 0x41dfffffffc00000, 0x41dfffffffe00000, 0x41e0000000000000,
    0xc1e0000000000000, 0xc1e0000000200000, 0x41efffffffe00000, 0x41f0000000000000,
    0x4330000000000000, 0x433fffffffffffff, 0x4340000000000000, 0x4360000000000000,
    0x47efffffe0000000, 0x47effffff0000000, 0x47f0000000000000, 0x4cf0000000000000,
    0x7b00000000000000, 0x7fd0000000000000, 0x7fe0000000000000, 0x7fefffffffffffff,
    0xffefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff0000000000001,
    0x7ff7ffffffffffff, 0x7ff8000000000000, 0xfff8000000000000, 0xffffffffffffffff,
};

static const uint64_t integers[] = {
    0,
    1,
    2,
    3,
    7,
    8,
    15,
    16,
    17,
    23,
    24,
    31,
    32,
    33,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x7fffff,
    0x800000,
    0xffffff,
    0x7ffffffe,
    0x7fffffff,
    0x80000000,
    0x80000001,
    0xaaaaaaaa,
    0x55555555,
    0xfffffffe,
    0xffffffff,
    0x100000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xfffffffffffffffe,
    0xffffffffffffffff,
};

/* A float whose exponent is near that of 1, so that sums and products stay interesting. */
static uint64_t near_one(uint64_t random, char fmt)
{
	switch (fmt) {
	case 'h':
	case 'p': return (random & 0x83ff) | (10 + (random >> 32) % 10) << 10;
	case 'd':
		return (random & UINT64_C(0x800fffffffffffff)) | (1003 + (random >> 11) % 40) << 52;
	default: return (random & 0x807fffff) | (107 + (random >> 32) % 40) << 23;
	}
}

static uint64_t half_value(uint64_t *random)
{
	uint64_t x = ref_random(random);

	switch (x >> 62) {
	case 0: return (uint16_t)x;
	case 1: return near_one(x, 'h') & 0xffff;
	default: return halves[x % LEN(halves)];
	}
}

uint64_t ref_gen_value(uint64_t *random, char fmt)
{
	uint64_t x = ref_random(random), kind = x >> 60, pick = x & 0xffffffff;

	switch (fmt) {
	case 'h': return half_value(random) | (kind & 1 ? 0 : pick << 16);
	case 'p':
	case 'P': return half_value(random) | half_value(random) << 16;
	case 'x':
		return kind & 1 ? half_value(random) | half_value(random) << 16
				: floats[pick % LEN(floats)];
	case 'f':
		return kind < 4   ? pick
		       : kind < 8 ? near_one(x, fmt) & UINT32_MAX
				  : floats[pick % LEN(floats)];
	case 'd':
		return kind < 3   ? ref_random(random)
		       : kind < 8 ? near_one(x, fmt)
				  : doubles[pick % LEN(doubles)];
	default:
		return kind < 5   ? ref_random(random)
		       : kind < 7 ? pick & 63
				  : integers[pick % LEN(integers)];
	}
}

bool ref_gen_skips(const struct swgpu_uop *u)
{
	if (swgpu_op_info(u->op)->traits & SWGPU_TRAIT_GWS)
		return false;
	return u->flags & (SWGPU_UOP_GDS | SWGPU_UOP_LDS);
}

/* The letter of source i; 'i' or 'l' by size where there is no shape. */
static char letter(const struct swgpu_uop *u, unsigned i)
{
	const char *shape = ref_shape(u->op), *sources = shape ? strchr(shape, '=') : NULL;

	if (sources && i < strlen(sources + 1))
		return sources[1 + i];
	return u->src[i].words > 1 ? 'l' : 'i';
}

static bool is_mask(char fmt)
{
	return fmt == 'm' || fmt == 'v';
}

static bool chance(struct ref_trial *t, unsigned n)
{
	return ref_random(&t->random) % n == 0;
}

/* Another kind of operand at the same place. */
static void vary_operand(struct ref_trial *t, struct swgpu_opnd *o, char fmt)
{
	uint64_t x = ref_random(&t->random);

	if (is_mask(fmt)) {
		o->reg = (uint16_t)(x % 50 * 2);
		return;
	}
	if (x >> 62 == 0) {
		o->kind = SWGPU_OPND_IMM;
		o->imm = ref_gen_value(&t->random, fmt);
		if (o->words < 2)
			o->imm &= ref_width(fmt) == 16 ? UINT16_MAX : UINT32_MAX;
	} else if (x >> 62 == 1) {
		o->kind = SWGPU_OPND_SGPR;
		o->reg = (uint16_t)(x % 24 * 4);
	} else {
		o->kind = SWGPU_OPND_VGPR;
		o->reg = (uint16_t)(x % 60 * 4 + (x >> 32) % (5 - o->words));
	}
}

static void vary_signs(struct ref_trial *t, struct swgpu_opnd *o, char fmt)
{
	uint64_t x = ref_random(&t->random);

	if (!ref_is_float(fmt) || fmt == 'p')
		return;
	o->neg = x & 1;
	o->abs = x >> 1 & 1;
}

static void vary_output(struct ref_trial *t, struct swgpu_uop *u)
{
	const char *shape = ref_shape(u->op);
	bool can = swgpu_op_info(u->op)->traits & SWGPU_TRAIT_CLAMP;

	if (shape[0] != 'c' && shape[0] && (ref_is_float(shape[0]) || can))
		u->flags =
		    (u->flags & ~(uint32_t)SWGPU_UOP_CLAMP) | (chance(t, 4) ? SWGPU_UOP_CLAMP : 0);
	if (ref_obeys_mode(u->op) && shape[0] != 'p')
		u->omod = ref_random(&t->random) & 3;
}

/* Results that lie on sources, in part too. */
static void vary_destination(struct ref_trial *t, struct swgpu_uop *u)
{
	uint64_t x = ref_random(&t->random);
	const struct swgpu_opnd *o = &u->src[x % 3];
	int reg = o->reg + (int)(x >> 8) % 2 - (int)(x >> 16) % 2;

	if (x >> 62 || u->dst.kind != SWGPU_OPND_VGPR || o->kind != SWGPU_OPND_VGPR)
		return;
	if (!(swgpu_op_info(u->op)->traits & SWGPU_TRAIT_ACC) && reg >= 0)
		u->dst.reg = (uint16_t)reg;
}

static void vary_vop3(struct ref_trial *t, struct swgpu_uop *u)
{
	uint32_t traits = swgpu_op_info(u->op)->traits;
	uint64_t x = ref_random(&t->random);

	for (unsigned i = 0; i < 3; i++) {
		if (u->src[i].kind == SWGPU_OPND_NONE || (traits & SWGPU_TRAIT_ACC && i == 2))
			continue;
		vary_operand(t, &u->src[i], letter(u, i));
		vary_signs(t, &u->src[i], letter(u, i));
	}
	if (traits & SWGPU_TRAIT_OPSEL)
		u->op_sel = x & (ref_width(ref_shape(u->op)[0]) == 16 ? 15 : 7);
	vary_destination(t, u);
	vary_output(t, u);
}

static void vary_vop3p(struct ref_trial *t, struct swgpu_uop *u)
{
	uint32_t traits = swgpu_op_info(u->op)->traits;
	uint64_t x = ref_random(&t->random);

	for (unsigned i = 0; i < 3; i++)
		if (u->src[i].kind != SWGPU_OPND_NONE)
			vary_operand(t, &u->src[i], letter(u, i));
	if (strchr("pPx", letter(u, 0))) {
		u->op_sel = x & 7;
		u->op_sel_hi = x >> 3 & 7;
	}
	if (letter(u, 0) == 'p' || traits & SWGPU_TRAIT_MIX) {
		u->neg_lo = x >> 6 & 7;
		u->neg_hi = x >> 9 & (letter(u, 2) == 'f' ? 3 : 7); /* an f32 has no high half */
	}
	vary_output(t, u);
}

static void vary_sdwa(struct ref_trial *t, struct swgpu_uop *u)
{
	uint64_t x = ref_random(&t->random);

	for (unsigned i = 0; i < 2 && u->src[i].kind != SWGPU_OPND_NONE; i++) {
		u->src[i].sel = x >> 8 * i & 7;
		if (u->src[i].sel > SWGPU_SEL_DWORD)
			u->src[i].sel = SWGPU_SEL_DWORD;
		u->src[i].sext = !ref_is_float(letter(u, i)) && (x >> (8 * i + 3) & 1);
		vary_signs(t, &u->src[i], letter(u, i));
	}
	if (u->dst.kind == SWGPU_OPND_VGPR) {
		u->dst_sel = (x >> 32) % 7;
		u->dst_unused = (x >> 40) % 3;
	}
	vary_output(t, u);
}

static void vary_dpp(struct ref_trial *t, struct swgpu_uop *u)
{
	static const uint16_t others[] = {0x130, 0x134, 0x138, 0x13c, 0x140, 0x141, 0x142, 0x143};
	uint64_t x = ref_random(&t->random);

	switch (x >> 62) {
	case 0: u->dpp.ctrl = x & 0xff; break;
	case 1: u->dpp.ctrl = others[x % 8]; break;
	default: u->dpp.ctrl = (uint16_t)(0x100 + 16 * (x % 3) + 1 + (x >> 32) % 15);
	}
	u->dpp.row_mask = x >> 8 & 1 ? 15 : x >> 12 & 15;
	u->dpp.bank_mask = x >> 16 & 1 ? 15 : x >> 20 & 15;
	u->dpp.bound_ctrl = x >> 24 & 1;
	for (unsigned i = 0; i < 2; i++)
		vary_signs(t, &u->src[i], u->src[i].kind == SWGPU_OPND_NONE ? 'i' : letter(u, i));
}

/* Registers that are still there with M0 added. */
static void vary_movrel(struct ref_trial *t, struct swgpu_uop *u)
{
	uint64_t x = ref_random(&t->random);

	if (u->src[0].kind == SWGPU_OPND_SGPR)
		u->src[0].reg = (uint16_t)(x % 32 * 2);
	u->dst.reg = (uint16_t)((x >> 32) % 32 * 2);
}

/* MODE or the apertures; of MODE, only the bits that every engine has are written. */
static void vary_hwreg(struct ref_trial *t, struct swgpu_uop *u)
{
	uint64_t x = ref_random(&t->random);
	bool get = u->op == SWGPU_OP_S_GETREG_B32;
	unsigned at = x % (get ? 32 : 10), size = 1 + (unsigned)(x >> 8) % (get ? 32 : 10 - at);

	u->imm = (int32_t)((get && x >> 63 ? 15 : 1) | at << 6 | (size - 1) << 11);
}

static void vary_scalar(struct ref_trial *t, struct swgpu_uop *u, uint32_t traits)
{
	if (traits & SWGPU_TRAIT_M0)
		vary_movrel(t, u);
	for (unsigned i = 0; i < 2; i++)
		if (u->src[i].kind == SWGPU_OPND_IMM && u->src[i].words < 2)
			u->src[i].imm = ref_gen_value(&t->random, 'i') & UINT32_MAX;
	if (swgpu_op_info(u->op)->enc == SWGPU_ENC_SOPK && (traits & SWGPU_TRAIT_IMM_KIND) == 0)
		u->imm = (int16_t)ref_gen_value(&t->random, 'i');
	if ((traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_UIMM16)
		u->imm = (uint16_t)ref_gen_value(&t->random, 'i');
}

void ref_gen_vary(struct ref_trial *t, struct swgpu_uop *u, unsigned turn)
{
	const struct swgpu_op_info *info = swgpu_op_info(u->op);

	if (ref_gen_is_memory(u)) {
		ref_gen_vary_memory(t, u);
		return;
	}
	if ((info->traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_HWREG)
		vary_hwreg(t, u);
	if (turn == 0 && !(info->traits & SWGPU_TRAIT_M0))
		return;
	if (!ref_shape(u->op))
		vary_scalar(t, u, info->traits);
	else if (u->flags & SWGPU_UOP_SDWA)
		vary_sdwa(t, u);
	else if (u->flags & SWGPU_UOP_DPP)
		vary_dpp(t, u);
	else if (info->enc == SWGPU_ENC_VOP3P)
		vary_vop3p(t, u);
	else if (u->flags & SWGPU_UOP_VOP3)
		vary_vop3(t, u);
}

static void put_scalar(struct ref_trial *t, const struct swgpu_opnd *o, uint64_t x)
{
	for (unsigned i = 0; i < o->words && i < 2; i++)
		t->was.w.s[o->reg + i] = (uint32_t)(x >> 32 * i);
}

static void put_vector(struct ref_trial *t, const struct swgpu_opnd *o, char fmt)
{
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		uint64_t x = ref_gen_value(&t->random, fmt);

		t->was.v[o->reg][lane] = (uint32_t)x;
		if (o->words > 1)
			t->was.v[o->reg + 1][lane] = (uint32_t)(x >> 32);
	}
}

/* Gives some lanes of a the values, or nearly the values, of b: what differs by little goes wrong.
 */
static void relate(struct ref_trial *t, const struct swgpu_opnd *a, const struct swgpu_opnd *b)
{
	if (a->kind != SWGPU_OPND_VGPR || b->kind != SWGPU_OPND_VGPR || a->words != b->words ||
	    a->words > 2)
		return;
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		uint64_t x = ref_random(&t->random);

		if (x >> 60 > 3)
			continue;
		for (unsigned i = 0; i < a->words; i++)
			t->was.v[a->reg + i][lane] = t->was.v[b->reg + i][lane];
		if (x >> 60 == 0)
			t->was.v[a->reg][lane] += x & 1 ? 1 : UINT32_MAX;
		if (x >> 60 == 1)
			t->was.v[a->reg + a->words - 1u][lane] ^= UINT32_C(1) << 31;
	}
}

static void set_exec(struct ref_trial *t, unsigned turn)
{
	uint64_t x = ref_random(&t->random), exec = x;

	switch (turn % 8) {
	case 0:
	case 1: exec = UINT64_MAX; break;
	case 2: exec = UINT64_C(1) << (x & 63); break;
	case 3: exec = turn & 16 ? 0 : x & UINT32_MAX; break;
	case 4: exec = x | ref_random(&t->random); break;
	case 5: exec = x << 32; break;
	}
	swgpu_set_s64(&t->was.w, SWGPU_SREG_EXEC, exec);
}

/* MODE: mostly that of the compute ABI (nearest even, denormals on, DX10 clamp, IEEE). */
static uint32_t choose_mode(struct ref_trial *t, const struct swgpu_uop *u)
{
	uint64_t x = ref_random(&t->random);

	if (x & 7)
		return 0x3f0;
	return ref_obeys_mode(u->op) ? x >> 32 & 0x3ff : 0x0f0 | (x >> 32 & 0x300);
}

void ref_gen_values(struct ref_trial *t, const struct swgpu_uop *u, unsigned turn)
{
	struct swgpu_wave *w = &t->was.w;
	uint64_t x = ref_random(&t->random);

	swgpu_set_s64(w, SWGPU_SREG_VCC, x & 15 ? ref_random(&t->random) : 0);
	w->scc = x >> 8 & 1;
	w->mode = choose_mode(t, u);
	w->s[SWGPU_SREG_M0] = (x >> 16) % 20;
	swgpu_set_s64(w, SWGPU_SREG_FLAT_SCRATCH, w->scratch_va + (x >> 32) % 8 * 256);
	if (u->dst.kind == SWGPU_OPND_SGPR)
		put_scalar(t, &u->dst, ref_gen_value(&t->random, 'l'));
	if (u->dst.kind == SWGPU_OPND_VGPR)
		put_vector(t, &u->dst, letter(u, 2));
	for (unsigned i = 0; i < 4; i++) {
		const struct swgpu_opnd *o = &u->src[i];

		if (o->kind == SWGPU_OPND_VGPR)
			put_vector(t, o, letter(u, i));
		else if (o->kind == SWGPU_OPND_SGPR && !is_mask(letter(u, i)))
			put_scalar(t, o, ref_gen_value(&t->random, letter(u, i)));
	}
	if (!ref_gen_is_memory(u)) {
		relate(t, &u->src[1], &u->src[0]);
		relate(t, &u->src[0], &u->src[2]);
	}
	set_exec(t, turn);
	if (ref_gen_is_memory(u))
		ref_gen_addresses(t, u);
}
