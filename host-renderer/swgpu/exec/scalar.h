/*
 * exec/scalar.h - operands of scalar instructions.
 *
 * The predecoder has checked that every scalar register of an operand is in the file.
 */
#ifndef SWGPU_EXEC_SCALAR_H
#define SWGPU_EXEC_SCALAR_H

#include "host-renderer/swgpu/exec/lanes.h"

static inline uint32_t sread32(const struct swgpu_wave *w, const struct swgpu_opnd *o)
{
	if (o->kind == SWGPU_OPND_SGPR)
		return w->s[o->reg];
	if (o->kind == SWGPU_OPND_SPECIAL)
		return (uint32_t)swgpu_special_value(w, o->reg);
	return (uint32_t)o->imm;
}

static inline uint64_t sread64(const struct swgpu_wave *w, const struct swgpu_opnd *o)
{
	if (o->kind == SWGPU_OPND_SGPR)
		return swgpu_s64(w, o->reg);
	if (o->kind == SWGPU_OPND_SPECIAL)
		return swgpu_special_value(w, o->reg);
	return o->imm;
}

static inline void swrite32(struct swgpu_wave *w, const struct swgpu_uop *u, uint32_t value)
{
	w->s[u->dst.reg] = value;
}

static inline void swrite64(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t value)
{
	swgpu_set_s64(w, u->dst.reg, value);
}

#endif
