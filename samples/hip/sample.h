/*
 * samples/hip/sample.h - what every sample needs and none of them is about: options, error checks,
 * comparison.
 *
 * A sample prints the same bytes to standard output each time it runs: inputs come from a fixed
 * seed, and no time or address is printed there. So two ways of running it can be compared with
 * cmp(1). Times go to standard error, and only with --time.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <hip/hip_runtime.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

struct sample_options {
	size_t size = 0;           /* problem size; what it counts is the sample's choice */
	bool quick = false;        /* a small run, for tests */
	bool time = false;         /* report times */
	const char *out = nullptr; /* file to write, where the sample writes one */
};

inline sample_options sample_opt;
inline bool sample_failed;

/* Ends the program with the call and its place if `call` did not return hipSuccess. */
#define HIP_CHECK(call) sample_check(call, #call, __FILE__, __LINE__)

inline void sample_check(hipError_t err, const char *call, const char *file, int line)
{
	if (err == hipSuccess)
		return;
	fflush(stdout);
	fprintf(stderr, "%s:%d: %s: %s (%s)\n", file, line, call, hipGetErrorName(err),
		hipGetErrorString(err));
	exit(1);
}

[[noreturn]] inline void sample_usage(const char *program, size_t normal, size_t quick, int status)
{
	fprintf(status ? stderr : stdout,
		"usage: %s [--size N] [--quick] [--time] [--out FILE]\n"
		"  --size N    problem size (%zu)\n"
		"  --quick     a small problem (%zu)\n"
		"  --time      report times on standard error\n"
		"  --out FILE  where to write a picture, if this sample makes one\n",
		program, normal, quick);
	exit(status);
}

/* Reads the options into sample_opt and prints the sample's title. `normal` and `quick` are the
 * sizes of a run without
 * --size. Call it first. */
inline void sample_begin(int argc, char **argv, const char *title, size_t normal, size_t quick)
{
	sample_options &opt = sample_opt;

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		bool more = i + 1 < argc;
		char *end = nullptr;

		if (!strcmp(arg, "--quick"))
			opt.quick = true;
		else if (!strcmp(arg, "--time"))
			opt.time = true;
		else if (!strcmp(arg, "--out") && more)
			opt.out = argv[++i];
		else if (!strcmp(arg, "--size") && more)
			opt.size = strtoull(argv[++i], &end, 0);
		else
			sample_usage(argv[0], normal, quick, strcmp(arg, "--help") ? 2 : 0);
		if (end && (*end || !opt.size))
			sample_usage(argv[0], normal, quick, 2);
	}
	if (!opt.size)
		opt.size = opt.quick ? quick : normal;
	printf("%s, size %zu\n", title, opt.size);
}

/* Prints the verdict; its result is the program's exit status. */
inline int sample_end()
{
	printf("%s\n", sample_failed ? "FAIL" : "PASS");
	return sample_failed;
}

/* Notes one condition that must hold. */
inline void sample_expect(const char *what, bool holds)
{
	printf("  %s: %s\n", what, holds ? "ok" : "WRONG");
	sample_failed |= !holds;
}

/* Compares what the GPU computed with what the CPU did. An element may be off by `tolerance`,
 * relative to its size where that is above 1; 0 asks for equality. */
template <typename T>
void sample_compare(const char *what, const std::vector<T> &gpu, const std::vector<T> &cpu,
		    double tolerance = 0)
{
	double max_abs = 0, max_rel = 0;
	size_t wrong = 0, first = 0;

	for (size_t i = 0; i < cpu.size(); i++) {
		double want = double(cpu[i]), abs = fabs(double(gpu[i]) - want);

		if (!(abs <= tolerance * fmax(1, fabs(want))) && !wrong++)
			first = i;
		max_abs = fmax(max_abs, abs);
		if (want != 0)
			max_rel = fmax(max_rel, abs / fabs(want));
	}
	printf("  %s: %zu values, max error %.3g absolute, %.3g relative: %s\n", what, cpu.size(),
	       max_abs, max_rel, wrong ? "WRONG" : "ok");
	if (wrong)
		printf("  %s: %zu wrong, first [%zu]: GPU %.9g, CPU %.9g\n", what, wrong, first,
		       double(gpu[first]), double(cpu[first]));
	sample_failed |= wrong != 0;
}

/* The same n numbers in [low, high) on each run. */
inline std::vector<float> sample_random(size_t n, float low, float high, uint32_t seed = 1)
{
	std::mt19937 engine(seed);
	std::uniform_real_distribution<float> number(low, high);
	std::vector<float> values(n);

	for (float &v : values)
		v = number(engine);
	return values;
}

/* Device memory for some values, freed at the end of its scope. */
template <typename T> class device_array
{
      public:
	explicit device_array(size_t n) : n(n)
	{
		HIP_CHECK(hipMalloc(&ptr, n * sizeof(T)));
	}

	explicit device_array(const std::vector<T> &host) : device_array(host.size())
	{
		HIP_CHECK(hipMemcpy(ptr, host.data(), n * sizeof(T), hipMemcpyHostToDevice));
	}

	~device_array()
	{
		(void)hipFree(ptr);
	}

	device_array(const device_array &) = delete;
	device_array &operator=(const device_array &) = delete;

	T *get()
	{
		return ptr;
	}

	void zero()
	{
		HIP_CHECK(hipMemset(ptr, 0, n * sizeof(T)));
	}

	std::vector<T> to_host() const
	{
		std::vector<T> host(n);

		HIP_CHECK(hipMemcpy(host.data(), ptr, n * sizeof(T), hipMemcpyDeviceToHost));
		return host;
	}

      private:
	T *ptr = nullptr;
	size_t n;
};

/* Time from its making to report(), which waits for the GPU first. */
class sample_timer
{
      public:
	/* `work` is what was done, in `unit`s; 0 where a rate says nothing. */
	void report(const char *what, double work = 0, const char *unit = "")
	{
		HIP_CHECK(hipDeviceSynchronize());

		std::chrono::duration<double> took = clock::now() - start;
		double seconds = took.count();

		if (sample_opt.time && work > 0)
			fprintf(stderr, "  time %s: %.3f ms, %.3f %s/s\n", what, seconds * 1e3,
				work / seconds, unit);
		else if (sample_opt.time)
			fprintf(stderr, "  time %s: %.3f ms\n", what, seconds * 1e3);
	}

      private:
	using clock = std::chrono::steady_clock;
	clock::time_point start = clock::now();
};

/* Blocks of `block` work-items that cover n of them. */
inline unsigned sample_blocks(size_t n, unsigned block)
{
	return unsigned((n + block - 1) / block);
}

#endif
