/*
 * ocl-icd/runtime.h - AMD's OpenCL runtime, loaded on our thunk.
 */
#ifndef VT_OCL_ICD_RUNTIME_H
#define VT_OCL_ICD_RUNTIME_H

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <stdbool.h>

/* AMD's entry points. The library stays loaded to the end of the process. */
struct vt_runtime {
	void *library; /* as dlopen() gave it */
	cl_int (*get_platforms)(cl_uint num, cl_platform_id *platforms, cl_uint *ret_num);
	cl_int (*get_platform_info)(cl_platform_id platform, cl_platform_info what, size_t size,
				    void *value, size_t *ret_size);
	cl_int (*get_devices)(cl_platform_id platform, cl_device_type type, cl_uint num,
			      cl_device_id *devices, cl_uint *ret_num);
	void *(*get_function)(const char *name);
};

/*
 * Finds AMD's runtime (VTHUNK_AMDOCL, AMD's registrations, the dynamic linker's folders,
 * /opt/rocm*), loads it with our thunk under it, and fills in r. It is not started yet. Blocks for
 * the loading, some 100 ms. Returns 0; -ENOENT: there is none; or an error of vt_thunk_load() or
 * vt_thunk_attach(). Says why.
 */
int vt_runtime_load(struct vt_runtime *r);

/* Whether AMD's own registration makes this process's loader hand out the same runtime: then the
 * loader has its platforms from there. Call after vt_runtime_load(). */
bool vt_runtime_is_registered(const struct vt_runtime *r);

/* The number of devices of all its platforms. Starts the runtime. */
cl_uint vt_runtime_count_devices(const struct vt_runtime *r);

#endif
