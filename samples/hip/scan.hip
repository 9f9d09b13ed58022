/*
 * scan - prefix sums of a large array in three kernels: scan each block, scan the blocks' totals,
 * add them.
 *
 * Inside a block each step adds the value 1, 2, 4, ... places to the left, in LDS.
 */
#include "sample.h"

constexpr unsigned BLOCK = 256;

/* Replaces each block's values by their prefix sums and writes the block's total to totals[block],
 * if given. */
__global__ void scan_blocks(uint32_t *values, size_t n, uint32_t *totals)
{
	__shared__ uint32_t sums[BLOCK];
	unsigned me = threadIdx.x;
	size_t i = size_t(blockIdx.x) * BLOCK + me;

	sums[me] = i < n ? values[i] : 0;
	__syncthreads();
	for (unsigned reach = 1; reach < BLOCK; reach *= 2) {
		uint32_t left = me >= reach ? sums[me - reach] : 0;

		__syncthreads();
		sums[me] += left;
		__syncthreads();
	}
	if (i < n)
		values[i] = sums[me];
	if (totals && me == BLOCK - 1)
		totals[blockIdx.x] = sums[me];
}

__global__ void add_totals(uint32_t *values, size_t n, const uint32_t *totals)
{
	size_t i = size_t(blockIdx.x) * BLOCK + threadIdx.x;

	if (blockIdx.x > 0 && i < n)
		values[i] += totals[blockIdx.x - 1];
}

/* Inclusive scan in place; recursive, since the totals may themselves be more than one block. */
static void scan(uint32_t *values, size_t n)
{
	unsigned blocks = sample_blocks(n, BLOCK);

	if (blocks == 1) {
		scan_blocks<<<1, BLOCK>>>(values, n, nullptr);
		return;
	}

	device_array<uint32_t> totals(blocks);

	scan_blocks<<<blocks, BLOCK>>>(values, n, totals.get());
	scan(totals.get(), blocks);
	add_totals<<<blocks, BLOCK>>>(values, n, totals.get());
	HIP_CHECK(hipDeviceSynchronize());
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "scan: inclusive prefix sums", 1 << 20, 70000);

	const size_t n = sample_opt.size;
	std::mt19937 engine(1);
	std::vector<uint32_t> values(n), expected(n);
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		values[i] = engine() % 1000;
		expected[i] = sum += values[i];
	}

	device_array<uint32_t> dev_values(values);

	sample_timer timer;
	scan(dev_values.get(), n);
	HIP_CHECK(hipGetLastError());
	timer.report("three kernels", 8e-9 * n, "GB");

	sample_compare("sums", dev_values.to_host(), expected);
	return sample_end();
}
