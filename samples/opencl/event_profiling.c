/*
 * event_profiling - commands in an order that events alone give them, and what the events tell of
 * their times.
 *
 * The queue may execute its commands in any order. Two parts of an array go through the same three
 * steps; the steps of one part wait for each other, those of different parts do not.
 */
#include "samples/opencl/sample.h"

#define ROUNDS 200

static const char source[] = "__kernel void logistic(__global float *x, int rounds)\n"
			     "{\n"
			     "#pragma OPENCL FP_CONTRACT OFF\n"
			     "	float v = x[get_global_id(0)];\n"
			     "\n"
			     "	for (int i = 0; i < rounds; i++)\n"
			     "		v = 3.5f * v * (1 - v);\n"
			     "	x[get_global_id(0)] = v;\n"
			     "}\n";

enum { WRITE, KERNEL, READ, STEPS };
static const char *const step_name[STEPS] = {"write", "kernel", "read"};

struct times {
	cl_ulong queued, submitted, started, ended; /* ns of the device's clock */
};

static struct times times_of(cl_event event)
{
	static const cl_profiling_info what[] = {
	    CL_PROFILING_COMMAND_QUEUED, CL_PROFILING_COMMAND_SUBMIT, CL_PROFILING_COMMAND_START,
	    CL_PROFILING_COMMAND_END};
	cl_ulong t[4];

	for (int i = 0; i < 4; i++)
		CL_CHECK(clGetEventProfilingInfo(event, what[i], sizeof(t[i]), &t[i], NULL));
	return (struct times){t[0], t[1], t[2], t[3]};
}

static cl_command_queue make_queue(void)
{
	const cl_queue_properties properties[] = {
	    CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE,
	    0};
	cl_command_queue queue;

	CL_TRY(queue,
	       clCreateCommandQueueWithProperties(sample.context, sample.device, properties, &err));
	return queue;
}

/* Puts the three steps of a part into the queue; event: one a step. */
static void enqueue(cl_command_queue queue, cl_kernel kernel, cl_mem buffer, float *x, size_t n,
		    cl_event event[STEPS])
{
	const cl_int rounds = ROUNDS;

	CL_CHECK(clEnqueueWriteBuffer(queue, buffer, CL_FALSE, 0, n * sizeof(*x), x, 0, NULL,
				      &event[WRITE]));
	CL_CHECK(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	CL_CHECK(clSetKernelArg(kernel, 1, sizeof(rounds), &rounds));
	CL_CHECK(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &n, NULL, 1, &event[WRITE],
					&event[KERNEL]));
	CL_CHECK(clEnqueueReadBuffer(queue, buffer, CL_FALSE, 0, n * sizeof(*x), x, 1,
				     &event[KERNEL], &event[READ]));
}

static void check_times(const cl_event event[STEPS], const char *part)
{
	struct times t[STEPS];
	bool each = true, between = true;

	for (int i = 0; i < STEPS; i++) {
		t[i] = times_of(event[i]);
		each = each && t[i].queued <= t[i].submitted && t[i].submitted <= t[i].started &&
		       t[i].started <= t[i].ended;
		between = between && (i == 0 || t[i - 1].ended <= t[i].started);
		if (sample.time)
			fprintf(stderr, "  time %s %s: queued for %.3f ms, ran for %.3f ms\n", part,
				step_name[i], (double)(t[i].started - t[i].queued) * 1e-6,
				(double)(t[i].ended - t[i].started) * 1e-6);
	}
	printf("  %s\n", part);
	sample_expect("each command was queued, submitted, started, ended in this order", each);
	sample_expect("each started when the one that it waits for had ended", between);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "event_profiling: order and times by events", 1 << 19, 4096);

	const size_t n = sample.size;
	float *x = sample_random(2 * n, 0, 1, 5), *expected = sample_random(2 * n, 0, 1, 5);
	cl_command_queue queue = make_queue();
	cl_program program = sample_build(source);
	cl_kernel kernel = sample_kernel(program, "logistic");
	cl_mem buffer[2];
	cl_event event[2][STEPS], last[2];

	for (int part = 0; part < 2; part++) {
		buffer[part] = sample_buffer(n * sizeof(*x), NULL);
		enqueue(queue, kernel, buffer[part], x + (size_t)part * n, n, event[part]);
		last[part] = event[part][READ];
	}
	CL_CHECK(clFlush(queue));
	CL_CHECK(clWaitForEvents(2, last));
	for (size_t i = 0; i < 2 * n; i++)
		for (int round = 0; round < ROUNDS; round++)
			expected[i] = 3.5f * expected[i] * (1 - expected[i]);
	sample_compare("logistic map", x, expected, 2 * n, 0);
	check_times(event[0], "first part");
	check_times(event[1], "second part");
	for (int part = 0; part < 2; part++) {
		for (int i = 0; i < STEPS; i++)
			clReleaseEvent(event[part][i]);
		clReleaseMemObject(buffer[part]);
	}
	clReleaseKernel(kernel);
	clReleaseProgram(program);
	clReleaseCommandQueue(queue);
	free(x);
	free(expected);
	return sample_end();
}
