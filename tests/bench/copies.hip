/*
 * copies - rates of copies by size, from and to pinned and pageable host memory, and on the GPU.
 *
 * Small copies are repeated inside one measurement, so that each takes about as long.
 */
#include "tests/bench/bench.h"

static void rate(const std::string &name, void *to, const void *from, size_t bytes,
		 hipMemcpyKind kind)
{
	unsigned times = unsigned(std::max<size_t>(1, std::min<size_t>(200, (8 << 20) / bytes)));
	double seconds = bench_median([&] {
		for (unsigned i = 0; i < times; i++)
			HIP_CHECK(hipMemcpy(to, from, bytes, kind));
		HIP_CHECK(hipDeviceSynchronize()); /* copies on the GPU return early */
	});

	bench_print((name + "_" + bench_size(bytes)).c_str(),
		    1e-9 * times * double(bytes) / seconds, "GB/s");
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv);

	const size_t largest = 64 << 20;
	std::vector<uint8_t> pageable(largest, 1);
	device_array<uint8_t> a(largest), b(largest);
	uint8_t *pinned;

	HIP_CHECK(hipHostMalloc(&pinned, largest, hipHostMallocDefault));
	memset(pinned, 2, largest);
	for (size_t bytes = 4096; bytes <= largest; bytes *= 16) {
		rate("h2d", a.get(), pageable.data(), bytes, hipMemcpyHostToDevice);
		rate("d2h", pageable.data(), a.get(), bytes, hipMemcpyDeviceToHost);
		rate("h2d_pinned", a.get(), pinned, bytes, hipMemcpyHostToDevice);
		rate("d2h_pinned", pinned, a.get(), bytes, hipMemcpyDeviceToHost);
		rate("d2d", b.get(), a.get(), bytes, hipMemcpyDeviceToDevice);
	}
	HIP_CHECK(hipHostFree(pinned));
	return 0;
}
