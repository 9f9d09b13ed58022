#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/view/view.h"

/* Where ROCm's tools look beside the thunk. All of such a place is the view's: what the machine has
 * there is not seen. */
static const char *const places[] = {
    "/dev/kfd",           "/sys/class/kfd", "/sys/devices/virtual/kfd",
    "/sys/module/amdgpu", "/sys/class/drm", "/sys/devices/vthunk",
};
#define NUM_PLACES (sizeof(places) / sizeof(places[0]))

/* The tree's folder without a '/' at its end, or NULL. */
static const char *tree(void)
{
	static const char *found;
	const char *value = __atomic_load_n(&found, __ATOMIC_RELAXED);

	if (!value) {
		value = secure_getenv("VTHUNK_VIEW");
		if (!value || value[0] != '/' || !value[1])
			value = "";
		__atomic_store_n(&found, value, __ATOMIC_RELAXED);
	}
	return *value ? value : NULL;
}

/* Copies an absolute path, with one '/' where there are several. Returns false if it is too long to
 * be one of ours. */
static bool squeeze(const char *path, char out[PATH_MAX])
{
	size_t n = 0;

	for (; *path; path++) {
		if (*path == '/' && n && out[n - 1] == '/')
			continue;
		if (n == PATH_MAX - 1)
			return false;
		out[n++] = *path;
	}
	out[n] = '\0';
	return true;
}

static bool is_at_or_below(const char *path, const char *place)
{
	size_t n = strlen(place);

	return strncmp(path, place, n) == 0 && (path[n] == '/' || !path[n]);
}

static bool is_led(const char *path)
{
	for (size_t i = 0; i < NUM_PLACES; i++)
		if (is_at_or_below(path, places[i]))
			return true;
	return false;
}

const char *vt_view_path(const char *path, char room[PATH_MAX])
{
	char plain[PATH_MAX];
	const char *root;

	if (!path || (strncmp(path, "/sys/", 5) != 0 && strncmp(path, "/dev/", 5) != 0 &&
		      strncmp(path, "//", 2) != 0))
		return path;
	if (!squeeze(path, plain) || !is_led(plain))
		return path;
	if (strcmp(plain, "/dev/kfd") == 0)
		return "/dev/null"; /* nobody but the thunk talks to it */
	root = tree();
	if (!root || snprintf(room, PATH_MAX, "%s%s", root, plain) >= PATH_MAX)
		return path;
	return room;
}

const char *vt_view_unpath(const char *path)
{
	const char *root = tree();
	size_t n = root ? strlen(root) : 0;

	return n && path && is_at_or_below(path, root) && is_led(path + n) ? path + n : path;
}
