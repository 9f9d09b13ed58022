/*
 * What is in an image.
 *
 * Nothing of it is executed and none of its links is followed out of it; files are searched for
 * strings, so that no file's format has to be believed.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/image.h"

static const char *const library_folders[] = {
    "usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib", "usr/local/lib", "opt/rocm/lib",
    "opt/rocm/lib64",
};
static const char *const program_folders[] = {"usr/local/bin", "usr/bin", "bin", "opt/rocm/bin"};
#define RUNTIME      "libhsa-runtime64.so.1"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A file in memory; base NULL: none. */
struct content {
	const char *base;
	size_t size;
};

/* How often the kernel is asked again after somebody has renamed something meanwhile. */
enum { TRIES = 100 };

static int open_inside(int root, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	long fd = -1;

	errno = EAGAIN;
	for (int i = 0; i < TRIES && fd < 0 && errno == EAGAIN; i++)
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

/* Takes the descriptor. */
static int map(int fd, struct content *ret)
{
	struct stat st;
	void *base;
	int err = 0;

	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		err = -ENOEXEC;
	if (!err) {
		base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (base == MAP_FAILED)
			err = -errno;
		else
			*ret = (struct content){base, (size_t)st.st_size};
	}
	close(fd);
	return err;
}

static void unmap(struct content *c)
{
	if (c->base)
		munmap((void *)(uintptr_t)c->base, c->size);
	c->base = NULL;
}

static bool has(const struct content *c, const char *text)
{
	return memmem(c->base, c->size, text, strlen(text));
}

static int open_root(const char *root)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	fd = -errno;
	vt_say("image %s: %s", root, strerror(-fd));
	return fd;
}

/* Whether opening failed for another reason than that there is no such file. */
static bool is_hidden(int fd)
{
	return fd < 0 && fd != -ENOENT && fd != -ENOTDIR;
}

/* Opens the file in the first folder that has it; path, if not NULL, is where. One that may be
 * there but cannot be looked at ends the search. */
static int open_first(int root, const char *const *folders, size_t num, const char *name,
		      char path[PATH_MAX])
{
	char at[PATH_MAX - 1];
	int fd = -ENOENT;

	for (size_t i = 0; i < num && fd < 0 && !is_hidden(fd); i++) {
		snprintf(at, sizeof(at), "%s/%s", folders[i], name);
		fd = open_inside(root, at);
	}
	if (fd >= 0 && path)
		snprintf(path, PATH_MAX, "/%s", at);
	return fd;
}

/* AMD's own packages are in a folder a version, with or without a link called rocm. */
static int open_below_opt(int root, const char *name, char path[PATH_MAX])
{
	int opt = open_inside(root, "opt"), fd = -ENOENT;
	DIR *dir = opt < 0 ? NULL : fdopendir(opt);
	const struct dirent *entry;

	if (!dir && opt >= 0)
		close(opt);
	while (dir && fd < 0 && (entry = readdir(dir))) {
		char at[PATH_MAX - 1];

		if (strncmp(entry->d_name, "rocm-", 5) != 0)
			continue;
		snprintf(at, sizeof(at), "opt/%s/lib/%s", entry->d_name, name);
		fd = open_inside(root, at);
		if (fd >= 0 && path)
			snprintf(path, PATH_MAX, "/%s", at);
	}
	if (dir)
		closedir(dir);
	return fd;
}

static int open_library(int root, const char *name, char path[PATH_MAX])
{
	int fd = open_first(root, library_folders, COUNT(library_folders), name, path);

	return fd < 0 && !is_hidden(fd) ? open_below_opt(root, name, path) : fd;
}

static enum vt_thunk_kind kind_of(const struct content *runtime)
{
	if (has(runtime, "HSA_ENABLE_DTIF"))
		return VT_THUNK_DTIF;
	return has(runtime, "libhsakmt.so.1") ? VT_THUNK_SHARED : VT_THUNK_STATIC;
}

/* The file's own name, behind all links, ends in the version. */
static unsigned version_of(int fd)
{
	char link[64], path[PATH_MAX];
	unsigned version = 0;
	const char *name;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len < 0 ? 0 : len] = '\0';
	name = strrchr(path, '/');
	if (!name || sscanf(name, "/" RUNTIME ".%u", &version) != 1)
		return 0;
	return version;
}

