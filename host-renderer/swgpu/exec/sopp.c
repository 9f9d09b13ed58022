/*
 * SOPP: branches, barriers, messages, and hints that have no effect here.
 * Source: "AMD Vega Instruction Set Architecture", chapters 4 and 12.5.
 *
 * Instructions execute in order and have finished when the next one begins, so s_waitcnt waits for
 * nothing.
 */
#include "host-renderer/swgpu/exec/mode.h"
#include "host-renderer/swgpu/exec/scalar.h"

#define NOTHING(name)    \
	SCALAR(name)     \
	{                \
		(void)w; \
		(void)u; \
	}

NOTHING(s_nop)
NOTHING(s_waitcnt)
NOTHING(s_setprio)
NOTHING(s_wakeup)
NOTHING(s_incperflevel)
NOTHING(s_decperflevel)
NOTHING(s_ttracedata)

#define STOP(name, reason)        \
	SCALAR(name)              \
	{                         \
		(void)u;          \
		w->stop = reason; \
	}

STOP(s_endpgm, SWGPU_STOP_END)
STOP(s_endpgm_saved, SWGPU_STOP_END)
STOP(s_barrier, SWGPU_STOP_BARRIER)
STOP(s_sleep, SWGPU_STOP_YIELD)
STOP(s_icache_inv, SWGPU_STOP_ICACHE)

static void branch_if(struct swgpu_wave *w, const struct swgpu_uop *u, bool taken)
{
	if (taken)
		w->pc += (uint64_t)(int64_t)u->imm;
}

SCALAR(s_branch)
{
	branch_if(w, u, true);
}

SCALAR(s_cbranch_scc0)
{
	branch_if(w, u, !w->scc);
}

SCALAR(s_cbranch_scc1)
{
	branch_if(w, u, w->scc);
}

SCALAR(s_cbranch_vccz)
{
	branch_if(w, u, swgpu_s64(w, SWGPU_SREG_VCC) == 0);
}

SCALAR(s_cbranch_vccnz)
{
	branch_if(w, u, swgpu_s64(w, SWGPU_SREG_VCC) != 0);
}

SCALAR(s_cbranch_execz)
{
	branch_if(w, u, swgpu_exec_mask(w) == 0);
}

SCALAR(s_cbranch_execnz)
{
	branch_if(w, u, swgpu_exec_mask(w) != 0);
}

/* The debugger's flags in STATUS are never set. */
#define NEVER(name)                     \
	SCALAR(name)                    \
	{                               \
		branch_if(w, u, false); \
	}

NEVER(s_cbranch_cdbgsys)
NEVER(s_cbranch_cdbguser)
NEVER(s_cbranch_cdbgsys_or_user)
NEVER(s_cbranch_cdbgsys_and_user)

/* Bit 0 ends, or halts for ever, a wave; without it both do nothing. A halt needs a debugger to end
 * it. */
SCALAR(s_setkill)
{
	if (u->imm & 1)
		w->stop = SWGPU_STOP_END;
}

SCALAR(s_sethalt)
{
	if (u->imm & 1)
		w->stop = SWGPU_STOP_ILLEGAL;
}

enum { MSG_INTERRUPT = 1 };

SCALAR(s_sendmsg)
{
	if ((u->imm & 15) == MSG_INTERRUPT)
		w->env->interrupt(w->env->user, w->s[SWGPU_SREG_M0] & 0xffffff);
	else
		w->stop = SWGPU_STOP_ILLEGAL; /* the others are for graphics and trap handlers */
}

SCALAR(s_sendmsghalt)
{
	(void)u;
	w->stop = SWGPU_STOP_ILLEGAL;
}

enum { TRAP_DEBUG = 3 };

/* The runtime's trap handler goes on after a debug trap when no debugger is there, and ends the
 * queue for all others. */
SCALAR(s_trap)
{
	w->trap_id = (uint32_t)u->imm & 0xff;
	if (w->trap_id != TRAP_DEBUG)
		w->stop = SWGPU_STOP_TRAP;
}

SCALAR(s_set_gpr_idx_off)
{
	(void)u;
	w->mode &= ~SWGPU_MODE_GPR_IDX_EN;
}

SCALAR(s_set_gpr_idx_mode)
{
	w->s[SWGPU_SREG_M0] = (w->s[SWGPU_SREG_M0] & ~0xf000u) | ((uint32_t)u->imm & 0xf) << 12;
}
