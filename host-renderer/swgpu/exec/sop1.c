/*
 * SOP1: scalar operations with one source, among them those on EXEC.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.3.
 */
#include "host-renderer/swgpu/exec/scalar.h"

#define A32 sread32(w, &u->src[0])
#define A64 sread64(w, &u->src[0])

/* Bit operations that also say in SCC whether the result is not 0. */
#define TEST32(name, expr)                     \
	SCALAR(name)                           \
	{                                      \
		uint32_t a = A32;              \
		uint32_t r = (uint32_t)(expr); \
                                               \
		swrite32(w, u, r);             \
		w->scc = r != 0;               \
	}
#define TEST64(name, expr)           \
	SCALAR(name)                 \
	{                            \
		uint64_t a = A64;    \
		uint64_t r = (expr); \
                                     \
		swrite64(w, u, r);   \
		w->scc = r != 0;     \
	}
/* From 64 bits to a 32-bit count. */
#define COUNT64(name, expr)                    \
	SCALAR(name)                           \
	{                                      \
		uint64_t a = A64;              \
		uint32_t r = (uint32_t)(expr); \
                                               \
		swrite32(w, u, r);             \
		w->scc = r != 0;               \
	}

/* One bit for each four of `a` that are not all 0, at the place of their first. */
static uint64_t quads(uint64_t a)
{
	a |= a >> 1;
	a |= a >> 2;
	return a & 0x1111111111111111;
}

static uint64_t quadmask(uint64_t a)
{
	uint64_t found = quads(a), mask = 0;

	for (unsigned quad = 0; quad < 16; quad++)
		mask |= (found >> 4 * quad & 1) << quad;
	return mask;
}

static uint64_t reverse64(uint64_t a)
{
	uint64_t r = 0;

	for (unsigned bit = 0; bit < 64; bit++)
		r |= (a >> bit & 1) << (63 - bit);
	return r;
}

TEST32(s_not_b32, ~a)
TEST64(s_not_b64, ~a)
TEST32(s_wqm_b32, quads(a) * 15)
TEST64(s_wqm_b64, quads(a) * 15)
TEST32(s_quadmask_b32, quadmask(a))
TEST64(s_quadmask_b64, quadmask(a))
TEST32(s_bcnt0_i32_b32, 32 - __builtin_popcount(a))
TEST32(s_bcnt1_i32_b32, __builtin_popcount(a))
COUNT64(s_bcnt0_i32_b64, 64 - __builtin_popcountll(a))
COUNT64(s_bcnt1_i32_b64, __builtin_popcountll(a))
TEST32(s_abs_i32, a >> 31 ? 0 - a : a)

SCALAR(s_mov_b32)
{
	swrite32(w, u, A32);
}

SCALAR(s_mov_b64)
{
	swrite64(w, u, A64);
}

SCALAR(s_cmov_b32)
{
	if (w->scc)
		swrite32(w, u, A32);
}

SCALAR(s_cmov_b64)
{
	if (w->scc)
		swrite64(w, u, A64);
}

SCALAR(s_brev_b32)
{
	swrite32(w, u, (uint32_t)(reverse64(A32) >> 32));
}

SCALAR(s_brev_b64)
{
	swrite64(w, u, reverse64(A64));
}

/* Positions of the first bit that is set, from the low or the high end; -1 where there is none. */
static uint32_t first_low(uint64_t a)
{
	return a ? (uint32_t)__builtin_ctzll(a) : UINT32_MAX;
}

static uint32_t first_high(uint64_t a, unsigned width)
{
	return a ? (uint32_t)__builtin_clzll(a) - (64 - width) : UINT32_MAX;
}

SCALAR(s_ff0_i32_b32)
{
	swrite32(w, u, first_low((uint32_t)~A32));
}

SCALAR(s_ff0_i32_b64)
{
	swrite32(w, u, first_low(~A64));
}

SCALAR(s_ff1_i32_b32)
{
	swrite32(w, u, first_low(A32));
}

SCALAR(s_ff1_i32_b64)
{
	swrite32(w, u, first_low(A64));
}

SCALAR(s_flbit_i32_b32)
{
	swrite32(w, u, first_high(A32, 32));
}

SCALAR(s_flbit_i32_b64)
{
	swrite32(w, u, first_high(A64, 64));
}

/* The first bit that differs from the sign. */
SCALAR(s_flbit_i32)
{
	uint32_t a = A32;

	swrite32(w, u, first_high((uint32_t)(a ^ -(a >> 31)), 32));
}

