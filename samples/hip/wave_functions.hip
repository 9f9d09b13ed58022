/*
 * wave_functions - the lanes of a wave exchange values without memory: shuffles, votes, and
 * counting the lanes before.
 */
#include "sample.h"

#include <algorithm>

constexpr unsigned BLOCK = 256;

struct wave_result {
	int sum;                     /* of the wave's values */
	unsigned long long odd;      /* lanes with an odd value */
	int any_large, all_positive; /* of the wave's values */
};

/* Keeps the even values of each wave, packed to its start; one wave_result a wave. */
__global__ void wave_functions(const int *in, int *packed, wave_result *results)
{
	unsigned i = blockIdx.x * BLOCK + threadIdx.x, lane = threadIdx.x % warpSize;
	int value = in[i], sum = value;
	unsigned long long odd = __ballot(value & 1), even = ~odd;
	int any_large = __any(value > 990), all_positive = __all(value > 0);

	for (int distance = warpSize / 2; distance > 0; distance /= 2)
		sum += __shfl_xor(sum, distance);
	if (!(value & 1))
		packed[i - lane + __popcll(even & ((1ull << lane) - 1))] = value;
	if (lane == 0)
		results[i / warpSize] = {sum, odd, any_large, all_positive};
}

static wave_result on_cpu(const int *values, int *packed, unsigned lanes)
{
	wave_result r = {0, 0, 0, 1};

	for (unsigned lane = 0; lane < lanes; lane++) {
		r.sum += values[lane];
		r.odd |= (values[lane] & 1ull) << lane;
		r.any_large |= values[lane] > 990;
		r.all_positive &= values[lane] > 0;
		if (!(values[lane] & 1))
			*packed++ = values[lane];
	}
	return r;
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "wave_functions: shuffle, ballot, any, all", 1 << 18, 4096);

	int lanes = 0;

	HIP_CHECK(hipDeviceGetAttribute(&lanes, hipDeviceAttributeWarpSize, 0));

	const unsigned blocks = sample_blocks(sample_opt.size, BLOCK), n = blocks * BLOCK,
		       waves = n / lanes;
	std::mt19937 engine(1);
	std::vector<int> values(n), packed(n, -1);
	bool same = true;

	for (int &v : values)
		v = int(engine() % 1000);

	device_array<int> dev_values(values), dev_packed(packed);
	device_array<wave_result> dev_results(waves);

	sample_timer timer;
	wave_functions<<<blocks, BLOCK>>>(dev_values.get(), dev_packed.get(), dev_results.get());
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 1e-6 * n, "million values");

	std::vector<wave_result> results = dev_results.to_host();

	for (unsigned w = 0; w < waves; w++) {
		wave_result cpu = on_cpu(&values[w * lanes], &packed[w * lanes], lanes),
			    gpu = results[w];

		same &= gpu.sum == cpu.sum && gpu.odd == cpu.odd &&
			!!gpu.any_large == cpu.any_large && !!gpu.all_positive == cpu.all_positive;
	}
	sample_expect("sum, ballot, any and all of each wave", same);
	sample_compare("even values, packed", dev_packed.to_host(), packed);
	return sample_end();
}
