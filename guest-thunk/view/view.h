/*
 * guest-thunk/view/view.h - what the wrappers of libvthunk-view.so share: which paths lead
 * elsewhere, and the C library's functions behind them.
 */
#ifndef VT_GUEST_VIEW_VIEW_H
#define VT_GUEST_VIEW_VIEW_H

#include <dlfcn.h>
#include <limits.h>

#define VIEW_API __attribute__((visibility("default")))

/* The C library's function of the same name, as `fn`, looked up once. Two threads may look it up at
 * the same time and find the same. */
#define NEXT(type, name)                                       \
	static type *next;                                     \
	type *fn = __atomic_load_n(&next, __ATOMIC_RELAXED);   \
	if (!fn) {                                             \
		*(void **)&fn = dlsym(RTLD_NEXT, #name);       \
		__atomic_store_n(&next, fn, __ATOMIC_RELAXED); \
	}

/*
 * The path at which the program finds what it asks for: `path` itself, or one below VTHUNK_VIEW,
 * then in `room`. A path is led there if it is absolute and at or below one of the places in
 * path.c. Any thread; keeps errno.
 */
const char *vt_view_path(const char *path, char room[PATH_MAX]);

/* Of a path that is one below VTHUNK_VIEW, what the program knows it as; else `path` itself. */
const char *vt_view_unpath(const char *path);

#endif
