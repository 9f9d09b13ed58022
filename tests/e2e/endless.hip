// Works until it is killed: with short kernels (launch), in one kernel without end (kernel), or asleep in the wait for
// one (block).
#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstring>

__global__ void count(int *n)
{
	atomicAdd(n, 1);
}

__global__ void spin(volatile int *n)
{
	while (*n >= 0)
		__builtin_amdgcn_s_sleep(10);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "launch";
	int *n;

	if (strcmp(mode, "block") == 0 && hipSetDeviceFlags(hipDeviceScheduleBlockingSync) != hipSuccess)
		return 2;
	if (hipMalloc(&n, sizeof(*n)) != hipSuccess || hipMemset(n, 0, sizeof(*n)) != hipSuccess)
		return 2;
	count<<<1, 64>>>(n);
	if (hipDeviceSynchronize() != hipSuccess)
		return 2;
	puts("running");
	fflush(stdout);
	if (strcmp(mode, "launch") != 0)
		spin<<<1, 64>>>(n);
	while (hipDeviceSynchronize() == hipSuccess)
		count<<<1, 64>>>(n);
	return 3;
}
