/*
 * SOPC and SOPK: scalar comparisons, and operations with a 16-bit constant.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.2 and 12.4; MODE: chapter 3.
 */
#include "host-renderer/swgpu/exec/mode.h"
#include "host-renderer/swgpu/exec/scalar.h"

#define A32 sread32(w, &u->src[0])
#define B32 sread32(w, &u->src[1])
#define A64 sread64(w, &u->src[0])
#define B64 sread64(w, &u->src[1])

#define COMPARE(name, op)                              \
	SCALAR(s_cmp_##name##_i32)                     \
	{                                              \
		w->scc = (int32_t)A32 op(int32_t) B32; \
	}                                              \
	SCALAR(s_cmp_##name##_u32)                     \
	{                                              \
		w->scc = A32 op B32;                   \
	}                                              \
	SCALAR(s_cmpk_##name##_i32)                    \
	{                                              \
		w->scc = (int32_t)A32 op u->imm;       \
	}                                              \
	SCALAR(s_cmpk_##name##_u32)                    \
	{                                              \
		w->scc = A32 op(uint32_t) u->imm;      \
	}

COMPARE(eq, ==)
COMPARE(lg, !=)
COMPARE(gt, >)
COMPARE(ge, >=)
COMPARE(lt, <)
COMPARE(le, <=)

SCALAR(s_cmp_eq_u64)
{
	w->scc = A64 == B64;
}

SCALAR(s_cmp_lg_u64)
{
	w->scc = A64 != B64;
}

SCALAR(s_bitcmp0_b32)
{
	w->scc = !(A32 >> (B32 & 31) & 1);
}

SCALAR(s_bitcmp1_b32)
{
	w->scc = A32 >> (B32 & 31) & 1;
}

SCALAR(s_bitcmp0_b64)
{
	w->scc = !(A64 >> (B32 & 63) & 1);
}

SCALAR(s_bitcmp1_b64)
{
	w->scc = A64 >> (B32 & 63) & 1;
}

SCALAR(s_setvskip)
{
	if (A32 >> (B32 & 31) & 1)
		w->mode |= SWGPU_MODE_VSKIP;
	else
		w->mode &= ~SWGPU_MODE_VSKIP;
}

/* Turns on relative VGPR numbers: M0 has the index in 7:0 and in 15:12 which operands it moves. */
SCALAR(s_set_gpr_idx_on)
{
	uint32_t m0 = w->s[SWGPU_SREG_M0] & ~0xf0ffu;

	w->mode |= SWGPU_MODE_GPR_IDX_EN;
	w->s[SWGPU_SREG_M0] = m0 | (A32 & 0xff) | ((uint32_t)u->imm & 0xf) << 12;
}

SCALAR(s_movk_i32)
{
	swrite32(w, u, (uint32_t)u->imm);
}

SCALAR(s_cmovk_i32)
{
	if (w->scc)
		swrite32(w, u, (uint32_t)u->imm);
}

SCALAR(s_addk_i32)
{
	int32_t sum;

	w->scc = __builtin_add_overflow((int32_t)w->s[u->dst.reg], u->imm, &sum);
	swrite32(w, u, (uint32_t)sum);
}

SCALAR(s_mulk_i32)
{
	swrite32(w, u, w->s[u->dst.reg] * (uint32_t)u->imm);
}

SCALAR(s_call_b64)
{
	swrite64(w, u, w->pc);
	w->pc += (uint64_t)(int64_t)u->imm;
}

/* s_getreg/s_setreg: register id in 5:0, first bit in 10:6, bits - 1 in 15:11. */
static uint32_t hwreg_mask(const struct swgpu_uop *u)
{
	return UINT32_MAX >> (31 - ((uint32_t)u->imm >> 11 & 31));
}

static unsigned hwreg_shift(const struct swgpu_uop *u)
{
	return (uint32_t)u->imm >> 6 & 31;
}

SCALAR(s_getreg_b32)
{
	uint32_t value;

	if (!swgpu_hwreg_read(w, (uint32_t)u->imm & 63, &value)) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return;
	}
	swrite32(w, u, value >> hwreg_shift(u) & hwreg_mask(u));
}

static void setreg(struct swgpu_wave *w, const struct swgpu_uop *u, uint32_t value)
{
	uint32_t mask = hwreg_mask(u) << hwreg_shift(u);

	if (!swgpu_hwreg_write(w, (uint32_t)u->imm & 63, mask, value << hwreg_shift(u)))
		w->stop = SWGPU_STOP_ILLEGAL;
}

SCALAR(s_setreg_b32)
{
	setreg(w, u, A32);
}

SCALAR(s_setreg_imm32_b32)
{
	setreg(w, u, A32);
}
