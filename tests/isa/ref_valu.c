/*
 * Runs a row of the reference over a wave: fetches operands with all their modifiers, calls the
 * row's function lane by lane, writes results back. Everything is read before anything is written.
 * Source: manual, chapters 6 ("Vector ALU operations"), 12.14 (SDWA) and 12.15 (DPP).
 */
#include <fenv.h>

#include "tests/isa/ref_expr.h"

unsigned ref_width(char fmt)
{
	switch (fmt) {
	case 'h':
	case 's': return 16;
	case 'd':
	case 'l': return 64;
	case 'q': return 128;
	default: return 32;
	}
}

bool ref_is_float(char fmt)
{
	return fmt == 'h' || fmt == 'f' || fmt == 'd' || fmt == 'p';
}

static uint64_t special(const struct swgpu_wave *w, unsigned reg)
{
	switch ((enum swgpu_special)reg) {
	case SWGPU_SPECIAL_SHARED_BASE: return w->env->shared_base;
	case SWGPU_SPECIAL_SHARED_LIMIT: return w->env->shared_base | UINT32_MAX;
	case SWGPU_SPECIAL_PRIVATE_BASE: return w->env->private_base;
	case SWGPU_SPECIAL_PRIVATE_LIMIT: return w->env->private_base | UINT32_MAX;
	case SWGPU_SPECIAL_VCCZ: return swgpu_s64(w, SWGPU_SREG_VCC) == 0;
	case SWGPU_SPECIAL_EXECZ: return swgpu_s64(w, SWGPU_SREG_EXEC) == 0;
	case SWGPU_SPECIAL_SCC: return w->scc;
	case SWGPU_SPECIAL_POPS_EXITING_WAVE_ID:
	case SWGPU_SPECIAL_LDS_DIRECT: break;
	}
	return 0;
}

uint64_t ref_scalar(const struct swgpu_wave *w, const struct swgpu_opnd *o)
{
	uint64_t x = 0;

	if (o->kind == SWGPU_OPND_IMM)
		x = o->imm;
	else if (o->kind == SWGPU_OPND_SPECIAL)
		x = special(w, o->reg);
	else if (o->kind == SWGPU_OPND_SGPR)
		x = o->words > 1 ? swgpu_s64(w, o->reg) : w->s[o->reg];
	return o->words > 1 ? x : (uint32_t)x;
}

/* Words 2 * `pair` and 2 * `pair` + 1 of an operand in one lane. */
static uint64_t raw_source(const struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned lane,
			   unsigned pair)
{
	unsigned r = o->reg + 2 * pair;

	if (o->kind == SWGPU_OPND_VGPR)
		return w->v[r][lane] |
		       (o->words > 2 * pair + 1 ? (uint64_t)w->v[r + 1][lane] << 32 : 0);
	if (o->kind == SWGPU_OPND_SGPR && pair)
		return swgpu_s64(w, r);
	return pair ? 0 : ref_scalar(w, o);
}

/* The part of a 32-bit register that an SDWA form takes. */
static uint64_t select_part(uint64_t x, const struct swgpu_opnd *o)
{
	unsigned shift = 0, bits = 32;

	if (o->sel <= SWGPU_SEL_BYTE_3) {
		shift = 8 * o->sel;
		bits = 8;
	} else if (o->sel <= SWGPU_SEL_WORD_1) {
		shift = 16 * (o->sel - SWGPU_SEL_WORD_0);
		bits = 16;
	}
	x = x >> shift & ((UINT64_C(1) << bits) - 1);
	return o->sext ? (uint32_t)sext(x, bits) : x;
}

static uint64_t source(const struct swgpu_wave *w, const struct swgpu_uop *u, unsigned i, char fmt,
		       unsigned lane)
{
	const struct swgpu_opnd *o = &u->src[i];
	unsigned width = ref_width(fmt) > 64 ? 64 : ref_width(fmt);
	uint64_t mask = width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX;
	uint64_t sign = UINT64_C(1) << (width - 1);
	uint64_t x = raw_source(w, o, lane, 0);

	if (u->flags & SWGPU_UOP_SDWA && i < 2)
		x = select_part(x, o);
	if (width == 16 && u->op_sel >> i & 1)
		x >>= 16;
	x &= mask;
	if (o->abs)
		x &= ~sign;
	if (o->neg)
		x ^= sign;
	return x;
}

