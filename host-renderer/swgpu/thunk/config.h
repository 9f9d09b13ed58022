/*
 * thunk/config.h - what the software GPU is, from the environment.
 *
 * SWGPU_GFX      gfx906 (default), gfx900 or gfx90c: the instruction set that it executes
 * SWGPU_CUS      compute units that it reports; default: the processors that may be used
 * SWGPU_VRAM_MIB its memory; default: 4096, or half of the host's if that is less
 * SWGPU_LOG      error, warn (default), info or debug
 * HSA_OVERRIDE_GFX_VERSION  as for AMD's library: major.minor.stepping to report instead
 */
#ifndef SWGPU_THUNK_CONFIG_H
#define SWGPU_THUNK_CONFIG_H

#include <stdint.h>

struct swgpu_config {
	const char *gfx;                 /* "gfx906"; static */
	unsigned major, minor, stepping; /* to report */
	uint16_t device_id;
	uint32_t family_id; /* AMDGPU_FAMILY_ of amdgpu_drm.h */
	unsigned units;     /* compute units to report */
	unsigned threads;   /* to execute on, at most units */
	uint64_t vram_bytes, ram_bytes;
};

/* Reads the environment and the host. Returns 0, or -EINVAL with a line in the log that names the
 * variable and what it may be. */
int swgpu_config_read(struct swgpu_config *ret);

#endif
