/*
 * exec/valu_mad.h - multiply-add with two roundings: v_mad, v_mac, v_madmk, v_madak.
 *
 * The hardware flushes denormals before, between and after, whatever MODE says of them.
 * Source: LLVM AMDGPU, where the intrinsic llvm.amdgcn.fmad.ftz is these instructions, and they are
 * not used for a multiply-add that must keep denormals.
 */
#ifndef SWGPU_EXEC_VALU_MAD_H
#define SWGPU_EXEC_VALU_MAD_H

#include "host-renderer/swgpu/exec/valu_lane.h"

/* x, or a zero of its sign where it is nearer to zero than `least`, given as a float's bits. */
static inline float valu_flush_below(float x, uint32_t least)
{
	uint32_t bits = valu_b32(x);

	return valu_f32((bits & 0x7fffffff) < least ? bits & 0x80000000 : bits);
}

static inline float valu_flush32(float x)
{
	return valu_flush_below(x, 0x00800000);
}

static inline float valu_mad_f32(float a, float b, float c)
{
	float product = valu_flush32(valu_flush32(a) * valu_flush32(b));

	return valu_flush32(product + valu_flush32(c));
}

/* Zero times anything is zero. */
static inline float valu_mad_legacy_f32(float a, float b, float c)
{
	float x = valu_flush32(a), y = valu_flush32(b);
	float product = valu_flush32(x * y);

	product = x == 0.0f || y == 0.0f ? 0.0f : product;
	return valu_flush32(product + valu_flush32(c));
}

/* A half that a float holds. */
static inline float valu_flush16(float x)
{
	return valu_flush_below(x, 0x38800000 /* 2^-14 */);
}

/* Of halves. The sum of two that are not denormal is exact wherever it is less than 2^-14. */
static inline float valu_mad_f16(float a, float b, float c)
{
	float product = valu_from_f16(valu_to_f16(valu_flush16(a) * valu_flush16(b)));

	return valu_flush16(valu_flush16(product) + valu_flush16(c));
}

#endif
