/* What the command's environment has to say for it to find our libraries. Each function that can
 * fail has said why when it does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"

static int set(const char *variable, const char *value)
{
	if (setenv(variable, value, 1) == 0)
		return 0;
	vt_say("out of memory");
	return -ENOMEM;
}

/* Puts value in front of a list with colons; an empty list is as none. */
static int prepend(const char *variable, const char *value)
{
	const char *old = getenv(variable);
	char *list;
	int err;

	if (!old || !*old)
		return set(variable, value);
	if (asprintf(&list, "%s:%s", value, old) < 0) {
		vt_say("out of memory");
		return -ENOMEM;
	}
	err = set(variable, list);
	free(list);
	return err;
}

/* The dynamic linker takes blanks and colons as the end of a name. */
static int preload(const char *path)
{
	int err;

	if (strpbrk(path, " :")) {
		vt_say("%s: a path with a blank or a colon cannot be preloaded", path);
		return -EINVAL;
	}
	if (access(path, R_OK) < 0) {
		err = -errno;
		vt_say("%s: %s", path, strerror(-err));
		return err;
	}
	return prepend("LD_PRELOAD", path);
}

/* The folder that a path with a slash in it names a file in, absolute: programs of the command may
 * have other current folders than we. */
static int find_folder(const char *path, char ret[PATH_MAX])
{
	char *above = strndup(path, (size_t)(strrchr(path, '/') + 1 - path));
	int err = above && realpath(above, ret) ? 0 : -errno;

	free(above);
	if (err)
		vt_say("%s: %s", path, strerror(-err));
	return err;
}

/* A libhsakmt.so.1, given by its path. Of a link not what it leads to is preloaded but itself: what
 * programs ask for is its name. */
static int use_library(const char *path)
{
	char folder[PATH_MAX], whole[2 * PATH_MAX];
	int err = find_folder(path, folder);

	if (err)
		return err;
	snprintf(whole, sizeof(whole), "%s%s", strcmp(folder, "/") == 0 ? "" : folder,
		 strrchr(path, '/'));
	err = preload(whole);
	return err ? err : prepend("LD_LIBRARY_PATH", folder);
}

static int find_own(const char *below, char ret[PATH_MAX])
{
	int err = vt_path(ret, below);

	if (err)
		vt_say("vthunk's libraries: %s", strerror(-err));
	return err;
}

static int use_own_library(const char *below)
{
	char path[PATH_MAX];
	int err = find_own(below, path);

	return err ? err : use_library(path);
}

/* Without the variable programs are looked for in the usual folders; with ours alone in it they
 * would not be. */
static int add_programs(const char *folder)
{
	char usual[256] = "";
	int err = 0;

	if (!getenv("PATH") && confstr(_CS_PATH, usual, sizeof(usual)) > 0)
		err = set("PATH", usual);
	return err ? err : prepend("PATH", folder);
}

/* What tools look for outside the thunk. */
static int add_view(void)
{
	char path[PATH_MAX];
	int err = find_own("lib/vthunk/view/libvthunk-view.so", path);

	if (!err)
		err = preload(path);
	if (!err)
		err = find_own("lib/vthunk/view/bin", path);
	return err ? err : add_programs(path);
}

/* The device's own library in the command. */
static int set_direct(const struct vt_options *o)
{
	const char *device = o->device ? o->device : "swgpu";
	int err;

	if (strcmp(device, "kfd") == 0)
		return 0;
	if (strcmp(device, "swgpu") == 0) {
		err = o->gfx ? set("SWGPU_GFX", o->gfx) : 0;
		if (!err)
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

/* Absolute, for the same reason as libraries, unless it is then too long for a socket's address. */
static int set_renderer(const struct vt_renderer *r)
{
	struct vt_renderer absolute = *r;
	char path[PATH_MAX];

	if (!r->node[0] && realpath(r->socket, path) && strlen(path) < sizeof(absolute.socket))
		strcpy(absolute.socket, path);
	return vt_renderer_set_variables(&absolute);
}

int vt_environment_set(const struct vt_options *o, const struct vt_renderer *r)
{
	int err;

	if (o->direct)
		return set_direct(o);
	err = use_own_library("lib/vthunk/guest/libhsakmt.so.1");
	if (!err)
		err = add_view();
	return err ? err : set_renderer(r);
}
