/*
 * vector_add - the smallest HIP program: memory on the GPU, copies to and from it, one kernel.
 *
 * This one spells out every call; the other samples let device_array of sample.h allocate and copy.
 */
#include "sample.h"

__global__ void vector_add(const float *a, const float *b, float *sum, size_t n)
{
	size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;

	if (i < n)
		sum[i] = a[i] + b[i];
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "vector_add: one work-item adds one pair of numbers", 1 << 20,
		     10000);

	const size_t n = sample_opt.size, bytes = n * sizeof(float);
	const unsigned block = 256;
	std::vector<float> a = sample_random(n, -1, 1, 1), b = sample_random(n, -1, 1, 2);
	std::vector<float> sum(n), expected(n);
	float *dev_a, *dev_b, *dev_sum;

	HIP_CHECK(hipMalloc(&dev_a, bytes));
	HIP_CHECK(hipMalloc(&dev_b, bytes));
	HIP_CHECK(hipMalloc(&dev_sum, bytes));
	HIP_CHECK(hipMemcpy(dev_a, a.data(), bytes, hipMemcpyHostToDevice));
	HIP_CHECK(hipMemcpy(dev_b, b.data(), bytes, hipMemcpyHostToDevice));

	sample_timer timer;
	vector_add<<<sample_blocks(n, block), block>>>(dev_a, dev_b, dev_sum, n);
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 12e-9 * n, "GB");

	HIP_CHECK(hipMemcpy(sum.data(), dev_sum, bytes, hipMemcpyDeviceToHost));
	HIP_CHECK(hipFree(dev_a));
	HIP_CHECK(hipFree(dev_b));
	HIP_CHECK(hipFree(dev_sum));

	for (size_t i = 0; i < n; i++)
		expected[i] = a[i] + b[i];
	sample_compare("sum", sum, expected);
	return sample_end();
}
