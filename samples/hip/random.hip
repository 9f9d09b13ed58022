/*
 * random - random numbers from rocRAND: the raw sequence must be Philox's, the distributions must
 * have the right mean and variance.
 *
 * Philox 4x32-10 computes the numbers 4i .. 4i+3 from i and the seed alone, so the CPU can do the
 * same in a few lines. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11.
 */
#include "sample.h"

#include <rocrand/rocrand.h>

#define ROCRAND_CHECK(call) rocrand_check(call, #call, __LINE__)

static void rocrand_check(rocrand_status status, const char *call, int line)
{
	if (status == ROCRAND_STATUS_SUCCESS)
		return;
	fprintf(stderr, "random.hip:%d: %s: rocRAND status %d\n", line, call, status);
	exit(1);
}

static std::vector<uint32_t> philox(uint64_t seed, size_t n)
{
	std::vector<uint32_t> numbers;

	for (uint64_t i = 0; numbers.size() < n; i++) {
		uint32_t c[4] = {uint32_t(i), uint32_t(i >> 32), 0, 0};
		uint32_t key[2] = {uint32_t(seed), uint32_t(seed >> 32)};

		for (int round = 0; round < 10; round++) {
			uint64_t a = uint64_t(0xd2511f53) * c[0], b = uint64_t(0xcd9e8d57) * c[2];

			c[0] = uint32_t(b >> 32) ^ c[1] ^ key[0];
			c[1] = uint32_t(b);
			c[2] = uint32_t(a >> 32) ^ c[3] ^ key[1];
			c[3] = uint32_t(a);
			key[0] += 0x9e3779b9;
			key[1] += 0xbb67ae85;
		}
		numbers.insert(numbers.end(), c, c + 4);
	}
	numbers.resize(n);
	return numbers;
}

/* Mean and variance must be within five standard errors of what the distribution has; kurtosis is
 * its fourth central moment over the square of the variance. */
static void check_moments(const char *what, const std::vector<float> &x, double mean,
			  double variance, double kurtosis)
{
	double n = double(x.size()), sum = 0, squares = 0;

	for (float v : x) {
		sum += v;
		squares += (v - mean) * (v - mean);
	}
	printf("  %s: mean %.5f (%.5f), variance %.5f (%.5f)\n", what, sum / n, mean, squares / n,
	       variance);
	sample_expect("mean", fabs(sum / n - mean) < 5 * sqrt(variance / n));
	sample_expect("variance",
		      fabs(squares / n - variance) < 5 * variance * sqrt((kurtosis - 1) / n));
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "random: rocRAND's Philox against the CPU, mean and variance",
		     400000, 20000);

	const size_t n = sample_opt.size;
	const uint64_t seed = 20240229;
	device_array<uint32_t> raw(n);
	device_array<float> uniform(n), normal(n);
	rocrand_generator generator;

	ROCRAND_CHECK(rocrand_create_generator(&generator, ROCRAND_RNG_PSEUDO_PHILOX4_32_10));
	ROCRAND_CHECK(rocrand_set_seed(generator, seed));

	sample_timer timer;
	ROCRAND_CHECK(rocrand_generate(generator, raw.get(), n));
	timer.report("raw", 1e-6 * n, "million numbers");
	ROCRAND_CHECK(rocrand_generate_uniform(generator, uniform.get(), n));
	ROCRAND_CHECK(rocrand_generate_normal(generator, normal.get(), n, 10, 2));
	timer.report("all three");
	ROCRAND_CHECK(rocrand_destroy_generator(generator));

	sample_compare("raw", raw.to_host(), philox(seed, n));
	check_moments("uniform", uniform.to_host(), 0.5, 1 / 12.0, 1.8);
	check_moments("normal", normal.to_host(), 10, 4, 3);
	return sample_end();
}
