/*
 * exec/image.h - images as their descriptors say, and what MIMG instructions do with them. Private
 * to exec/.
 *
 * How texels lie in memory is the GPU's own affair: programs reach them only through these
 * instructions, and the runtime asks a library of AMD's for sizes that are enough for any tiling.
 * Here every image is rows of texels, `pitch` texels apart, and slices of as many rows as the image
 * has, whatever tiling its descriptor names.
 *
 * Not there, and refused as an illegal instruction: more than one level of detail, cubes, several
 * samples a texel, compression, anisotropic filters.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapters 8.2.4 (descriptors), 12.16.
 */
#ifndef SWGPU_EXEC_IMAGE_H
#define SWGPU_EXEC_IMAGE_H

#include "host-renderer/swgpu/exec/texel.h"
#include "host-renderer/swgpu/exec/wave.h"

struct swgpu_image {
	uint64_t base;
	struct swgpu_texel_format format;
	uint32_t sels;    /* DST_SEL x, y, z, w: 3 bits each */
	unsigned dims;    /* 1, 2 or 3 coordinates in a slice or volume */
	bool layer;       /* one more coordinate, for the layer */
	uint32_t size[3]; /* by coordinate; 1 where there is none */
	uint32_t layers;
	uint32_t first_layer;
	uint64_t pitch; /* texels from row to row */
};

/* Reads the 8 words of a descriptor. da: the instruction has a coordinate for the layer. False: an
 * image that is not done here. */
bool swgpu_image_read(const uint32_t *words, bool da, struct swgpu_image *out);

/* GPU address of a texel that is in the image; z: depth or layer. */
uint64_t swgpu_image_texel(const struct swgpu_image *m, uint32_t x, uint32_t y, uint32_t z);

/* Reads a texel. Returns false, with the wave stopped, where its memory is not mapped. */
bool swgpu_image_fetch(struct swgpu_wave *w, const struct swgpu_image *m, uint64_t va,
		       uint32_t texel[4]);

/* The image of u's descriptor; `coords` address registers are needed beside the image's own. False:
 * the wave has stopped. */
bool swgpu_image_begin(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned more,
		       struct swgpu_image *out);

/* Integer coordinates of a lane to a GPU address; mip: there is a level of detail, too. False: they
 * are outside of the image. */
bool swgpu_image_place(const struct swgpu_wave *w, const struct swgpu_uop *u,
		       const struct swgpu_image *m, unsigned lane, bool mip, uint64_t *va);

/* Gives a lane the channels that dmask names, as D16 says. */
void swgpu_image_put(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_image *m,
		     unsigned lane, const uint32_t channel[4]);

void swgpu_image_load(struct swgpu_wave *w, const struct swgpu_uop *u, bool mip);
void swgpu_image_store(struct swgpu_wave *w, const struct swgpu_uop *u, bool mip);
void swgpu_image_resinfo(struct swgpu_wave *w, const struct swgpu_uop *u);

enum swgpu_sample {
	SWGPU_SAMPLE_LZ,    /* the first level */
	SWGPU_SAMPLE_LEVEL, /* the level is the last address register */
	SWGPU_SAMPLE_QUAD,  /* level by the differences between neighbouring lanes */
	SWGPU_SAMPLE_SLOPE, /* level by derivatives, which come first */
	SWGPU_SAMPLE_GATHER /* the first level; one component of four texels */
};

void swgpu_image_sample(struct swgpu_wave *w, const struct swgpu_uop *u, enum swgpu_sample how);

#endif
