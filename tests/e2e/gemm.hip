// Matrix products of 512 x 512 in half, single and double precision against sums made by the
// processor.
#include <hip/hip_fp16.h>
#include <hip/hip_runtime.h>
#include <rocblas/rocblas.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

static const int N = 512;

#define HIP_OK(call)                                                                    \
	do {                                                                            \
		hipError_t e_ = (call);                                                 \
		if (e_ != hipSuccess) {                                                 \
			std::fprintf(stderr, "%s: %s\n", #call, hipGetErrorString(e_)); \
			std::exit(2);                                                   \
		}                                                                       \
	} while (0)

static rocblas_status gemm(rocblas_handle h, const float *a, const float *b, float *c)
{
	const float one = 1, zero = 0;

	return rocblas_sgemm(h, rocblas_operation_none, rocblas_operation_transpose, N, N, N, &one,
			     a, N, b, N, &zero, c, N);
}

static rocblas_status gemm(rocblas_handle h, const double *a, const double *b, double *c)
{
	const double one = 1, zero = 0;

	return rocblas_dgemm(h, rocblas_operation_none, rocblas_operation_transpose, N, N, N, &one,
			     a, N, b, N, &zero, c, N);
}

static rocblas_status gemm(rocblas_handle h, const __half *a, const __half *b, __half *c)
{
	const rocblas_half *x = reinterpret_cast<const rocblas_half *>(a);
	const rocblas_half *y = reinterpret_cast<const rocblas_half *>(b);
	const __half one = __float2half(1.0f), zero = __float2half(0.0f);

	return rocblas_hgemm(h, rocblas_operation_none, rocblas_operation_transpose, N, N, N,
			     reinterpret_cast<const rocblas_half *>(&one), x, N, y, N,
			     reinterpret_cast<const rocblas_half *>(&zero),
			     reinterpret_cast<rocblas_half *>(c), N);
}

static double number(float x)
{
	return x;
}
static double number(double x)
{
	return x;
}
static double number(__half x)
{
	return __half2float(x);
}

static void set(float &to, double x)
{
	to = static_cast<float>(x);
}
static void set(double &to, double x)
{
	to = x;
}
static void set(__half &to, double x)
{
	to = __float2half(static_cast<float>(x));
}

// Small multiples of 1/16: products are exact in every type, sums nearly.
template <typename T> static std::vector<T> matrix(unsigned seed)
{
	std::vector<T> m(N * N);

	for (T &x : m) {
		seed = seed * 1664525u + 1013904223u;
		set(x, static_cast<int>(seed >> 24) % 17 / 16.0 - 0.5);
	}
	return m;
}

template <typename T> static T *upload(const std::vector<T> &m)
{
	T *p = nullptr;

	HIP_OK(hipMalloc(&p, m.size() * sizeof(T)));
	HIP_OK(hipMemcpy(p, m.data(), m.size() * sizeof(T), hipMemcpyHostToDevice));
	return p;
}

// c = a * b^T, column-major. Every 37th element is compared.
template <typename T> static bool check(rocblas_handle h, const char *name, double tolerance)
{
	std::vector<T> a = matrix<T>(1), b = matrix<T>(2), c(N * N);
	T *da = upload(a), *db = upload(b), *dc = upload(c);
	double worst = 0;

	if (gemm(h, da, db, dc) != rocblas_status_success) {
		std::fprintf(stderr, "%s: refused\n", name);
		return false;
	}
	HIP_OK(hipMemcpy(c.data(), dc, c.size() * sizeof(T), hipMemcpyDeviceToHost));
	for (int i = 0; i < N * N; i += 37) {
		double sum = 0;

		for (int k = 0; k < N; k++)
			sum += number(a[i % N + k * N]) * number(b[i / N + k * N]);
		worst = std::fmax(worst, std::fabs(number(c[i]) - sum));
	}
	std::printf("%s: largest error %g\n", name, worst);
	HIP_OK(hipFree(da));
	HIP_OK(hipFree(db));
	HIP_OK(hipFree(dc));
	return worst <= tolerance;
}

int main()
{
	rocblas_handle h;
	bool ok;

	if (rocblas_create_handle(&h) != rocblas_status_success)
		return 2;
	ok = check<float>(h, "sgemm", 1e-4);
	ok = check<double>(h, "dgemm", 1e-12) && ok;
	ok = check<__half>(h, "hgemm", 0.1) && ok;
	rocblas_destroy_handle(h);
	return ok ? 0 : 1;
}
