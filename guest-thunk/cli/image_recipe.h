/*
 * guest-thunk/cli/image_recipe.h - what images can be made (the *.image files of this
 * installation).
 */
#ifndef VT_GUEST_CLI_IMAGE_RECIPE_H
#define VT_GUEST_CLI_IMAGE_RECIPE_H

#include <limits.h>

struct vt_recipe {
	char path[PATH_MAX];
	char about[160];
	unsigned long space_mib; /* room that making it takes */
};

/* Reads the recipe of that name. Returns 0, -ENOENT: there is none, or another -errno. Says
 * nothing. */
int vt_recipe_read(const char *name, struct vt_recipe *ret);

/* Calls fn with each recipe's name, sorted, until it returns non-zero, and returns that; 0 at the
 * end. -errno if the recipes cannot be listed. */
int vt_recipe_each(int (*fn)(const char *name, void *arg), void *arg);

#endif
