/*
 * libvthunk-view.so: what tools look for outside the thunk. Preloaded, it leads their looks at
 * /dev/kfd and at the driver's files in sysfs (path.c) to a tree that `vthunk run` has written
 * (tree.c); all other paths go to the C library as they are. This file: opening.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>

#include "guest-thunk/view/view.h"

typedef int open_fn(const char *path, int flags, ...);
typedef int openat_fn(int dir, const char *path, int flags, ...);
typedef int open2_fn(const char *path, int flags);
typedef int openat2_fn(int dir, const char *path, int flags);
typedef FILE *fopen_fn(const char *path, const char *mode);
typedef FILE *freopen_fn(const char *path, const char *mode, FILE *file);

/* These are declared by headers only with certain options, or not at all. */
VIEW_API int __open_2(const char *path, int flags);
VIEW_API int __open64_2(const char *path, int flags);
VIEW_API int __openat_2(int dir, const char *path, int flags);
VIEW_API int __openat64_2(int dir, const char *path, int flags);

static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                         \
	VIEW_API int name(const char *path, int flags, ...)       \
	{                                                         \
		char room[PATH_MAX];                              \
		va_list args;                                     \
		mode_t mode;                                      \
		NEXT(open_fn, name)                               \
		va_start(args, flags);                            \
		mode = mode_of(flags, args);                      \
		va_end(args);                                     \
		return fn(vt_view_path(path, room), flags, mode); \
	}

#define DEFINE_OPENAT(name)                                            \
	VIEW_API int name(int dir, const char *path, int flags, ...)   \
	{                                                              \
		char room[PATH_MAX];                                   \
		va_list args;                                          \
		mode_t mode;                                           \
		NEXT(openat_fn, name)                                  \
		va_start(args, flags);                                 \
		mode = mode_of(flags, args);                           \
		va_end(args);                                          \
		return fn(dir, vt_view_path(path, room), flags, mode); \
	}

#define DEFINE_OPEN_2(name)                                 \
	VIEW_API int name(const char *path, int flags)      \
	{                                                   \
		char room[PATH_MAX];                        \
		NEXT(open2_fn, name)                        \
		return fn(vt_view_path(path, room), flags); \
	}

#define DEFINE_OPENAT_2(name)                                    \
	VIEW_API int name(int dir, const char *path, int flags)  \
	{                                                        \
		char room[PATH_MAX];                             \
		NEXT(openat2_fn, name)                           \
		return fn(dir, vt_view_path(path, room), flags); \
	}

#define DEFINE_FOPEN(name)                                                        \
	VIEW_API FILE *name(const char *restrict path, const char *restrict mode) \
	{                                                                         \
		char room[PATH_MAX];                                              \
		NEXT(fopen_fn, name)                                              \
		return fn(vt_view_path(path, room), mode);                        \
	}

#define DEFINE_FREOPEN(name)                                                      \
	VIEW_API FILE *name(const char *restrict path, const char *restrict mode, \
			    FILE *restrict file)                                  \
	{                                                                         \
		char room[PATH_MAX];                                              \
		NEXT(freopen_fn, name)                                            \
		return fn(vt_view_path(path, room), mode, file);                  \
	}

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
DEFINE_OPEN_2(__open_2)
DEFINE_OPEN_2(__open64_2)
DEFINE_OPENAT_2(__openat_2)
DEFINE_OPENAT_2(__openat64_2)
DEFINE_FOPEN(fopen)
DEFINE_FOPEN(fopen64)
DEFINE_FREOPEN(freopen)
DEFINE_FREOPEN(freopen64)
