/*
 * host-renderer/object/ranges.h - which object holds an address. Ranges do not overlap. Not thread
 * safe.
 */
#ifndef VT_OBJECT_RANGES_H
#define VT_OBJECT_RANGES_H

#include <stdint.h>

struct vt_range {
	uint64_t at, size;
	void *object;
};

struct vt_ranges {
	struct vt_range *range; /* sorted */
	uint32_t count, room;
};

/* Returns 0, -EEXIST if it meets a range that is there, or -ENOMEM. */
int vt_ranges_add(struct vt_ranges *r, uint64_t at, uint64_t size, void *object);

/* Removes the range that starts at `at`, which is there. */
void vt_ranges_remove(struct vt_ranges *r, uint64_t at);

/* The object whose range holds all of [at, at + size), or NULL. size 0 is held by nothing. */
void *vt_ranges_find(const struct vt_ranges *r, uint64_t at, uint64_t size);

void vt_ranges_fini(struct vt_ranges *r);

#endif
