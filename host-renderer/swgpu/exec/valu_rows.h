/*
 * exec/valu_rows.h - operands of a vector ALU instruction as rows of 64 lanes, and results back
 * into registers.
 *
 * The fast way: a source that is a plain VGPR is its register's row, and with EXEC all ones and no
 * output modifier the destination's row is written in place. All else goes through temporary rows:
 * broadcast scalars and constants, abs/neg, SDWA and op_sel selection, DPP permutation, denormal
 * flushing on the way in; output modifier, clamp, partial writes and the EXEC mask on the way out.
 * An operation sees none of it.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 4.3 (MODE), 6.2 (operands,
 * modifiers), 6.6 (packed math), 13.3.9 and 13.3.10 (SDWA, DPP).
 */
#ifndef SWGPU_EXEC_VALU_ROWS_H
#define SWGPU_EXEC_VALU_ROWS_H

#include "host-renderer/swgpu/exec/lanes.h"
#include "host-renderer/swgpu/exec/valu_lane.h"

#ifdef SWGPU_LANE_BUILD
#define VALU_FN(name) SWGPU_CAT(swgpu_valu_##name##_, SWGPU_LANE_BUILD)
#else
#define VALU_FN(name) swgpu_valu_##name
#endif

#define VALU_LIKELY(x)   __builtin_expect(!!(x), 1)
#define VALU_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The general way of an instruction that has a fast one besides: out of line, so that its large
 * frame does not burden the fast one. */
#define VALU_SLOW(name)                                                         \
	static __attribute__((noinline)) void slow_##name(struct swgpu_wave *w, \
							  const struct swgpu_uop *u)

/* Where the fast way parts from the general one. */
#define VALU_ELSE_SLOW(name, fmt, mode)                            \
	do {                                                       \
		if (VALU_UNLIKELY(!valu_plain(w, u, fmt, mode))) { \
			slow_##name(w, u);                         \
			return;                                    \
		}                                                  \
	} while (0)

/* Format of an operand, as far as fetching and storing must know it. */
enum valu_fmt {
	VALU_B32, /* 32 bits of no or integer kind */
	VALU_F32,
	VALU_B16, /* in bits 15:0; a result clears bits 31:16 */
	VALU_F16,
	VALU_B16K, /* results only: as B16 and F16, but the other half of the register is kept */
	VALU_F16K,
	VALU_F16H, /* results only: goes to bits 31:16, the low half is kept */
	VALU_B64,
	VALU_F64,
	VALU_PB16, /* two in one register */
	VALU_PF16,
	VALU_MIX, /* sources only: a float, or a half where op_sel_hi says so; fetched as a float */
	VALU_M64, /* sources only: one bit a lane, fetched as 0 or ~0 */
};

/* How the float MODE bits reach an operation. */
enum valu_mode {
	VALU_INT,   /* not at all */
	VALU_EXACT, /* denormals are flushed as MODE says; nothing is rounded, or in a way of its
		       own */
	VALU_ROUND, /* and the host rounds as MODE says */
};

struct valu_row {
	uint32_t lane[SWGPU_LANES];
} __attribute__((aligned(64)));

/* lo and, for 64-bit formats, hi. */
struct valu_src {
	const uint32_t *lo, *hi;
};

struct valu_dst {
	uint32_t *lo, *hi;
};

/* One instruction that is being executed. */
struct valu {
	struct swgpu_wave *w;
	const struct swgpu_uop *u;
	uint64_t exec;     /* lanes that take part: EXEC, less those that DPP leaves out */
	bool slow_in;      /* sources need more than a look at their own modifiers */
	bool direct;       /* results go straight to the registers */
	int host_rounding; /* what to restore, or -1 */
	struct valu_row tmp[4][2];
	struct valu_row out[2];
};

/* The slow ways; valu_rows.c and valu_store.c. */
void VALU_FN(enter)(struct valu *x, enum valu_fmt dst);
void VALU_FN(leave)(struct valu *x);
void VALU_FN(dpp_lanes)(struct valu *x);
struct valu_src VALU_FN(fetch)(struct valu *x, unsigned index, enum valu_fmt fmt);

/* A 32-bit scalar register or constant in all lanes. */
struct valu_src VALU_FN(spread)(struct valu *x, unsigned index);
void VALU_FN(store)(struct valu *x, enum valu_fmt fmt);

/* Value of a scalar source before modifiers; the high word is only meaningful for 64-bit operands.
 */
uint64_t VALU_FN(scalar)(const struct swgpu_wave *w, const struct swgpu_opnd *o);

/* One bit a lane of a row of 0 and ~0. */
uint64_t VALU_FN(bits)(const uint32_t *row);

/* Writes a lane mask to a scalar pair: carry-out, compare result. */
static inline void valu_set_mask(struct swgpu_wave *w, const struct swgpu_opnd *o, uint64_t mask)
{
	if (o->kind == SWGPU_OPND_SGPR)
		swgpu_set_s64(w, o->reg, mask);
}

static inline bool valu_fmt_float(enum valu_fmt fmt)
{
	return fmt == VALU_F32 || fmt == VALU_F16 || fmt == VALU_F16K || fmt == VALU_F16H ||
	       fmt == VALU_F64 || fmt == VALU_PF16 || fmt == VALU_MIX;
}

static inline bool valu_fmt_wide(enum valu_fmt fmt)
{
	return fmt == VALU_B64 || fmt == VALU_F64;
}

static inline bool valu_fmt_packed(enum valu_fmt fmt)
{
	return fmt == VALU_PB16 || fmt == VALU_PF16 || fmt == VALU_MIX;
}

static inline bool valu_fmt_keeps(enum valu_fmt fmt)
{
	return fmt == VALU_B16K || fmt == VALU_F16K || fmt == VALU_F16H;
}

