/*
 * image_filter - image objects and samplers: a picture is blurred by a 5 x 5 binomial filter, which
 * reads beyond the edges as if the edge went on.
 */
#include "samples/opencl/picture.h"

static const char source[] =
    "__constant float weight[5] = {1, 4, 6, 4, 1};\n"
    "\n"
    "__kernel void blur(__read_only image2d_t in, sampler_t sampler, __write_only image2d_t out)\n"
    "{\n"
    "	int2 at = (int2)(get_global_id(0), get_global_id(1));\n"
    "	float4 sum = 0;\n"
    "\n"
    "	for (int y = -2; y <= 2; y++)\n"
    "		for (int x = -2; x <= 2; x++)\n"
    "			sum += weight[x + 2] * weight[y + 2] * read_imagef(in, sampler, at + "
    "(int2)(x, y));\n"
    "	write_imagef(out, at, sum / 256);\n"
    "}\n";

/* A test card: coloured squares with sharp edges, a disc, and a ramp. */
static void draw(uint8_t *rgba, size_t width, size_t height)
{
	for (size_t y = 0; y < height; y++) {
		for (size_t x = 0; x < width; x++) {
			double dx = (double)x / (double)width - 0.5,
			       dy = (double)y / (double)height - 0.5;
			bool disc = dx * dx + dy * dy < 0.09;
			size_t tile = x * 8 / width + y * 6 / height;
			uint8_t *p = rgba + 4 * (y * width + x);

			p[0] = tile % 2 != disc ? 235 : 20;
			p[1] = (uint8_t)(255 * x / width);
			p[2] = tile % 3 == 0 ? 220 : 60;
			p[3] = 255;
		}
	}
}

static size_t clamped(size_t at, int by, size_t size)
{
	ptrdiff_t to = (ptrdiff_t)at + by;

	return to < 0 ? 0 : (size_t)to >= size ? size - 1 : (size_t)to;
}

static void blur_on_cpu(const uint8_t *in, float *out, size_t width, size_t height)
{
	static const float weight[5] = {1, 4, 6, 4, 1};

	for (size_t i = 0; i < 4 * width * height; i++) {
		size_t channel = i % 4, x = i / 4 % width, y = i / 4 / width;
		float sum = 0;

		for (int dy = -2; dy <= 2; dy++)
			for (int dx = -2; dx <= 2; dx++)
				sum += weight[dx + 2] * weight[dy + 2] *
				       (float)in[4 * (clamped(y, dy, height) * width +
						      clamped(x, dx, width)) +
						 channel];
		out[i] = sum / 256;
	}
}

static cl_mem make_image(size_t width, size_t height, void *pixels)
{
	const cl_image_format format = {CL_RGBA, CL_UNORM_INT8};
	const cl_image_desc desc = {
	    .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = width, .image_height = height};
	cl_mem image;

	CL_TRY(image,
	       clCreateImage(sample.context,
			     pixels ? CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR : CL_MEM_WRITE_ONLY,
			     &format, &desc, pixels, &err));
	return image;
}

static void blur_on_gpu(uint8_t *in, uint8_t *out, size_t width, size_t height)
{
	const cl_sampler_properties properties[] = {CL_SAMPLER_NORMALIZED_COORDS,
						    CL_FALSE,
						    CL_SAMPLER_ADDRESSING_MODE,
						    CL_ADDRESS_CLAMP_TO_EDGE,
						    CL_SAMPLER_FILTER_MODE,
						    CL_FILTER_NEAREST,
						    0};
	const size_t size[3] = {width, height, 1}, origin[3] = {0, 0, 0};
	cl_program program = sample_build(source);
	cl_kernel kernel = sample_kernel(program, "blur");
	cl_mem image_in = make_image(width, height, in),
	       image_out = make_image(width, height, NULL);
	cl_sampler sampler;
	cl_event done;

	CL_TRY(sampler, clCreateSamplerWithProperties(sample.context, properties, &err));
	CL_CHECK(clSetKernelArg(kernel, 0, sizeof(image_in), &image_in));
	CL_CHECK(clSetKernelArg(kernel, 1, sizeof(sampler), &sampler));
	CL_CHECK(clSetKernelArg(kernel, 2, sizeof(image_out), &image_out));
	CL_CHECK(clEnqueueNDRangeKernel(sample.queue, kernel, 2, NULL, size, NULL, 0, NULL, &done));
	CL_CHECK(clEnqueueReadImage(sample.queue, image_out, CL_TRUE, origin, size, 0, 0, out, 0,
				    NULL, NULL));
	sample_report("kernel", done);
	clReleaseSampler(sampler);
	clReleaseMemObject(image_in);
	clReleaseMemObject(image_out);
	clReleaseKernel(kernel);
	clReleaseProgram(program);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "image_filter: a blur with image objects", 512, 64);

	const size_t width = sample.size, height = width * 3 / 4, n = 4 * width * height;
	uint8_t *in = sample_alloc(n), *out = sample_alloc(n);
	float *gpu = sample_alloc(n * sizeof(float)), *cpu = sample_alloc(n * sizeof(float));

	draw(in, width, height);
	blur_on_gpu(in, out, width, height);
	blur_on_cpu(in, cpu, width, height);
	for (size_t i = 0; i < n; i++) {
		gpu[i] = (float)out[i] / 255;
		cpu[i] = roundf(cpu[i]) / 255;
	}
	/* One step of 255: a sum that ends in about .5 may be rounded either way. */
	sample_compare("channels", gpu, cpu, n, 1.01 / 255);
	sample_picture("image_filter.png", out, width, height);
	free(in);
	free(out);
	free(gpu);
	free(cpu);
	return sample_end();
}
