/*
 * tests/isa/ref_image.h - descriptors of images, samplers and typed buffers for the reference and
 * for the generator of trials.
 */
#ifndef TESTS_ISA_REF_IMAGE_H
#define TESTS_ISA_REF_IMAGE_H

#include "tests/isa/ref_lane.h"

/* A data format: its code and the bits of its components, lowest first, up to a 0. */
struct ref_format {
	uint8_t code;
	uint8_t bits[5];
};

extern const struct ref_format ref_formats[];
extern const unsigned ref_format_count;

unsigned ref_format_bytes(const struct ref_format *f);

/* Whether a number format (code of the descriptor) can be used with f. */
bool ref_format_has(const struct ref_format *f, unsigned number);

/* By its code; NULL: none. */
const struct ref_format *ref_format_find(unsigned code);

/* Number formats: is it one of integers, what is 1 in it. */
bool ref_texel_integer(unsigned number);
uint32_t ref_texel_one(unsigned number);

/* The components of a texel's bytes (those that are not there are 0, 0, 0, 1), and 16 bytes of
 * which the texel's are valid. */
void ref_texel_unpack(const struct ref_format *f, unsigned number, const uint8_t *bytes,
		      uint32_t out[4]);
void ref_texel_pack(const struct ref_format *f, unsigned number, const uint32_t in[4],
		    uint8_t *bytes);

/* DST_SEL of four channels, and its inverse. */
void ref_texel_select(unsigned sels, unsigned number, const uint32_t in[4], uint32_t out[4]);
void ref_texel_unselect(unsigned sels, const uint32_t in[4], uint32_t out[4]);

/* Channels of instructions with D16. */
uint32_t ref_texel_to_16(unsigned number, uint32_t v);
uint32_t ref_texel_from_16(unsigned number, uint32_t h);

ref_wave_fn *ref_image_find(unsigned op);

#endif
