/*
 * exec/valu_rows.c - sources of vector ALU instructions that are more than a register's row.
 *
 * Order of what happens to a source, as on hardware: DPP permutes the register's lanes, SDWA or
 * op_sel takes a part, abs and neg change the sign, denormals are flushed.
 */
#include <fenv.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "host-renderer/swgpu/exec/valu_rows.h"

#define MODE_IN_DENORM32 0x10u
#define MODE_IN_DENORM16 0x40u /* and 64 */

/* Makes the host round as MODE's field for the result's format says. */
void VALU_FN(enter)(struct valu *x, enum valu_fmt dst)
{
	static const int host[4] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
	unsigned field = dst == VALU_F32 || dst == VALU_B32 ? x->w->mode : x->w->mode >> 2;

	x->host_rounding = fegetround();
	fesetround(host[field & 3]);
}

void VALU_FN(leave)(struct valu *x)
{
	fesetround(x->host_rounding);
}

uint64_t VALU_FN(scalar)(const struct swgpu_wave *w, const struct swgpu_opnd *o)
{
	switch ((enum swgpu_opnd_kind)o->kind) {
	case SWGPU_OPND_IMM: return o->imm;
	case SWGPU_OPND_SGPR: return o->words > 1 ? swgpu_s64(w, o->reg) : w->s[o->reg];
	case SWGPU_OPND_SPECIAL: return swgpu_special_value(w, o->reg);
	case SWGPU_OPND_VGPR: return w->v[o->reg][0];
	case SWGPU_OPND_NONE: break;
	}
	return 0;
}

uint64_t VALU_FN(bits)(const uint32_t *row)
{
	uint64_t bits = 0;

#if defined(__AVX2__)
	for (unsigned i = 0; i < SWGPU_LANES; i += 8) {
		__m256 eight = _mm256_loadu_ps((const float *)(row + i));

		bits |= (uint64_t)(unsigned)_mm256_movemask_ps(eight) << i;
	}
#elif defined(__SSE2__)
	for (unsigned i = 0; i < SWGPU_LANES; i += 4) {
		__m128 four = _mm_loadu_ps((const float *)(row + i));

		bits |= (uint64_t)(unsigned)_mm_movemask_ps(four) << i;
	}
#else
	VALU_LANES(i)
	bits |= (uint64_t)(row[i] & 1) << i;
#endif
	return bits;
}

/* The lane that `lane` reads with DPP control `ctrl`, or -1. */
static int dpp_source(unsigned ctrl, int lane)
{
	int row = lane & ~15, in_row = lane & 15, n = (int)(ctrl & 15);

	if (ctrl <= 0xff) /* quad_perm */
		return (lane & ~3) + (int)(ctrl >> 2 * (lane & 3) & 3);
	switch (ctrl & ~15u) {
	case 0x100: return in_row + n < 16 ? lane + n : -1; /* row_shl */
	case 0x110: return in_row >= n ? lane - n : -1;     /* row_shr */
	case 0x120: return row + ((in_row - n) & 15);       /* row_ror */
	default: break;
	}
	switch (ctrl) {
	case 0x130: return lane < 63 ? lane + 1 : -1;    /* wave_shl */
	case 0x134: return (lane + 1) & 63;              /* wave_rol */
	case 0x138: return lane - 1;                     /* wave_shr */
	case 0x13c: return (lane - 1) & 63;              /* wave_ror */
	case 0x140: return row + 15 - in_row;            /* row_mirror */
	case 0x141: return (lane & ~7) + 7 - (lane & 7); /* row_half_mirror */
	case 0x142: return row - 1;                      /* row_bcast15: -1 for the first row */
	case 0x143: return lane < 32 ? -1 : 31;          /* row_bcast31 */
	default: return -1;
	}
}

/* A lane that reads from nowhere, or from a lane that EXEC turns off. */
static bool dpp_valid(const struct valu *x, int source)
{
	return source >= 0 && swgpu_exec_mask(x->w) >> source & 1;
}

