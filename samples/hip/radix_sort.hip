/*
 * radix_sort - sorting pairs of a key and a value with rocPRIM, a library of kernels in header
 * files.
 */
#include "sample.h"

#include <algorithm>
#include <numeric>
#include <rocprim/rocprim.hpp>

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "radix_sort: keys and values sorted by rocPRIM", 300000, 5000);

	const size_t n = sample_opt.size;
	std::mt19937 engine(1);
	std::vector<uint32_t> keys(n), values(n);

	for (uint32_t &key : keys)
		key =
		    engine() %
		    uint32_t(
			n); /* some keys occur twice, so that it matters that the sort is stable */
	std::iota(values.begin(), values.end(), 0);

	device_array<uint32_t> keys_in(keys), values_in(values), keys_out(n), values_out(n);
	size_t bytes = 0;

	/* Without memory to work in, it only says how much that would be. */
	HIP_CHECK(rocprim::radix_sort_pairs(nullptr, bytes, keys_in.get(), keys_out.get(),
					    values_in.get(), values_out.get(), n));
	device_array<uint8_t> work(bytes);

	sample_timer timer;
	HIP_CHECK(rocprim::radix_sort_pairs(work.get(), bytes, keys_in.get(), keys_out.get(),
					    values_in.get(), values_out.get(), n));
	timer.report("sort", 1e-6 * n, "million pairs");

	std::stable_sort(values.begin(), values.end(),
			 [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; });
	std::sort(keys.begin(), keys.end());
	sample_compare("keys", keys_out.to_host(), keys);
	sample_compare("values", values_out.to_host(), values);
	return sample_end();
}
