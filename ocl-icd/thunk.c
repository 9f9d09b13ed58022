/*
 * Invariant: there is one thunk in use in the process, ours or another; never both.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ocl-icd/binding.h"
#include "ocl-icd/say.h"
#include "ocl-icd/thunk.h"

#define RUNTIME "libhsa-runtime64.so.1"
#define PROBE   "hsaKmtOpenKFD"

/* hsa.h: hsa_system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR) before hsa_init(). */
enum { HSA_INFO_VERSION_MAJOR = 0, HSA_NOT_INITIALIZED = 0x100b };

static void *thunk; /* our libhsakmt.so.1; set once, by vt_thunk_load() */

/* The folder .../lib/vthunk in which this library and ours of other kinds are. */
static int own_folder(char ret[PATH_MAX])
{
	char *path, *slash;
	Dl_info info;

	if (!dladdr(&thunk, &info) || !info.dli_fname)
		return -ENOENT;
	path = realpath(info.dli_fname, NULL);
	if (!path)
		return -errno;
	for (int i = 0; i < 2; i++) { /* the file's name, then ocl */
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	snprintf(ret, PATH_MAX, "%s", path);
	free(path);
	return 0;
}

/* The file that holds the function, or NULL. */
static const char *file_of(const void *fn)
{
	Dl_info info;

	return fn && dladdr(fn, &info) ? info.dli_fname : NULL;
}

/* A library of this project: all installations have them in folders below one that is called
 * vthunk. */
static bool is_ours(const char *file)
{
	char *path = file ? realpath(file, NULL) : NULL;
	char *slash;
	bool ours;

	for (int i = 0; path && i < 2; i++) {
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	slash = path ? strrchr(path, '/') : NULL;
	ours = slash && strcmp(slash, "/vthunk") == 0;
	free(path);
	return ours;
}

/* One of our libraries, by its place below lib/vthunk, for all of the process. */
static void *load(const char *below)
{
	char folder[PATH_MAX], path[PATH_MAX + 64];
	int err = own_folder(folder);
	void *handle;

	if (err) {
		vt_icd_say("does not find its own folder: %s", strerror(-err));
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/%s", folder, below);
	handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (!handle)
		vt_icd_say("%s", dlerror());
	return handle;
}

int vt_thunk_load(void)
{
	const char *present = file_of(dlsym(RTLD_DEFAULT, PROBE));

	if (thunk)
		return 0;
	thunk = is_ours(present) ? dlopen(present, RTLD_NOW | RTLD_NOLOAD)
				 : load("guest/libhsakmt.so.1");
	return thunk ? 0 : -ENOENT;
}

/* Whether somebody has called hsa_init(), and so the runtime has asked its thunk for the GPUs. */
static bool is_started(void *hsa)
{
	int (*get_info)(int what, void *value);
	uint16_t major;

	*(void **)&get_info = dlsym(hsa, "hsa_system_get_info");
	return !get_info || get_info(HSA_INFO_VERSION_MAJOR, &major) != HSA_NOT_INITIALIZED;
}

static int refuse_started(const char *with)
{
	vt_icd_say("this program uses %s already, so its OpenCL cannot use vthunk's GPU; run it "
		   "with: vthunk run -- COMMAND",
		   with);
	return -EBUSY;
}

/* ROCr to 6.2, which imports its thunk. */
static int attach_imports(void *hsa, void *const *slot)
{
	const char *used = file_of(*slot);
	int err;

	if (is_ours(used))
		return 0;
	if (is_started(hsa))
		return refuse_started(used ? used : "another libhsakmt.so.1");
	err = vt_binding_move(hsa, thunk);
	if (err)
		vt_icd_say("cannot lead AMD's runtime to vthunk's libhsakmt.so.1: %s",
			   strerror(-err));
	return err;
}

/* ROCr 7, which looks for its thunk when it is started. */
static int attach_dtif(void *hsa)
{
	void *present = dlopen("libdtif.so", RTLD_NOW | RTLD_NOLOAD);
	const char *value = getenv("HSA_ENABLE_DTIF");
	bool set = value && strcmp(value, "1") == 0;

	if (present && !is_ours(file_of(dlsym(present, PROBE))))
		return refuse_started("another libdtif.so");
	if (present && set)
		return 0;
	if (is_started(hsa))
		return refuse_started("libhsa-runtime64.so.1 with the thunk in it");
	if (!present && !load("guest/libdtif.so"))
		return -ENOENT;
	return setenv("HSA_ENABLE_DTIF", "1", 1) < 0 ? -errno : 0;
}

static int attach(void)
{
	void *hsa = dlopen(RUNTIME, RTLD_LAZY | RTLD_NOLOAD);
	void **slot = hsa ? vt_binding_find(hsa, PROBE) : NULL;
	int err = -ENOTSUP;

	if (slot)
		err = attach_imports(hsa, slot);
	else if (hsa && vt_binding_holds(hsa, "HSA_ENABLE_DTIF"))
		err = attach_dtif(hsa);
	else
		vt_icd_say("AMD's runtime has its thunk linked in (ROCm 6.3 and 6.4, and AMD's own "
			   "packages from 4.3 on), so it cannot use vthunk's GPU");
	if (hsa)
		dlclose(hsa);
	return err;
}

int vt_thunk_attach(void)
{
	static int refused; /* said once */

	if (!refused)
		refused = attach();
	return refused;
}

bool vt_thunk_is_late(void)
{
	void *hsa = dlopen(RUNTIME, RTLD_LAZY | RTLD_NOLOAD);

	if (hsa)
		dlclose(hsa);
	return hsa != NULL;
}
