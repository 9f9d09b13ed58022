/*
 * fma - fp32 fused multiply-adds: 16 independent chains a work-item, so that none waits for
 * another's result.
 *
 * The unit of the figure is two operations for a v_fma_f32 in each lane; nothing else is counted.
 * For the figure of one core, run it with SWGPU_CUS=1 under taskset -c 0.
 */
#include "tests/bench/bench.h"

constexpr unsigned CHAINS = 16, UNROLL = 8, BLOCK = 256, BLOCKS = 16;

__global__ void fma_chains(float *out, float factor, float term, unsigned rounds)
{
	float x[CHAINS];

	for (unsigned c = 0; c < CHAINS; c++)
		x[c] = float(threadIdx.x + c);
	for (unsigned r = 0; r < rounds; r++) {
#pragma unroll
		for (unsigned u = 0; u < UNROLL; u++)
#pragma unroll
			for (unsigned c = 0; c < CHAINS; c++)
				x[c] = __builtin_fmaf(x[c], factor, term);
	}
	for (unsigned c = 1; c < CHAINS; c++)
		x[0] += x[c];
	out[blockIdx.x * BLOCK + threadIdx.x] = x[0];
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv);
	/* Waiting must not take time from the units that compute. */
	HIP_CHECK(hipSetDeviceFlags(hipDeviceScheduleBlockingSync));

	const unsigned rounds = bench_repeats > 2 ? 400 : 50;
	const double flops = 2.0 * rounds * UNROLL * CHAINS * BLOCK * BLOCKS;
	device_array<float> out(BLOCK * BLOCKS);
	double seconds = bench_median([&] {
		fma_chains<<<BLOCKS, BLOCK>>>(out.get(), 0.999f, 0.001f, rounds);
		HIP_CHECK(hipDeviceSynchronize());
	});

	bench_print("fma_fp32", 1e-9 * flops / seconds, "GFLOP/s");
	return 0;
}
