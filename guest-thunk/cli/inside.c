/* What a container has of vthunk, whoever makes it. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest-thunk/cli/inside.h"

#define VIEW VT_INSIDE_LIBRARIES "/view/libvthunk-view.so"

void vt_inside_list_libraries(const char *libraries, const char *thunk, bool shared, bool dtif,
			      const struct vt_inside_taker *to)
{
	char folder[64], preload[160];

	snprintf(folder, sizeof(folder), VT_INSIDE_LIBRARIES "/%s", thunk);
	if (shared)
		snprintf(preload, sizeof(preload), "%s/libhsakmt.so.1:" VIEW, folder);
	to->mount(to->arg, libraries, VT_INSIDE_LIBRARIES, false);
	/* Runtimes that link their thunk do not know the variable. */
	if (dtif)
		to->variable(to->arg, "HSA_ENABLE_DTIF", "1");
	to->variable(to->arg, "LD_LIBRARY_PATH", folder);
	to->variable(to->arg, "LD_PRELOAD", shared ? preload : VIEW);
}

void vt_inside_list_renderer(const char *socket, const char *view, const char *stats,
			     const struct vt_inside_taker *to)
{
	if (socket) {
		to->mount(to->arg, socket, VT_INSIDE_SOCKET, true);
		to->variable(to->arg, "VTHUNK_SOCKET", VT_INSIDE_SOCKET);
	}
	if (view) {
		to->mount(to->arg, view, VT_INSIDE_VIEW, false);
		to->variable(to->arg, "VTHUNK_VIEW", VT_INSIDE_VIEW);
	}
	if (stats) {
		to->mount(to->arg, stats, VT_INSIDE_STATS, true);
		to->variable(to->arg, "VTHUNK_STATS", VT_INSIDE_STATS);
	}
}

bool vt_inside_has_opencl(const char *libraries)
{
	char path[PATH_MAX + 64];

	return snprintf(path, sizeof(path), "%s/ocl/libvthunk-opencl.so", libraries) > 0 &&
	       access(path, R_OK) == 0;
}

bool vt_inside_is_passed(const char *variable)
{
	static const char *const passed[] = {"TERM=", "LANG=", "LC_",   "TZ=",      "HSA_",
					     "HIP_",  "ROCR_", "ROCM_", "ROCBLAS_", "AMD_",
					     "GPU_",  "CL_",   "GGML_", "SWGPU_",   "VTHUNK_LOG="};

	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (strncmp(variable, passed[i], strlen(passed[i])) == 0)
			return true;
	return false;
}
