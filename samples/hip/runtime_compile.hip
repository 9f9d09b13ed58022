/*
 * runtime_compile - a kernel that exists as text only: compiled by hipRTC for the GPU that is
 * there, loaded, launched.
 */
#include "sample.h"

#include <hip/hiprtc.h>
#include <string>

#define HIPRTC_CHECK(call) hiprtc_check(call, #call, __LINE__)

static void hiprtc_check(hiprtcResult result, const char *call, int line)
{
	if (result == HIPRTC_SUCCESS)
		return;
	fprintf(stderr, "runtime_compile.hip:%d: %s: %s\n", line, call,
		hiprtcGetErrorString(result));
	exit(1);
}

/* Steps of the Collatz sequence from i + 1 down to 1. */
static const char source[] = R"(
extern "C" __global__ void collatz(unsigned *steps, unsigned n)
{
	unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
	unsigned long long x = i + 1;
	unsigned count = 0;

	if (i >= n)
		return;
	for (; x != 1; count++)
		x = x & 1 ? 3 * x + 1 : x / 2;
	steps[i] = count;
}
)";

static std::vector<char> compile(const char *text)
{
	hipDeviceProp_t prop;
	hiprtcProgram program;
	size_t size;

	HIP_CHECK(hipGetDeviceProperties(&prop, 0));
	std::string arch = std::string("--offload-arch=") + prop.gcnArchName;
	const char *options[] = {arch.c_str(), "-O3"};

	HIPRTC_CHECK(hiprtcCreateProgram(&program, text, "collatz.hip", 0, nullptr, nullptr));
	if (hiprtcCompileProgram(program, 2, options) != HIPRTC_SUCCESS) {
		HIPRTC_CHECK(hiprtcGetProgramLogSize(program, &size));
		std::vector<char> log(size + 1);
		HIPRTC_CHECK(hiprtcGetProgramLog(program, log.data()));
		fprintf(stderr, "%s\n", log.data());
		exit(1);
	}
	HIPRTC_CHECK(hiprtcGetCodeSize(program, &size));
	std::vector<char> code(size);
	HIPRTC_CHECK(hiprtcGetCode(program, code.data()));
	HIPRTC_CHECK(hiprtcDestroyProgram(&program));
	return code;
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "runtime_compile: a kernel from text, by hipRTC", 100000, 5000);

	unsigned n = unsigned(sample_opt.size);
	std::vector<uint32_t> expected(n);
	device_array<uint32_t> steps(n);
	uint32_t *steps_ptr = steps.get();
	void *args[] = {&steps_ptr, &n};
	hipModule_t module;
	hipFunction_t function;

	sample_timer compile_timer;
	std::vector<char> code = compile(source);
	compile_timer.report("compiler");

	HIP_CHECK(hipModuleLoadData(&module, code.data()));
	HIP_CHECK(hipModuleGetFunction(&function, module, "collatz"));
	sample_timer timer;
	HIP_CHECK(hipModuleLaunchKernel(function, sample_blocks(n, 256), 1, 1, 256, 1, 1, 0,
					nullptr, args, nullptr));
	timer.report("kernel", 1e-6 * n, "million sequences");

	for (unsigned i = 0; i < n; i++)
		for (uint64_t x = i + 1; x != 1; expected[i]++)
			x = x & 1 ? 3 * x + 1 : x / 2;
	sample_compare("steps", steps.to_host(), expected);
	HIP_CHECK(hipModuleUnload(module));
	return sample_end();
}
