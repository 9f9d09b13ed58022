/*
 * tests/bench/bench.h - for the micro-benchmarks: how a figure is measured and printed.
 *
 * A benchmark prints lines "NAME VALUE UNIT" on standard output and nothing else there; run
 * collects them. Each value is the median of several repeats in one process, after a warm-up.
 */
#ifndef BENCH_H
#define BENCH_H

#include "samples/hip/sample.h"

#include <algorithm>
#include <string>

/* Repeats of each measurement; --quick sets it to 2. */
inline unsigned bench_repeats = 9;

inline void bench_begin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick")) {
			fprintf(stderr, "usage: %s [--quick]\n", argv[0]);
			exit(2);
		}
		bench_repeats = 2;
	}
}

inline double bench_now()
{
	return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
	    .count();
}

/* Median time of one call of `work` in seconds, after one call to warm up. `work` waits for what it
 * starts. */
template <typename F> double bench_median(F work)
{
	std::vector<double> times;

	work();
	for (unsigned i = 0; i < bench_repeats; i++) {
		double begin = bench_now();

		work();
		times.push_back(bench_now() - begin);
	}
	std::sort(times.begin(), times.end());
	return times[times.size() / 2];
}

inline void bench_print(const char *name, double value, const char *unit)
{
	printf("%s %.6g %s\n", name, value, unit);
	fflush(stdout);
}

/* "4KiB", "64MiB" */
inline std::string bench_size(size_t bytes)
{
	return bytes < (1 << 20) ? std::to_string(bytes >> 10) + "KiB"
				 : std::to_string(bytes >> 20) + "MiB";
}

#endif
