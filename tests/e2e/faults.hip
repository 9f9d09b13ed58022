// Mistakes, one a mode: a kernel that reaches for memory that is not there (unmapped) or executes what is no
// instruction (illegal). And two things that only look like mistakes: the GPU in the program's own heap (heap), and a
// child of a program that uses the GPU (fork).
#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

__global__ void store(int *p)
{
	p[threadIdx.x] = threadIdx.x;
}

__global__ void illegal()
{
	asm volatile(".long 0xffffffff");
}

static int finish()
{
	return hipDeviceSynchronize() == hipSuccess ? 0 : 1;
}

// Registers a block in the middle of the heap, while another thread's worth of allocations goes on around it.
static int heap()
{
	for (int round = 0; round < 50; round++) {
		int *block = static_cast<int *>(malloc(64 * sizeof(int))), *gpu;
		char *neighbour = static_cast<char *>(malloc(100));

		memset(block, 0xff, 64 * sizeof(int));
		memset(neighbour, round, 100);
		if (hipHostRegister(block, 64 * sizeof(int), hipHostRegisterDefault) != hipSuccess ||
		    hipHostGetDevicePointer(reinterpret_cast<void **>(&gpu), block, 0) != hipSuccess)
			return 2;
		store<<<1, 64>>>(gpu);
		if (finish() || hipHostUnregister(block) != hipSuccess)
			return 3;
		for (int i = 0; i < 64; i++)
			if (block[i] != i || neighbour[i] != round)
				return 1;
		free(block);
		free(neighbour);
	}
	puts("heap ok");
	return 0;
}

static int fork_child()
{
	int *block = static_cast<int *>(malloc(64 * sizeof(int))), *gpu;
	int status;
	pid_t pid;

	if (hipHostRegister(block, 64 * sizeof(int), hipHostRegisterDefault) != hipSuccess ||
	    hipHostGetDevicePointer(reinterpret_cast<void **>(&gpu), block, 0) != hipSuccess)
		return 2;
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 64; i++)
			block[i] = -1; // in the child's own copy
		char *more = static_cast<char *>(malloc(1 << 20));
		memset(more, 1, 1 << 20);
		free(more);
		_exit(0);
	}
	store<<<1, 64>>>(gpu);
	if (finish() || waitpid(pid, &status, 0) != pid || status)
		return 3;
	for (int i = 0; i < 64; i++)
		if (block[i] != i)
			return 1;
	if (hipHostUnregister(block) != hipSuccess)
		return 4;
	free(block);
	puts("fork ok");
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (strcmp(mode, "unmapped") == 0) {
		store<<<1, 64>>>(reinterpret_cast<int *>(0xdeadbeef000));
		return finish();
	}
	if (strcmp(mode, "illegal") == 0) {
		illegal<<<1, 64>>>();
		return finish();
	}
	if (strcmp(mode, "heap") == 0)
		return heap();
	if (strcmp(mode, "fork") == 0)
		return fork_child();
	return 2;
}
