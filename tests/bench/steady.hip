/*
 * steady - N kernel launches and M copies after a warm-up that has used everything they use.
 *
 * For the claim that a program makes no forwarded call in a steady state: run it twice under
 * `vthunk run --stats`, with few and with many launches and copies; the number of forwarded calls
 * must be the same. The launches and copies are checked, so a run that did nothing does not pass.
 */
#include "samples/hip/sample.h"

#include <cinttypes>

constexpr size_t BYTES = 64 << 10, WORDS = BYTES / sizeof(uint32_t);
constexpr uint64_t WARM_LAUNCHES = 100, WARM_COPIES = 10;

__global__ void increment(uint32_t *counters)
{
	counters[blockIdx.x * blockDim.x + threadIdx.x]++;
}

/* Some launches with a wait now and then, and copies there and back; true if every copy came back
 * as it went. */
static bool work(uint32_t *counters, uint32_t *there, uint64_t launches, uint64_t copies)
{
	std::vector<uint32_t> from(WORDS), back(WORDS);
	bool right = true;

	for (uint64_t i = 0; i < launches; i++) {
		increment<<<1, 64>>>(counters);
		if (i % 100 == 99)
			HIP_CHECK(hipDeviceSynchronize());
	}
	HIP_CHECK(hipDeviceSynchronize());
	for (uint64_t i = 0; i < copies; i += 2) {
		from[i % WORDS] = uint32_t(i + 1);
		HIP_CHECK(hipMemcpy(there, from.data(), BYTES, hipMemcpyHostToDevice));
		HIP_CHECK(hipMemcpy(back.data(), there, BYTES, hipMemcpyDeviceToHost));
		right &= from == back;
	}
	return right;
}

static uint64_t number(int argc, char **argv, int i)
{
	char *end = nullptr;
	uint64_t n = i < argc ? strtoull(argv[i], &end, 10) : 0;

	if (!end || *end || end == argv[i]) {
		fprintf(stderr, "usage: %s [--launches N] [--copies M]\n", argv[0]);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	uint64_t launches = 10000, copies = 1000;
	bool right;

	for (int i = 1; i < argc; i += 2) {
		if (!strcmp(argv[i], "--launches"))
			launches = number(argc, argv, i + 1);
		else if (!strcmp(argv[i], "--copies"))
			copies = number(argc, argv, i + 1);
		else
			number(0, argv, 0); /* prints the usage */
	}

	device_array<uint32_t> counters(64), there(WORDS);

	counters.zero();
	right = work(counters.get(), there.get(), WARM_LAUNCHES, WARM_COPIES);
	right &= work(counters.get(), there.get(), launches, copies);
	for (uint32_t count : counters.to_host())
		right &= count == WARM_LAUNCHES + launches;
	printf("steady: %" PRIu64 " launches, %" PRIu64 " copies: %s\n", launches, copies,
	       right ? "ok" : "WRONG");
	return !right;
}
