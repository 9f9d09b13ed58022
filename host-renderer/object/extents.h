/*
 * host-renderer/object/extents.h - which parts of a range are free: first fit, neighbours merged.
 *
 * Kept as a sorted array. Giving back never fails: room for it is made when a part is taken. Not
 * thread safe.
 */
#ifndef VT_OBJECT_EXTENTS_H
#define VT_OBJECT_EXTENTS_H

#include <stdint.h>

struct vt_extent {
	uint64_t at, size;
};

struct vt_extents {
	struct vt_extent *free; /* sorted, not empty, not touching each other */
	uint32_t count, room;
	uint32_t taken; /* parts that are out */
};

/* The whole of [at, at + size) free. Returns 0 or -ENOMEM. */
int vt_extents_init(struct vt_extents *e, uint64_t at, uint64_t size);

void vt_extents_fini(struct vt_extents *e);

/* Takes the lowest free part of this size and alignment (a power of two). Returns 0, -ENOSPC, or
 * -ENOMEM. */
int vt_extents_take(struct vt_extents *e, uint64_t size, uint64_t align, uint64_t *ret_at);

/* Takes exactly [at, at + size). Returns 0, -EEXIST if not all of it is free, or -ENOMEM. */
int vt_extents_take_at(struct vt_extents *e, uint64_t at, uint64_t size);

/* Gives back what one of the two above took, as a whole. */
void vt_extents_give(struct vt_extents *e, uint64_t at, uint64_t size);

#endif
