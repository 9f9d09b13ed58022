/* What the command's environment has to say for it to find our libraries. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"

/* Puts value in front of a list with colons. */
static int prepend(const char *variable, const char *value)
{
	const char *old = getenv(variable);
	char *list;
	int err = 0;

	if (!old || !*old)
		return setenv(variable, value, 1) < 0 ? -errno : 0;
	if (asprintf(&list, "%s:%s", value, old) < 0)
		return -ENOMEM;
	if (setenv(variable, list, 1) < 0)
		err = -errno;
	free(list);
	return err;
}

/* The dynamic linker takes blanks and colons as the end of a name. */
static int preload(const char *path)
{
	if (strpbrk(path, " :")) {
		vt_say("%s: a path with a blank or a colon cannot be preloaded", path);
		return -EINVAL;
	}
	if (access(path, R_OK) < 0) {
		vt_say("%s: %s", path, strerror(errno));
		return -ENOENT;
	}
	return prepend("LD_PRELOAD", path);
}

/* A libhsakmt.so.1, given by its path. */
static int use_library(const char *path)
{
	char folder[PATH_MAX];
	char *slash;
	int err = preload(path);

	if (err)
		return err;
	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		return 0;
	*slash = '\0';
	return prepend("LD_LIBRARY_PATH", folder);
}

static int use_own_library(const char *below)
{
	char path[PATH_MAX];
	int err = vt_path(path, below);

	return err ? err : use_library(path);
}

/* What tools look for outside the thunk. */
static int add_view(void)
{
	char path[PATH_MAX];
	int err = vt_path(path, "lib/vthunk/view/libvthunk-view.so");

	if (!err)
		err = preload(path);
	if (!err)
		err = vt_path(path, "lib/vthunk/view/bin");
	return err ? err : prepend("PATH", path);
}

/* The device's own library in the command. */
static int set_direct(const struct vt_options *o)
{
	const char *device = o->device ? o->device : "swgpu";
	int err;

	if (strcmp(device, "kfd") == 0)
		return 0;
	if (strcmp(device, "swgpu") == 0) {
		if (o->gfx && setenv("SWGPU_GFX", o->gfx, 1) < 0)
			return -errno;
		err = use_own_library("lib/vthunk/swgpu/libhsakmt.so.1");
	} else if (strchr(device, '/')) {
		err = use_library(device);
	} else {
		vt_say("there is no device \"%s\": swgpu, kfd, or the path of a libhsakmt.so.1",
		       device);
		err = -ENODEV;
	}
	return err ? err : add_view();
}

int vt_environment_set(const struct vt_options *o, const char *socket)
{
	int err;

	if (o->direct)
		return set_direct(o);
	err = use_own_library("lib/vthunk/guest/libhsakmt.so.1");
	if (!err)
		err = add_view();
	if (!err && setenv("VTHUNK_SOCKET", socket, 1) < 0)
		err = -errno;
	return err;
}
