/*
 * matmul_tiled - matrix multiplication through LDS, the memory that the work-items of a block
 * share.
 *
 * Each block computes a TILE x TILE square of the product. It walks along a row of tiles of A and a
 * column of tiles of B; every element is fetched once a block, then read TILE times from LDS.
 */
#include "sample.h"

constexpr unsigned TILE = 16;

/* c = a * b, all n x n, row by row; n need not be a multiple of TILE. */
__global__ void matmul(const float *a, const float *b, float *c, unsigned n)
{
	__shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
	unsigned x = threadIdx.x, y = threadIdx.y;
	unsigned col = blockIdx.x * TILE + x, row = blockIdx.y * TILE + y;
	float sum = 0;

	for (unsigned k = 0; k < n; k += TILE) {
		tile_a[y][x] = row < n && k + x < n ? a[row * n + k + x] : 0;
		tile_b[y][x] = col < n && k + y < n ? b[(k + y) * n + col] : 0;
		__syncthreads();
		for (unsigned i = 0; i < TILE; i++)
			sum += tile_a[y][i] * tile_b[i][x];
		__syncthreads();
	}
	if (row < n && col < n)
		c[row * n + col] = sum;
}

static std::vector<float> matmul_cpu(const std::vector<float> &a, const std::vector<float> &b,
				     size_t n)
{
	std::vector<float> c(n * n, 0);

	for (size_t row = 0; row < n; row++)
		for (size_t k = 0; k < n; k++)
			for (size_t col = 0; col < n; col++)
				c[row * n + col] += a[row * n + k] * b[k * n + col];
	return c;
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "matmul_tiled: square matrices, tiles in LDS", 384, 70);

	const unsigned n = unsigned(sample_opt.size), blocks = sample_blocks(n, TILE);
	std::vector<float> a = sample_random(n * n, -1, 1, 1), b = sample_random(n * n, -1, 1, 2);
	device_array<float> dev_a(a), dev_b(b), dev_c(n * n);

	sample_timer timer;
	matmul<<<dim3(blocks, blocks), dim3(TILE, TILE)>>>(dev_a.get(), dev_b.get(), dev_c.get(),
							   n);
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 2e-9 * n * n * n, "GFLOP");

	sample_compare("product", dev_c.to_host(), matmul_cpu(a, b, n), 1e-4);
	return sample_end();
}
