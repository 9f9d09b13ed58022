/*
 * Calls, with libvthunk-view.so preloaded, each function that takes a path, for a file of
 * VTHUNK_VIEW; prints the names of those that do not find it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/sys/module/amdgpu"
#define FILE_  FOLDER "/initstate"
#define LINK   "/sys/class/kfd/kfd"

/* Behind the C library's headers, or no longer in them. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
int __xstat(int version, const char *path, struct stat *st);
int __lxstat(int version, const char *path, struct stat *st);
int __fxstatat(int version, int dir, const char *path, struct stat *st, int flags);
ssize_t __readlink_chk(const char *path, char *to, size_t size, size_t room);
char *__realpath_chk(const char *path, char *to, size_t size);

static int bad;

static void check(const char *name, bool found)
{
	if (found)
		return;
	printf("%s does not find it\n", name);
	bad++;
}

static bool is_file(int fd)
{
	char text[8] = "";
	bool right = fd >= 0 && read(fd, text, 4) == 4 && strcmp(text, "live") == 0;

	if (fd >= 0)
		close(fd);
	return right;
}

static bool is_stream(FILE *f)
{
	char text[8] = "";
	bool right = f && fgets(text, sizeof(text), f) && strcmp(text, "live\n") == 0;

	if (f)
		fclose(f);
	return right;
}

static void check_opening(void)
{
	check("open", is_file(open(FILE_, O_RDONLY)));
	check("open64", is_file(open64(FILE_, O_RDONLY)));
	check("openat", is_file(openat(AT_FDCWD, FILE_, O_RDONLY)));
	check("openat64", is_file(openat64(AT_FDCWD, FILE_, O_RDONLY)));
	check("__open_2", is_file(__open_2(FILE_, O_RDONLY)));
	check("__open64_2", is_file(__open64_2(FILE_, O_RDONLY)));
	check("__openat_2", is_file(__openat_2(AT_FDCWD, FILE_, O_RDONLY)));
	check("__openat64_2", is_file(__openat64_2(AT_FDCWD, FILE_, O_RDONLY)));
	check("fopen", is_stream(fopen(FILE_, "r")));
	check("fopen64", is_stream(fopen64(FILE_, "r")));
	check("freopen", is_stream(freopen(FILE_, "r", fopen("/dev/null", "r"))));
	check("open relative to a folder",
	      is_file(openat(open(FOLDER, O_PATH), "initstate", O_RDONLY)));
}

static void check_asking(void)
{
	struct stat64 st64;
	struct statx stx;
	struct stat st;

	check("stat", stat(FILE_, &st) == 0);
	check("lstat", lstat(FILE_, &st) == 0);
	check("stat64", stat64(FILE_, &st64) == 0);
	check("lstat64", lstat64(FILE_, &st64) == 0);
	check("fstatat", fstatat(AT_FDCWD, FILE_, &st, 0) == 0);
	check("fstatat64", fstatat64(AT_FDCWD, FILE_, &st64, 0) == 0);
	check("statx", statx(AT_FDCWD, FILE_, 0, STATX_SIZE, &stx) == 0);
	check("__xstat", __xstat(1, FILE_, &st) == 0);
	check("__lxstat", __lxstat(1, FILE_, &st) == 0);
	check("__fxstatat", __fxstatat(1, AT_FDCWD, FILE_, &st, 0) == 0);
	check("access", access(FILE_, R_OK) == 0);
	check("eaccess", eaccess(FILE_, R_OK) == 0);
	check("euidaccess", euidaccess(FILE_, R_OK) == 0);
	check("faccessat", faccessat(AT_FDCWD, FILE_, R_OK, 0) == 0);
	check("stat of what is not there", stat(FOLDER "/none", &st) < 0);
}

static void check_links(void)
{
	char to[PATH_MAX];
	char *name;

	check("readlink", readlink(LINK, to, sizeof(to)) > 0);
	check("readlinkat", readlinkat(AT_FDCWD, LINK, to, sizeof(to)) > 0);
	check("__readlink_chk", __readlink_chk(LINK, to, sizeof(to), sizeof(to)) > 0);
	check("realpath", realpath(FILE_, to) && strcmp(to, FILE_) == 0);
	check("__realpath_chk", __realpath_chk(FILE_, to, sizeof(to)) && strcmp(to, FILE_) == 0);
	name = realpath(FILE_, NULL);
	check("realpath that allocates", name && strcmp(name, FILE_) == 0);
	free(name);
	name = canonicalize_file_name(FILE_);
	check("canonicalize_file_name", name && strcmp(name, FILE_) == 0);
	free(name);
}

static int is_initstate(const struct dirent *entry)
{
	return strcmp(entry->d_name, "initstate") == 0;
}

static void check_folders(void)
{
	struct dirent **list;
	glob_t found;
	DIR *dir = opendir(FOLDER);

	check("opendir", dir);
	if (dir)
		closedir(dir);
	check("scandir", scandir(FOLDER, &list, is_initstate, alphasort) == 1);
	check("glob", glob(FOLDER "/init*", 0, NULL, &found) == 0 && found.gl_pathc == 1 &&
			  strcmp(found.gl_pathv[0], FILE_) == 0);
	found.gl_offs = 2;
	check("glob with room in front", glob(FOLDER "/init*", GLOB_DOOFFS, NULL, &found) == 0 &&
					     strcmp(found.gl_pathv[2], FILE_) == 0);
	check("chdir", chdir(FOLDER) == 0 && access("initstate", R_OK) == 0);
}

int main(void)
{
	check_opening();
	check_asking();
	check_links();
	check_folders();
	return bad != 0;
}
