/*
 * libvthunk-opencl.so: an OpenCL driver for the ICD loader that is AMD's runtime on our thunk.
 *
 * The loader (cl_khr_icd) asks for platforms once. It gets AMD's own platform objects, and calls
 * AMD's functions by them from then on; nothing of this library is in the way.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "ocl-icd/runtime.h"
#include "ocl-icd/say.h"
#include "ocl-icd/thunk.h"

#define ICD_API __attribute__((visibility("default")))

static struct vt_runtime runtime; /* set by start(), fixed once `loaded` is */
static _Atomic bool loaded;
static bool hands_out; /* set by start() */
static bool was_late;  /* AMD's runtime was loaded before this library */

/*
 * A runtime without a device is not handed out: the renderer cannot be reached, as our thunk has
 * said, or has no GPU. Neither is one that AMD's own registration hands out, with the same thunk
 * under it, or the program would see the GPU twice.
 */
static void start(void)
{
	if (vt_runtime_load(&runtime))
		return;
	loaded = true;
	if (!vt_runtime_is_registered(&runtime))
		hands_out = vt_runtime_count_devices(&runtime) > 0;
	else if (was_late && !vt_runtime_count_devices(&runtime))
		vt_icd_say("AMD's OpenCL runtime, which its own registration gave the loader "
			   "first, has no GPU; if a renderer runs, set OCL_ICD_VENDORS to the "
			   "folder of vthunk.icd, or remove AMD's .icd file");
}

/*
 * Where AMD's registration comes before ours, the loader (ocl-icd) has loaded AMD's runtime now and
 * asks it for platforms before it asks us: this is the last moment to put our thunk under it.
 */
__attribute__((constructor)) static void on_load(void)
{
	was_late = vt_thunk_is_late();
	if (was_late && !vt_thunk_load())
		vt_thunk_attach();
}

static void start_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
}

ICD_API cl_int clIcdGetPlatformIDsKHR(cl_uint num, cl_platform_id *platforms, cl_uint *ret_num)
{
	if ((!platforms && !ret_num) || (platforms && !num))
		return CL_INVALID_VALUE;
	start_once();
	if (hands_out)
		return runtime.get_platforms(num, platforms, ret_num);
	if (ret_num)
		*ret_num = 0;
	return CL_PLATFORM_NOT_FOUND_KHR;
}

ICD_API cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info what, size_t size,
				 void *value, size_t *ret_size)
{
	start_once();
	return hands_out ? runtime.get_platform_info(platform, what, size, value, ret_size)
			 : CL_INVALID_PLATFORM;
}

ICD_API void *clGetExtensionFunctionAddress(const char *name)
{
	void *fn = NULL;

	if (!name)
		return NULL;
	if (strcmp(name, "clIcdGetPlatformIDsKHR") == 0)
		*(cl_int(**)(cl_uint, cl_platform_id *, cl_uint *)) & fn = clIcdGetPlatformIDsKHR;
	else if (strcmp(name, "clGetPlatformInfo") == 0)
		*(cl_int(**)(cl_platform_id, cl_platform_info, size_t, void *, size_t *)) & fn =
		    clGetPlatformInfo;
	else if (loaded)
		fn = runtime.get_function(name);
	return fn;
}
