/* vthunk image: makes root file systems, and tells which there are. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/image_recipe.h"

static const char help[] =
    "usage: vthunk image make NAME [--with PACKAGE,...] [--mirror URI] [--force] [--dir DIR]\n"
    "       vthunk image list [--dir DIR]\n"
    "       vthunk image path NAME [--dir DIR]\n"
    "\n"
    "Root file systems with ROCm, for vthunk run --image NAME.\n"
    "\n"
    "  make       make one with mmdebstrap, if it is not there; list tells what can be made\n"
    "  list       what there is, and what can be made\n"
    "  path       where one is\n"
    "\n"
    "  --with PACKAGE,...  install these Debian packages, too\n"
    "  --mirror URI        take packages from there, not from this system's own mirror\n"
    "  --force             make it again if it is there\n"
    "  --dir DIR           keep it in DIR, not in vthunk/images in the user's cache\n"
    "  --help              this text\n";

struct request {
	const char *name, *with, *mirror, *dir;
	bool force;
	char folder[PATH_MAX], target[PATH_MAX];
	struct vt_recipe recipe;
};

enum { OPT_WITH = 1, OPT_MIRROR, OPT_DIR, OPT_FORCE, OPT_HELP };

static const struct option options[] = {
    {"with", required_argument, NULL, OPT_WITH}, {"mirror", required_argument, NULL, OPT_MIRROR},
    {"dir", required_argument, NULL, OPT_DIR},   {"force", no_argument, NULL, OPT_FORCE},
    {"help", no_argument, NULL, OPT_HELP},       {NULL, 0, NULL, 0},
};

/* Returns 0, 1: help was printed, or -EINVAL after saying what is wrong. */
static int read_options(int num, char **args, struct request *q)
{
	static char name[] = "vthunk image";
	int c;

	optind = 1;
	args[0] = name;
	while ((c = getopt_long(num, args, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_WITH: q->with = optarg; break;
		case OPT_MIRROR: q->mirror = optarg; break;
		case OPT_DIR: q->dir = optarg; break;
		case OPT_FORCE: q->force = true; break;
		case 'h':
		case OPT_HELP: fputs(help, stdout); return 1;
		default: return -EINVAL; /* getopt has said what is wrong */
		}
	}
	return 0;
}

/* Commas to blanks. Names go to a shell script as one word; what cannot be in a package's name or
 * version is refused here. */
static int check_packages(const char *with, char ret[1024])
{
	if (strlen(with) >= 1024 ||
	    with[strspn(with, "abcdefghijklmnopqrstuvwxyz0123456789+-.:=~/,")]) {
		vt_say("--with %s: not a list of packages", with);
		return -EINVAL;
	}
	strcpy(ret, with);
	for (char *at = ret; (at = strchr(at, ','));)
		*at = ' ';
	return 0;
}

/* Two at once would make the same image; the lock is held until the script that this process
 * becomes has ended. */
static int lock(const struct request *q)
{
	char path[PATH_MAX + 80];
	int fd;

	snprintf(path, sizeof(path), "%s/.%s.lock", q->folder, q->name);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	vt_say("image %s: somebody else makes it; waiting", q->name);
	return flock(fd, LOCK_EX) < 0 ? -errno : 0;
}

static int check_room(const struct request *q)
{
	struct statvfs fs;
	unsigned long free_mib;

	if (statvfs(q->folder, &fs) < 0)
		return -errno;
	free_mib = (unsigned long)((double)fs.f_bavail * (double)fs.f_frsize / 1048576.0);
	if (free_mib >= q->recipe.space_mib)
		return 0;
	vt_say("image %s: making it takes %lu MiB, and %s has %lu MiB left", q->name,
	       q->recipe.space_mib, q->folder, free_mib);
	return -ENOSPC;
}

/* Whether the note in the image says that the package was asked for. */
static bool made_with(const struct request *q, const char *package)
{
	char path[PATH_MAX + 32], line[2048];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc/vthunk-image", q->target);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		char *rest = line, *word = strsep(&rest, " \n");

		if (strcmp(word, "with") != 0)
			continue;
		while (!found && (word = strsep(&rest, " \n")))
			found = strcmp(word, package) == 0;
	}
	if (file)
		fclose(file);
	return found;
}

/* The image is there: that is what was asked for, or it lacks a package. */
static int tell_existing(const struct request *q, const char *with)
{
	char words[1024], *rest = words, *word;

	strcpy(words, with);
	while ((word = strsep(&rest, " "))) {
		if (!*word || made_with(q, word))
			continue;
		vt_say("image %s is there, but was made without %s; --force makes it again",
		       q->name, word);
		return VT_EXIT_FAILED;
	}
	puts(q->target);
	return EXIT_SUCCESS;
}

