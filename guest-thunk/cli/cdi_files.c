/* The files that a specification of vthunk cdi names. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/cdi_files.h"
#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/inside.h"
#include "guest-thunk/view/tree.h"

#define BELOW "/vthunk/cdi"

/* Where the files go. Says why if it cannot tell. */
static int choose(const char *dir, char ret[PATH_MAX])
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	const char *above = "", *below = "";
	int len;

	if (dir) {
		above = dir;
	} else if (data && *data == '/') {
		above = data;
		below = BELOW;
	} else if (geteuid() == 0) {
		above = "/var/lib" BELOW;
	} else if (home && *home == '/') {
		above = home;
		below = "/.local/share" BELOW;
	} else {
		vt_say("neither XDG_DATA_HOME nor HOME is set: --view must say where to keep the "
		       "view's files");
		return -ENOENT;
	}
	len = snprintf(ret, PATH_MAX, "%s%s", above, below);
	if (len < PATH_MAX)
		return 0;
	vt_say("the view's files cannot be written: %s", strerror(ENAMETOOLONG));
	return -ENAMETOOLONG;
}

/* The tree is in the folder from, and that in to may be there or not. */
static int swap_trees(const char *from, const char *to)
{
	char ours[PATH_MAX + 64], theirs[PATH_MAX + 64];

	snprintf(ours, sizeof(ours), "%s/sys", from);
	snprintf(theirs, sizeof(theirs), "%s/sys", to);
	if (renameat2(AT_FDCWD, ours, AT_FDCWD, theirs, RENAME_EXCHANGE) == 0)
		return 0;
	/* There is none yet, or a file system that cannot exchange. */
	vt_view_tree_remove(to);
	return rename(ours, theirs) < 0 ? -errno : 0;
}

static int write_view(const char *folder, const struct vt_renderer *r)
{
	char view[PATH_MAX + 16], made[PATH_MAX + 16];
	int err;

	snprintf(view, sizeof(view), "%s/" VT_CDI_VIEW, folder);
	snprintf(made, sizeof(made), "%s/.new-XXXXXX", folder);
	if ((mkdir(view, 0755) < 0 && errno != EEXIST) || !mkdtemp(made))
		return -errno;
	err = vt_view_write(r, made);
	if (!err)
		err = swap_trees(made, view);
	vt_view_tree_remove(made);
	rmdir(made);
	return err;
}

int vt_cdi_files_create(const char *dir, const struct vt_renderer *r, char ret[PATH_MAX])
{
	char path[PATH_MAX], registration[PATH_MAX + 16];
	int err = choose(dir, path);

	if (err)
		return err;
	err = vt_make_folders(path);
	if (!err && !realpath(path, ret))
		err = -errno;
	if (!err)
		err = write_view(ret, r);
	if (err) {
		vt_say("%s: the view's files cannot be written: %s", path, strerror(-err));
		return err;
	}
	snprintf(registration, sizeof(registration), "%s/" VT_INSIDE_REGISTRATION, ret);
	return vt_cdi_files_replace(registration, VT_INSIDE_REGISTRATION_TEXT);
}

static int write_all(int fd, const char *text)
{
	for (size_t left = strlen(text); left;) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= (size_t)n;
	}
	return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int replace(const char *path, const char *text)
{
	char made[PATH_MAX];
	struct stat st;
	int err, fd;

	/* A file in the place of a device would break more than this command. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST;
	if (snprintf(made, sizeof(made), "%s.XXXXXX", path) >= (int)sizeof(made))
		return -ENAMETOOLONG;
	fd = mkostemp(made, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_all(fd, text);
	close(fd);
	if (!err && rename(made, path) < 0)
		err = -errno;
	if (err)
		unlink(made);
	return err;
}

int vt_cdi_files_replace(const char *path, const char *text)
{
	int err = replace(path, text);

	if (err == -EEXIST)
		vt_say("%s cannot be written: it is there and not a regular file", path);
	else if (err)
		vt_say("%s cannot be written: %s", path, strerror(-err));
	return err;
}
