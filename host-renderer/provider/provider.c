/* Finding and loading a libhsakmt. */
#include "host-renderer/provider/provider.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SWGPU_FROM_BIN "../lib/vthunk/swgpu/libhsakmt.so.1"
#define OWN_GUEST_DIR  "/lib/vthunk/guest/"

static int say(char text[VT_PROVIDER_TEXT], int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int say(char text[VT_PROVIDER_TEXT], int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, VT_PROVIDER_TEXT, fmt, args);
	va_end(args);
	return err;
}

int vt_provider_locate(const char *device, char *path, size_t size)
{
	char exe[PATH_MAX];
	ssize_t n;
	char *slash;
	int len;

	if (strcmp(device, "kfd") == 0) {
		len = snprintf(path, size, "libhsakmt.so.1");
	} else if (strchr(device, '/')) {
		len = snprintf(path, size, "%s", device);
	} else if (strcmp(device, "swgpu") == 0) {
		n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
		if (n < 0)
			return -errno;
		exe[n] = '\0';
		slash = strrchr(exe, '/');
		if (!slash)
			return -ENOENT;
		slash[1] = '\0';
		len = snprintf(path, size, "%s" SWGPU_FROM_BIN, exe);
	} else {
		return -ENOENT;
	}
	return len >= 0 && (size_t)len < size ? 0 : -ENAMETOOLONG;
}

/* A function from dlsym(): ISO C has no cast from an object pointer to a function pointer. */
static void find(void *library, const char *name, void *fn)
{
	void *at = dlsym(library, name);

	memcpy(fn, &at, sizeof(at));
}

static int find_all(struct vt_provider *p, char text[VT_PROVIDER_TEXT])
{
	struct {
		const char *name;
		void *fn;
		bool is_new;
	} fns[] = {
#define VT_FN(fn)     {"hsaKmt" #fn, &p->fn, false},
#define VT_FN_NEW(fn) {"hsaKmt" #fn, &p->fn, true},
#include "host-renderer/provider/abi.def"
#undef VT_FN
#undef VT_FN_NEW
	};

	for (size_t i = 0; i < sizeof(fns) / sizeof(fns[0]); i++) {
		find(p->library, fns[i].name, fns[i].fn);
		if (!fns[i].is_new && !dlsym(p->library, fns[i].name))
			return say(text, -ENOSYS, "%s is not a libhsakmt: it has no %s", p->path,
				   fns[i].name);
	}
	find(p->library, VT_TELL_SIGNALS_NAME, &p->tell_signals);
	find(p->library, "amdgpu_query_gpu_info", &p->query_gpu_info);
	if (!p->ExportDMABufHandle)
		return say(text, -ENOSYS,
			   "%s has no hsaKmtExportDMABufHandle (it came with ROCm 5.6), "
			   "so its memory cannot be shared with another process",
			   p->path);
	return 0;
}

int vt_provider_load(struct vt_provider *p, const char *device, char text[VT_PROVIDER_TEXT])
{
	struct link_map *map = NULL;
	char path[sizeof(p->path)];
	int err = vt_provider_locate(device, path, sizeof(path));

	memset(p, 0, sizeof(*p));
	if (err == -ENOENT)
		return say(text, err,
			   "unknown device \"%s\": it is swgpu, kfd, or the path of a libhsakmt",
			   device);
	if (err)
		return say(text, err, "the path of device \"%s\" is too long", device);
	p->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!p->library)
		return say(text, -ENOENT, "cannot load the library of device \"%s\": %s", device,
			   dlerror());
	if (dlinfo(p->library, RTLD_DI_LINKMAP, &map) == 0 && map && map->l_name[0])
		snprintf(p->path, sizeof(p->path), "%s", map->l_name);
	else
		snprintf(p->path, sizeof(p->path), "%s", path);
	err = find_all(p, text);
	if (!err && strcmp(device, "kfd") == 0 && strstr(p->path, OWN_GUEST_DIR))
		err = say(text, -EINVAL,
			  "device kfd leads to %s, which is the library for guests, not the "
			  "system's libhsakmt",
			  p->path);
	if (err)
		vt_provider_unload(p);
	return err;
}

void vt_provider_unload(struct vt_provider *p)
{
	if (p->library)
		dlclose(p->library);
	p->library = NULL;
}
