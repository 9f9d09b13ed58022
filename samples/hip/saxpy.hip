/*
 * saxpy - y = a * x + y by a grid-stride loop: the grid stays the same whatever the size of the
 * arrays.
 */
#include "sample.h"

__global__ void saxpy(float a, const float *x, float *y, size_t n)
{
	size_t stride = size_t(gridDim.x) * blockDim.x;

	for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride)
		y[i] = fmaf(a, x[i], y[i]);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "saxpy: y = a * x + y in a grid-stride loop", 1 << 21, 10000);

	const size_t n = sample_opt.size;
	const float a = 2.5f;
	std::vector<float> x = sample_random(n, -1, 1, 1), y = sample_random(n, -1, 1, 2);
	device_array<float> dev_x(x), dev_y(y);

	sample_timer timer;
	saxpy<<<64, 256>>>(a, dev_x.get(), dev_y.get(), n);
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 2e-9 * n, "GFLOP");

	for (size_t i = 0; i < n; i++)
		y[i] = fmaf(a, x[i], y[i]);
	sample_compare("y", dev_y.to_host(), y);
	return sample_end();
}
