/*
 * cooperative - a barrier across the whole grid: many generations of a cellular automaton in one
 * kernel.
 *
 * A cell's next state depends on its neighbours', so no block may begin a generation before all have
 * finished the last one. A cooperative launch promises that all blocks run at once, which makes such
 * a barrier possible; without it each generation would be a kernel of its own. The grid is therefore
 * no larger than what fits on the GPU.
 */
#include "sample.h"

#include <hip/hip_cooperative_groups.h>

#include <string>
#include <utility>

constexpr unsigned BLOCK = 256, GENERATIONS = 64, RULE = 30;

__host__ __device__ inline uint8_t next(const uint8_t *cells, size_t n, size_t i)
{
	unsigned left = cells[i ? i - 1 : n - 1], right = cells[i + 1 < n ? i + 1 : 0];

	return RULE >> (left << 2 | cells[i] << 1 | right) & 1;
}

/* Leaves the last generation in a if their number is even, else in b. */
__global__ void live(uint8_t *a, uint8_t *b, size_t n, unsigned generations)
{
	auto grid = cooperative_groups::this_grid();
	size_t first = blockIdx.x * size_t(blockDim.x) + threadIdx.x;

	for (unsigned g = 0; g < generations; g++) {
		for (size_t i = first; i < n; i += size_t(gridDim.x) * blockDim.x)
			b[i] = next(a, n, i);
		grid.sync();

		uint8_t *swap = a;

		a = b;
		b = swap;
	}
}

static std::vector<uint8_t> live_on_cpu(std::vector<uint8_t> cells)
{
	std::vector<uint8_t> other(cells.size());

	for (unsigned g = 0; g < GENERATIONS; g++) {
		for (size_t i = 0; i < cells.size(); i++)
			other[i] = next(cells.data(), cells.size(), i);
		std::swap(cells, other);
	}
	return cells;
}

/* As many blocks as there is work for, and as run at once. */
static unsigned grid_size(size_t n)
{
	hipDeviceProp_t prop;
	int a_unit;

	HIP_CHECK(hipGetDeviceProperties(&prop, 0));
	HIP_CHECK(hipOccupancyMaxActiveBlocksPerMultiprocessor(&a_unit, live, BLOCK, 0));
	return std::min(sample_blocks(n, BLOCK), unsigned(a_unit * prop.multiProcessorCount));
}

static void run(uint8_t *a, uint8_t *b, size_t n)
{
	unsigned generations = GENERATIONS;
	void *args[] = {&a, &b, &n, &generations};

	HIP_CHECK(hipLaunchCooperativeKernel(reinterpret_cast<const void *>(live),
					     dim3(grid_size(n)), dim3(BLOCK), args, 0, 0));
	HIP_CHECK(hipDeviceSynchronize());
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "cooperative: a barrier across the grid", 1 << 20, 20000);

	const size_t n = sample_opt.size;
	std::vector<uint8_t> cells(n);
	std::string middle;

	cells[n / 2] = 1;

	device_array<uint8_t> a(cells), b(n);

	sample_timer timer;
	run(a.get(), b.get(), n);
	timer.report("64 generations", 1e-9 * n * GENERATIONS, "G cells");

	std::vector<uint8_t> result = a.to_host();

	for (size_t i = 0; i < 64 && n >= 64; i++)
		middle += result[n / 2 - 32 + i] ? '#' : '.';
	printf("  %s\n", middle.c_str());
	sample_compare("cells", result, live_on_cpu(cells));
	return sample_end();
}
