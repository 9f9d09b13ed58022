/*
 * tests/support/vt_test.h - one way to write a test, two runners.
 *
 * Normally a test program is a Criterion program. Criterion does not start under ThreadSanitizer,
 * so with VT_TEST_PLAIN=1 the same source becomes a program that runs its tests one after the other
 * in its own process.
 *
 *   VT_TEST(ring, wraps) { ... }                          one test
 *   VT_TEST_ROWS(isa, golden, VT_ARRAY_LEN(rows)) { use(&rows[row]); }     one test a row; `row` is
 * its index
 *
 * VT_ASSERT ends the test; it works in any function that the test calls on its own thread.
 */
#ifndef VT_TEST_H
#define VT_TEST_H

#include <stddef.h>

#define VT_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#if VT_TEST_PLAIN

struct vt_test {
	const char *suite, *name;
	void (*fn)(size_t row);
	size_t rows;
	struct vt_test *next;
};

void vt_test_add(struct vt_test *test);
void vt_test_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), noreturn));

#define VT_TEST_ROWS(suite_, name_, rows_)                                                 \
	static void suite_##_##name_(size_t row);                                          \
	__attribute__((constructor)) static void suite_##_##name_##_add(void)              \
	{                                                                                  \
		static struct vt_test test = {#suite_, #name_, suite_##_##name_, 0, NULL}; \
		test.rows = (rows_);                                                       \
		vt_test_add(&test);                                                        \
	}                                                                                  \
	static void suite_##_##name_(size_t row __attribute__((unused)))

#define VT_TEST(suite_, name_) VT_TEST_ROWS(suite_, name_, 1)

#define VT_ASSERT_MSG(cond, ...)                                       \
	do {                                                           \
		if (!(cond))                                           \
			vt_test_fail(__FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

#else

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

static inline void vt_test_rows_free(struct criterion_test_params *params)
{
	cr_free(params->params);
}

#define VT_TEST(suite_, name_) Test(suite_, name_)

#define VT_TEST_ROWS(suite_, name_, rows_)                                     \
	static void suite_##_##name_##_row(size_t row);                        \
	ParameterizedTestParameters(suite_, name_)                             \
	{                                                                      \
		size_t n = (rows_), *row = cr_malloc(n * sizeof(*row));        \
		for (size_t i = 0; i < n; i++)                                 \
			row[i] = i;                                            \
		return cr_make_param_array(size_t, row, n, vt_test_rows_free); \
	}                                                                      \
	ParameterizedTest(size_t *row, suite_, name_)                          \
	{                                                                      \
		suite_##_##name_##_row(*row);                                  \
	}                                                                      \
	static void suite_##_##name_##_row(size_t row)

#define VT_ASSERT_MSG(cond, ...) cr_assert(cond, __VA_ARGS__)

#endif

#define VT_ASSERT(cond) VT_ASSERT_MSG(cond, "%s", #cond)

/* Integers that must be equal; prints both. */
#define VT_ASSERT_EQ(a, b)                                                                    \
	do {                                                                                  \
		long long vt_a = (long long)(a), vt_b = (long long)(b);                       \
		VT_ASSERT_MSG(vt_a == vt_b, "%s = %lld (%#llx), %s = %lld (%#llx)", #a, vt_a, \
			      (unsigned long long)vt_a, #b, vt_b, (unsigned long long)vt_b);  \
	} while (0)

#endif
