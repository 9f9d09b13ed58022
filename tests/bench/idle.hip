/*
 * idle - runs one kernel, says so, and then does nothing for as long as it is told: what does
 * waiting cost?
 */
#include "samples/hip/sample.h"

#include <unistd.h>

__global__ void nothing()
{
}

int main(int argc, char **argv)
{
	nothing<<<1, 64>>>();
	HIP_CHECK(hipDeviceSynchronize());
	printf("idle\n");
	fflush(stdout);
	sleep(argc > 1 ? unsigned(atoi(argv[1])) : 30);
	return 0;
}
