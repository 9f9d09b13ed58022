/*
 * guest-thunk/client/maps.h - what this process has mapped where, as the kernel tells it in
 * /proc/self/maps (proc(5)).
 *
 * The answer is a snapshot: another thread may change the mappings while it is read. It serves to
 * refuse what must not be touched and to see whether a mapping is still the one that this library
 * made.
 */
#ifndef VT_GUEST_CLIENT_MAPS_H
#define VT_GUEST_CLIENT_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vt_maps_area {
	uintptr_t lo, hi; /* whole pages */
	uint64_t offset;  /* into the file, in bytes */
	dev_t dev;
	ino_t ino; /* 0: no file */
	bool read, write, shared;
	bool plain; /* memory of no file and without a special name: heap, anonymous mappings,
		       zeroed data */
};

/* Called for each area in ascending order; anything but 0 ends the walk, which returns it. */
typedef int vt_maps_visit(const struct vt_maps_area *area, void *arg);

/* Walks the areas that overlap [lo, hi), and before them the next one below if there is any; whole
 * areas, not clipped. Blocks only on the kernel. Any thread; takes no lock and no memory, so it may
 * run in a child between fork and exec. Returns 0, what visit returned, or -errno of reading the
 * file. */
int vt_maps_walk(uintptr_t lo, uintptr_t hi, vt_maps_visit *visit, void *arg);

/*
 * True if a page of [lo, hi) is a guard of MADV_GUARD_INSTALL, which is not an area of its own: the
 * C library guards stacks with it from glibc 2.42 on. Source: bit 58 of /proc/self/pagemap, Linux
 * 6.15 (admin-guide/mm/pagemap); on older kernels there is nothing to see: false. Any thread.
 */
bool vt_maps_has_guard(uintptr_t lo, uintptr_t hi);

#endif
