/*
 * Configuration from the environment.
 */
#include "host-renderer/swgpu/thunk/config.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "proto/base/log.h"

#define MIB       (1ull << 20)
#define MAX_UNITS 256u
/* Programs that measure a GPU take as much memory as they may have, and go through it many times.
 */
#define VRAM     (1024 * MIB)
#define MIN_VRAM (64 * MIB)
#define MAX_VRAM (256ull << 30)

static const struct gfx {
	const char *name;
	unsigned major, minor, stepping;
	uint16_t device_id; /* of a card with this instruction set */
	uint32_t family_id; /* AMDGPU_FAMILY_AI or _RV of amdgpu_drm.h */
} gfx_table[] = {
    {"gfx906", 9, 0, 6, 0x66a1, 141},
    {"gfx900", 9, 0, 0, 0x6860, 141},
    {"gfx90c", 9, 0, 12, 0x1636, 142},
};

static void start_log(void)
{
	const char *name = getenv("SWGPU_LOG");
	enum vt_log_level level = VT_LOG_WARN;
	bool known = !name || vt_log_parse(name, &level);

	vt_log_init("swgpu", level);
	if (!known)
		vt_log(VT_LOG_WARN, 0, "SWGPU_LOG must be error, warn, info or debug: using warn");
}

static int read_gfx(struct swgpu_config *c)
{
	const char *name = getenv("SWGPU_GFX");
	const struct gfx *g = gfx_table;

	for (unsigned i = 0; name && i < sizeof(gfx_table) / sizeof(gfx_table[0]); i++)
		if (strcmp(name, gfx_table[i].name) == 0)
			g = &gfx_table[i];
	if (name && strcmp(name, g->name) != 0) {
		vt_log(VT_LOG_ERROR, 0, "SWGPU_GFX must be gfx906, gfx900 or gfx90c");
		return -EINVAL;
	}
	c->gfx = g->name;
	c->major = g->major;
	c->minor = g->minor;
	c->stepping = g->stepping;
	c->device_id = g->device_id;
	c->family_id = g->family_id;
	return 0;
}

static int read_override(struct swgpu_config *c)
{
	const char *text = getenv("HSA_OVERRIDE_GFX_VERSION");
	unsigned major, minor, stepping;
	char rest;

	if (!text)
		return 0;
	if (sscanf(text, "%u.%u.%u%c", &major, &minor, &stepping, &rest) != 3 || major > 63 ||
	    minor > 255 || stepping > 255) {
		vt_log(VT_LOG_ERROR, 0, "HSA_OVERRIDE_GFX_VERSION must be major.minor.stepping");
		return -EINVAL;
	}
	c->major = major;
	c->minor = minor;
	c->stepping = stepping;
	return 0;
}

/* A number in [min, max] from the environment; *ret stays where the variable is not set. */
static int read_number(const char *name, uint64_t min, uint64_t max, uint64_t *ret)
{
	const char *text = getenv(name);
	unsigned long long value;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < min || value > max) {
		vt_log(VT_LOG_ERROR, 0, "%s must be a number from %llu to %llu", name,
		       (unsigned long long)min, (unsigned long long)max);
		return -EINVAL;
	}
	*ret = value;
	return 0;
}

static unsigned usable_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : (unsigned)n;
}

static uint64_t host_memory(void)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 1024 * MIB;
}

int swgpu_config_read(struct swgpu_config *ret)
{
	struct swgpu_config c = {0};
	unsigned processors = usable_processors();
	uint64_t units = processors < MAX_UNITS ? processors : MAX_UNITS, vram_mib;

	start_log();
	c.ram_bytes = host_memory();
	vram_mib = c.ram_bytes / 2 < VRAM ? c.ram_bytes / 2 / MIB : VRAM / MIB;
	if (read_gfx(&c) < 0 || read_override(&c) < 0 ||
	    read_number("SWGPU_CUS", 1, MAX_UNITS, &units) < 0 ||
	    read_number("SWGPU_VRAM_MIB", MIN_VRAM / MIB, MAX_VRAM / MIB, &vram_mib) < 0)
		return -EINVAL;
	c.units = (unsigned)units;
	c.threads = c.units < processors ? c.units : processors;
	c.vram_bytes = vram_mib * MIB;
	*ret = c;
	return 0;
}