/* The lane whose src[0] `lane` gets, or -1 if there is none. */
static int dpp_lane(unsigned ctrl, unsigned lane)
{
	unsigned row = lane & ~15u, at = lane & 15, n = ctrl & 15;

	if (ctrl <= 0xff)
		return (int)((lane & ~3u) + (ctrl >> 2 * (lane & 3) & 3));
	switch (ctrl & 0x1f0) {
	case 0x100: return at + n < 16 ? (int)(lane + n) : -1;
	case 0x110: return at >= n ? (int)(lane - n) : -1;
	case 0x120: return (int)(row + ((at - n) & 15));
	}
	switch (ctrl) {
	case 0x130: return lane < 63 ? (int)lane + 1 : -1;
	case 0x134: return (int)((lane + 1) & 63);
	case 0x138: return (int)lane - 1;
	case 0x13c: return (int)((lane - 1) & 63);
	case 0x140: return (int)(row + 15 - at);
	case 0x141: return (int)((lane & ~7u) + 7 - (lane & 7));
	case 0x142: return row ? (int)row - 1 : -1;
	case 0x143: return lane >= 32 ? 31 : -1;
	}
	return -1;
}

/* Does the lane take part, and where does its src[0] come from (-1: reads 0)? */
static bool lane_runs(const struct swgpu_wave *w, const struct swgpu_uop *u, unsigned lane,
		      int *from)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);

	*from = (int)lane;
	if (!(exec >> lane & 1))
		return false;
	if (!(u->flags & SWGPU_UOP_DPP))
		return true;
	if (!(u->dpp.row_mask >> lane / 16 & 1) || !(u->dpp.bank_mask >> lane % 16 / 4 & 1))
		return false;
	*from = dpp_lane(u->dpp.ctrl, lane);
	if (*from >= 0 && !(exec >> *from & 1))
		*from = -1;
	return *from >= 0 || u->dpp.bound_ctrl;
}

static void fetch(const struct swgpu_wave *w, const struct swgpu_uop *u, const char *sources,
		  int from, struct ref_lane *l)
{
	static const struct swgpu_opnd zero = {
	    .kind = SWGPU_OPND_IMM, .words = 1, .sel = SWGPU_SEL_DWORD};

	for (unsigned i = 0; sources[i]; i++) {
		if (sources[i] == 'm' || sources[i] == 'v') {
			l->cin = ref_scalar(w, &u->src[i]) >> l->lane & 1;
			continue;
		}
		if (i == 0 && from < 0) {
			struct swgpu_uop none = *u;

			none.src[0] = zero;
			none.src[0].abs = u->src[0].abs;
			none.src[0].neg = u->src[0].neg;
			l->s[0] = source(w, &none, 0, sources[0], 0);
			continue;
		}
		l->s[i] = source(w, u, i, sources[i], i ? l->lane : (unsigned)from);
		l->s_hi[i] = sources[i] == 'q' ? raw_source(w, &u->src[i], l->lane, 1) : 0;
	}
}

/* Denormal control of a format: bit 0 allows them as sources, bit 1 as results. */
static unsigned denormals(const struct swgpu_wave *w, char fmt)
{
	return w->mode >> (fmt == 'f' ? 4 : 6) & 3;
}

static uint64_t flush(uint64_t x, char fmt)
{
	if (fmt == 'p')
		return ref_flush(x & 0xffff, 16) | ref_flush(x >> 16, 16) << 16;
	return ref_is_float(fmt) ? ref_flush(x, ref_width(fmt)) : x;
}

static int host_rounding(const struct swgpu_wave *w, char fmt)
{
	static const int modes[4] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};

	return modes[w->mode >> (fmt == 'f' ? 0 : 2) & 3];
}

/* The output modifier leaves no -0. */
static uint64_t positive_zero(uint64_t x, char fmt)
{
	return ref_value(x, ref_width(fmt)) == 0 ? 0 : x;
}

/* The output modifier works only where results cannot be denormal, and not in IEEE mode. */
static void scale_result(const struct swgpu_wave *w, struct ref_lane *l, char fmt)
{
	static const double factor[4] = {1, 2, 4, 0.5};

	if (denormals(w, fmt) & 2)
		return;
	if (!(w->mode >> 9 & 1) && l->u->omod && fmt != 'p') {
		long double scaled =
		    ref_value(l->d, ref_width(fmt)) * (long double)factor[l->u->omod];

		l->d = positive_zero(flush(ref_bits(scaled, ref_width(fmt)), fmt), fmt);
		/* Whether the modifier's own overflow follows the rounding mode is not said. */
		fesetround(FE_TONEAREST);
		ref_or(l, positive_zero(flush(ref_bits(scaled, ref_width(fmt)), fmt), fmt));
		return;
	}
	l->d = flush(l->d, fmt);
}

