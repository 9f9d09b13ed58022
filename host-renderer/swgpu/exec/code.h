/*
 * exec/code.h - predecoded machine code, kept by address and shared by all threads of one GPU
 * context.
 */
#ifndef SWGPU_EXEC_CODE_H
#define SWGPU_EXEC_CODE_H

#include "host-renderer/swgpu/exec/wave.h"

struct swgpu_code;

/* gfx: "gfx900", "gfx906" or "gfx90c"; decides which instructions exist. Returns 0, -EINVAL or
 * -ENOMEM. */
int swgpu_code_create(struct swgpu_code **out, const char *gfx);
void swgpu_code_destroy(struct swgpu_code *code);

/* Forgets everything: called for an instruction cache invalidate (PM4 ACQUIRE_MEM) and when memory
 * is unmapped. Safe while other threads execute: what they hold stays valid until they next look an
 * address up. */
void swgpu_code_flush(struct swgpu_code *code);

#endif
