/*
 * exec/valu_move.c - moves between lanes and registers, selection, lane counting.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7, 12.8 and 12.12.
 */
#include "host-renderer/swgpu/exec/valu_loop.h"

EXEC(v_nop)
{
	(void)w;
	(void)u;
}

/* Clears sticky exception flags; there are none here. */
EXEC(v_clrexcp)
{
	(void)w;
	(void)u;
}

VALU1_AS(v_mov_b32, INT, B32, B32, a)
VALU3_AS(v_cndmask_b32, INT, B32, B32, B32, M64, (b & c) | (a & ~c))

EXEC(v_swap_b32)
{
	const uint32_t *mask = swgpu_wave_mask(w);
	uint32_t *p = w->v[u->dst.reg], *q = w->v[u->src[0].reg];

	VALU_IVDEP
	VALU_LANES(lane)
	{
		uint32_t change = (p[lane] ^ q[lane]) & mask[lane];

		p[lane] ^= change;
		q[lane] ^= change;
	}
}

static uint32_t read_lane(const struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned lane)
{
	return o->kind == SWGPU_OPND_VGPR ? w->v[o->reg][lane] : (uint32_t)VALU_FN(scalar)(w, o);
}

EXEC(v_readfirstlane_b32)
{
	uint64_t exec = swgpu_exec_mask(w);

	w->s[u->dst.reg] = read_lane(w, &u->src[0], exec ? (unsigned)__builtin_ctzll(exec) : 0);
}

EXEC(v_readlane_b32)
{
	w->s[u->dst.reg] = read_lane(w, &u->src[0], (unsigned)VALU_FN(scalar)(w, &u->src[1]) & 63);
}

/* EXEC does not matter. */
EXEC(v_writelane_b32)
{
	unsigned lane = (unsigned)VALU_FN(scalar)(w, &u->src[1]) & 63;

	w->v[u->dst.reg][lane] = (uint32_t)VALU_FN(scalar)(w, &u->src[0]);
}

/* Bits of a wave mask's half that belong to lanes below `lane`. */
static inline uint32_t below_lo(unsigned lane)
{
	return lane < 32 ? (1u << lane) - 1 : 0xffffffff;
}

static inline uint32_t below_hi(unsigned lane)
{
	return lane < 32 ? 0 : (1u << (lane - 32)) - 1;
}

VALU2_AS(v_mbcnt_lo_u32_b32, INT, B32, B32, B32, valu_popcount((a & below_lo(lane))) + b)
VALU2_AS(v_mbcnt_hi_u32_b32, INT, B32, B32, B32, valu_popcount((a & below_hi(lane))) + b)

/* Which of four shader engines a screen tile touches; one hexadecimal digit for each value of the
 * low byte. */
static const char screen_partition[] =
    "137f5fff7ffffffff26efafffbffffffdf4cff5fffdfffff9bf8fffafffeffff"
    "ffff4cdf6fffeffffffff89bf99ffdffffff7f13ff9fffbfffff6ef26ff6fff7"
    "bfffffff23bfaffff7fffffff19df5ffffefffffef8cffaffffdffff67f4fff5"
    "9fffdfffffff8ceff66ffefffffff467ff6fff7fffffbf239ff9fffbffff9df1";

static inline uint32_t op_v_screen_partition_4se_b32(uint32_t a)
{
	uint32_t digit = (uint32_t)screen_partition[a & 0xff];

	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

VALU1(v_screen_partition_4se_b32, INT, B32, B32)
