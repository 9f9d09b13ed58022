/*
 * julia - a picture: one work-item a point of a Julia set, coloured by how fast it escapes.
 *
 * Without fused multiply-adds, so that the CPU must count exactly the same steps.
 */
#include "samples/opencl/picture.h"

#define LIMIT 300

static const char source[] =
    "#pragma OPENCL FP_CONTRACT OFF\n"
    "\n"
    "__kernel void julia(__global int *steps, int width, int height, float cx, float cy)\n"
    "{\n"
    "	int px = get_global_id(0), py = get_global_id(1), n = 0;\n"
    "	float scale = 3.2f / (float)width, x, y, xx, yy;\n"
    "\n"
    "	x = (float)(px - width / 2) * scale;\n"
    "	y = (float)(py - height / 2) * scale;\n"
    "	xx = x * x;\n"
    "	yy = y * y;\n"
    "	for (; n < 300 && xx + yy < 16; n++) {\n"
    "		y = 2 * x * y + cy;\n"
    "		x = xx - yy + cx;\n"
    "		xx = x * x;\n"
    "		yy = y * y;\n"
    "	}\n"
    "	steps[py * width + px] = n;\n"
    "}\n";

static const float cx = -0.8f, cy = 0.156f;

static int steps_on_cpu(int px, int py, int width, int height)
{
	float scale = 3.2f / (float)width;
	float x = (float)(px - width / 2) * scale, y = (float)(py - height / 2) * scale;
	float xx = x * x, yy = y * y;
	int n = 0;

	for (; n < LIMIT && xx + yy < 16; n++) {
		y = 2 * x * y + cy;
		x = xx - yy + cx;
		xx = x * x;
		yy = y * y;
	}
	return n;
}

static void colour(const int *steps, uint8_t *rgba, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double t = sqrt((double)steps[i] / LIMIT);

		rgba[4 * i] = (uint8_t)(255 * fmin(1, 1.6 * t * t));
		rgba[4 * i + 1] = (uint8_t)(255 * (0.5 - 0.5 * cos(6.0 * t)) * 0.9);
		rgba[4 * i + 2] = (uint8_t)(255 * fmin(1, 0.25 + 2.2 * t * (1 - t) * 1.3));
		rgba[4 * i + 3] = 255;
	}
}

static void steps_on_gpu(int *steps, int width, int height)
{
	const size_t size[2] = {(size_t)width, (size_t)height},
		     bytes = size[0] * size[1] * sizeof(*steps);
	cl_program program = sample_build(source);
	cl_kernel kernel = sample_kernel(program, "julia");
	cl_mem buffer = sample_buffer(bytes, NULL);
	cl_event done;

	CL_CHECK(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	CL_CHECK(clSetKernelArg(kernel, 1, sizeof(width), &width));
	CL_CHECK(clSetKernelArg(kernel, 2, sizeof(height), &height));
	CL_CHECK(clSetKernelArg(kernel, 3, sizeof(cx), &cx));
	CL_CHECK(clSetKernelArg(kernel, 4, sizeof(cy), &cy));
	CL_CHECK(clEnqueueNDRangeKernel(sample.queue, kernel, 2, NULL, size, NULL, 0, NULL, &done));
	CL_CHECK(
	    clEnqueueReadBuffer(sample.queue, buffer, CL_TRUE, 0, bytes, steps, 0, NULL, NULL));
	sample_report("kernel", done);
	clReleaseMemObject(buffer);
	clReleaseKernel(kernel);
	clReleaseProgram(program);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "julia: a picture, one work-item a point", 800, 96);

	const int width = (int)sample.size, height = width * 5 / 8;
	const size_t n = (size_t)width * (size_t)height;
	int *gpu = sample_alloc(n * sizeof(*gpu)), *cpu = sample_alloc(n * sizeof(*cpu));
	uint8_t *rgba = sample_alloc(4 * n);

	steps_on_gpu(gpu, width, height);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			cpu[(size_t)y * (size_t)width + (size_t)x] =
			    steps_on_cpu(x, y, width, height);
	sample_compare_int("steps", gpu, cpu, n);
	colour(gpu, rgba, n);
	sample_picture("julia.png", rgba, (size_t)width, (size_t)height);
	free(gpu);
	free(cpu);
	free(rgba);
	return sample_end();
}
