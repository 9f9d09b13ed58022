/*
 * e2e_nonsense LIBRARY: calls every function that LIBRARY has of entry.def, once it is open, with
 * arguments that make no sense: zeros, and numbers that are also the address of empty memory, so
 * that whatever is a pointer can be followed. Nothing may crash or hang, and the library must serve
 * afterwards.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A page that programs do not use, and large enough for arrays of that many elements. */
#define PLACE 0x10000u
#define ROOM  (64u << 20)

static const char *const names[] = {
#define VT_CHAPTER(title)
#define VT_OTHER(name, versions, how, what, why) #name,
#define VT_ENTRY(name, versions, how, what, why) "hsaKmt" #name,
#include "guest-thunk/api/entry.def"
#undef VT_ENTRY
#undef VT_OTHER
#undef VT_CHAPTER
};

typedef int any_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
		   uint64_t);

static void *library;

static any_fn *find(const char *name)
{
	any_fn *fn;

	*(void **)&fn = dlsym(library, name);
	return fn;
}

/* Closing is tested elsewhere; standard input is no device. */
static int is_left_out(const char *name)
{
	return strcmp(name, "hsaKmtCloseKFD") == 0 || strcmp(name, "drmCommandWriteRead") == 0 ||
	       strcmp(name, "amdgpu_device_initialize") == 0;
}

/* Handles of libdrm are only compared with ours by us; the real library follows them. */
static int takes_handle(const char *name)
{
	return strncmp(name, "amdgpu_", 7) == 0;
}

/* Those whose first argument is a node. */
static int takes_node(const char *name)
{
	static const char *const rows[] = {
	    "GetNodeProperties",
	    "GetNodeMemoryProperties",
	    "GetNodeCacheProperties",
	    "GetClockCounters",
	    "GetNodeIoLinkProperties",
	    "GetAMDGPUDeviceHandle",
	    "CreateQueue",
	    "CreateQueueExt",
	    "SetTrapHandler",
	    "SetMemoryPolicy",
	    "AllocMemory",
	    "AllocMemoryAlign",
	    "AvailableMemory",
	    "MapGraphicHandle",
	    "GetTileConfig",
	    "DbgRegister",
	    "DbgUnregister",
	    "DbgWavefrontControl",
	    "DbgAddressWatch",
	    "PmcGetCounterProperties",
	    "PmcRegisterTrace",
	    "PmcUnregisterTrace",
	    "PmcAcquireTraceAccess",
	    "PmcReleaseTraceAccess",
	    "SPMAcquire",
	    "SPMRelease",
	    "SPMSetDestBuffer",
	    "OpenSMI",
	    "PcSamplingCreate",
	    "PcSamplingQueryCapabilities",
	    "PcSamplingDestroy",
	    "PcSamplingStart",
	    "PcSamplingStop",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(name, "hsaKmt", 6) == 0 && strcmp(name + 6, rows[i]) == 0)
			return 1;
	return 0;
}

static void call(const char *name, uint64_t first, uint64_t rest)
{
	any_fn *fn = find(name);

	printf("%s %llx %llx\n", name, (unsigned long long)first, (unsigned long long)rest);
	memset((void *)(uintptr_t)PLACE, 0, 4096);
	fn(first, rest, rest, rest, rest, rest, rest, rest, rest);
}

static int serves(void)
{
	uint32_t properties[8] = {0};

	return find("hsaKmtAcquireSystemProperties")((uint64_t)(uintptr_t)properties, 0, 0, 0, 0, 0,
						     0, 0, 0) == 0 &&
	       properties[0] == 2;
}

int main(int argc, char **argv)
{
	void *place =
	    mmap((void *)(uintptr_t)PLACE, ROOM, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

	library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	if (place == MAP_FAILED || !library || !find("hsaKmtOpenKFD")) {
		printf("cannot begin: %s\n", library ? "no memory" : dlerror());
		return 77;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	alarm(60);
	if (find("hsaKmtOpenKFD")(0, 0, 0, 0, 0, 0, 0, 0, 0))
		return 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!find(names[i]) || is_left_out(names[i]))
			continue;
		call(names[i], 0, 0);
		call(names[i], 0, PLACE);
		if (takes_handle(names[i]))
			continue;
		call(names[i], PLACE, 0);
		call(names[i], PLACE, PLACE);
		if (!takes_node(names[i]))
			continue;
		call(names[i], 1, 0);
		call(names[i], 1, PLACE);
		call(names[i], UINT32_MAX, PLACE);
	}
	if (!serves())
		return 1;
	puts("still serves");
	return 0;
}
