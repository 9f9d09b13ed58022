/*
 * waits - the ways of a CPU thread to wait for the GPU, and of one stream to wait for another.
 */
#include "tests/bench/bench.h"

constexpr unsigned COUNT = 300;

__global__ void nothing()
{
}

/* A kernel, an event behind it, a wait for the event. */
static void event_waits(hipStream_t stream, hipEvent_t event)
{
	for (unsigned i = 0; i < COUNT; i++) {
		nothing<<<1, 64, 0, stream>>>();
		HIP_CHECK(hipEventRecord(event, stream));
		HIP_CHECK(hipEventSynchronize(event));
	}
}

/* Kernels in two streams in turn, each waiting for the one before. */
static void stream_waits(hipStream_t a, hipStream_t b, hipEvent_t event)
{
	for (unsigned i = 0; i < COUNT; i++) {
		nothing<<<1, 64, 0, i & 1 ? a : b>>>();
		HIP_CHECK(hipEventRecord(event, i & 1 ? a : b));
		HIP_CHECK(hipStreamWaitEvent(i & 1 ? b : a, event, 0));
	}
	HIP_CHECK(hipStreamSynchronize(a));
	HIP_CHECK(hipStreamSynchronize(b));
}

static double per_wait(double seconds)
{
	return seconds / COUNT * 1e6;
}

int main(int argc, char **argv)
{
	bench_begin(argc, argv);

	hipStream_t a, b;
	hipEvent_t spinning, blocking;

	HIP_CHECK(hipStreamCreate(&a));
	HIP_CHECK(hipStreamCreate(&b));
	HIP_CHECK(hipEventCreateWithFlags(&spinning, hipEventDisableTiming));
	HIP_CHECK(hipEventCreateWithFlags(&blocking, hipEventDisableTiming | hipEventBlockingSync));

	bench_print("event_wait", per_wait(bench_median([&] { event_waits(a, spinning); })), "us");
	bench_print("event_wait_blocking",
		    per_wait(bench_median([&] { event_waits(a, blocking); })), "us");
	bench_print("stream_wait", per_wait(bench_median([&] { stream_waits(a, b, spinning); })),
		    "us");
	return 0;
}
