/*
 * device_printf - printf in a kernel. The GPU puts the text in a buffer, interrupts the CPU and
 * waits until a thread of the HIP runtime has written it.
 *
 * Lines of different blocks come in any order. So this sample catches what the kernel prints, sorts
 * it and compares.
 */
#include "sample.h"

#include <algorithm>
#include <string>
#include <unistd.h>

__global__ void hello()
{
	unsigned block = blockIdx.x, i = threadIdx.x;

	printf("block %u, work-item %u: %u squared is %u, a third of it is %.3f, \"%s\"\n", block,
	       i, i, i * i, i / 3.0, i & 1 ? "odd" : "even");
}

/* What the kernel wrote to standard output, line by line. */
static std::vector<std::string> run_and_catch(unsigned blocks, unsigned block)
{
	std::vector<std::string> lines;
	FILE *file = tmpfile();
	char line[256];
	int saved;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	if (!file || saved < 0 || dup2(fileno(file), STDOUT_FILENO) < 0) {
		perror("device_printf");
		exit(1);
	}
	hello<<<blocks, block>>>();
	hipError_t err = hipDeviceSynchronize();
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	HIP_CHECK(err);

	rewind(file);
	while (fgets(line, sizeof(line), file))
		lines.push_back(line);
	fclose(file);
	return lines;
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "device_printf: text from a kernel", 4, 2);

	const unsigned blocks = unsigned(sample_opt.size), block = 6;
	std::vector<std::string> expected, lines = run_and_catch(blocks, block);
	char line[256];

	for (unsigned b = 0; b < blocks; b++) {
		for (unsigned i = 0; i < block; i++) {
			snprintf(line, sizeof(line),
				 "block %u, work-item %u: %u squared is %u, a third of it is %.3f, "
				 "\"%s\"\n",
				 b, i, i, i * i, i / 3.0, i & 1 ? "odd" : "even");
			expected.push_back(line);
		}
	}
	std::sort(lines.begin(), lines.end());
	std::sort(expected.begin(), expected.end());
	for (const std::string &text : lines)
		printf("  %s", text.c_str());
	sample_expect("every line there, once", lines == expected);
	return sample_end();
}
