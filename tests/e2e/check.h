/*
 * e2e/check.h - for programs that use the thunk as a runtime does: what is not so is printed, and
 * ends the program with 1. The includer brings the thunk's header, of whichever layout.
 */
#ifndef VT_E2E_CHECK_H
#define VT_E2E_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(cond)                                                                 \
	do {                                                                        \
		if (!(cond)) {                                                      \
			printf("%s:%d: %s is not so\n", __FILE__, __LINE__, #cond); \
			exit(1);                                                    \
		}                                                                   \
	} while (0)

#define STATUS(call, want)                                                                     \
	do {                                                                                   \
		int status_ = (call);                                                          \
		if (status_ != (want)) {                                                       \
			printf("%s:%d: %s: status %d, wanted %d\n", __FILE__, __LINE__, #call, \
			       status_, (int)(want));                                          \
			exit(1);                                                               \
		}                                                                              \
	} while (0)

#define OK(call) STATUS(call, HSAKMT_STATUS_SUCCESS)

#endif
