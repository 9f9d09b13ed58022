/*
 * The OpenCL driver, asked as programs do: through the ICD loader of the system. Each test is a
 * process of its own, which loads the stand-ins of one kind of AMD's runtime.
 */
#include <CL/cl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/vt_test.h"
#include "tests/unit/test_icd_fake.h"

#define OURS VT_ICD_FOLDER "/vthunk/ocl/libvthunk-opencl.so"

static char folder[] = "/tmp/vt-test-icd-XXXXXX";
static char path[256];

static const char *in_folder(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_line(const char *name, const char *line)
{
	FILE *f = fopen(in_folder(name), "w");

	VT_ASSERT(f);
	fprintf(f, "%s\n", line);
	fclose(f);
}

static void remove_folder(void)
{
	unlink(in_folder("vthunk.icd"));
	unlink(in_folder("amdocl64.icd"));
	unlink(in_folder("said"));
	rmdir(folder);
}

/* The loader reads our registration and, if `amd`, AMD's own; standard error goes to a file. */
static void set_up(const char *kind, int amd)
{
	char library[256];
	int said;

	VT_ASSERT(mkdtemp(folder));
	atexit(remove_folder);
	snprintf(library, sizeof(library), VT_ICD_FOLDER "/%s/libamdocl64.so", kind);
	write_line("vthunk.icd", OURS);
	if (amd)
		write_line("amdocl64.icd", library);
	setenv("OCL_ICD_VENDORS", folder, 1);
	setenv("VTHUNK_AMDOCL", library, 1);
	unsetenv("HSA_ENABLE_DTIF");
	said = open(in_folder("said"), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	VT_ASSERT(said >= 0 && dup2(said, STDERR_FILENO) == STDERR_FILENO);
	close(said);
}

/* The devices of all platforms; *platforms: their number. */
static int count_devices(int *platforms)
{
	cl_platform_id platform[8];
	cl_uint num = 0, devices, sum = 0;

	*platforms = 0;
	if (clGetPlatformIDs(8, platform, &num) != CL_SUCCESS)
		return 0;
	*platforms = (int)num;
	for (cl_uint i = 0; i < num; i++)
		if (clGetDeviceIDs(platform[i], CL_DEVICE_TYPE_ALL, 0, NULL, &devices) ==
		    CL_SUCCESS)
			sum += devices;
	return (int)sum;
}

static void expect(int platforms, int devices, const char *said)
{
	static char text[4096];
	int found, count = count_devices(&found), file;
	ssize_t len;

	file = open(in_folder("said"), O_RDONLY | O_CLOEXEC);
	VT_ASSERT(file >= 0);
	len = read(file, text, sizeof(text) - 1);
	VT_ASSERT(len >= 0);
	text[len] = '\0';
	close(file);
	VT_ASSERT_MSG(found == platforms && count == devices,
		      "%d platforms with %d devices; it said: %s", found, count, text);
	VT_ASSERT_MSG(*said ? strstr(text, said) != NULL : !*text, "it said: %s", text);
	if (*said)
		VT_ASSERT_MSG(strchr(text, '\n') == strrchr(text, '\n'), "not one line: %s", text);
}

static void *load(const char *library)
{
	char file[256];
	void *handle;

	snprintf(file, sizeof(file), VT_ICD_FOLDER "/%s", library);
	handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	VT_ASSERT_MSG(handle, "%s", dlerror());
	return handle;
}

VT_TEST(icd, hands_out_amds_platform)
{
	set_up("imports", 0);
	expect(1, FAKE_OUR_GPUS, "");
}

/* Either may be first in the loader's list: that is the order of the folder. */
VT_TEST(icd, shows_the_gpu_once_beside_amds_registration)
{
	set_up("imports", 1);
	expect(1, FAKE_OUR_GPUS, "");
}

VT_TEST(icd, takes_over_a_runtime_that_was_loaded_before)
{
	set_up("imports", 0);
	load("imports/libhsa-runtime64.so.1");
	expect(1, FAKE_OUR_GPUS, "");
}

/* What ocl-icd does where AMD's registration comes first in the folder: it loads both libraries,
 * then asks AMD's. */
VT_TEST(icd, takes_over_a_runtime_that_is_asked_before)
{
	cl_int (*get)(cl_platform_id platform, cl_device_type type, cl_uint num,
		      cl_device_id * devices, cl_uint * ret_num);
	cl_uint devices;

	set_up("imports", 1);
	*(void **)&get = dlsym(load("imports/libamdocl64.so"), "clGetDeviceIDs");
	load("vthunk/ocl/libvthunk-opencl.so");
	VT_ASSERT_EQ(get(NULL, CL_DEVICE_TYPE_ALL, 0, NULL, &devices), CL_SUCCESS);
	VT_ASSERT_EQ(devices, FAKE_OUR_GPUS);
	expect(1, FAKE_OUR_GPUS, "");
}

VT_TEST(icd, tells_of_a_runtime_that_was_started_before)
{
	int (*start)(void);

	set_up("imports", 0);
	*(void **)&start = dlsym(load("imports/libhsa-runtime64.so.1"), "fake_hsa_gpus");
	VT_ASSERT_EQ(start(), FAKE_SYSTEM_GPUS);
	expect(0, 0, "icd/imports/libhsakmt.so.1 already");
}

VT_TEST(icd, uses_our_thunk_that_is_there_already)
{
	set_up("imports", 0);
	VT_ASSERT(dlopen(VT_ICD_FOLDER "/vthunk/guest/libhsakmt.so.1", RTLD_NOW | RTLD_GLOBAL));
	expect(1, FAKE_OUR_GPUS, "");
}

VT_TEST(icd, serves_the_thunk_table_of_newer_runtimes)
{
	set_up("dtif", 0);
	expect(1, FAKE_DTIF_GPUS, "");
}

VT_TEST(icd, serves_it_beside_amds_registration)
{
	set_up("dtif", 1);
	expect(1, FAKE_DTIF_GPUS, "");
}

VT_TEST(icd, tells_of_a_thunk_that_is_linked_in)
{
	set_up("static", 0);
	expect(0, 0, "has its thunk linked in");
}

VT_TEST(icd, tells_of_a_missing_runtime)
{
	set_up("imports", 0);
	setenv("VTHUNK_AMDOCL", VT_ICD_FOLDER "/no-such-file.so", 1);
	expect(0, 0, "VTHUNK_AMDOCL: there is no such file");
}

VT_TEST(icd, tells_of_a_runtime_that_cannot_be_loaded)
{
	set_up("imports", 0);
	setenv("VTHUNK_AMDOCL", in_folder("vthunk.icd"), 1); /* is there, but is no library */
	expect(0, 0, "vthunk.icd");
}

VT_TEST(icd, finds_the_runtime_by_amds_registration)
{
	set_up("imports", 1);
	unsetenv("VTHUNK_AMDOCL");
	expect(1, FAKE_OUR_GPUS, "");
}

VT_TEST(icd, checks_arguments)
{
	cl_int (*get)(cl_uint num, cl_platform_id * platforms, cl_uint * ret_num);
	cl_platform_id platform;
	cl_uint num = 7;

	set_up("imports", 0);
	*(void **)&get = dlsym(load("vthunk/ocl/libvthunk-opencl.so"), "clIcdGetPlatformIDsKHR");
	VT_ASSERT_EQ(get(0, NULL, NULL), CL_INVALID_VALUE);
	VT_ASSERT_EQ(get(0, &platform, &num), CL_INVALID_VALUE);
	VT_ASSERT_EQ(num, 7);
	VT_ASSERT_EQ(get(0, NULL, &num), CL_SUCCESS);
	VT_ASSERT_EQ(num, 1);
	VT_ASSERT_EQ(get(1, &platform, NULL), CL_SUCCESS);
}
