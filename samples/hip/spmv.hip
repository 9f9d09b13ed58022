/*
 * spmv - a sparse matrix times a vector with rocSPARSE.
 *
 * The matrix has a row for each point of a square grid and takes from a point's value those of its
 * four neighbours (the Laplace operator); it is stored in CSR form, the non-zero values of each row
 * with their columns.
 */
#include "sample.h"

#include <rocsparse/rocsparse.h>

#define ROCSPARSE_CHECK(call) rocsparse_check(call, #call, __LINE__)

static void rocsparse_check(rocsparse_status status, const char *call, int line)
{
	if (status == rocsparse_status_success)
		return;
	fprintf(stderr, "spmv.hip:%d: %s: rocSPARSE status %d\n", line, call, status);
	exit(1);
}

struct csr {
	std::vector<int> row_start{0}, col;
	std::vector<float> value;

	void add(int column, float v)
	{
		col.push_back(column);
		value.push_back(v);
	}
};

static csr laplace(int side)
{
	csr m;

	for (int i = 0; i < side * side; i++) {
		int x = i % side, y = i / side;

		if (y > 0)
			m.add(i - side, -1);
		if (x > 0)
			m.add(i - 1, -1);
		m.add(i, 4);
		if (x < side - 1)
			m.add(i + 1, -1);
		if (y < side - 1)
			m.add(i + side, -1);
		m.row_start.push_back(int(m.col.size()));
	}
	return m;
}

static std::vector<float> multiply_cpu(const csr &m, const std::vector<float> &x)
{
	std::vector<float> y;

	for (size_t row = 0; row + 1 < m.row_start.size(); row++) {
		double sum = 0;

		for (int i = m.row_start[row]; i < m.row_start[row + 1]; i++)
			sum += double(m.value[i]) * x[m.col[i]];
		y.push_back(float(sum));
	}
	return y;
}

/* y = m * x on the GPU. */
static std::vector<float> multiply_gpu(const csr &m, const std::vector<float> &x)
{
	const int n = int(x.size()), nonzeros = int(m.value.size());
	const float one = 1, zero = 0;
	device_array<int> row_start(m.row_start), col(m.col);
	device_array<float> value(m.value), dev_x(x), y(n);
	rocsparse_handle handle;
	rocsparse_mat_descr descr;
	rocsparse_mat_info info;

	ROCSPARSE_CHECK(rocsparse_create_handle(&handle));
	ROCSPARSE_CHECK(rocsparse_create_mat_descr(&descr));
	ROCSPARSE_CHECK(rocsparse_create_mat_info(&info));
	ROCSPARSE_CHECK(rocsparse_scsrmv_analysis(handle, rocsparse_operation_none, n, n, nonzeros,
						  descr, value.get(), row_start.get(), col.get(),
						  info));

	sample_timer timer;
	ROCSPARSE_CHECK(rocsparse_scsrmv(handle, rocsparse_operation_none, n, n, nonzeros, &one,
					 descr, value.get(), row_start.get(), col.get(), info,
					 dev_x.get(), &zero, y.get()));
	timer.report("product", 2e-9 * nonzeros, "GFLOP");

	std::vector<float> result = y.to_host();

	ROCSPARSE_CHECK(rocsparse_destroy_mat_info(info));
	ROCSPARSE_CHECK(rocsparse_destroy_mat_descr(descr));
	ROCSPARSE_CHECK(rocsparse_destroy_handle(handle));
	return result;
}

int main(int argc, char **argv)
{
	sample_begin(argc, argv, "spmv: the Laplace operator on a square grid by rocSPARSE", 500,
		     60);

	const csr m = laplace(int(sample_opt.size));
	const std::vector<float> x = sample_random(m.row_start.size() - 1, -1, 1);

	printf("  %zu rows, %zu values\n", x.size(), m.value.size());
	sample_compare("product", multiply_gpu(m, x), multiply_cpu(m, x), 1e-5);
	return sample_end();
}
