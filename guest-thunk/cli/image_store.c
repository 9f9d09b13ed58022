/* Where images are kept, and how they are named. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/image.h"

static int print_path(char ret[PATH_MAX], const char *folder, const char *below)
{
	if (snprintf(ret, PATH_MAX, "%s%s", folder, below) < PATH_MAX)
		return 0;
	vt_say("the path of %s is too long", folder);
	return -ENAMETOOLONG;
}

int vt_image_folder(const char *dir, char ret[PATH_MAX])
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (dir)
		return print_path(ret, dir, "");
	if (cache && *cache == '/')
		return print_path(ret, cache, "/vthunk/images");
	if (home && *home == '/')
		return print_path(ret, home, "/.cache/vthunk/images");
	vt_say("neither XDG_CACHE_HOME nor HOME is set: there is no place for images");
	return -ENOENT;
}

bool vt_image_is_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= 64 && !text[len];
}

static int find_by_name(const char *name, char ret[PATH_MAX])
{
	char folder[PATH_MAX], below[80];
	struct stat st;
	int err = vt_image_folder(NULL, folder);

	if (err)
		return err;
	if (vt_image_is_name(name)) {
		snprintf(below, sizeof(below), "/%s", name);
		err = print_path(ret, folder, below);
		if (err)
			return err;
		if (stat(ret, &st) == 0 && S_ISDIR(st.st_mode))
			return 0;
	}
	vt_say("there is no image \"%s\" in %s: vthunk image list tells what can be made; the path "
	       "of a root file system has a slash in it",
	       name, folder);
	return -ENOENT;
}

int vt_image_find(const char *image, char ret[PATH_MAX])
{
	char found[PATH_MAX];
	struct stat st;
	int err;

	if (!strchr(image, '/')) {
		err = find_by_name(image, found);
		if (err)
			return err;
		image = found;
	}
	if (!realpath(image, ret) || stat(ret, &st) < 0) {
		err = -errno;
		vt_say("image %s: %s", image, strerror(-err));
		return err;
	}
	if (!S_ISDIR(st.st_mode)) {
		vt_say("image %s: not a folder", image);
		return -ENOTDIR;
	}
	return 0;
}
