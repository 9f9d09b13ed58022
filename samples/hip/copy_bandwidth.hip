/*
 * copy_bandwidth - copies of growing size between pageable and pinned host memory and the GPU, each
 * checked.
 *
 * See the rates with --time. What is on standard output is the same on each run.
 */
#include "sample.h"

constexpr unsigned REPEATS = 5;

/* Host memory that the GPU can reach without a detour. */
struct pinned {
	uint8_t *ptr;

	explicit pinned(size_t bytes)
	{
		HIP_CHECK(hipHostMalloc(&ptr, bytes, hipHostMallocDefault));
	}

	~pinned()
	{
		(void)hipHostFree(ptr);
	}
};

static void fill(uint8_t *bytes, size_t n, unsigned salt)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = uint8_t((i * 7 + i / 251 + salt) & 255);
}

/* Copies REPEATS times and says how fast that was. */
static void copy(const char *what, void *to, const void *from, size_t n, hipMemcpyKind kind)
{
	char label[64];
	sample_timer timer;

	for (unsigned i = 0; i < REPEATS; i++)
		HIP_CHECK(hipMemcpy(to, from, n, kind));
	snprintf(label, sizeof(label), "%s %zu KiB", what, n / 1024);
	timer.report(label, 1e-9 * REPEATS * double(n), "GB");
}

/* Sends n bytes once around: host, GPU, elsewhere on the GPU, back to the host. */
static bool round_trip(const char *memory, uint8_t *from, uint8_t *back, size_t n)
{
	device_array<uint8_t> a(n), b(n);
	char label[64];

	fill(from, n, unsigned(n / 1024));
	memset(back, 0, n);
	snprintf(label, sizeof(label), "%s to GPU", memory);
	copy(label, a.get(), from, n, hipMemcpyHostToDevice);
	copy("GPU to GPU", b.get(), a.get(), n, hipMemcpyDeviceToDevice);
	snprintf(label, sizeof(label), "GPU to %s", memory);
	copy(label, back, b.get(), n, hipMemcpyDeviceToHost);
	return !memcmp(from, back, n);
}

/* A window of rows, and a fill: what is outside must stay. */
static void check_2d()
{
	const size_t width = 300, rows = 40, pitch = 512;
	std::vector<uint8_t> host(width * rows), all;
	device_array<uint8_t> dev(pitch * rows);
	bool inside = true, outside = true;

	fill(host.data(), host.size(), 1);
	HIP_CHECK(hipMemset(dev.get(), 0xa5, pitch * rows));
	HIP_CHECK(
	    hipMemcpy2D(dev.get(), pitch, host.data(), width, width, rows, hipMemcpyHostToDevice));
	all = dev.to_host();
	for (size_t i = 0; i < all.size(); i++) {
		size_t x = i % pitch, y = i / pitch;

		if (x < width)
			inside &= all[i] == host[y * width + x];
		else
			outside &= all[i] == 0xa5;
	}
	sample_expect("rows copied to a window", inside);
	sample_expect("bytes beside the window as filled", outside);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "copy_bandwidth: host to GPU, GPU to GPU, GPU to host", 32 << 20,
		     2 << 20);

	const size_t largest = sample_opt.size;
	std::vector<uint8_t> pageable(largest), pageable_back(largest);
	pinned fixed(largest), fixed_back(largest);

	for (size_t n = 4096; n <= largest; n *= 8) {
		char label[64];

		snprintf(label, sizeof(label), "%zu KiB, pageable", n / 1024);
		sample_expect(label,
			      round_trip("pageable", pageable.data(), pageable_back.data(), n));
		snprintf(label, sizeof(label), "%zu KiB, pinned", n / 1024);
		sample_expect(label, round_trip("pinned", fixed.ptr, fixed_back.ptr, n));
	}
	check_2d();
	return sample_end();
}
