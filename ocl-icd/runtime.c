#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ocl-icd/registration.h"
#include "ocl-icd/runtime.h"
#include "ocl-icd/say.h"
#include "ocl-icd/thunk.h"

#define NAME "libamdocl64.so"

/* AMD's packages have it in the first (from ROCm 5 on) or in the second. */
static const char *const amds_folders[] = {"/opt/rocm*/lib/" NAME, "/opt/rocm*/opencl/lib/" NAME};
#define NUM_FOLDERS (sizeof(amds_folders) / sizeof(amds_folders[0]))

enum { MAX_PLATFORMS = 8 };

struct search {
	void *library;
	char why[512]; /* a file that is there could not be loaded; "": there is none */
};

/* Tries one; true if it is loaded. Fits vt_registration_each(). */
static bool try_library(void *arg, const char *library)
{
	struct search *s = arg;
	const char *why;

	s->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (s->library)
		return true;
	why = dlerror();
	if (why && (!strchr(library, '/') || access(library, F_OK) == 0) &&
	    !strstr(why, NAME ": cannot open"))
		snprintf(s->why, sizeof(s->why), "%s", why);
	return false;
}

static void try_amds_folders(struct search *s)
{
	for (size_t i = 0; i < NUM_FOLDERS && !s->library; i++) {
		glob_t found;

		if (glob(amds_folders[i], 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc && !s->library; k++)
				try_library(s, found.gl_pathv[k]);
		globfree(&found);
	}
}

static int find(struct vt_runtime *r)
{
	const char *named = secure_getenv("VTHUNK_AMDOCL");
	struct search s = {.library = NULL};

	if (named && *named) {
		if (!try_library(&s, named)) {
			vt_icd_say("VTHUNK_AMDOCL: %s", s.why[0] ? s.why : "there is no such file");
			return -ENOENT;
		}
	} else {
		vt_registration_each(try_library, &s);
		if (!s.library)
			try_library(&s, NAME);
		if (!s.library)
			try_amds_folders(&s);
	}
	r->library = s.library;
	if (s.library)
		return 0;
	if (s.why[0])
		vt_icd_say("AMD's OpenCL runtime cannot be loaded: %s", s.why);
	else
		vt_icd_say("AMD's OpenCL runtime (" NAME ") is not installed; Debian has it in "
			   "rocm-opencl-icd, and VTHUNK_AMDOCL may name one elsewhere");
	return -ENOENT;
}

static int find_functions(struct vt_runtime *r)
{
	*(void **)&r->get_function = dlsym(r->library, "clGetExtensionFunctionAddress");
	*(void **)&r->get_platforms = dlsym(r->library, "clIcdGetPlatformIDsKHR");
	*(void **)&r->get_platform_info = dlsym(r->library, "clGetPlatformInfo");
	*(void **)&r->get_devices = dlsym(r->library, "clGetDeviceIDs");
	if (r->get_function && r->get_platforms && r->get_platform_info && r->get_devices)
		return 0;
	vt_icd_say("the " NAME " found is no OpenCL runtime");
	return -ENOEXEC;
}

int vt_runtime_load(struct vt_runtime *r)
{
	int err = vt_thunk_load();

	if (!err)
		err = find(r);
	if (!err)
		err = find_functions(r);
	return err ? err : vt_thunk_attach();
}

struct same {
	void *library;
	bool found;
};

static bool is_same(void *arg, const char *library)
{
	struct same *s = arg;
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);

	s->found = handle == s->library;
	if (handle)
		dlclose(handle);
	return s->found;
}

bool vt_runtime_is_registered(const struct vt_runtime *r)
{
	struct same s = {r->library, false};

	vt_registration_each_read(is_same, &s);
	return s.found;
}

cl_uint vt_runtime_count_devices(const struct vt_runtime *r)
{
	cl_platform_id platform[MAX_PLATFORMS];
	cl_uint num = 0, sum = 0, n;

	if (r->get_platforms(MAX_PLATFORMS, platform, &num) != CL_SUCCESS)
		return 0;
	for (cl_uint i = 0; i < num && i < MAX_PLATFORMS; i++) {
		n = 0;
		if (r->get_devices(platform[i], CL_DEVICE_TYPE_ALL, 0, NULL, &n) == CL_SUCCESS)
			sum += n;
	}
	return sum;
}
