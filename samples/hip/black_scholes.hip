/*
 * black_scholes - prices of European options by the Black-Scholes formula: logarithm, exponential,
 * error function.
 */
#include "sample.h"

constexpr float RATE = 0.02f, VOLATILITY = 0.3f;

/* Standard normal distribution function. */
__host__ __device__ inline float normal(float x)
{
	return 0.5f * erfcf(-x * float(M_SQRT1_2));
}

/* Price today of the right to buy (call) or to sell (put) something that is worth `price` now, for
 * `strike` in `years`. */
__host__ __device__ inline void black_scholes(float price, float strike, float years, float *call,
					      float *put)
{
	float spread = VOLATILITY * sqrtf(years);
	float d1 =
	    (logf(price / strike) + (RATE + 0.5f * VOLATILITY * VOLATILITY) * years) / spread;
	float d2 = d1 - spread;
	float discounted = strike * expf(-RATE * years);

	*call = price * normal(d1) - discounted * normal(d2);
	*put = discounted * normal(-d2) - price * normal(-d1);
}

__global__ void price_options(const float *price, const float *strike, const float *years,
			      float *call, float *put, size_t n)
{
	size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;

	if (i < n)
		black_scholes(price[i], strike[i], years[i], &call[i], &put[i]);
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "black_scholes: option prices", 1 << 19, 10000);

	const size_t n = sample_opt.size;
	std::vector<float> price = sample_random(n, 5, 30, 1), strike = sample_random(n, 1, 100, 2);
	std::vector<float> years = sample_random(n, 0.25f, 10, 3), call(n), put(n);
	device_array<float> dev_price(price), dev_strike(strike), dev_years(years), dev_call(n),
	    dev_put(n);

	sample_timer timer;
	price_options<<<sample_blocks(n, 256), 256>>>(
	    dev_price.get(), dev_strike.get(), dev_years.get(), dev_call.get(), dev_put.get(), n);
	HIP_CHECK(hipGetLastError());
	timer.report("kernel", 1e-6 * n, "million options");

	for (size_t i = 0; i < n; i++)
		black_scholes(price[i], strike[i], years[i], &call[i], &put[i]);
	sample_compare("call prices", dev_call.to_host(), call, 1e-5);
	sample_compare("put prices", dev_put.to_host(), put, 1e-5);
	return sample_end();
}
