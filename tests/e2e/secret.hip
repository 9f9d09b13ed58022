// Keeps a pattern in GPU memory (keep FIFO: until the FIFO says something), reads at an address (read ADDRESS), or
// searches all memory that it is given for anything but zero (search).
#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

static const unsigned long long pattern = 0x5ec2e75ec2e7ULL;
static const size_t words = 1 << 20;

__global__ void fill(unsigned long long *p, size_t n, unsigned long long value)
{
	size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;

	if (i < n)
		p[i] = value;
}

__global__ void find(const unsigned long long *p, size_t n, unsigned long long value, bool equal, unsigned *found)
{
	size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;

	if (i < n && (p[i] == value) == equal)
		atomicAdd(found, 1u);
}

static unsigned search(const unsigned long long *p, size_t n, unsigned long long value, bool equal)
{
	unsigned *found, result = ~0u;

	if (hipHostMalloc(&found, sizeof(*found)) != hipSuccess)
		return ~0u;
	*found = 0;
	find<<<(n + 255) / 256, 256>>>(p, n, value, equal, found);
	if (hipDeviceSynchronize() == hipSuccess)
		result = *found;
	(void)hipHostFree(found);
	return result;
}

static int keep(const char *fifo)
{
	unsigned long long *p;
	char byte;
	FILE *file;

	if (hipMalloc(&p, words * sizeof(*p)) != hipSuccess)
		return 2;
	fill<<<words / 256, 256>>>(p, words, pattern);
	if (hipDeviceSynchronize() != hipSuccess)
		return 2;
	printf("at %p\n", (void *)p);
	fflush(stdout);
	file = fopen(fifo, "r");
	if (!file || fread(&byte, 1, 1, file) != 1)
		return 2;
	fclose(file);
	return search(p, words, pattern, false) == 0 ? 0 : 1;
}

static int search_all()
{
	for (int round = 0; round < 8; round++) {
		unsigned long long *p;
		unsigned found;

		if (hipMalloc(&p, words * sizeof(*p)) != hipSuccess)
			return 2;
		found = search(p, words, 0, false);
		if (found) {
			printf("%u words are not zero\n", found);
			return 1;
		}
		fill<<<words / 256, 256>>>(p, words, pattern + round);
		if (hipDeviceSynchronize() != hipSuccess || (round % 2 && hipFree(p) != hipSuccess))
			return 2;
	}
	puts("all zero");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "keep") == 0)
		return keep(argv[2]);
	if (argc > 2 && strcmp(argv[1], "read") == 0) {
		auto *p = reinterpret_cast<const unsigned long long *>(strtoull(argv[2], nullptr, 16));
		unsigned found = search(p, 1, pattern, true);

		puts(found == 0 ? "nothing there" : "secret found");
		return found ? 1 : 0;
	}
	return search_all();
}