/* Takes the lanes that DPP does not write out of x->exec. */
void VALU_FN(dpp_lanes)(struct valu *x)
{
	const struct swgpu_dpp *dpp = &x->u->dpp;

	for (int lane = 0; lane < SWGPU_LANES; lane++) {
		bool on = dpp->row_mask >> (lane >> 4) & 1 && dpp->bank_mask >> (lane >> 2 & 3) & 1;

		if (!dpp->bound_ctrl && !dpp_valid(x, dpp_source(dpp->ctrl, lane)))
			on = false;
		if (!on)
			x->exec &= ~(1ull << lane);
	}
}

static void permute(const struct valu *x, uint32_t *to, const uint32_t *from)
{
	for (int lane = 0; lane < SWGPU_LANES; lane++) {
		int source = dpp_source(x->u->dpp.ctrl, lane);

		to[lane] = dpp_valid(x, source) ? from[source] : 0;
	}
}

static void broadcast(uint32_t *to, uint32_t value)
{
	VALU_LANES(i)
	to[i] = value;
}

struct valu_src VALU_FN(spread)(struct valu *x, unsigned index)
{
	const struct swgpu_opnd *o = &x->u->src[index];
	uint32_t *to = x->tmp[index][0].lane;

	if (VALU_LIKELY(o->kind == SWGPU_OPND_SGPR))
		broadcast(to, x->w->s[o->reg]);
	else
		broadcast(to, (uint32_t)VALU_FN(scalar)(x->w, o));
	return (struct valu_src){to, NULL};
}

static void select_part(uint32_t *to, const uint32_t *from, const struct swgpu_opnd *o)
{
	unsigned shift = o->sel == SWGPU_SEL_WORD_1  ? 16
			 : o->sel < SWGPU_SEL_WORD_0 ? o->sel * 8u
						     : 0;
	unsigned spare = o->sel < SWGPU_SEL_WORD_0 ? 24 : o->sel < SWGPU_SEL_DWORD ? 16 : 0;

	if (o->sext) {
		VALU_LANES(i)
		to[i] = (uint32_t)((int32_t)(from[i] >> shift << spare) >> spare);
	} else {
		VALU_LANES(i)
		to[i] = from[i] >> shift << spare >> spare;
	}
}

/* Halves as op_sel and op_sel_hi choose them, with the signs of neg_lo and neg_hi. */
static void select_halves(const struct swgpu_uop *u, uint32_t *to, const uint32_t *from,
			  unsigned index)
{
	unsigned lo = u->op_sel >> index & 1 ? 16 : 0, hi = u->op_sel_hi >> index & 1 ? 16 : 0;
	uint32_t sign = (u->neg_lo >> index & 1u) << 15 | (u->neg_hi >> index & 1u) << 31;

	VALU_LANES(i)
	to[i] = ((from[i] >> lo & 0xffff) | from[i] >> hi << 16) ^ sign;
}

/* A source of v_fma_mix and its kin as a float. */
static void select_mix(const struct swgpu_uop *u, uint32_t *to, const uint32_t *from,
		       unsigned index)
{
	unsigned shift = u->op_sel >> index & 1 ? 16 : 0;
	uint32_t keep = u->neg_hi >> index & 1 ? 0x7fffffff : 0xffffffff;
	uint32_t flip = u->neg_lo >> index & 1 ? 0x80000000 : 0;

	if (u->op_sel_hi >> index & 1) {
		VALU_LANES(i)
		to[i] = (valu_b32(valu_from_f16(from[i] >> shift)) & keep) ^ flip;
	} else {
		VALU_LANES(i)
		to[i] = (from[i] & keep) ^ flip;
	}
}

static void change_sign(uint32_t *to, const uint32_t *from, const struct swgpu_opnd *o,
			uint32_t sign)
{
	uint32_t keep = o->abs ? ~sign : 0xffffffff, flip = o->neg ? sign : 0;

	VALU_LANES(i)
	to[i] = (from[i] & keep) ^ flip;
}

static void flush_halves(uint32_t *to, const uint32_t *from)
{
	VALU_LANES(i)
	{
		uint32_t lo = from[i] & 0x7c00 ? 0xffff : 0x8000,
			 hi = from[i] & 0x7c000000 ? 0xffff0000 : 0x80000000;

		to[i] = from[i] & (lo | hi);
	}
}

