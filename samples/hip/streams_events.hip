/*
 * streams_events - work in several streams: each stream keeps its own order, an event makes one
 * wait for another.
 *
 * Each chunk of the data goes through its own stream: copy in, kernel, copy out. A last stream
 * waits for the events at the end of all of them and then adds the chunks up.
 */
#include "sample.h"

constexpr unsigned STREAMS = 4, BLOCK = 256;

/* Some steps of a linear congruential generator, which take time and can be checked exactly. */
__host__ __device__ inline uint32_t scramble(uint32_t x)
{
	for (int i = 0; i < 50; i++)
		x = x * 1664525 + 1013904223;
	return x;
}

__global__ void scramble_all(uint32_t *x, size_t n)
{
	size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;

	if (i < n)
		x[i] = scramble(x[i]);
}

__global__ void add_all(const uint32_t *x, size_t n, uint32_t *sum)
{
	size_t stride = size_t(gridDim.x) * blockDim.x;
	uint32_t mine = 0;

	for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride)
		mine += x[i];
	atomicAdd(sum, mine);
}

static void count_call(hipStream_t, hipError_t, void *counter)
{
	++*static_cast<unsigned *>(counter);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "streams_events: four streams and one that waits for them",
		     1 << 20, 20000);

	const size_t chunk = sample_opt.size / STREAMS + 1, n = chunk * STREAMS;
	std::vector<uint32_t> expected(n);
	uint32_t *host, total = 0;
	device_array<uint32_t> dev(n), sum(1);
	hipStream_t stream[STREAMS], last;
	hipEvent_t begin, done[STREAMS], end;
	unsigned calls = 0;
	float ms = 0;

	HIP_CHECK(hipHostMalloc(&host, n * sizeof(*host), hipHostMallocDefault));
	for (size_t i = 0; i < n; i++) {
		host[i] = uint32_t(i);
		expected[i] = scramble(uint32_t(i));
		total += expected[i];
	}
	sum.zero();
	HIP_CHECK(hipEventCreate(&begin));
	HIP_CHECK(hipEventCreate(&end));
	HIP_CHECK(hipStreamCreate(&last));
	for (unsigned s = 0; s < STREAMS; s++) {
		HIP_CHECK(hipStreamCreateWithFlags(&stream[s], hipStreamNonBlocking));
		HIP_CHECK(hipEventCreateWithFlags(&done[s], hipEventDisableTiming));
	}

	sample_timer timer;
	HIP_CHECK(hipEventRecord(begin, stream[0]));
	for (unsigned s = 0; s < STREAMS; s++) {
		uint32_t *from = host + s * chunk, *at = dev.get() + s * chunk;
		size_t bytes = chunk * sizeof(*host);

		HIP_CHECK(hipMemcpyAsync(at, from, bytes, hipMemcpyHostToDevice, stream[s]));
		scramble_all<<<sample_blocks(chunk, BLOCK), BLOCK, 0, stream[s]>>>(at, chunk);
		HIP_CHECK(hipMemcpyAsync(from, at, bytes, hipMemcpyDeviceToHost, stream[s]));
		HIP_CHECK(hipEventRecord(done[s], stream[s]));
		HIP_CHECK(hipStreamWaitEvent(last, done[s], 0));
	}
	add_all<<<32, BLOCK, 0, last>>>(dev.get(), n, sum.get());
	HIP_CHECK(hipStreamAddCallback(last, count_call, &calls, 0));
	HIP_CHECK(hipEventRecord(end, last));
	HIP_CHECK(hipEventSynchronize(end));
	HIP_CHECK(hipEventElapsedTime(&ms, begin, end));
	timer.report("all streams", 1e-6 * n, "million values");

	sample_compare("values", std::vector<uint32_t>(host, host + n), expected);
	sample_expect("sum after waiting for all", sum.to_host()[0] == total);
	sample_expect("callback ran once, before the event after it", calls == 1);
	sample_expect("time between events is above 0", ms > 0);
	sample_expect("a finished stream says so", hipStreamQuery(last) == hipSuccess);

	for (unsigned s = 0; s < STREAMS; s++) {
		HIP_CHECK(hipEventDestroy(done[s]));
		HIP_CHECK(hipStreamDestroy(stream[s]));
	}
	HIP_CHECK(hipStreamDestroy(last));
	HIP_CHECK(hipEventDestroy(begin));
	HIP_CHECK(hipEventDestroy(end));
	HIP_CHECK(hipHostFree(host));
	return sample_end();
}
