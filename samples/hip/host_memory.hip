/*
 * host_memory - kernels that work on the CPU's memory: pinned, managed, and ordinary memory that is
 * registered later.
 *
 * Nothing is copied: both sides use the same bytes at the same address.
 */
#include "sample.h"

__global__ void add_index(uint32_t *values, size_t n)
{
	size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;

	if (i < n)
		values[i] += uint32_t(i);
}

/* The CPU writes, the GPU adds, the CPU reads; twice, so that each sees the other's latest. */
static void take_turns(const char *what, uint32_t *host, uint32_t *dev, size_t n)
{
	bool right = true;

	for (size_t i = 0; i < n; i++)
		host[i] = 1000;
	for (int round = 1; round <= 2; round++) {
		add_index<<<sample_blocks(n, 256), 256>>>(dev, n);
		HIP_CHECK(hipDeviceSynchronize());
		for (size_t i = 0; i < n; i++) {
			right &= host[i] == 1000 * uint32_t(round) + uint32_t(i) * round;
			host[i] += 1000;
		}
	}
	sample_expect(what, right);
}

static void on_pinned(size_t n)
{
	uint32_t *host, *dev;

	HIP_CHECK(hipHostMalloc(&host, n * sizeof(*host), hipHostMallocMapped));
	HIP_CHECK(hipHostGetDevicePointer((void **)&dev, host, 0));
	take_turns("pinned memory", host, dev, n);
	HIP_CHECK(hipHostFree(host));
}

static void on_managed(size_t n)
{
	uint32_t *both;

	HIP_CHECK(hipMallocManaged(&both, n * sizeof(*both)));
	take_turns("managed memory", both, both, n);
	HIP_CHECK(hipFree(both));
}

static void on_registered(size_t n)
{
	std::vector<uint32_t> host(n);
	uint32_t *dev;

	HIP_CHECK(hipHostRegister(host.data(), n * sizeof(host[0]), hipHostRegisterMapped));
	HIP_CHECK(hipHostGetDevicePointer((void **)&dev, host.data(), 0));
	take_turns("registered memory", host.data(), dev, n);
	HIP_CHECK(hipHostUnregister(host.data()));
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "host_memory: kernels on the CPU's memory", 1 << 19, 5000);

	sample_timer timer;
	on_pinned(sample_opt.size);
	on_managed(sample_opt.size);
	on_registered(sample_opt.size);
	timer.report("all three");
	return sample_end();
}