static int run_script(const struct request *q, const char *with)
{
	char script[PATH_MAX];
	int err = vt_path(script, "lib/vthunk/image/make.sh");

	if (!err) {
		execl("/bin/sh", "sh", script, q->recipe.path, q->target,
		      q->mirror ? q->mirror : "", with, (char *)NULL);
		err = -errno;
	}
	vt_say("cannot run %s: %s", script, strerror(-err));
	return VT_EXIT_FAILED;
}

static int print_known(const char *name, void *arg)
{
	char *list = arg;
	size_t len = strlen(list);

	snprintf(list + len, 256 - len, "%s%s", len ? ", " : "", name);
	return 0;
}

static int make(struct request *q)
{
	char with[1024] = "", known[256] = "";
	struct stat st;
	int err;

	err = vt_recipe_read(q->name, &q->recipe);
	if (err) {
		vt_recipe_each(print_known, known);
		vt_say("there is no image \"%s\" to be made; there are: %s", q->name, known);
		return VT_EXIT_FAILED;
	}
	if (q->with && check_packages(q->with, with))
		return VT_EXIT_FAILED;
	err = vt_make_folders(q->folder);
	if (!err)
		err = lock(q);
	if (!err && stat(q->target, &st) == 0 && !q->force)
		return tell_existing(q, with);
	if (!err)
		err = check_room(q);
	if (err && err != -ENOSPC)
		vt_say("%s: %s", q->folder, strerror(-err));
	return err ? VT_EXIT_FAILED : run_script(q, with);
}

static int print_one(const char *name, void *arg)
{
	const struct request *q = arg;
	char path[PATH_MAX + 80];
	struct vt_recipe recipe;
	struct stat st;
	bool made;

	snprintf(path, sizeof(path), "%s/%s", q->folder, name);
	made = stat(path, &st) == 0;
	if (vt_recipe_read(name, &recipe) == 0)
		printf("%-16s %-9s %s\n", name, made ? "made" : "not made", recipe.about);
	return 0;
}

static int list(struct request *q)
{
	int err = vt_recipe_each(print_one, q);

	if (err)
		vt_say("the list of images: %s", strerror(-err));
	else
		printf("in %s\n", q->folder);
	return err ? VT_EXIT_FAILED : EXIT_SUCCESS;
}

static int print_path(struct request *q)
{
	struct stat st;

	if (vt_image_is_name(q->name) && stat(q->target, &st) == 0) {
		puts(q->target);
		return EXIT_SUCCESS;
	}
	vt_say("there is no image \"%s\" in %s", q->name, q->folder);
	return VT_EXIT_FAILED;
}

/* A name is the one argument of all subcommands but list, which has none. */
static int prepare(struct request *q, int num, char **args, const char *subcommand)
{
	int wanted = strcmp(subcommand, "list") == 0 ? 0 : 1;

	if (num - optind != wanted) {
		vt_say("image %s takes %s; try vthunk image --help", subcommand,
		       wanted ? "one name" : "no name");
		return -EINVAL;
	}
	q->name = wanted ? args[optind] : "";
	if (vt_image_folder(q->dir, q->folder))
		return -EINVAL;
	if (snprintf(q->target, PATH_MAX, "%s/%s", q->folder, q->name) < PATH_MAX)
		return 0;
	vt_say("the path of %s is too long", q->folder);
	return -ENAMETOOLONG;
}

int vt_cmd_image(int num, char **args)
{
	static const struct {
		const char *name;
		int (*run)(struct request *q);
	} subcommands[] = {{"make", make}, {"list", list}, {"path", print_path}};
	struct request q = {.name = NULL};
	const char *subcommand = num > 1 ? args[1] : "";
	int err;

	for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++) {
		if (strcmp(subcommand, subcommands[i].name) != 0)
			continue;
		err = read_options(num - 1, args + 1, &q);
		if (!err)
			err = prepare(&q, num - 1, args + 1, subcommand);
		return err > 0 ? EXIT_SUCCESS : err ? VT_EXIT_FAILED : subcommands[i].run(&q);
	}
	if (strcmp(subcommand, "--help") == 0 || strcmp(subcommand, "-h") == 0) {
		fputs(help, stdout);
		return EXIT_SUCCESS;
	}
	vt_say("vthunk image make, list or path; try vthunk image --help");
	return VT_EXIT_FAILED;
}