static int look(int root, struct vt_image_content *ret)
{
	struct content runtime = {NULL, 0};
	int fd = open_library(root, RUNTIME, ret->runtime), err;

	if (is_hidden(fd)) {
		vt_say(RUNTIME " of the image: %s", strerror(-fd));
		return fd;
	}
	if (fd >= 0) {
		ret->version = version_of(fd);
		err = map(fd, &runtime);
		if (err) {
			vt_say("%s of the image: %s", ret->runtime, strerror(-err));
			return err;
		}
		ret->thunk = kind_of(&runtime);
		unmap(&runtime);
	}
	fd = open_library(root, "libamdocl64.so", NULL);
	if (fd >= 0)
		close(fd);
	ret->opencl = fd >= 0;
	return 0;
}

int vt_image_look(const char *root, struct vt_image_content *ret)
{
	int dir = open_root(root), err;

	memset(ret, 0, sizeof(*ret));
	if (dir < 0)
		return dir;
	err = look(dir, ret);
	close(dir);
	return err;
}

bool vt_image_file_has(const char *root, const char *file, const char *text)
{
	struct content c = {NULL, 0};
	int dir = open_root(root), fd;
	bool found = false;

	if (dir < 0)
		return false;
	fd = strchr(file, '/')
		 ? open_inside(dir, file)
		 : open_first(dir, program_folders, COUNT(program_folders), file, NULL);
	if (fd >= 0 && map(fd, &c) == 0)
		found = has(&c, text);
	unmap(&c);
	close(dir);
	return found;
}

int vt_image_make_folder(const char *root, const char *parent, const char *name)
{
	int dir = open_root(root), fd, err = 0;
	struct stat st;

	if (dir < 0)
		return dir;
	fd = open_inside(dir, parent);
	close(dir);
	if (fd < 0)
		return fd;
	if (mkdirat(fd, name, 0755) < 0)
		err = -errno;
	if (err == -EEXIST && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		err = S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	close(fd);
	return err;
}

int vt_image_resolve(const char *root, const char *path, char ret[PATH_MAX])
{
	int dir = open_root(root), fd;
	char link[64];
	ssize_t len;

	if (dir < 0)
		return dir;
	fd = open_inside(dir, path);
	close(dir);
	if (fd < 0)
		return fd;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, ret, PATH_MAX - 1);
	close(fd);
	if (len < 0)
		return -ENOENT;
	ret[len] = '\0';
	return 0;
}

/* Whether the string is the name of a function of the thunk. */
static bool is_call(const char *at, size_t len)
{
	static const char prefix[] = "hsaKmt";
	size_t n = sizeof(prefix) - 1;

	if (len <= n || len >= 120 || memcmp(at, prefix, n) != 0)
		return false;
	while (n < len && isalnum((unsigned char)at[n]))
		n++;
	return n == len;
}

/* Whether the file has the name as a whole string, as tables of names have it. */
static bool has_name(const struct content *c, const char *name, size_t len)
{
	char whole[128] = "";

	memcpy(whole + 1, name, len);
	return memmem(c->base, c->size, whole, len + 2);
}

static void find_missing(const struct content *runtime, const struct content *ours, char ret[128])
{
	const char *at = runtime->base, *end = at + runtime->size;

	ret[0] = '\0';
	while (at < end) {
		const char *zero = memchr(at, '\0', (size_t)(end - at));
		size_t len = zero ? (size_t)(zero - at) : 0;

		if (!zero)
			return;
		if (len && is_call(at, len) && !has_name(ours, at, len)) {
			snprintf(ret, 128, "%.*s", (int)len, at);
			return;
		}
		at = zero + 1;
	}
}

int vt_image_missing_call(const char *root, const struct vt_image_content *content,
			  const char *ours, char ret[128])
{
	struct content runtime = {NULL, 0}, library = {NULL, 0};
	int dir = open_root(root), err, fd;

	if (dir < 0)
		return dir;
	fd = open_inside(dir, content->runtime);
	err = fd < 0 ? fd : map(fd, &runtime);
	if (err) {
		vt_say("%s of the image: %s", content->runtime, strerror(-err));
	} else {
		fd = open(ours, O_RDONLY | O_CLOEXEC);
		err = fd < 0 ? -errno : map(fd, &library);
		if (err)
			vt_say("%s: %s", ours, strerror(-err));
	}
	if (!err)
		find_missing(&runtime, &library, ret);
	unmap(&library);
	unmap(&runtime);
	close(dir);
	return err;
}
