/* The runner for programs that Criterion cannot run: registers tests from constructors, runs them
 * in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/vt_test.h"

static struct vt_test *tests;
static jmp_buf on_fail;

void vt_test_add(struct vt_test *test)
{
	struct vt_test **end = &tests;

	while (*end)
		end = &(*end)->next;
	*end = test;
}

void vt_test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	longjmp(on_fail, 1);
}

int main(void)
{
	volatile size_t passed = 0, failed = 0;

	for (struct vt_test *volatile t = tests; t; t = t->next) {
		for (volatile size_t row = 0; row < t->rows; row++) {
			if (setjmp(on_fail)) {
				fprintf(stderr, "FAILED %s::%s row %zu\n", t->suite, t->name, row);
				failed++;
				continue;
			}
			t->fn(row);
			passed++;
		}
	}
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
