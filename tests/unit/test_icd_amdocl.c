/* A libamdocl64.so: one platform, with as many devices as the thunk at the bottom has GPUs. */
#include <CL/cl.h>
#include <CL/cl_icd.h>
#include <stddef.h>
#include <string.h>

#include "tests/unit/test_icd_fake.h"

struct _cl_platform_id {
	const cl_icd_dispatch *dispatch;
};

static cl_icd_dispatch dispatch;
static struct _cl_platform_id platform = {&dispatch};

FAKE_API cl_int CL_API_CALL clGetPlatformInfo(cl_platform_id id, cl_platform_info what, size_t size,
					      void *value, size_t *ret_size)
{
	const char *text = what == CL_PLATFORM_EXTENSIONS       ? "cl_khr_icd"
			   : what == CL_PLATFORM_ICD_SUFFIX_KHR ? "AMD"
								: "fake";

	if (id != &platform)
		return CL_INVALID_PLATFORM;
	if (value && size < strlen(text) + 1)
		return CL_INVALID_VALUE;
	if (value)
		memcpy(value, text, strlen(text) + 1);
	if (ret_size)
		*ret_size = strlen(text) + 1;
	return CL_SUCCESS;
}

FAKE_API cl_int CL_API_CALL clGetDeviceIDs(cl_platform_id id, cl_device_type type, cl_uint num,
					   cl_device_id *devices, cl_uint *ret_num)
{
	int gpus = fake_hsa_gpus();

	(void)id;
	(void)type;
	(void)num;
	(void)devices;
	if (ret_num)
		*ret_num = (cl_uint)gpus;
	return gpus ? CL_SUCCESS : CL_DEVICE_NOT_FOUND;
}

FAKE_API cl_int CL_API_CALL clIcdGetPlatformIDsKHR(cl_uint num, cl_platform_id *platforms,
						   cl_uint *ret_num)
{
	dispatch.clGetPlatformInfo = clGetPlatformInfo;
	dispatch.clGetDeviceIDs = clGetDeviceIDs;
	if (platforms && num)
		platforms[0] = &platform;
	if (ret_num)
		*ret_num = 1;
	return CL_SUCCESS;
}

FAKE_API void *CL_API_CALL clGetExtensionFunctionAddress(const char *name)
{
	void *fn = NULL;

	if (strcmp(name, "clIcdGetPlatformIDsKHR") == 0)
		*(clIcdGetPlatformIDsKHR_fn *)&fn = clIcdGetPlatformIDsKHR;
	else if (strcmp(name, "clGetPlatformInfo") == 0)
		*(cl_api_clGetPlatformInfo *)&fn = clGetPlatformInfo;
	return fn;
}