/* Replaces denormals by zeros of their sign where MODE asks for it. */
static struct valu_src flush(struct valu *x, unsigned index, enum valu_fmt fmt, struct valu_src s)
{
	uint32_t *lo = x->tmp[index][0].lane, *hi = x->tmp[index][1].lane;

	if (fmt == VALU_F32 || fmt == VALU_MIX) {
		if (x->w->mode & MODE_IN_DENORM32)
			return s;
		VALU_LANES(i)
		lo[i] = s.lo[i] & (s.lo[i] & 0x7f800000 ? 0xffffffff : 0x80000000);
		return (struct valu_src){lo, NULL};
	}
	if (x->w->mode & MODE_IN_DENORM16)
		return s;
	if (!valu_fmt_wide(fmt)) {
		flush_halves(lo, s.lo);
		return (struct valu_src){lo, NULL};
	}
	VALU_LANES(i)
	{
		uint32_t keep = s.hi[i] & 0x7ff00000 ? 0xffffffff : 0;

		lo[i] = s.lo[i] & keep;
		hi[i] = s.hi[i] & (keep | 0x80000000);
	}
	return (struct valu_src){lo, hi};
}

/* Register or scalar, permuted by DPP. */
static struct valu_src fetch_raw(struct valu *x, unsigned index, enum valu_fmt fmt)
{
	const struct swgpu_opnd *o = &x->u->src[index];
	uint32_t *lo = x->tmp[index][0].lane, *hi = x->tmp[index][1].lane;

	if (o->kind == SWGPU_OPND_VGPR) {
		const uint32_t *row = x->w->v[o->reg];

		if (!(x->u->flags & SWGPU_UOP_DPP) || index != 0)
			return (struct valu_src){row,
						 valu_fmt_wide(fmt) ? x->w->v[o->reg + 1] : NULL};
		permute(x, lo, row);
		return (struct valu_src){lo, NULL};
	}
	uint64_t value = VALU_FN(scalar)(x->w, o);

	broadcast(lo, (uint32_t)value);
	if (!valu_fmt_wide(fmt))
		return (struct valu_src){lo, NULL};
	broadcast(hi, (uint32_t)(value >> 32));
	return (struct valu_src){lo, hi};
}

/* One bit a lane as 0 or ~0. */
static struct valu_src fetch_mask(struct valu *x, unsigned index)
{
	uint64_t mask = VALU_FN(scalar)(x->w, &x->u->src[index]);
	uint32_t *to = x->tmp[index][0].lane;

	valu_spread_mask(to, mask);
	return (struct valu_src){to, NULL};
}

struct valu_src VALU_FN(fetch)(struct valu *x, unsigned index, enum valu_fmt fmt)
{
	const struct swgpu_opnd *o = &x->u->src[index];
	uint32_t *lo = x->tmp[index][0].lane, *hi = x->tmp[index][1].lane;

	if (fmt == VALU_M64)
		return fetch_mask(x, index);
	struct valu_src s = fetch_raw(x, index, fmt);

	if (!valu_half_is_usual(x->u, index, fmt)) {
		if (fmt == VALU_MIX) {
			select_mix(x->u, lo, s.lo, index);
		} else if (valu_fmt_packed(fmt)) {
			select_halves(x->u, lo, s.lo, index);
		} else {
			VALU_LANES(i)
			lo[i] = s.lo[i] >> 16;
		}
		s.lo = lo;
	}
	if (x->u->flags & SWGPU_UOP_SDWA && o->sel != SWGPU_SEL_DWORD) {
		select_part(lo, s.lo, o);
		s.lo = lo;
	}
	if ((o->neg || o->abs) && !valu_fmt_packed(fmt)) {
		if (valu_fmt_wide(fmt)) {
			change_sign(hi, s.hi, o, 0x80000000);
			s.hi = hi;
		} else {
			change_sign(lo, s.lo, o,
				    fmt == VALU_B16 || fmt == VALU_F16 ? 0x8000 : 0x80000000);
			s.lo = lo;
		}
	}
	return valu_fmt_float(fmt) && x->slow_in ? flush(x, index, fmt, s) : s;
}
