/* Hardware registers: what a kernel may know of its wave and its surroundings, and change. */
#include "host-renderer/swgpu/exec/mode.h"

enum hwreg {
	HWREG_MODE = 1,
	HWREG_STATUS = 2,
	HWREG_TRAPSTS = 3,
	HWREG_HW_ID = 4,
	HWREG_GPR_ALLOC = 5,
	HWREG_LDS_ALLOC = 6,
	HWREG_IB_STS = 7,
	HWREG_SH_MEM_BASES = 15,
};

/* Modes that instructions follow. The rest are exceptions, which are never raised. */
#define WRITABLE                                                                          \
	(SWGPU_MODE_FP | SWGPU_MODE_DX10_CLAMP | SWGPU_MODE_IEEE | SWGPU_MODE_FP16_OVFL | \
	 SWGPU_MODE_GPR_IDX_EN | SWGPU_MODE_VSKIP)

static uint32_t status(const struct swgpu_wave *w)
{
	uint32_t execz = swgpu_exec_mask(w) == 0;
	uint32_t vccz = swgpu_s64(w, SWGPU_SREG_VCC) == 0;

	return (w->scc & 1) | execz << 9 | vccz << 10 | 1u << 16 /* valid */;
}

/* VGPR_SIZE in 13:8 and SGPR_SIZE in 27:24, in units of 4 and 16 registers, less one. */
static uint32_t gpr_alloc(const struct swgpu_wave *w)
{
	return (w->nvgpr / 4 - 1) << 8 | 6u << 24;
}

bool swgpu_hwreg_read(const struct swgpu_wave *w, unsigned id, uint32_t *value)
{
	switch (id) {
	case HWREG_MODE: *value = w->mode; return true;
	case HWREG_STATUS: *value = status(w); return true;
	case HWREG_GPR_ALLOC: *value = gpr_alloc(w); return true;
	case HWREG_LDS_ALLOC: *value = (w->lds_size + 511) / 512 << 12; return true;
	case HWREG_SH_MEM_BASES:
		*value = (uint32_t)(w->env->shared_base >> 48) << 16 |
			 (uint32_t)(w->env->private_base >> 48);
		return true;
	case HWREG_TRAPSTS:
	case HWREG_HW_ID: /* every wave runs on slot 0 of the first CU */
	case HWREG_IB_STS: *value = 0; return true;
	default: return false;
	}
}

bool swgpu_hwreg_write(struct swgpu_wave *w, unsigned id, uint32_t mask, uint32_t value)
{
	if (id != HWREG_MODE || (value & mask & ~(uint32_t)WRITABLE))
		return false;
	w->mode = (w->mode & ~mask) | (value & mask);
	return true;
}
