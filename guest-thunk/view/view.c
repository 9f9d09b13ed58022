/*
 * libvthunk-view.so: what tools look for outside the thunk.
 *
 * rocminfo 5.2 opens /dev/kfd before it asks the runtime for anything. Preloaded, this library
 * leads every opening and look at that path to /dev/null; all other paths go to the C library as
 * they are.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VIEW_API __attribute__((visibility("default")))

/* The C library's function of the same name, looked up once. Two threads may look it up at the same
 * time and find the same. */
#define NEXT(type, name)                                       \
	static type *next;                                     \
	type *fn = __atomic_load_n(&next, __ATOMIC_RELAXED);   \
	if (!fn) {                                             \
		*(void **)&fn = dlsym(RTLD_NEXT, #name);       \
		__atomic_store_n(&next, fn, __ATOMIC_RELAXED); \
	}

static const char *seen_path(const char *path)
{
	return path && strcmp(path, "/dev/kfd") == 0 ? "/dev/null" : path;
}

typedef int open_fn(const char *path, int flags, ...);
typedef int openat_fn(int dir, const char *path, int flags, ...);
typedef int open2_fn(const char *path, int flags);
typedef int openat2_fn(int dir, const char *path, int flags);
typedef int access_fn(const char *path, int mode);
typedef int faccessat_fn(int dir, const char *path, int mode, int flags);

/* These are declared by headers only with certain options, or not at all. */
VIEW_API int __open_2(const char *path, int flags);
VIEW_API int __open64_2(const char *path, int flags);
VIEW_API int __openat_2(int dir, const char *path, int flags);
VIEW_API int __openat64_2(int dir, const char *path, int flags);

static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                   \
	VIEW_API int name(const char *path, int flags, ...) \
	{                                                   \
		va_list args;                               \
		mode_t mode;                                \
		NEXT(open_fn, name)                         \
		va_start(args, flags);                      \
		mode = mode_of(flags, args);                \
		va_end(args);                               \
		return fn(seen_path(path), flags, mode);    \
	}

#define DEFINE_OPENAT(name)                                          \
	VIEW_API int name(int dir, const char *path, int flags, ...) \
	{                                                            \
		va_list args;                                        \
		mode_t mode;                                         \
		NEXT(openat_fn, name)                                \
		va_start(args, flags);                               \
		mode = mode_of(flags, args);                         \
		va_end(args);                                        \
		return fn(dir, seen_path(path), flags, mode);        \
	}

#define DEFINE_STAT(name, buffer)                                                \
	typedef int name##_fn(const char *path, struct buffer *st);              \
	VIEW_API int name(const char *restrict path, struct buffer *restrict st) \
	{                                                                        \
		NEXT(name##_fn, name)                                            \
		return fn(seen_path(path), st);                                  \
	}

#define DEFINE_STATAT(name, buffer)                                                       \
	typedef int name##_fn(int dir, const char *path, struct buffer *st, int flags);   \
	VIEW_API int name(int dir, const char *restrict path, struct buffer *restrict st, \
			  int flags)                                                      \
	{                                                                                 \
		NEXT(name##_fn, name)                                                     \
		return fn(dir, seen_path(path), st, flags);                               \
	}

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
DEFINE_STAT(stat, stat)
DEFINE_STAT(lstat, stat)
DEFINE_STAT(stat64, stat64)
DEFINE_STAT(lstat64, stat64)
DEFINE_STATAT(fstatat, stat)
DEFINE_STATAT(fstatat64, stat64)

int __open_2(const char *path, int flags)
{
	NEXT(open2_fn, __open_2)
	return fn(seen_path(path), flags);
}

int __open64_2(const char *path, int flags)
{
	NEXT(open2_fn, __open64_2)
	return fn(seen_path(path), flags);
}

int __openat_2(int dir, const char *path, int flags)
{
	NEXT(openat2_fn, __openat_2)
	return fn(dir, seen_path(path), flags);
}

int __openat64_2(int dir, const char *path, int flags)
{
	NEXT(openat2_fn, __openat64_2)
	return fn(dir, seen_path(path), flags);
}

VIEW_API int access(const char *path, int mode)
{
	NEXT(access_fn, access)
	return fn(seen_path(path), mode);
}

VIEW_API int euidaccess(const char *path, int mode)
{
	NEXT(access_fn, euidaccess)
	return fn(seen_path(path), mode);
}

VIEW_API int faccessat(int dir, const char *path, int mode, int flags)
{
	NEXT(faccessat_fn, faccessat)
	return fn(dir, seen_path(path), mode, flags);
}
