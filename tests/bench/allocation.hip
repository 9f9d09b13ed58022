/*
 * allocation - hipMalloc and hipFree, one at a time and many alive at once; pinned host memory;
 * registration.
 */
#include "tests/bench/bench.h"

static void pairs(size_t bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		void *p;

		HIP_CHECK(hipMalloc(&p, bytes));
		HIP_CHECK(hipFree(p));
	}
}

static void many_alive(size_t bytes, unsigned count)
{
	std::vector<void *> all(count);

	for (void *&p : all)
		HIP_CHECK(hipMalloc(&p, bytes));
	for (void *p : all)
		HIP_CHECK(hipFree(p));
}

static void pinned_pairs(size_t bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		void *p;

		HIP_CHECK(hipHostMalloc(&p, bytes, hipHostMallocDefault));
		HIP_CHECK(hipHostFree(p));
	}
}

static void registrations(void *p, size_t bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		HIP_CHECK(hipHostRegister(p, bytes, hipHostRegisterDefault));
		HIP_CHECK(hipHostUnregister(p));
	}
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv);

	const size_t sizes[] = {4096, 1 << 20, 16 << 20, 128 << 20};
	std::vector<uint8_t> heap(1 << 20, 1);

	for (size_t bytes : sizes) {
		std::string name = "malloc_free_" + bench_size(bytes);

		bench_print(name.c_str(), bench_median([&] { pairs(bytes, 50); }) / 50 * 1e6, "us");
	}
	bench_print("malloc_free_100x1MiB",
		    bench_median([] { many_alive(1 << 20, 100); }) / 100 * 1e6, "us");
	bench_print("host_malloc_free_1MiB",
		    bench_median([] { pinned_pairs(1 << 20, 50); }) / 50 * 1e6, "us");
	bench_print("register_1MiB",
		    bench_median([&] { registrations(heap.data(), heap.size(), 20); }) / 20 * 1e6,
		    "us");
	return 0;
}
