/* The files that say what images are made of. image/trixie.image says what is in one. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/image_recipe.h"

#define FOLDER "lib/vthunk/image"
#define SUFFIX ".image"

/* The value of a line's setting if it is that one, else NULL. */
static char *value_of(char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0 || !strchr(" \t", line[len]))
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line + len + strspn(line + len, " \t");
}

static void read_lines(FILE *file, struct vt_recipe *ret)
{
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		const char *value = value_of(line, "about");

		if (value)
			snprintf(ret->about, sizeof(ret->about), "%s", value);
		value = value_of(line, "space");
		if (value)
			ret->space_mib = strtoul(value, NULL, 10);
	}
}

int vt_recipe_read(const char *name, struct vt_recipe *ret)
{
	char below[PATH_MAX];
	FILE *file;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (!vt_image_is_name(name))
		return -ENOENT;
	snprintf(below, sizeof(below), FOLDER "/%s" SUFFIX, name);
	err = vt_path(ret->path, below);
	if (err)
		return err;
	file = fopen(ret->path, "re");
	if (!file)
		return -errno;
	read_lines(file, ret);
	fclose(file);
	return 0;
}

static int is_recipe(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && dot != entry->d_name && strcmp(dot, SUFFIX) == 0;
}

int vt_recipe_each(int (*fn)(const char *name, void *arg), void *arg)
{
	char folder[PATH_MAX];
	struct dirent **list;
	int err = vt_path(folder, FOLDER), num;

	if (err)
		return err;
	num = scandir(folder, &list, is_recipe, alphasort);
	if (num < 0)
		return -errno;
	for (int i = 0; i < num; i++) {
		*strrchr(list[i]->d_name, '.') = '\0';
		if (!err)
			err = fn(list[i]->d_name, arg);
		free(list[i]);
	}
	free(list);
	return err;
}