/* Runs a row that obeys MODE. */
static void run_in_mode(const struct swgpu_wave *w, const struct ref_row *row, const char *sources,
			struct ref_lane *l)
{
	char fmt = row->shape[0];

	for (unsigned i = 0; sources[i]; i++)
		if (i < 3 && !(denormals(w, sources[i]) & 1))
			l->s[i] = flush(l->s[i], sources[i]);
	fesetround(host_rounding(w, fmt));
	row->fn(l);
	scale_result(w, l, fmt);
	fesetround(FE_TONEAREST);
}

static void clamp_float(struct ref_lane *l, unsigned width, unsigned at, bool dx10)
{
	uint64_t mask = (width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX) << at;
	uint64_t x = (l->d & mask) >> at;
	uint64_t one = width == 16   ? 0x3c00
		       : width == 32 ? 0x3f800000
				     : UINT64_C(0x3ff0000000000000);
	uint64_t sign = UINT64_C(1) << (width - 1);

	if (ref_nan(x, width))
		x = dx10 ? 0 : x;
	else if (x & sign)
		x = 0;
	else if (x > one)
		x = one;
	l->d = (l->d & ~mask) | x << at;
}

/* Saturates a float result to [0, 1]. */
static void clamp_result(struct ref_lane *l, char fmt, bool dx10)
{
	if (!l->clamp || !ref_is_float(fmt))
		return;
	for (unsigned i = 0; i <= l->slack.alts; i++) {
		struct ref_lane one = *l;

		one.d = i ? l->slack.alt[i - 1] : l->d;
		clamp_float(&one, fmt == 'p' ? 16 : ref_width(fmt), 0, dx10);
		if (fmt == 'p')
			clamp_float(&one, 16, 16, dx10);
		if (i)
			l->slack.alt[i - 1] = one.d;
		else
			l->d = one.d;
	}
	/* Whether -0 stays -0, the manual does not say. */
	if (l->d == 0 && fmt != 'p')
		ref_or(l, UINT64_C(1) << (ref_width(fmt) - 1));
}

/* Where in its register the result goes, and what the rest of the register becomes. */
static void store32(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ref_row *row,
		    const struct ref_lane *l, struct ref_result *res)
{
	uint32_t *to = &w->v[u->dst.reg][l->lane];
	uint32_t value = (uint32_t)l->d, mask = UINT32_MAX, rest = 0;
	unsigned shift = 0, width = ref_width(row->shape[0]);

	if (u->flags & SWGPU_UOP_SDWA && u->dst_sel != SWGPU_SEL_DWORD) {
		bool byte = u->dst_sel <= SWGPU_SEL_BYTE_3;

		width = byte ? 8 : 16;
		shift = byte ? 8 * u->dst_sel : 16 * (u->dst_sel - SWGPU_SEL_WORD_0);
		if (u->dst_unused == 1 && value >> (width - 1) & 1)
			rest = (uint32_t)(UINT64_MAX << (shift + width));
		if (u->dst_unused == 2)
			rest = *to;
		/* A NaN has any sign and payload; any sign may have one of several results. */
		if (ref_is_float(row->shape[0]) && (ref_nan(l->d, ref_width(row->shape[0])) ||
						    (u->dst_unused == 1 && l->slack.alts)))
			res->slack[l->lane].any = true;
	} else if (width == 16) {
		bool high = row->flags & REF_HIGH || u->op_sel & 8;

		shift = high ? 16 : 0;
		rest = row->flags & REF_KEEP || high ? *to : 0;
	}
	if (width < 32)
		mask = ((UINT32_C(1) << width) - 1) << shift;
	*to = (value << shift & mask) | (rest & ~mask);
	res->shift = shift;
	res->width = width;
}

static void store(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ref_row *row,
		  const struct ref_lane *l, struct ref_result *res)
{
	unsigned width = ref_width(row->shape[0]);
	unsigned r = u->dst.reg;

	if (u->dst.kind != SWGPU_OPND_VGPR)
		return;
	if (width <= 32) {
		store32(w, u, row, l, res);
		return;
	}
	res->width = width;
	w->v[r][l->lane] = (uint32_t)l->d;
	w->v[r + 1][l->lane] = (uint32_t)(l->d >> 32);
	if (width == 128) {
		w->v[r + 2][l->lane] = (uint32_t)l->d_hi;
		w->v[r + 3][l->lane] = (uint32_t)(l->d_hi >> 32);
	}
}

