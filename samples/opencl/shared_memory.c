/*
 * shared_memory - shared virtual memory: a list built by the CPU, with the CPU's pointers, is
 * walked by the GPU.
 *
 * Coarse-grained, as every OpenCL 2.0 device has it: whoever works on the memory has it mapped
 * meanwhile.
 */
#include "samples/opencl/sample.h"

#define LISTS 64

struct node {
	struct node *next;
	float value;
	float squared; /* the GPU fills this in */
};

static const char source[] =
    "struct node {\n"
    "	__global struct node *next;\n"
    "	float value, squared;\n"
    "};\n"
    "\n"
    "__kernel void walk(__global struct node *__global *heads, __global float *sums)\n"
    "{\n"
    "	float sum = 0;\n"
    "\n"
    "	for (__global struct node *n = heads[get_global_id(0)]; n; n = n->next) {\n"
    "		n->squared = n->value * n->value;\n"
    "		sum += n->value;\n"
    "	}\n"
    "	sums[get_global_id(0)] = sum;\n"
    "}\n";

static void *svm_alloc(size_t bytes)
{
	void *memory = clSVMAlloc(sample.context, CL_MEM_READ_WRITE, bytes, 0);

	if (memory)
		return memory;
	fprintf(stderr, "clSVMAlloc: no memory\n");
	exit(1);
}

static void map(void *memory, size_t bytes)
{
	CL_CHECK(clEnqueueSVMMap(sample.queue, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, memory, bytes,
				 0, NULL, NULL));
}

static void unmap(void *memory)
{
	CL_CHECK(clEnqueueSVMUnmap(sample.queue, memory, 0, NULL, NULL));
}

/* Deals the nodes out to the lists in an order that jumps about in memory. */
static void link_lists(struct node *nodes, struct node **heads, size_t n)
{
	for (size_t i = 0; i < LISTS; i++)
		heads[i] = NULL;
	for (size_t i = 0; i < n; i++) {
		struct node *node = &nodes[i * 7919 % n];

		node->next = heads[i % LISTS];
		heads[i % LISTS] = node;
	}
}

static void walk_on_gpu(struct node *nodes, struct node **heads, float *sums)
{
	const size_t lists = LISTS;
	cl_program program = sample_build(source);
	cl_kernel kernel = sample_kernel(program, "walk");
	void *reached = nodes; /* memory that the kernel gets to by pointers in other memory */
	cl_event done;

	CL_CHECK(clSetKernelArgSVMPointer(kernel, 0, heads));
	CL_CHECK(clSetKernelArgSVMPointer(kernel, 1, sums));
	CL_CHECK(
	    clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(reached), &reached));
	CL_CHECK(
	    clEnqueueNDRangeKernel(sample.queue, kernel, 1, NULL, &lists, NULL, 0, NULL, &done));
	sample_report("kernel", done);
	clReleaseKernel(kernel);
	clReleaseProgram(program);
}

static void check(const struct node *nodes, struct node *const *heads, const float *sums, size_t n,
		  const float *values)
{
	float *gpu = sample_alloc(n * sizeof(float)), *cpu = sample_alloc(n * sizeof(float));
	float expected[LISTS];

	for (size_t i = 0; i < LISTS; i++) {
		expected[i] = 0;
		for (const struct node *node = heads[i]; node; node = node->next)
			expected[i] += node->value;
	}
	for (size_t i = 0; i < n; i++) {
		gpu[i] = nodes[i].squared;
		cpu[i] = values[i] * values[i];
	}
	sample_compare("squares", gpu, cpu, n, 0);
	sample_compare("sums of the lists", sums, expected, LISTS, 0);
	free(gpu);
	free(cpu);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "shared_memory: the GPU follows the CPU's pointers", 100000, 5000);

	/* 7919 is a prime, so that it visits every node once if n is no multiple of it. */
	const size_t n = sample.size % 7919 ? sample.size : sample.size + 1;
	float *values = sample_random(n, -1, 1, 4);
	struct node *nodes = svm_alloc(n * sizeof(*nodes));
	struct node **heads = svm_alloc(LISTS * sizeof(*heads));
	float *sums = svm_alloc(LISTS * sizeof(*sums));

	map(nodes, n * sizeof(*nodes));
	map(heads, LISTS * sizeof(*heads));
	for (size_t i = 0; i < n; i++)
		nodes[i].value = values[i];
	link_lists(nodes, heads, n);
	unmap(nodes);
	unmap(heads);
	walk_on_gpu(nodes, heads, sums);
	map(nodes, n * sizeof(*nodes));
	map(heads, LISTS * sizeof(*heads));
	map(sums, LISTS * sizeof(*sums));
	check(nodes, heads, sums, n, values);
	unmap(nodes);
	unmap(heads);
	unmap(sums);
	CL_CHECK(clFinish(sample.queue));
	clSVMFree(sample.context, nodes);
	clSVMFree(sample.context, heads);
	clSVMFree(sample.context, sums);
	free(values);
	return sample_end();
}
