/*
 * samples/opencl/picture.h - a picture in a PNG file, for the samples that make one.
 */
#ifndef SAMPLE_PICTURE_H
#define SAMPLE_PICTURE_H

#include <png.h>

#include "samples/opencl/sample.h"

/* Writes width x height pixels of 4 bytes (red, green, blue, alpha) to --out, or else to `file`. */
static inline void sample_picture(const char *file, const void *rgba, size_t width, size_t height)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
			   .width = (png_uint_32)width,
			   .height = (png_uint_32)height,
			   .format = PNG_FORMAT_RGBA};

	if (sample.out)
		file = sample.out;
	sample_expect("picture written",
		      png_image_write_to_file(&image, file, 0, rgba, 0, NULL) != 0);
	printf("  picture: %s, %zu x %zu\n", file, width, height);
}

#endif
