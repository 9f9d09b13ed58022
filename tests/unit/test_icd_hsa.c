/*
 * A libhsa-runtime64.so.1. VT_TEST_HSA says how it finds its thunk: 'i' imports, 'd' a table from
 * libdtif.so if HSA_ENABLE_DTIF is 1, 's' linked in.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/test_icd_fake.h"

static bool started;

static int open_thunk(void)
{
#if VT_TEST_HSA == 'i'
	return hsaKmtOpenKFD();
#elif VT_TEST_HSA == 'd'
	const char *value = getenv("HSA_ENABLE_DTIF");
	void *dtif = value && strcmp(value, "1") == 0 ? dlopen("libdtif.so", RTLD_LAZY) : NULL;
	int (*fn)(void);

	*(void **)&fn = dtif ? dlsym(dtif, "hsaKmtOpenKFD") : NULL;
	return fn ? fn() : FAKE_SYSTEM_GPUS;
#else
	return FAKE_SYSTEM_GPUS;
#endif
}

FAKE_API int fake_hsa_gpus(void)
{
	started = true;
	return open_thunk();
}

FAKE_API int hsa_system_get_info(int what, void *value)
{
	if (!started)
		return 0x100b;
	if (what == 0)
		*(uint16_t *)value = 1;
	return 0;
}
