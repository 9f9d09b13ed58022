/*
 * exec/valu_carry.c - integer operations with a carry in or out, one bit a lane in a scalar pair.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.8 and 12.12.
 *
 * The carry-out's bits of lanes that do not take part are 0. With the clamp bit a result that
 * carries becomes the limit.
 */
#include "host-renderer/swgpu/exec/valu_loop.h"
#include "host-renderer/swgpu/exec/valu_wide.h"

/* a + b + in and a - b - in; carry is 0 or 1. */
struct sum {
	uint32_t value, carry;
};

static inline struct sum add(uint32_t a, uint32_t b, uint32_t in)
{
	uint32_t part = a + b, whole = part + in;

	return (struct sum){whole, (uint32_t)(part < a) | (uint32_t)(whole < part)};
}

static inline struct sum sub(uint32_t a, uint32_t b, uint32_t in)
{
	uint32_t part = a - b;

	return (struct sum){part - in, (uint32_t)(a < b) | (uint32_t)(part < in)};
}

/* Puts the limit where the result carried, stores the result and its carries (rows of 0 and ~0). */
static void finish(struct valu *x, struct valu_dst d, const uint32_t *carry, uint32_t limit)
{
	uint64_t mask = VALU_FN(bits)(carry) & x->exec;

	if (x->u->flags & SWGPU_UOP_CLAMP) {
		VALU_LANES(i)
		d.lo[i] = (d.lo[i] & ~carry[i]) | (limit & carry[i]);
	}
	valu_end(x, VALU_B32);
	valu_set_mask(x->w, &x->u->sdst, mask);
}

/* The lanes' sums and carries, of rows s0 and s1, and `in` where there is a carry. */
#define CARRY_ROWS(in_row, expr)                                 \
	VALU_IVDEP                                               \
	VALU_LANES(lane)                                         \
	{                                                        \
		const uint32_t a = s0.lo[lane], b = s1.lo[lane]; \
		const uint32_t in = in_row;                      \
		const struct sum sum = (expr);                   \
		d.lo[lane] = sum.value;                          \
		carry.lane[lane] = -sum.carry;                   \
	}

#define CARRY(name, third, in_row, expr, limit)                                    \
	VALU_SLOW(name)                                                            \
	{                                                                          \
		struct valu x;                                                     \
		struct valu_row carry;                                             \
		valu_begin(&x, w, u, VALU_B32, VALU_INT);                          \
		const struct valu_src s0 = valu_fetch(&x, 0, VALU_B32);            \
		const struct valu_src s1 = valu_fetch(&x, 1, VALU_B32);            \
		const struct valu_src s2 __attribute__((unused)) =                 \
		    third ? valu_fetch(&x, 2, VALU_M64) : s0;                      \
		const struct valu_dst d = valu_dst(&x, VALU_B32);                  \
		CARRY_ROWS(in_row, expr)                                           \
		finish(&x, d, carry.lane, limit);                                  \
	}                                                                          \
	EXEC(name)                                                                 \
	{                                                                          \
		struct valu_row t0, t1, t2, carry;                                 \
		VALU_ELSE_SLOW(name, VALU_B32, VALU_INT);                          \
		const struct valu_src s0 = valu_plain_src(w, u, 0, VALU_B32, &t0); \
		const struct valu_src s1 = valu_plain_src(w, u, 1, VALU_B32, &t1); \
		const struct valu_src s2 __attribute__((unused)) =                 \
		    third ? valu_plain_src(w, u, 2, VALU_M64, &t2) : s0;           \
		const struct valu_dst d = valu_plain_dst(w, u, VALU_B32);          \
		CARRY_ROWS(in_row, expr)                                           \
		valu_set_mask(w, &u->sdst, VALU_FN(bits)(carry.lane));             \
	}

#define CARRY_OUT(name, expr, limit)    CARRY(name, false, 0, expr, limit)
#define CARRY_IN_OUT(name, expr, limit) CARRY(name, true, s2.lo[lane] & 1, expr, limit)

