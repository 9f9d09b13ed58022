// Adds vectors on the GPU and compares with the CPU. Prints "sum ok".
#include <hip/hip_runtime.h>

#include <cstdio>
#include <vector>

__global__ void add(const float *a, const float *b, float *c, int n)
{
	int i = blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		c[i] = a[i] + b[i];
}

#define CHECK(call)                                                                                                    \
	do {                                                                                                           \
		hipError_t err = (call);                                                                               \
		if (err != hipSuccess) {                                                                               \
			fprintf(stderr, "%s: %s\n", #call, hipGetErrorString(err));                                    \
			return 1;                                                                                      \
		}                                                                                                      \
	} while (0)

int main()
{
	const int n = 100000;
	std::vector<float> a(n), b(n), c(n);
	float *da, *db, *dc;

	for (int i = 0; i < n; i++) {
		a[i] = i;
		b[i] = 2 * i;
	}
	CHECK(hipMalloc(&da, n * sizeof(float)));
	CHECK(hipMalloc(&db, n * sizeof(float)));
	CHECK(hipMalloc(&dc, n * sizeof(float)));
	CHECK(hipMemcpy(da, a.data(), n * sizeof(float), hipMemcpyHostToDevice));
	CHECK(hipMemcpy(db, b.data(), n * sizeof(float), hipMemcpyHostToDevice));
	add<<<(n + 255) / 256, 256>>>(da, db, dc, n);
	CHECK(hipGetLastError());
	CHECK(hipMemcpy(c.data(), dc, n * sizeof(float), hipMemcpyDeviceToHost));
	for (int i = 0; i < n; i++)
		if (c[i] != 3.0f * i) {
			fprintf(stderr, "c[%d] = %f\n", i, c[i]);
			return 1;
		}
	CHECK(hipFree(da));
	CHECK(hipFree(db));
	CHECK(hipFree(dc));
	puts("sum ok");
	return 0;
}
