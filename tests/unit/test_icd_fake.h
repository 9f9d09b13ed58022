/*
 * tests/unit/test_icd_fake.h - the stand-ins for AMD's libraries, from the OpenCL runtime down to
 * the thunk. A number of GPUs passes through all of them, which tells whose thunk is in use.
 */
#ifndef VT_TEST_ICD_FAKE_H
#define VT_TEST_ICD_FAKE_H

#include <stdint.h>

#define FAKE_API __attribute__((visibility("default")))

/* GPUs of the system's thunk, of ours, and of our libdtif.so. */
enum { FAKE_SYSTEM_GPUS = 0, FAKE_OUR_GPUS = 2, FAKE_DTIF_GPUS = 3 };

FAKE_API int hsaKmtOpenKFD(void); /* the number of GPUs */
FAKE_API int fake_hsa_gpus(void); /* likewise; starts the runtime as hsa_init() does */
FAKE_API int hsa_system_get_info(int what, void *value);

#endif
