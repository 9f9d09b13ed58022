/*
 * exec/texel.h - the formats of texels, as image and buffer descriptors name them.
 *
 * A component in a register is a float, or for the integer formats a 32-bit integer.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 8.2.5 (data and number formats), and the
 * conversion rules of the OpenCL C 2.0 specification, chapter 8.3. The names of packed formats
 * count components from the top bits down: the first component is in the lowest bits.
 */
#ifndef SWGPU_EXEC_TEXEL_H
#define SWGPU_EXEC_TEXEL_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers as in the descriptors. */
enum swgpu_texel_kind {
	SWGPU_TEXEL_UNORM = 0,
	SWGPU_TEXEL_SNORM = 1,
	SWGPU_TEXEL_USCALED = 2,
	SWGPU_TEXEL_SSCALED = 3,
	SWGPU_TEXEL_UINT = 4,
	SWGPU_TEXEL_SINT = 5,
	SWGPU_TEXEL_FLOAT = 7,
	SWGPU_TEXEL_SRGB = 9, /* images only; the fourth component is UNORM */
};

struct swgpu_texel_format {
	uint8_t bytes; /* of a texel */
	uint8_t count; /* components, 1 to 4 */
	uint8_t kind;  /* enum swgpu_texel_kind */
	struct {
		uint8_t shift, bits;
	} part[4];
};

/* The format with these two codes of a descriptor. False: there is none, or it is one of those that
 * only graphics uses (compressed, depth with stencil, bits). */
bool swgpu_texel_format(unsigned data, unsigned number, struct swgpu_texel_format *out);

bool swgpu_texel_is_integer(const struct swgpu_texel_format *f);

/* The texel at `at`, any alignment. Components that the format does not have are 0, 0, 0, 1. */
void swgpu_texel_load(const struct swgpu_texel_format *f, const uint8_t *at, uint32_t out[4]);

/* Writes it. Values out of the format's range become the nearest in it; a NaN becomes 0 where the
 * format has none. */
void swgpu_texel_store(const struct swgpu_texel_format *f, uint8_t *at, const uint32_t in[4]);

/* 1 as a component of this format. */
uint32_t swgpu_texel_one(const struct swgpu_texel_format *f);

/* What a descriptor's DST_SEL fields (12 bits: x, y, z, w) make of a texel's components. */
void swgpu_texel_select(const struct swgpu_texel_format *f, uint32_t sels, const uint32_t in[4],
			uint32_t out[4]);

/* The other way round, for a store: each component from the first channel that would be read from
 * it, or 0. */
void swgpu_texel_unselect(uint32_t sels, const uint32_t in[4], uint32_t out[4]);

/* A component as 16 bits, for instructions with D16, and back. */
uint32_t swgpu_texel_to_d16(const struct swgpu_texel_format *f, uint32_t value);
uint32_t swgpu_texel_from_d16(const struct swgpu_texel_format *f, uint32_t half);

#endif
