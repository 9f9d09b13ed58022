/* libvthunk-view.so: folders, links and patterns. */
#include <dirent.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest-thunk/view/view.h"

typedef DIR *opendir_fn(const char *path);
typedef int chdir_fn(const char *path);
typedef ssize_t readlink_fn(const char *path, char *to, size_t size);
typedef ssize_t readlinkat_fn(int dir, const char *path, char *to, size_t size);
typedef ssize_t readlink_chk_fn(const char *path, char *to, size_t size, size_t room);
typedef char *realpath_fn(const char *path, char *to);
typedef char *realpath_chk_fn(const char *path, char *to, size_t size);
typedef char *canonicalize_fn(const char *path);

/* These are declared by headers only with certain options. */
VIEW_API ssize_t __readlink_chk(const char *path, char *to, size_t size, size_t room);
VIEW_API char *__realpath_chk(const char *path, char *to, size_t size);

VIEW_API DIR *opendir(const char *path)
{
	char room[PATH_MAX];
	NEXT(opendir_fn, opendir)
	return fn(vt_view_path(path, room));
}

VIEW_API int chdir(const char *path)
{
	char room[PATH_MAX];
	NEXT(chdir_fn, chdir)
	return fn(vt_view_path(path, room));
}

#define DEFINE_SCANDIR(name, entry)                                                          \
	typedef int name##_fn(const char *path, struct entry ***list,                        \
			      int (*filter)(const struct entry *),                           \
			      int (*compare)(const struct entry **, const struct entry **)); \
	VIEW_API int name(const char *restrict path, struct entry ***restrict list,          \
			  int (*filter)(const struct entry *),                               \
			  int (*compare)(const struct entry **, const struct entry **))      \
	{                                                                                    \
		char room[PATH_MAX];                                                         \
		NEXT(name##_fn, name)                                                        \
		return fn(vt_view_path(path, room), list, filter, compare);                  \
	}

DEFINE_SCANDIR(scandir, dirent)
DEFINE_SCANDIR(scandir64, dirent64)

/* The links of the tree are relative: what they hold needs no change. */
VIEW_API ssize_t readlink(const char *restrict path, char *restrict to, size_t size)
{
	char room[PATH_MAX];
	NEXT(readlink_fn, readlink)
	return fn(vt_view_path(path, room), to, size);
}

VIEW_API ssize_t readlinkat(int dir, const char *restrict path, char *restrict to, size_t size)
{
	char room[PATH_MAX];
	NEXT(readlinkat_fn, readlinkat)
	return fn(dir, vt_view_path(path, room), to, size);
}

ssize_t __readlink_chk(const char *path, char *to, size_t size, size_t len)
{
	char room[PATH_MAX];
	NEXT(readlink_chk_fn, __readlink_chk)
	return fn(vt_view_path(path, room), to, size, len);
}

/* Takes the tree's folder off a path of the C library. It gets shorter, so there is room. */
static char *unpathed(char *path)
{
	const char *seen = vt_view_unpath(path);

	if (path && seen != path)
		memmove(path, seen, strlen(seen) + 1);
	return path;
}

VIEW_API char *realpath(const char *restrict path, char *restrict to)
{
	char room[PATH_MAX];
	NEXT(realpath_fn, realpath)
	return unpathed(fn(vt_view_path(path, room), to));
}

char *__realpath_chk(const char *path, char *to, size_t size)
{
	char room[PATH_MAX];
	NEXT(realpath_chk_fn, __realpath_chk)
	return unpathed(fn(vt_view_path(path, room), to, size));
}

VIEW_API char *canonicalize_file_name(const char *path)
{
	char room[PATH_MAX];
	NEXT(canonicalize_fn, canonicalize_file_name)
	return unpathed(fn(vt_view_path(path, room)));
}

/* A pattern is led away by what stands before its first wildcard. */
#define DEFINE_GLOB(name, result)                                                                 \
	typedef int name##_fn(const char *pattern, int flags, int (*on_error)(const char *, int), \
			      result *found);                                                     \
	VIEW_API int name(const char *restrict pattern, int flags,                                \
			  int (*on_error)(const char *, int), result *restrict found)             \
	{                                                                                         \
		char room[PATH_MAX];                                                              \
		size_t first = flags & GLOB_DOOFFS ? found->gl_offs : 0;                          \
		int status;                                                                       \
		NEXT(name##_fn, name)                                                             \
		status = fn(vt_view_path(pattern, room), flags, on_error, found);                 \
		for (size_t i = 0; !status && i < found->gl_pathc; i++)                           \
			unpathed(found->gl_pathv[first + i]);                                     \
		return status;                                                                    \
	}

DEFINE_GLOB(glob, glob_t)
DEFINE_GLOB(glob64, glob64_t)
