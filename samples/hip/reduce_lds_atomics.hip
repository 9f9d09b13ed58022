/*
 * reduce_lds_atomics - sum, minimum and maximum of an array, with atomics at two levels.
 *
 * The work-items of a block meet in LDS, and one of them brings the block's result to global
 * memory. Integers make the result independent of the order in which that happens.
 */
#include "sample.h"

#include <algorithm>
#include <climits>

struct totals {
	unsigned long long sum;
	int min, max;
};

__global__ void reduce(const int *values, size_t n, totals *result)
{
	__shared__ totals block;
	size_t stride = size_t(gridDim.x) * blockDim.x;
	long long sum = 0;
	int min = INT_MAX, max = INT_MIN;

	if (threadIdx.x == 0)
		block = {0, INT_MAX, INT_MIN};
	__syncthreads();

	for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride) {
		sum += values[i];
		min = values[i] < min ? values[i] : min;
		max = values[i] > max ? values[i] : max;
	}
	atomicAdd(&block.sum, (unsigned long long)sum);
	atomicMin(&block.min, min);
	atomicMax(&block.max, max);
	__syncthreads();

	if (threadIdx.x == 0) {
		atomicAdd(&result->sum, block.sum);
		atomicMin(&result->min, block.min);
		atomicMax(&result->max, block.max);
	}
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "reduce_lds_atomics: atomics in LDS, then in global memory",
		     1 << 21, 10000);

	const size_t n = sample_opt.size;
	std::mt19937 engine(1);
	std::uniform_int_distribution<int> number(-1000000, 1000000);
	std::vector<int> values(n);
	long long sum = 0;

	for (int &v : values)
		v = number(engine);

	device_array<int> dev_values(values);
	device_array<totals> dev_result(std::vector<totals>{{0, INT_MAX, INT_MIN}});

	sample_timer timer;
	reduce<<<64, 256>>>(dev_values.get(), n, dev_result.get());
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 4e-9 * n, "GB");

	totals gpu = dev_result.to_host()[0];

	for (int v : values)
		sum += v;
	printf("  sum %lld, min %d, max %d\n", (long long)gpu.sum, gpu.min, gpu.max);
	sample_expect("sum", (long long)gpu.sum == sum);
	sample_expect("min", gpu.min == *std::min_element(values.begin(), values.end()));
	sample_expect("max", gpu.max == *std::max_element(values.begin(), values.end()));
	return sample_end();
}
