/*
 * guest-thunk/cli/inside.h - what a container has of vthunk, whoever makes it: the one list of
 * mounts and variables.
 */
#ifndef VT_GUEST_CLI_INSIDE_H
#define VT_GUEST_CLI_INSIDE_H

#include <stdbool.h>

/* Where things are in a container. */
#define VT_INSIDE_LIBRARIES    "/usr/lib/vthunk"
#define VT_INSIDE_SOCKET       "/run/vthunk/sock"
#define VT_INSIDE_VIEW         "/run/vthunk/view"
#define VT_INSIDE_VENDORS      "/run/vthunk/vendors"
#define VT_INSIDE_STATS        "/run/vthunk/stats"
#define VT_INSIDE_PROGRAMS     VT_INSIDE_LIBRARIES "/view/bin"
#define VT_INSIDE_REGISTRATION "vthunk.icd"

/* What that file has: the OpenCL driver. */
#define VT_INSIDE_REGISTRATION_TEXT VT_INSIDE_LIBRARIES "/ocl/libvthunk-opencl.so\n"

/* Takes the list. The strings are gone when the function returns. */
struct vt_inside_taker {
	/* Required. Shows the file or folder `from` of the host at `to`. */
	void (*mount)(void *arg, const char *from, const char *to, bool writable);
	/* Required. Sets a variable of the environment. */
	void (*variable)(void *arg, const char *name, const char *value);
	void *arg;
};

/*
 * The libraries, of which `libraries` is the folder on the host, and what has programs load them:
 * those of the thunk called `thunk` (guest or swgpu), for a runtime that links its thunk (shared),
 * one that takes it from libdtif.so (dtif), or for either.
 */
void vt_inside_list_libraries(const char *libraries, const char *thunk, bool shared, bool dtif,
			      const struct vt_inside_taker *to);

/* What is the renderer's, each NULL if there is none: its socket, the folder with the view's tree,
 * the file for the statistics. */
void vt_inside_list_renderer(const char *socket, const char *view, const char *stats,
			     const struct vt_inside_taker *to);

/* Whether the OpenCL driver is among the libraries. */
bool vt_inside_has_opencl(const char *libraries);

/* Whether a command in there gets this variable, NAME=VALUE, of the caller's: those that ROCm, its
 * libraries, the software GPU and terminals read. */
bool vt_inside_is_passed(const char *variable);

#endif