/* MODE as kernels normally have it: round to nearest even, all denormals. */
static inline bool valu_mode_is_usual(uint32_t mode)
{
	return (mode & 0xff) == 0xf0;
}

static inline void valu_begin(struct valu *x, struct swgpu_wave *w, const struct swgpu_uop *u,
			      enum valu_fmt dst, enum valu_mode mode)
{
	bool odd = u->flags & (SWGPU_UOP_DPP | SWGPU_UOP_SDWA);

	x->w = w;
	x->u = u;
	x->exec = swgpu_exec_mask(w);
	x->host_rounding = -1;
	x->slow_in = odd;
	x->direct = !odd && x->exec == ~0ull && !valu_fmt_keeps(dst);
	if (valu_fmt_float(dst) && (u->omod || u->flags & SWGPU_UOP_CLAMP))
		x->direct = false;
	if (mode != VALU_INT && VALU_UNLIKELY(!valu_mode_is_usual(w->mode))) {
		x->slow_in = true;
		x->direct = false;
		if (mode == VALU_ROUND)
			VALU_FN(enter)(x, dst);
	}
	if (VALU_UNLIKELY(u->flags & SWGPU_UOP_DPP))
		VALU_FN(dpp_lanes)(x);
}

/* Whether a marked instruction (see exec/plain.h) can take the fast way now: all lanes run, and
 * MODE is as usual where that matters. */
static inline bool valu_plain(const struct swgpu_wave *w, const struct swgpu_uop *u,
			      enum valu_fmt dst, enum valu_mode mode)
{
	return (u->flags & SWGPU_UOP_PLAIN) && swgpu_exec_mask(w) == ~0ull &&
	       !valu_fmt_keeps(dst) && (mode == VALU_INT || valu_mode_is_usual(w->mode));
}

/* A lane mask as a row of 0 and ~0. */
static inline void valu_spread_mask(uint32_t *to, uint64_t mask)
{
	uint32_t lo = (uint32_t)mask, hi = (uint32_t)(mask >> 32);

	for (unsigned i = 0; i < 32; i++)
		to[i] = -(lo >> i & 1);
	for (unsigned i = 0; i < 32; i++)
		to[32 + i] = -(hi >> i & 1);
}

/* A source of a marked instruction. */
static inline struct valu_src valu_plain_src(const struct swgpu_wave *w, const struct swgpu_uop *u,
					     unsigned index, enum valu_fmt fmt,
					     struct valu_row *spread)
{
	const struct swgpu_opnd *o = &u->src[index];
	uint32_t value;

	if (fmt == VALU_M64) {
		valu_spread_mask(spread->lane, swgpu_s64(w, o->reg));
		return (struct valu_src){spread->lane, NULL};
	}
	if (VALU_LIKELY(o->kind == SWGPU_OPND_VGPR))
		return (struct valu_src){w->v[o->reg],
					 valu_fmt_wide(fmt) ? w->v[o->reg + 1] : NULL};
	value = o->kind == SWGPU_OPND_SGPR ? w->s[o->reg] : (uint32_t)o->imm;
	VALU_LANES(i)
	spread->lane[i] = value;
	return (struct valu_src){spread->lane, NULL};
}

static inline struct valu_dst valu_plain_dst(const struct swgpu_wave *w, const struct swgpu_uop *u,
					     enum valu_fmt fmt)
{
	uint32_t(*v)[SWGPU_LANES] = w->v + u->dst.reg;

	return (struct valu_dst){v[0], valu_fmt_wide(fmt) ? v[1] : NULL};
}

/* Whether the op_sel and packed modifiers leave source `index` as its register has it. */
static inline bool valu_half_is_usual(const struct swgpu_uop *u, unsigned index, enum valu_fmt fmt)
{
	unsigned odd = 0;

	if (fmt == VALU_B16 || fmt == VALU_F16)
		odd = u->op_sel;
	if (fmt == VALU_PB16 || fmt == VALU_PF16)
		odd = (unsigned)u->op_sel | ~(unsigned)u->op_sel_hi | u->neg_lo | u->neg_hi;
	if (fmt == VALU_MIX)
		odd = u->op_sel_hi | u->neg_lo | u->neg_hi;
	return !(odd >> index & 1);
}

/* Source `index` as rows. */
static inline struct valu_src valu_fetch(struct valu *x, unsigned index, enum valu_fmt fmt)
{
	const struct swgpu_opnd *o = &x->u->src[index];
	bool plain = fmt != VALU_M64 && !(o->neg | o->abs | x->slow_in) &&
		     valu_half_is_usual(x->u, index, fmt);

	if (VALU_LIKELY(plain && o->kind == SWGPU_OPND_VGPR))
		return (struct valu_src){x->w->v[o->reg],
					 valu_fmt_wide(fmt) ? x->w->v[o->reg + 1] : NULL};
	if (plain && !valu_fmt_wide(fmt))
		return VALU_FN(spread)(x, index);
	return VALU_FN(fetch)(x, index, fmt);
}

/* Where to put the results. */
static inline struct valu_dst valu_dst(struct valu *x, enum valu_fmt fmt)
{
	uint32_t(*v)[SWGPU_LANES] = x->w->v + x->u->dst.reg;

	if (VALU_LIKELY(x->direct))
		return (struct valu_dst){v[0], valu_fmt_wide(fmt) ? v[1] : NULL};
	return (struct valu_dst){x->out[0].lane, x->out[1].lane};
}

/* The results are there. */
static inline void valu_end(struct valu *x, enum valu_fmt fmt)
{
	if (VALU_UNLIKELY(x->host_rounding >= 0))
		VALU_FN(leave)(x);
	if (VALU_UNLIKELY(!x->direct))
		VALU_FN(store)(x, fmt);
}

#endif