static void run_lane(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ref_row *row,
		     const char *sources, int from, struct ref_lane *l)
{
	char fmt = row->shape[0];

	l->u = u;
	l->ieee = w->mode >> 9 & 1;
	l->clamp = u->flags & SWGPU_UOP_CLAMP;
	fetch(w, u, sources, from, l);
	if (u->dst.kind == SWGPU_OPND_VGPR)
		l->d = raw_source(w, &u->dst, l->lane, 0);
	if (row->flags & REF_MODE)
		run_in_mode(w, row, sources, l);
	else
		row->fn(l);
	clamp_result(l, fmt, w->mode >> 8 & 1);
}

void ref_vector(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ref_row *row,
		struct ref_result *res)
{
	struct ref_lane lanes[SWGPU_LANES] = {0};
	bool runs[SWGPU_LANES];
	const char *equals = strchr(row->shape, '=');
	uint64_t mask = 0;
	int from;

	if (!equals)
		return;
	res->vector = true;
	res->fmt = row->shape[0];
	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		lanes[i].lane = i;
		runs[i] = lane_runs(w, u, i, &from);
		if (!runs[i])
			continue;
		run_lane(w, u, row, equals + 1, from, &lanes[i]);
		res->slack[i] = lanes[i].slack;
		mask |= (uint64_t)lanes[i].cout << i;
	}
	for (unsigned i = 0; i < SWGPU_LANES; i++)
		if (runs[i])
			store(w, u, row, &lanes[i], res);
	if (equals[-1] == 'c')
		swgpu_set_s64(w, u->sdst.reg, mask);
	if (row->flags & REF_EXEC)
		swgpu_set_s64(w, SWGPU_SREG_EXEC, mask);
}

void ref_approx(struct ref_lane *l, unsigned width, long double (*fn)(long double), unsigned ulp)
{
	uint64_t sign = UINT64_C(1) << (width - 1);

	D = ref_bits(fn((long double)ref_value(A, width)), width);
	l->slack.ulp = ulp;
	if (ref_denormal(A, width))
		ref_or(l, ref_bits(fn(A & sign ? -0.0L : 0.0L), width));
	if (ref_denormal(D, width))
		ref_or(l, D & sign);
}

static bool field_close(const struct ref_slack *slack, char fmt, unsigned width, uint64_t want,
			uint64_t got)
{
	if (want == got)
		return true;
	/* Of a wider result only a part may be there. */
	for (unsigned i = 0; i < slack->alts; i++)
		if (got ==
		    (width < 64 ? slack->alt[i] & ((UINT64_C(1) << width) - 1) : slack->alt[i]))
			return true;
	if (!ref_is_float(fmt) || (width != 16 && width != 32 && width != 64))
		return false;
	if (ref_nan(want, width) && ref_nan(got, width))
		return fmt == 'p' || !ref_snan(got, width);
	if (slack->ulp && ref_ulps(want, got, width) <= slack->ulp)
		return true;
	for (unsigned i = 0; i < slack->alts; i++)
		if (slack->ulp && ref_ulps(slack->alt[i], got, width) <= slack->ulp)
			return true;
	return false;
}

bool ref_close(const struct ref_result *res, unsigned lane, const uint32_t want[4],
	       const uint32_t got[4])
{
	const struct ref_slack *slack = &res->slack[lane];
	uint64_t w64 = (uint64_t)want[1] << 32 | want[0], g64 = (uint64_t)got[1] << 32 | got[0];
	uint64_t mask = res->width < 64 ? (UINT64_C(1) << res->width) - 1 : UINT64_MAX;
	struct ref_slack none = {0};

	if (slack->any)
		return true;
	if (res->width > 32)
		return field_close(slack, res->fmt, res->width, w64, g64) && want[2] == got[2] &&
		       want[3] == got[3];
	if (res->fmt == 'p') {
		if (field_close(slack, 'i', 32, want[0], got[0]))
			return true;
		return field_close(&none, 'p', 16, want[0] & 0xffff, got[0] & 0xffff) &&
		       field_close(&none, 'p', 16, want[0] >> 16, got[0] >> 16);
	}
	if ((want[0] ^ got[0]) & ~(uint32_t)(mask << res->shift))
		return false;
	if (res->width == 8 && ref_is_float(res->fmt))
		return true; /* a byte of a float that may be any NaN */
	return field_close(slack, res->fmt, res->width, want[0] >> res->shift & mask,
			   got[0] >> res->shift & mask);
}
