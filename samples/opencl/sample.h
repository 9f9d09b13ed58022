/*
 * samples/opencl/sample.h - what every OpenCL sample needs and none of them is about: options, a
 * device, error checks, comparison.
 *
 * As with the HIP samples, standard output is the same each time: inputs come from a fixed seed,
 * and no time or address is printed there. Times go to standard error, and only with --time.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#define CL_TARGET_OPENCL_VERSION 200
#include <CL/cl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_FN static inline __attribute__((unused))

static struct {
	size_t size;     /* problem size; what it counts is the sample's choice */
	bool quick;      /* a small run, for tests */
	bool time;       /* report times */
	const char *out; /* file to write, where the sample writes one; or NULL */
	bool failed;
	cl_device_id device;
	cl_context context;
	cl_command_queue queue; /* in order, with profiling */
} sample;

/* Ends the program with the call and its place if it did not succeed. CL_TRY is for functions that
 * return what they make and take a cl_int to fill in, which is called `err` there. */
#define CL_CHECK(call) sample_check(call, #call, __FILE__, __LINE__)
#define CL_TRY(ret, call)                                     \
	do {                                                  \
		cl_int err;                                   \
		(ret) = (call);                               \
		sample_check(err, #call, __FILE__, __LINE__); \
	} while (0)

SAMPLE_FN void sample_check(cl_int err, const char *call, const char *file, int line)
{
	if (err == CL_SUCCESS)
		return;
	fflush(stdout);
	fprintf(stderr, "%s:%d: %s: error %d\n", file, line, call, err);
	exit(1);
}

SAMPLE_FN void sample_usage(const char *program, size_t normal, size_t quick, int status)
{
	fprintf(status ? stderr : stdout,
		"usage: %s [--size N] [--quick] [--time] [--out FILE]\n"
		"  --size N    problem size (%zu)\n"
		"  --quick     a small problem (%zu)\n"
		"  --time      report times on standard error\n"
		"  --out FILE  where to write a picture, if this sample makes one\n",
		program, normal, quick);
	exit(status);
}

SAMPLE_FN void sample_options(int argc, char **argv, size_t normal, size_t quick)
{
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;
		char *end = NULL;

		if (!strcmp(argv[i], "--quick"))
			sample.quick = true;
		else if (!strcmp(argv[i], "--time"))
			sample.time = true;
		else if (!strcmp(argv[i], "--out") && more)
			sample.out = argv[++i];
		else if (!strcmp(argv[i], "--size") && more)
			sample.size = strtoull(argv[++i], &end, 0);
		else
			sample_usage(argv[0], normal, quick, strcmp(argv[i], "--help") ? 2 : 0);
		if (end && (*end || !sample.size))
			sample_usage(argv[0], normal, quick, 2);
	}
	if (!sample.size)
		sample.size = sample.quick ? quick : normal;
}

/* The first GPU of any platform; without one, the first device of all. */
SAMPLE_FN cl_device_id sample_find_device(void)
{
	static const cl_device_type wanted[] = {CL_DEVICE_TYPE_GPU, CL_DEVICE_TYPE_ALL};
	cl_platform_id platform[16];
	cl_device_id device;
	cl_uint num = 0;

	if (clGetPlatformIDs(16, platform, &num) != CL_SUCCESS)
		num = 0;
	for (int type = 0; type < 2; type++)
		for (cl_uint i = 0; i < num && i < 16; i++)
			if (clGetDeviceIDs(platform[i], wanted[type], 1, &device, NULL) ==
			    CL_SUCCESS)
				return device;
	fprintf(stderr, "no OpenCL device (%u platforms)\n", num);
	exit(1);
}

/* Reads the options, prints the sample's title, and makes a context and a queue on the device.
 * `normal` and `quick` are the sizes of a run without --size. Call it first. */
SAMPLE_FN void sample_begin(int argc, char **argv, const char *title, size_t normal, size_t quick)
{
	const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE,
						  0};
	char name[256] = "";

	sample_options(argc, argv, normal, quick);
	printf("%s, size %zu\n", title, sample.size);
	sample.device = sample_find_device();
	CL_CHECK(clGetDeviceInfo(sample.device, CL_DEVICE_NAME, sizeof(name) - 1, name, NULL));
	if (sample.time)
		fprintf(stderr, "  device: %s\n", name);
	CL_TRY(sample.context, clCreateContext(NULL, 1, &sample.device, NULL, NULL, &err));
	CL_TRY(sample.queue,
	       clCreateCommandQueueWithProperties(sample.context, sample.device, properties, &err));
}

