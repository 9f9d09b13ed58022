/*
 * sub_groups - work-items that execute together exchange values without memory: sums and prefix
 * sums of a sub-group, and of the whole work-group from its sub-groups'.
 *
 * How large a sub-group is, is the device's choice (64 on gfx9); the result does not depend on it.
 */
#include "samples/opencl/sample.h"

#define GROUP 256

static const char source[] =
    "#pragma OPENCL EXTENSION cl_khr_subgroups : enable\n"
    "\n"
    "/* Prefix sums (each value's own included) of a work-group, and its sum. */\n"
    "__kernel void prefix_sums(__global const int *in, __global int *out, __global int *sums,\n"
    "                          __local int *totals)\n"
    "{\n"
    "	size_t i = get_global_id(0);\n"
    "	int value = in[i], sum = sub_group_scan_inclusive_add(value), before = 0;\n"
    "	int total = sub_group_reduce_add(value);\n"
    "\n"
    "	if (get_sub_group_local_id() == 0)\n"
    "		totals[get_sub_group_id()] = total;\n"
    "	barrier(CLK_LOCAL_MEM_FENCE);\n"
    "	for (uint group = 0; group < get_sub_group_id(); group++)\n"
    "		before += totals[group];\n"
    "	out[i] = before + sum;\n"
    "	if (get_local_id(0) == get_local_size(0) - 1)\n"
    "		sums[get_group_id(0)] = before + sum;\n"
    "}\n"
    "\n"
    "/* 1 where all, 2 where some of the sub-group's values are even; 4 more if lane 0's is. */\n"
    "__kernel void votes(__global const int *in, __global int *out, __global int *size)\n"
    "{\n"
    "	int even = in[get_global_id(0)] % 2 == 0;\n"
    "\n"
    "	out[get_global_id(0)] = (sub_group_all(even) ? 1 : 0) + (sub_group_any(even) ? 2 : 0) +\n"
    "				(sub_group_broadcast(even, 0) ? 4 : 0);\n"
    "	if (get_global_id(0) == 0)\n"
    "		*size = get_sub_group_size();\n"
    "}\n";

static void run(cl_kernel kernel, size_t n, const char *what)
{
	const size_t local = GROUP;
	cl_event done;

	CL_CHECK(clEnqueueNDRangeKernel(sample.queue, kernel, 1, NULL, &n, &local, 0, NULL, &done));
	sample_report(what, done);
}

static void read_back(cl_mem buffer, int *to, size_t n)
{
	CL_CHECK(clEnqueueReadBuffer(sample.queue, buffer, CL_TRUE, 0, n * sizeof(int), to, 0, NULL,
				     NULL));
}

static void check_sums(cl_program program, cl_mem in, const int *values, size_t n)
{
	cl_kernel kernel = sample_kernel(program, "prefix_sums");
	int *gpu = sample_alloc(n * sizeof(int)), *cpu = sample_alloc(n * sizeof(int));
	int *sums = sample_alloc(n / GROUP * sizeof(int)),
	    *cpu_sums = sample_alloc(n / GROUP * sizeof(int));
	cl_mem out = sample_buffer(n * sizeof(int), NULL);
	cl_mem dev_sums = sample_buffer(n / GROUP * sizeof(int), NULL);

	CL_CHECK(clSetKernelArg(kernel, 0, sizeof(in), &in));
	CL_CHECK(clSetKernelArg(kernel, 1, sizeof(out), &out));
	CL_CHECK(clSetKernelArg(kernel, 2, sizeof(dev_sums), &dev_sums));
	CL_CHECK(clSetKernelArg(kernel, 3, GROUP * sizeof(int), NULL));
	run(kernel, n, "prefix sums");
	read_back(out, gpu, n);
	read_back(dev_sums, sums, n / GROUP);
	for (size_t i = 0; i < n; i++) {
		cpu[i] = values[i] + (i % GROUP ? cpu[i - 1] : 0);
		cpu_sums[i / GROUP] = cpu[i];
	}
	sample_compare_int("prefix sums", gpu, cpu, n);
	sample_compare_int("sums", sums, cpu_sums, n / GROUP);
	clReleaseMemObject(out);
	clReleaseMemObject(dev_sums);
	clReleaseKernel(kernel);
	free(gpu);
	free(cpu);
	free(sums);
	free(cpu_sums);
}

static void check_votes(cl_program program, cl_mem in, const int *values, size_t n)
{
	cl_kernel kernel = sample_kernel(program, "votes");
	int *gpu = sample_alloc(n * sizeof(int)), *cpu = sample_alloc(n * sizeof(int));
	cl_mem out = sample_buffer(n * sizeof(int), NULL);
	cl_mem dev_size = sample_buffer(sizeof(int), NULL);
	int found = 0;
	size_t size;

	CL_CHECK(clSetKernelArg(kernel, 0, sizeof(in), &in));
	CL_CHECK(clSetKernelArg(kernel, 1, sizeof(out), &out));
	CL_CHECK(clSetKernelArg(kernel, 2, sizeof(dev_size), &dev_size));
	run(kernel, n, "votes");
	read_back(out, gpu, n);
	read_back(dev_size, &found, 1);
	size = found > 0 ? (size_t)found : 0;
	sample_expect("a sub-group's size divides the work-group's", size && GROUP % size == 0);
	for (size_t i = 0; size && i < n; i++) {
		size_t first = i / size * size, even = 0;

		for (size_t k = 0; k < size; k++)
			even += values[first + k] % 2 == 0;
		cpu[i] = (even == size) + 2 * (even > 0) + 4 * (values[first] % 2 == 0);
	}
	sample_compare_int("votes", gpu, cpu, n);
	clReleaseMemObject(out);
	clReleaseMemObject(dev_size);
	clReleaseKernel(kernel);
	free(gpu);
	free(cpu);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "sub_groups: prefix sums and votes between lanes", 1 << 20, 8192);

	const size_t n = (sample.size + GROUP - 1) / GROUP * GROUP;
	int *values = sample_alloc(n * sizeof(*values));
	float *random = sample_random(n, 0, 1000, 3);
	cl_program program = sample_build(source);
	cl_mem in;

	/* Every fourth work-group has even values only, the one after it odd ones. */
	for (size_t i = 0; i < n; i++) {
		values[i] = (int)random[i];
		if (i / GROUP % 4 < 2)
			values[i] = values[i] * 2 + (int)(i / GROUP % 4);
	}
	in = sample_buffer(n * sizeof(*values), values);
	check_sums(program, in, values, n);
	check_votes(program, in, values, n);
	clReleaseMemObject(in);
	clReleaseProgram(program);
	free(values);
	free(random);
	return sample_end();
}
