/*
 * histogram - how often each byte value occurs: every block counts in LDS and adds its counts to
 * the total at the end.
 */
#include "sample.h"

constexpr unsigned BINS = 256;

/* blockDim.x must be BINS: each work-item clears and delivers one bin. */
__global__ void histogram(const uint8_t *data, size_t n, uint32_t *counts)
{
	__shared__ uint32_t local[BINS];
	size_t stride = size_t(gridDim.x) * blockDim.x;

	local[threadIdx.x] = 0;
	__syncthreads();
	for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride)
		atomicAdd(&local[data[i]], 1);
	__syncthreads();
	atomicAdd(&counts[threadIdx.x], local[threadIdx.x]);
}

/* Numbers with a peak in the middle, as the sum of four dice has. */
static std::vector<uint8_t> make_data(size_t n)
{
	std::mt19937 engine(1);
	std::vector<uint8_t> data(n);

	for (uint8_t &d : data) {
		uint32_t r = engine();

		d = uint8_t(((r & 255) + (r >> 8 & 255) + (r >> 16 & 255) + (r >> 24)) / 4);
	}
	return data;
}

/* A picture of the counts: one line for 16 bins. */
static void draw(const std::vector<uint32_t> &counts, size_t n)
{
	static const char bar[] = "########################################";

	for (unsigned first = 0; first < BINS; first += 16) {
		size_t sum = 0;

		for (unsigned i = 0; i < 16; i++)
			sum += counts[first + i];
		printf("  %3u..%3u %8zu %.*s\n", first, first + 15, sum, int(sum * 160 / n), bar);
	}
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "histogram: byte values counted in LDS", 1 << 22, 50000);

	const size_t n = sample_opt.size;
	std::vector<uint8_t> data = make_data(n);
	std::vector<uint32_t> expected(BINS);
	device_array<uint8_t> dev_data(data);
	device_array<uint32_t> dev_counts(BINS);

	dev_counts.zero();
	sample_timer timer;
	histogram<<<32, BINS>>>(dev_data.get(), n, dev_counts.get());
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 1e-9 * n, "GB");

	std::vector<uint32_t> counts = dev_counts.to_host();

	for (uint8_t d : data)
		expected[d]++;
	draw(counts, n);
	sample_compare("counts", counts, expected);
	return sample_end();
}
