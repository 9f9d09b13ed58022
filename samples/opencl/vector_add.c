/*
 * vector_add - the smallest OpenCL program: a platform's device, a context, a queue, memory, one
 * kernel from source.
 *
 * This one spells out the calls around the kernel; sample.h has those before it (sample_begin).
 */
#include "samples/opencl/sample.h"

static const char source[] =
    "__kernel void vector_add(__global const float *a, __global const float *b,\n"
    "                         __global float *sum)\n"
    "{\n"
    "	size_t i = get_global_id(0);\n"
    "\n"
    "	sum[i] = a[i] + b[i];\n"
    "}\n";

int main(int argc, char **argv)
{
	cl_mem dev_a, dev_b, dev_sum;
	cl_program program;
	cl_kernel kernel;
	cl_event done;

	sample_begin(argc, argv, "vector_add: one work-item adds one pair of numbers", 1 << 20,
		     10000);

	const size_t n = sample.size, bytes = n * sizeof(float);
	float *a = sample_random(n, -1, 1, 1), *b = sample_random(n, -1, 1, 2);
	float *sum = sample_alloc(bytes), *expected = sample_alloc(bytes);

	CL_TRY(dev_a, clCreateBuffer(sample.context, CL_MEM_READ_ONLY, bytes, NULL, &err));
	CL_TRY(dev_b, clCreateBuffer(sample.context, CL_MEM_READ_ONLY, bytes, NULL, &err));
	CL_TRY(dev_sum, clCreateBuffer(sample.context, CL_MEM_WRITE_ONLY, bytes, NULL, &err));
	CL_CHECK(clEnqueueWriteBuffer(sample.queue, dev_a, CL_FALSE, 0, bytes, a, 0, NULL, NULL));
	CL_CHECK(clEnqueueWriteBuffer(sample.queue, dev_b, CL_FALSE, 0, bytes, b, 0, NULL, NULL));

	program = sample_build(source);
	CL_TRY(kernel, clCreateKernel(program, "vector_add", &err));
	CL_CHECK(clSetKernelArg(kernel, 0, sizeof(dev_a), &dev_a));
	CL_CHECK(clSetKernelArg(kernel, 1, sizeof(dev_b), &dev_b));
	CL_CHECK(clSetKernelArg(kernel, 2, sizeof(dev_sum), &dev_sum));
	CL_CHECK(clEnqueueNDRangeKernel(sample.queue, kernel, 1, NULL, &n, NULL, 0, NULL, &done));
	CL_CHECK(clEnqueueReadBuffer(sample.queue, dev_sum, CL_TRUE, 0, bytes, sum, 0, NULL, NULL));
	sample_report("kernel", done);

	for (size_t i = 0; i < n; i++)
		expected[i] = a[i] + b[i];
	sample_compare("sum", sum, expected, n, 0);

	clReleaseMemObject(dev_a);
	clReleaseMemObject(dev_b);
	clReleaseMemObject(dev_sum);
	clReleaseKernel(kernel);
	clReleaseProgram(program);
	free(a);
	free(b);
	free(sum);
	free(expected);
	return sample_end();
}