CARRY_OUT(v_add_co_u32, add(a, b, in), UINT32_MAX)
CARRY_OUT(v_sub_co_u32, sub(a, b, in), 0)
CARRY_OUT(v_subrev_co_u32, sub(b, a, in), 0)
CARRY_IN_OUT(v_addc_co_u32, add(a, b, in), UINT32_MAX)
CARRY_IN_OUT(v_subb_co_u32, sub(a, b, in), 0)
CARRY_IN_OUT(v_subbrev_co_u32, sub(b, a, in), 0)

/* A 64-bit sum and bit 64 of it; as a signed sum that bit is its sign. */
struct sum64 {
	uint64_t value, top;
};

static inline struct sum64 mad_i64(uint32_t a, uint32_t b, uint64_t c)
{
	uint64_t product = (uint64_t)((int64_t)(int32_t)a * (int32_t)b), sum = product + c;
	uint64_t overflow = (product ^ sum) & (c ^ sum);

	return (struct sum64){sum, (sum ^ overflow) >> 63};
}

static inline uint64_t sat_i64(struct sum64 sum)
{
	uint64_t limit = sum.top ? (uint64_t)INT64_MIN : INT64_MAX;

	return sum.value >> 63 == sum.top ? sum.value : limit;
}

EXEC(v_mad_i64_i32)
{
	struct valu x;
	struct valu_row top;
	const bool clamp = u->flags & SWGPU_UOP_CLAMP;

	valu_begin(&x, w, u, VALU_B64, VALU_INT);
	const struct valu_src s0 = valu_fetch(&x, 0, VALU_B32), s1 = valu_fetch(&x, 1, VALU_B32);
	const struct valu_src s2 = valu_fetch(&x, 2, VALU_B64);
	const struct valu_dst d = valu_dst(&x, VALU_B64);

	VALU_IVDEP
	VALU_LANES(lane)
	{
		const struct sum64 sum = mad_i64(s0.lo[lane], s1.lo[lane], VALU_LD_B64(s2));

		VALU_ST_B64(d, clamp ? sat_i64(sum) : sum.value);
		top.lane[lane] = -(uint32_t)sum.top;
	}
	valu_end(&x, VALU_B64);
	valu_set_mask(w, &u->sdst, VALU_FN(bits)(top.lane) & x.exec);
}

/* a * b + c of all lanes, and whether it carried. The product of the low words is one instruction.
 */
static void mad_u64_rows(struct valu_dst d, uint32_t *top, struct valu_src s0, struct valu_src s1,
			 struct valu_src s2)
{
	for (unsigned lane = 0; lane < SWGPU_LANES; lane += 8) {
		valu_u64x4 a0, a1, b0, b1, c0, c1;

		VALU_WIDE_JOIN(a0, a1, s0.lo, s0.lo);
		VALU_WIDE_JOIN(b0, b1, s1.lo, s1.lo);
		VALU_WIDE_JOIN(c0, c1, s2.lo, s2.hi);
		a0 = VALU_WIDE_MUL32(a0, b0) + c0;
		a1 = VALU_WIDE_MUL32(a1, b1) + c1;
		VALU_WIDE_SPLIT(d.lo, d.hi, a0, a1);
		VALU_WIDE_SPLIT(top, top, a0 < c0, a1 < c1);
	}
}

EXEC(v_mad_u64_u32)
{
	struct valu x;
	struct valu_row top;

	valu_begin(&x, w, u, VALU_B64, VALU_INT);
	const struct valu_src s0 = valu_fetch(&x, 0, VALU_B32), s1 = valu_fetch(&x, 1, VALU_B32);
	const struct valu_src s2 = valu_fetch(&x, 2, VALU_B64);
	const struct valu_dst d = valu_dst(&x, VALU_B64);

	mad_u64_rows(d, top.lane, s0, s1, s2);
	if (u->flags & SWGPU_UOP_CLAMP) {
		VALU_LANES(lane)
		{
			d.lo[lane] |= top.lane[lane];
			d.hi[lane] |= top.lane[lane];
		}
	}
	valu_end(&x, VALU_B64);
	valu_set_mask(w, &u->sdst, VALU_FN(bits)(top.lane) & x.exec);
}
