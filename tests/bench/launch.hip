/*
 * launch - what it costs to start a kernel: many in a row, and one at a time with a wait after
 * each.
 */
#include "tests/bench/bench.h"

__global__ void nothing()
{
}

__global__ void one_store(uint32_t *at, uint32_t value)
{
	*at = value;
}

static void launches(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		nothing<<<1, 64>>>();
	HIP_CHECK(hipDeviceSynchronize());
}

static void launches_with_wait(unsigned count, uint32_t *at)
{
	for (unsigned i = 0; i < count; i++) {
		one_store<<<1, 64>>>(at, i);
		HIP_CHECK(hipDeviceSynchronize());
	}
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv);

	device_array<uint32_t> at(1);

	bench_print("launch", bench_median([] { launches(10000); }) / 10000 * 1e6, "us");
	bench_print("launch_wait",
		    bench_median([&] { launches_with_wait(1000, at.get()); }) / 1000 * 1e6, "us");
	return 0;
}
