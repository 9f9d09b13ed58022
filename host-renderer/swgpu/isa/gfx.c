/*
 * isa/gfx.c - one row a GPU.
 */
#include "host-renderer/swgpu/isa/gfx.h"

#include <errno.h>
#include <string.h>

#define EF_MACH_MASK 0xffu

static const struct swgpu_gfx_info gpus[SWGPU_GFX_COUNT] = {
    [SWGPU_GFX900] = {"gfx900", 0x2c, 9, 0, 0},
    [SWGPU_GFX906] = {"gfx906", 0x2f, 9, 0, 6},
    [SWGPU_GFX90C] = {"gfx90c", 0x32, 9, 0, 12},
};

const struct swgpu_gfx_info *swgpu_gfx_info(enum swgpu_gfx gfx)
{
	return &gpus[gfx < SWGPU_GFX_COUNT ? gfx : SWGPU_GFX906];
}

int swgpu_gfx_by_name(const char *name, enum swgpu_gfx *out)
{
	for (int gfx = 0; name && gfx < SWGPU_GFX_COUNT; gfx++) {
		if (strcmp(gpus[gfx].name, name) == 0) {
			*out = (enum swgpu_gfx)gfx;
			return 0;
		}
	}
	return -EINVAL;
}

int swgpu_gfx_by_mach(uint32_t e_flags, enum swgpu_gfx *out)
{
	for (int gfx = 0; gfx < SWGPU_GFX_COUNT; gfx++) {
		if (gpus[gfx].mach == (e_flags & EF_MACH_MASK)) {
			*out = (enum swgpu_gfx)gfx;
			return 0;
		}
	}
	return -ENOENT;
}