SCALAR(s_flbit_i32_i64)
{
	uint64_t a = A64;

	swrite32(w, u, first_high(a ^ -(a >> 63), 64));
}

SCALAR(s_sext_i32_i8)
{
	swrite32(w, u, (uint32_t)(int8_t)A32);
}

SCALAR(s_sext_i32_i16)
{
	swrite32(w, u, (uint32_t)(int16_t)A32);
}

SCALAR(s_bitset0_b32)
{
	w->s[u->dst.reg] &= ~(1u << (A32 & 31));
}

SCALAR(s_bitset1_b32)
{
	w->s[u->dst.reg] |= 1u << (A32 & 31);
}

SCALAR(s_bitset0_b64)
{
	swrite64(w, u, swgpu_s64(w, u->dst.reg) & ~((uint64_t)1 << (A32 & 63)));
}

SCALAR(s_bitset1_b64)
{
	swrite64(w, u, swgpu_s64(w, u->dst.reg) | (uint64_t)1 << (A32 & 63));
}

SCALAR(s_bitreplicate_b64_b32)
{
	uint64_t a = A32, r = 0;

	for (unsigned bit = 0; bit < 32; bit++)
		r |= (a >> bit & 1) * 3 << 2 * bit;
	swrite64(w, u, r);
}

SCALAR(s_getpc_b64)
{
	swrite64(w, u, w->pc);
}

SCALAR(s_setpc_b64)
{
	w->pc = A64;
}

SCALAR(s_swappc_b64)
{
	uint64_t target = A64;

	swrite64(w, u, w->pc);
	w->pc = target;
}

/* EXEC changes; the destination gets the old mask (saveexec) or the new one (wrexec). */
static void put_exec(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t result,
		     uint64_t mask)
{
	swrite64(w, u, result);
	swgpu_set_s64(w, SWGPU_SREG_EXEC, mask);
	w->scc = mask != 0;
}

#define SAVEEXEC(name, expr)                        \
	SCALAR(s_##name##_saveexec_b64)             \
	{                                           \
		uint64_t a = A64;                   \
		uint64_t exec = swgpu_exec_mask(w); \
                                                    \
		put_exec(w, u, exec, expr);         \
	}

SAVEEXEC(and, a &exec)
SAVEEXEC(or, a | exec)
SAVEEXEC(xor, a ^ exec)
SAVEEXEC(andn2, a & ~exec)
SAVEEXEC(orn2, a | ~exec)
SAVEEXEC(nand, ~(a &exec))
SAVEEXEC(nor, ~(a | exec))
SAVEEXEC(xnor, ~(a ^ exec))
SAVEEXEC(andn1, ~a &exec)
SAVEEXEC(orn1, ~a | exec)

SCALAR(s_andn1_wrexec_b64)
{
	uint64_t mask = ~A64 & swgpu_exec_mask(w);

	put_exec(w, u, mask, mask);
}

SCALAR(s_andn2_wrexec_b64)
{
	uint64_t mask = A64 & ~swgpu_exec_mask(w);

	put_exec(w, u, mask, mask);
}

/* Register `reg` moved by M0; false, and the wave stops, where that is outside of the file. */
static bool relative(struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned words,
		     uint32_t *reg)
{
	uint32_t moved = o->reg + w->s[SWGPU_SREG_M0];

	if (o->kind != SWGPU_OPND_SGPR || moved >= SWGPU_SREG_COUNT ||
	    moved + words > SWGPU_SREG_COUNT) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return false;
	}
	*reg = moved;
	return true;
}

SCALAR(s_movrels_b32)
{
	uint32_t reg;

	if (relative(w, &u->src[0], 1, &reg))
		swrite32(w, u, w->s[reg]);
}

SCALAR(s_movrels_b64)
{
	uint32_t reg;

	if (relative(w, &u->src[0], 2, &reg))
		swrite64(w, u, swgpu_s64(w, reg));
}

SCALAR(s_movreld_b32)
{
	uint32_t reg;

	if (relative(w, &u->dst, 1, &reg))
		w->s[reg] = A32;
}

SCALAR(s_movreld_b64)
{
	uint32_t reg;

	if (relative(w, &u->dst, 2, &reg))
		swgpu_set_s64(w, reg, A64);
}

SCALAR(s_set_gpr_idx_idx)
{
	w->s[SWGPU_SREG_M0] = (w->s[SWGPU_SREG_M0] & ~0xffu) | (A32 & 0xff);
}
