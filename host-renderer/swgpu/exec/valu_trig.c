/*
 * exec/valu_trig.c - v_trig_preop_f64: the part of 2/pi that an argument reduction needs.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.12.
 */
#include "host-renderer/swgpu/exec/valu_float.h"
#include "host-renderer/swgpu/exec/valu_loop.h"

/* The first 1201 bits of 2/pi after the binary point, from the highest on; then zeros. */
static const uint64_t two_over_pi[20] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b0000,
};

/* 53 bits of 2/pi from bit 53 * n on, further down by as much as a is too large for its bits before
 * to matter, as a number with their weight; the weight is 2^128 more where a denormal threatens. */
static inline double op_v_trig_preop_f64(double a, uint32_t n)
{
	int32_t exponent = (int32_t)(valu_b64(a) >> 52 & 0x7ff), shift = (int32_t)(n & 31) * 53;

	shift += exponent > 1077 ? exponent - 1077 : 0;
	int32_t word = valu_clamp32(shift >> 6, 0, 18), bit = shift & 63;
	uint64_t next = bit ? two_over_pi[word + 1] >> (64 - bit) : 0;
	uint64_t bits = shift > 1200 ? 0 : (two_over_pi[word] << bit | next) >> 11;
	int32_t scale = -53 - shift + (exponent >= 1968 ? 128 : 0),
		first = valu_clamp32(scale, -1000, 0);

	return (double)bits * valu_exp2i(first) * valu_exp2i(valu_clamp32(scale - first, -1000, 0));
}

VALU2(v_trig_preop_f64, EXACT, F64, F64, B32)