/* Prints the verdict; its result is the program's exit status. */
SAMPLE_FN int sample_end(void)
{
	clReleaseCommandQueue(sample.queue);
	clReleaseContext(sample.context);
	printf("%s\n", sample.failed ? "FAIL" : "PASS");
	return sample.failed;
}

/* Compiles a program as OpenCL C 2.0; with what the compiler says if that fails. */
SAMPLE_FN cl_program sample_build(const char *source)
{
	cl_program program;
	static char log[16384];

	CL_TRY(program, clCreateProgramWithSource(sample.context, 1, &source, NULL, &err));
	if (clBuildProgram(program, 1, &sample.device, "-cl-std=CL2.0", NULL, NULL) != CL_SUCCESS) {
		clGetProgramBuildInfo(program, sample.device, CL_PROGRAM_BUILD_LOG, sizeof(log) - 1,
				      log, NULL);
		fprintf(stderr, "%s\n", log);
		exit(1);
	}
	return program;
}

SAMPLE_FN cl_kernel sample_kernel(cl_program program, const char *name)
{
	cl_kernel kernel;

	CL_TRY(kernel, clCreateKernel(program, name, &err));
	return kernel;
}

/* Memory of the device, with a copy of `host` in it if that is not NULL. */
SAMPLE_FN cl_mem sample_buffer(size_t bytes, void *host)
{
	cl_mem buffer;

	CL_TRY(buffer,
	       clCreateBuffer(sample.context, CL_MEM_READ_WRITE | (host ? CL_MEM_COPY_HOST_PTR : 0),
			      bytes, host, &err));
	return buffer;
}

SAMPLE_FN void *sample_alloc(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (memory)
		return memory;
	fprintf(stderr, "out of memory\n");
	exit(1);
}

/* Notes one condition that must hold. */
SAMPLE_FN void sample_expect(const char *what, bool holds)
{
	printf("  %s: %s\n", what, holds ? "ok" : "WRONG");
	sample.failed |= !holds;
}

/* Compares what the GPU computed with what the CPU did. A value may be off by `tolerance`, relative
 * to its size where that is above 1; 0 asks for equality. */
SAMPLE_FN void sample_compare(const char *what, const float *gpu, const float *cpu, size_t n,
			      double tolerance)
{
	size_t wrong = 0, first = 0;
	double max = 0;

	for (size_t i = 0; i < n; i++) {
		double error = fabs((double)gpu[i] - (double)cpu[i]);

		if (!(error <= tolerance * fmax(1, fabs((double)cpu[i]))) && !wrong++)
			first = i;
		max = fmax(max, error);
	}
	printf("  %s: %zu values, max error %.3g: %s\n", what, n, max, wrong ? "WRONG" : "ok");
	if (wrong)
		printf("  %s: %zu wrong, first [%zu]: GPU %.9g, CPU %.9g\n", what, wrong, first,
		       (double)gpu[first], (double)cpu[first]);
	sample.failed |= wrong != 0;
}

/* The same, for whole numbers that must be equal. */
SAMPLE_FN void sample_compare_int(const char *what, const int *gpu, const int *cpu, size_t n)
{
	size_t wrong = 0, first = 0;

	for (size_t i = 0; i < n; i++)
		if (gpu[i] != cpu[i] && !wrong++)
			first = i;
	printf("  %s: %zu values, %zu differ: %s\n", what, n, wrong, wrong ? "WRONG" : "ok");
	if (wrong)
		printf("  %s: first [%zu]: GPU %d, CPU %d\n", what, first, gpu[first], cpu[first]);
	sample.failed |= wrong != 0;
}

/* The same n numbers in [low, high) on each run (a linear congruential generator, Knuth's
 * constants). */
SAMPLE_FN float *sample_random(size_t n, float low, float high, uint64_t seed)
{
	float *values = sample_alloc(n * sizeof(*values));

	for (size_t i = 0; i < n; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		values[i] = low + (high - low) * ((float)(seed >> 40) / 16777216.0f);
	}
	return values;
}

/* Milliseconds that a command took on the device; reported with --time. */
SAMPLE_FN void sample_report(const char *what, cl_event event)
{
	cl_ulong start, end;

	CL_CHECK(clWaitForEvents(1, &event));
	CL_CHECK(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof(start), &start,
					 NULL));
	CL_CHECK(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof(end), &end, NULL));
	if (sample.time)
		fprintf(stderr, "  time %s: %.3f ms\n", what, (double)(end - start) * 1e-6);
	clReleaseEvent(event);
}

#endif
