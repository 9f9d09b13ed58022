/*
 * transpose - a matrix turned over its diagonal through LDS, so that both reading and writing go
 * along rows.
 *
 * The tile in LDS is one column wider than it needs to be: without it all work-items that write one
 * row of the result would read the same LDS bank.
 */
#include "sample.h"

constexpr unsigned TILE = 32, ROWS = 8;

__global__ void transpose(const float *in, float *out, unsigned width, unsigned height)
{
	__shared__ float tile[TILE][TILE + 1];
	unsigned x = blockIdx.x * TILE + threadIdx.x, y = blockIdx.y * TILE + threadIdx.y;

	for (unsigned row = 0; row < TILE; row += ROWS)
		if (x < width && y + row < height)
			tile[threadIdx.y + row][threadIdx.x] = in[size_t(y + row) * width + x];
	__syncthreads();

	x = blockIdx.y * TILE + threadIdx.x;
	y = blockIdx.x * TILE + threadIdx.y;
	for (unsigned row = 0; row < TILE; row += ROWS)
		if (x < height && y + row < width)
			out[size_t(y + row) * height + x] = tile[threadIdx.x][threadIdx.y + row];
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "transpose: rows become columns through LDS", 1536, 130);

	const unsigned width = unsigned(sample_opt.size), height = width / 2 + 1;
	const size_t n = size_t(width) * height;
	std::vector<float> in = sample_random(n, -1, 1), expected(n);
	device_array<float> dev_in(in), dev_out(n);

	sample_timer timer;
	transpose<<<dim3(sample_blocks(width, TILE), sample_blocks(height, TILE)),
		    dim3(TILE, ROWS)>>>(dev_in.get(), dev_out.get(), width, height);
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 8e-9 * n, "GB");

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++)
			expected[x * height + y] = in[y * width + x];
	sample_compare("transposed", dev_out.to_host(), expected);
	return sample_end();
}
