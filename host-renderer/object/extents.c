/* Free parts of a range. Invariant: room >= taken + 2, so that every part that is out can come back
 * as one of its own. */
#include "host-renderer/object/extents.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/check.h"

int vt_extents_init(struct vt_extents *e, uint64_t at, uint64_t size)
{
	memset(e, 0, sizeof(*e));
	e->room = 16;
	e->free = malloc(e->room * sizeof(*e->free));
	if (!e->free)
		return -ENOMEM;
	e->free[0] = (struct vt_extent){at, size};
	e->count = 1;
	return 0;
}

void vt_extents_fini(struct vt_extents *e)
{
	free(e->free);
	memset(e, 0, sizeof(*e));
}

static int make_room(struct vt_extents *e)
{
	struct vt_extent *more;

	if (e->room >= e->taken + 3)
		return 0;
	more = realloc(e->free, 2 * e->room * sizeof(*more));
	if (!more)
		return -ENOMEM;
	e->free = more;
	e->room *= 2;
	return 0;
}

static void insert(struct vt_extents *e, uint32_t i, struct vt_extent x)
{
	memmove(&e->free[i + 1], &e->free[i], (e->count - i) * sizeof(x));
	e->free[i] = x;
	e->count++;
}

static void drop(struct vt_extents *e, uint32_t i)
{
	e->count--;
	memmove(&e->free[i], &e->free[i + 1], (e->count - i) * sizeof(e->free[0]));
}

/* Cuts [at, at + size) out of free part i, which holds it. */
static void cut(struct vt_extents *e, uint32_t i, uint64_t at, uint64_t size)
{
	struct vt_extent whole = e->free[i];
	uint64_t before = at - whole.at, after = whole.size - before - size;

	if (before && after) {
		e->free[i].size = before;
		insert(e, i + 1, (struct vt_extent){at + size, after});
	} else if (before) {
		e->free[i].size = before;
	} else if (after) {
		e->free[i] = (struct vt_extent){at + size, after};
	} else {
		drop(e, i);
	}
	e->taken++;
}

int vt_extents_take(struct vt_extents *e, uint64_t size, uint64_t align, uint64_t *ret_at)
{
	int err = make_room(e);

	if (err)
		return err;
	for (uint32_t i = 0; i < e->count; i++) {
		uint64_t at;

		if (!vt_align_up(e->free[i].at, align, &at))
			continue;
		if (!vt_range_inside(at, size, e->free[i].at, e->free[i].size))
			continue;
		cut(e, i, at, size);
		*ret_at = at;
		return 0;
	}
	return -ENOSPC;
}

int vt_extents_take_at(struct vt_extents *e, uint64_t at, uint64_t size)
{
	int err = make_room(e);

	if (err)
		return err;
	for (uint32_t i = 0; i < e->count; i++) {
		if (!vt_range_inside(at, size, e->free[i].at, e->free[i].size))
			continue;
		cut(e, i, at, size);
		return 0;
	}
	return -EEXIST;
}

/* The number of free parts that begin below `at`. */
static uint32_t parts_below(const struct vt_extents *e, uint64_t at)
{
	uint32_t lo = 0, hi = e->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (e->free[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void vt_extents_give(struct vt_extents *e, uint64_t at, uint64_t size)
{
	uint32_t i = parts_below(e, at);

	assert(e->taken && e->count < e->room);
	assert(!i || e->free[i - 1].at + e->free[i - 1].size <= at);
	e->taken--;
	insert(e, i, (struct vt_extent){at, size});
	if (i + 1 < e->count && at + size == e->free[i + 1].at) {
		e->free[i].size += e->free[i + 1].size;
		drop(e, i + 1);
	}
	if (i && e->free[i - 1].at + e->free[i - 1].size == at) {
		e->free[i - 1].size += e->free[i].size;
		drop(e, i);
	}
}
