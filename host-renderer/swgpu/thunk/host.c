/*
 * Reading the host from /proc and /sys. What cannot be read gets a plausible value: the runtime
 * insists on a cache.
 */
#include "host-renderer/swgpu/thunk/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CPU_DIR "/sys/devices/system/cpu/cpu0"

/* The first line of a file of /sys, without its newline. */
static bool read_line(const char *path, char *ret, int size)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(ret, size, f);

	if (f)
		fclose(f);
	if (ok)
		ret[strcspn(ret, "\n")] = 0;
	return ok;
}

void swgpu_host_name(char *ret, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(ret, size, "CPU");
	while (f && fgets(line, sizeof(line), f)) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) != 0 || !colon)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		snprintf(ret, size, "%.*s", (int)strcspn(colon, "\n"), colon);
		break;
	}
	if (f)
		fclose(f);
}

static bool read_cache_file(unsigned index, const char *name, char *ret, int size)
{
	char path[128];

	snprintf(path, sizeof(path), CPU_DIR "/cache/index%u/%s", index, name);
	return read_line(path, ret, size);
}

static uint32_t read_cache_number(unsigned index, const char *name)
{
	char text[32];

	return read_cache_file(index, name, text, sizeof(text)) ? (uint32_t)strtoul(text, NULL, 10)
								: 0;
}

/* Instruction caches are left out: the runtime lists only others. */
static bool read_cache(unsigned index, HsaCacheProperties *ret)
{
	char type[32];

	if (!read_cache_file(index, "type", type, sizeof(type)) || strcmp(type, "Instruction") == 0)
		return false;
	*ret = (HsaCacheProperties){
	    .CacheLevel = read_cache_number(index, "level"),
	    .CacheSize = read_cache_number(index, "size"), /* KiB: "32K" */
	    .CacheLineSize = read_cache_number(index, "coherency_line_size"),
	    .CacheLinesPerTag = 1,
	    .CacheAssociativity = read_cache_number(index, "ways_of_associativity"),
	};
	ret->CacheType.ui32.Data = 1;
	ret->CacheType.ui32.CPU = 1;
	ret->SiblingMap[0] = 1;
	return ret->CacheLevel && ret->CacheSize;
}

unsigned swgpu_host_caches(HsaCacheProperties *ret)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 2 * SWGPU_HOST_CACHES && n < SWGPU_HOST_CACHES; i++)
		n += read_cache(i, &ret[n]);
	if (n)
		return n;
	*ret = (HsaCacheProperties){.CacheLevel = 1, .CacheSize = 32, .CacheLineSize = 64};
	ret->CacheType.ui32.Data = 1;
	ret->CacheType.ui32.CPU = 1;
	return 1;
}

unsigned swgpu_host_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

unsigned swgpu_host_mhz(void)
{
	char text[32];

	if (!read_line(CPU_DIR "/cpufreq/cpuinfo_max_freq", text, sizeof(text)))
		return 2000;
	return (unsigned)(strtoul(text, NULL, 10) / 1000);
}
