// Fourier transforms of one and two dimensions against sums made by the processor, and back again.
#include <hip/hip_runtime.h>
#include <hipfft/hipfft.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <vector>

using complex = std::complex<float>;

#define OK(call)                                                     \
	do {                                                         \
		int e_ = (call);                                     \
		if (e_ != 0) {                                       \
			std::fprintf(stderr, "%s: %d\n", #call, e_); \
			std::exit(2);                                \
		}                                                    \
	} while (0)

static std::vector<complex> signal(int n)
{
	std::vector<complex> s(n);
	unsigned seed = 7;

	for (complex &x : s) {
		seed = seed * 1664525u + 1013904223u;
		x = complex((seed >> 20 & 255) / 256.0f - 0.5f, (seed >> 12 & 255) / 256.0f - 0.5f);
	}
	return s;
}

// One element of the transform of ny rows of nx.
static std::complex<double> expected(const std::vector<complex> &s, int nx, int ny, int u, int v)
{
	std::complex<double> sum = 0;

	for (int y = 0; y < ny; y++)
		for (int x = 0; x < nx; x++)
			sum +=
			    std::complex<double>(s[y * nx + x]) *
			    std::polar(1.0, -2 * M_PI * (double(u) * x / nx + double(v) * y / ny));
	return sum;
}

static bool check(const char *name, int nx, int ny)
{
	std::vector<complex> in = signal(nx * ny), out(in.size());
	size_t bytes = in.size() * sizeof(complex);
	double worst = 0, back = 0;
	hipfftComplex *d;
	hipfftHandle plan;

	OK(hipMalloc(&d, bytes));
	OK(hipMemcpy(d, in.data(), bytes, hipMemcpyHostToDevice));
	if (ny == 1)
		OK(hipfftPlan1d(&plan, nx, HIPFFT_C2C, 1));
	else
		OK(hipfftPlan2d(&plan, ny, nx, HIPFFT_C2C));
	OK(hipfftExecC2C(plan, d, d, HIPFFT_FORWARD));
	OK(hipMemcpy(out.data(), d, bytes, hipMemcpyDeviceToHost));
	for (int i = 0; i < nx * ny; i += nx * ny / 61)
		worst = std::fmax(worst, std::abs(std::complex<double>(out[i]) -
						  expected(in, nx, ny, i % nx, i / nx)));
	OK(hipfftExecC2C(plan, d, d, HIPFFT_BACKWARD));
	OK(hipMemcpy(out.data(), d, bytes, hipMemcpyDeviceToHost));
	for (size_t i = 0; i < in.size(); i++)
		back = std::fmax(back, std::abs(out[i] / float(nx * ny) - in[i]));
	OK(hipfftDestroy(plan));
	OK(hipFree(d));
	std::printf("%s: largest error %g, there and back %g\n", name, worst, back);
	return worst < 1e-4 * nx * ny / 64 && back < 1e-5;
}

int main()
{
	bool ok = check("1024", 1024, 1) & check("1000", 1000, 1) & check("64 x 32", 64, 32) &
		  check("128 x 128", 128, 128);

	return ok ? 0 : 1;
}
