/* A libhsakmt.so.1 or libdtif.so that tells which one it is: VT_TEST_GPUS is the number of GPUs
 * that it has. */
#include "tests/unit/test_icd_fake.h"

FAKE_API int hsaKmtOpenKFD(void)
{
	return VT_TEST_GPUS;
}
