/*
 * exec/wave.h - the architectural state of one wavefront, and the shape of the functions that
 * execute a micro-operation.
 *
 * Invariants:
 *  - lane l of VGPR r is v[r][l]; a row always has 64 lanes, a wave32 uses the first 32.
 *  - the scalar file is numbered as in the encoding, so EXEC and VCC are words of s[] like any
 * other destination.
 *  - an instruction function never looks at machine code and never decides what comes next, except
 * that branches write pc. It reports trouble in `stop`; the run loop acts on it.
 */
#ifndef SWGPU_EXEC_WAVE_H
#define SWGPU_EXEC_WAVE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "host-renderer/swgpu/isa/uop.h"
#include "host-renderer/swgpu/mem/tlb.h"

#define SWGPU_LANES 64

/* Why a wave does not go on with the next instruction. */
enum swgpu_stop {
	SWGPU_STOP_NONE,
	SWGPU_STOP_BARRIER, /* waits at s_barrier */
	SWGPU_STOP_END,     /* s_endpgm */
	SWGPU_STOP_YIELD,   /* s_sleep or a spin: let others run first */
	SWGPU_STOP_ILLEGAL, /* not an instruction, or one this GPU does not have */
	SWGPU_STOP_MEMORY,  /* fault_va is not mapped for the access */
	SWGPU_STOP_TRAP,    /* s_trap; trap_id */
	SWGPU_STOP_ICACHE,  /* s_icache_inv: forget predecoded instructions, then go on */
};

/* Things outside the wave that instructions reach. */
struct swgpu_env {
	/* s_sendmsg MSG_INTERRUPT: raise KFD event `event`. Does not block. */
	void (*interrupt)(void *user, uint32_t event);
	/* GPU clock in the units of hsaKmtGetClockCounters' GPUClockCounter (s_memrealtime,
	 * s_memtime). */
	uint64_t (*clock)(void *user);
	void *user;
	/* Apertures: a flat address with this high word is in LDS / private memory. */
	uint64_t shared_base, private_base;
};

struct swgpu_gws;

struct swgpu_wave {
	uint32_t (*v)[SWGPU_LANES]; /* VGPRs, 64-byte aligned */
	uint32_t nvgpr; /* rows in v; the predecoder has checked every register number against it */
	uint32_t s[SWGPU_SREG_COUNT];
	uint64_t pc; /* address of the next instruction */
	uint32_t scc;
	uint32_t mode; /* MODE register: rounding in bits 0..3, denormals in 4..7, dx10_clamp 8,
			  ieee 9 */

	/* EXEC as one word a lane (0 or ~0), valid while lane_mask_of equals EXEC; see
	 * swgpu_wave_mask(). */
	uint64_t lane_mask_of;
	uint32_t lane_mask[SWGPU_LANES] __attribute__((aligned(64)));

	enum swgpu_stop stop;
	uint64_t fault_va;
	bool fault_write;
	uint32_t trap_id;

	uint8_t *lds; /* the workgroup's, lds_size bytes */
	uint32_t lds_size;
	uint8_t *scratch; /* this wave's private memory, swizzled by dword: (o / 4) * 256 + lane * 4
			     + o % 4 */
	uint64_t scratch_va;   /* GPU address of scratch[0] as the scratch descriptor gives it */
	uint64_t scratch_size; /* bytes of the whole wave: scratch_lane_size * 64 */
	uint32_t scratch_lane_size; /* bytes a lane */
	uint64_t scratch_used;      /* bytes from scratch[0] up to the last that was written */
	struct swgpu_tlb *tlb;      /* the running thread's; set before each run */
	const struct swgpu_env *env;

	struct swgpu_gws *gws; /* the queue's, or NULL; see exec/gws.h */
	bool gws_waits;        /* at the instruction at pc, for the turn to change from gws_turn */
	uint32_t gws_turn;
};

/* Executes u on w. */
typedef void swgpu_exec_fn(struct swgpu_wave *w, const struct swgpu_uop *u);

/* One table for each way the vector code was compiled. A NULL entry is an instruction that is
 * decoded but not implemented: it stops the wave with SWGPU_STOP_ILLEGAL. */
struct swgpu_engine {
	const char *name;         /* "avx512", "avx2", "generic" */
	swgpu_exec_fn *const *fn; /* [SWGPU_OP_COUNT] */
};

/* The fastest engine that this processor runs; SWGPU_ENGINE=avx512|avx2|generic in the environment
 * chooses one (an unknown or unsupported name is reported and ignored). Thread-safe; the result
 * lives for ever. */
const struct swgpu_engine *swgpu_engine_best(void);

/* Engine i of those that this processor runs, or NULL past the last. */
const struct swgpu_engine *swgpu_engine_at(unsigned i);

static inline uint64_t swgpu_s64(const struct swgpu_wave *w, unsigned reg)
{
	return (uint64_t)w->s[reg + 1] << 32 | w->s[reg];
}

static inline void swgpu_set_s64(struct swgpu_wave *w, unsigned reg, uint64_t value)
{
	w->s[reg] = (uint32_t)value;
	w->s[reg + 1] = (uint32_t)(value >> 32);
}

static inline uint64_t swgpu_exec_mask(const struct swgpu_wave *w)
{
	return swgpu_s64(w, SWGPU_SREG_EXEC);
}

/* EXEC spread to one word a lane; rebuilt only where EXEC has changed since the last call. */
static inline const uint32_t *swgpu_wave_mask(struct swgpu_wave *w)
{
	uint64_t exec = swgpu_exec_mask(w);

	if (w->lane_mask_of != exec) {
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
			w->lane_mask[lane] = -(uint32_t)(exec >> lane & 1);
		w->lane_mask_of = exec;
	}
	return w->lane_mask;
}

#endif
