/* libvthunk-view.so: asking about files. */
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "guest-thunk/view/view.h"

typedef int access_fn(const char *path, int mode);
typedef int faccessat_fn(int dir, const char *path, int mode, int flags);
typedef int statx_fn(int dir, const char *path, int flags, unsigned mask, struct statx *st);

#define DEFINE_STAT(name, buffer)                                                \
	typedef int name##_fn(const char *path, struct buffer *st);              \
	VIEW_API int name(const char *restrict path, struct buffer *restrict st) \
	{                                                                        \
		char room[PATH_MAX];                                             \
		NEXT(name##_fn, name)                                            \
		return fn(vt_view_path(path, room), st);                         \
	}

#define DEFINE_STATAT(name, buffer)                                                       \
	typedef int name##_fn(int dir, const char *path, struct buffer *st, int flags);   \
	VIEW_API int name(int dir, const char *restrict path, struct buffer *restrict st, \
			  int flags)                                                      \
	{                                                                                 \
		char room[PATH_MAX];                                                      \
		NEXT(name##_fn, name)                                                     \
		return fn(dir, vt_view_path(path, room), st, flags);                      \
	}

/* What programs call that were built with a C library before 2.33; its headers have no declaration
 * now. */
#define DEFINE_XSTAT(name, buffer)                                               \
	typedef int name##_fn(int version, const char *path, struct buffer *st); \
	VIEW_API int name(int version, const char *path, struct buffer *st);     \
	VIEW_API int name(int version, const char *path, struct buffer *st)      \
	{                                                                        \
		char room[PATH_MAX];                                             \
		NEXT(name##_fn, name)                                            \
		return fn(version, vt_view_path(path, room), st);                \
	}

#define DEFINE_FXSTATAT(name, buffer)                                                            \
	typedef int name##_fn(int version, int dir, const char *path, struct buffer *st,         \
			      int flags);                                                        \
	VIEW_API int name(int version, int dir, const char *path, struct buffer *st, int flags); \
	VIEW_API int name(int version, int dir, const char *path, struct buffer *st, int flags)  \
	{                                                                                        \
		char room[PATH_MAX];                                                             \
		NEXT(name##_fn, name)                                                            \
		return fn(version, dir, vt_view_path(path, room), st, flags);                    \
	}

DEFINE_STAT(stat, stat)
DEFINE_STAT(lstat, stat)
DEFINE_STAT(stat64, stat64)
DEFINE_STAT(lstat64, stat64)
DEFINE_STATAT(fstatat, stat)
DEFINE_STATAT(fstatat64, stat64)
DEFINE_XSTAT(__xstat, stat)
DEFINE_XSTAT(__lxstat, stat)
DEFINE_XSTAT(__xstat64, stat64)
DEFINE_XSTAT(__lxstat64, stat64)
DEFINE_FXSTATAT(__fxstatat, stat)
DEFINE_FXSTATAT(__fxstatat64, stat64)

VIEW_API int statx(int dir, const char *restrict path, int flags, unsigned mask,
		   struct statx *restrict st)
{
	char room[PATH_MAX];
	NEXT(statx_fn, statx)
	return fn(dir, vt_view_path(path, room), flags, mask, st);
}

/* ls(1) asks for access control lists. */
#define DEFINE_GETXATTR(name)                                                                      \
	typedef ssize_t name##_fn(const char *path, const char *attribute, void *to, size_t size); \
	VIEW_API ssize_t name(const char *path, const char *attribute, void *to, size_t size)      \
	{                                                                                          \
		char room[PATH_MAX];                                                               \
		NEXT(name##_fn, name)                                                              \
		return fn(vt_view_path(path, room), attribute, to, size);                          \
	}

#define DEFINE_LISTXATTR(name)                                              \
	typedef ssize_t name##_fn(const char *path, char *to, size_t size); \
	VIEW_API ssize_t name(const char *path, char *to, size_t size)      \
	{                                                                   \
		char room[PATH_MAX];                                        \
		NEXT(name##_fn, name)                                       \
		return fn(vt_view_path(path, room), to, size);              \
	}

DEFINE_GETXATTR(getxattr)
DEFINE_GETXATTR(lgetxattr)
DEFINE_LISTXATTR(listxattr)
DEFINE_LISTXATTR(llistxattr)

VIEW_API int access(const char *path, int mode)
{
	char room[PATH_MAX];
	NEXT(access_fn, access)
	return fn(vt_view_path(path, room), mode);
}

VIEW_API int euidaccess(const char *path, int mode)
{
	char room[PATH_MAX];
	NEXT(access_fn, euidaccess)
	return fn(vt_view_path(path, room), mode);
}

VIEW_API int eaccess(const char *path, int mode)
{
	char room[PATH_MAX];
	NEXT(access_fn, eaccess)
	return fn(vt_view_path(path, room), mode);
}

VIEW_API int faccessat(int dir, const char *path, int mode, int flags)
{
	char room[PATH_MAX];
	NEXT(faccessat_fn, faccessat)
	return fn(dir, vt_view_path(path, room), mode, flags);
}
