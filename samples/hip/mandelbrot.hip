/*
 * mandelbrot - a picture: one work-item a point, each with as many steps as its point needs.
 *
 * The same function runs on the CPU, with contraction to fused multiply-adds off, so that both must
 * agree exactly.
 */
#include "sample.h"

#include <png.h>

constexpr int LIMIT = 400;
constexpr float ESCAPE = 65536; /* square of the radius; large, so that the colours have no steps */

struct point {
	int steps;    /* until the point escaped; LIMIT if it did not */
	float square; /* of its distance from the origin then */
};

__host__ __device__ inline point iterate(float cx, float cy)
{
#pragma clang fp contract(off)
	float x = 0, y = 0, xx = 0, yy = 0;
	int steps = 0;

	for (; steps < LIMIT && xx + yy < ESCAPE; steps++) {
		y = 2 * x * y + cy;
		x = xx - yy + cx;
		xx = x * x;
		yy = y * y;
	}
	return {steps, xx + yy};
}

/* Pixel (px, py) of a picture `width` wide and 3/4 of that high, which shows the whole set. */
__host__ __device__ inline point pixel(unsigned px, unsigned py, unsigned width)
{
#pragma clang fp contract(off)
	float scale = 3.2f / float(width);

	return iterate(float(px) * scale - 2.2f, float(py) * scale - 1.2f);
}

__global__ void mandelbrot(point *out, unsigned width, unsigned height)
{
	unsigned x = blockIdx.x * blockDim.x + threadIdx.x,
		 y = blockIdx.y * blockDim.y + threadIdx.y;

	if (x < width && y < height)
		out[y * width + x] = pixel(x, y, width);
}

/* One colour channel: a wave along the number of steps, shifted by `phase`. */
static uint8_t channel(double steps, double phase)
{
	return uint8_t(255 * (0.5 - 0.5 * cos(0.35 * sqrt(steps) * 2.2 + phase)));
}

static void write_picture(const char *file, const std::vector<point> &points, unsigned width,
			  unsigned height)
{
	std::vector<uint8_t> rgb;
	png_image image = {};

	for (const point &p : points) {
		double steps = p.steps + 1 - log2(log2(fmax(p.square, 4)) / log2(ESCAPE));

		if (p.steps == LIMIT)
			rgb.insert(rgb.end(), {0, 0, 0});
		else
			rgb.insert(rgb.end(),
				   {channel(steps, 4.1), channel(steps, 4.9), channel(steps, 5.8)});
	}
	image.version = PNG_IMAGE_VERSION;
	image.width = width;
	image.height = height;
	image.format = PNG_FORMAT_RGB;
	sample_expect("picture written",
		      png_image_write_to_file(&image, file, 0, rgb.data(), 0, nullptr) != 0);
	printf("  picture: %s, %u x %u\n", file, width, height);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "mandelbrot: a picture, one work-item a point", 800, 120);

	const unsigned width = unsigned(sample_opt.size), height = width * 3 / 4;
	const dim3 block(8, 8), grid(sample_blocks(width, block.x), sample_blocks(height, block.y));
	std::vector<int> steps_gpu, steps_cpu;
	std::vector<float> square_gpu, square_cpu;
	device_array<point> dev(size_t(width) * height);

	sample_timer timer;
	mandelbrot<<<grid, block>>>(dev.get(), width, height);
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 1e-6 * width * height, "million points");

	std::vector<point> points = dev.to_host();

	for (unsigned y = 0; y < height; y++) {
		for (unsigned x = 0; x < width; x++) {
			point gpu = points[y * width + x], cpu = pixel(x, y, width);

			steps_gpu.push_back(gpu.steps);
			steps_cpu.push_back(cpu.steps);
			square_gpu.push_back(gpu.square);
			square_cpu.push_back(cpu.square);
		}
	}
	sample_compare("steps", steps_gpu, steps_cpu);
	sample_compare("squares", square_gpu, square_cpu);
	write_picture(sample_opt.out ? sample_opt.out : "mandelbrot.png", points, width, height);
	return sample_end();
}
