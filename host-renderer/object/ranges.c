/* Ranges in a sorted array, found by halving. */
#include "host-renderer/object/ranges.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/check.h"

/* The number of ranges that begin at or below `at`. */
static uint32_t ranges_upto(const struct vt_ranges *r, uint64_t at)
{
	uint32_t lo = 0, hi = r->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (r->range[mid].at <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int vt_ranges_add(struct vt_ranges *r, uint64_t at, uint64_t size, void *object)
{
	uint32_t i = ranges_upto(r, at);

	if (i && vt_range_meets(at, size, r->range[i - 1].at, r->range[i - 1].size))
		return -EEXIST;
	if (i < r->count && vt_range_meets(at, size, r->range[i].at, r->range[i].size))
		return -EEXIST;
	if (r->count == r->room) {
		uint32_t room = r->room ? 2 * r->room : 32;
		struct vt_range *more = realloc(r->range, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->range = more;
		r->room = room;
	}
	memmove(&r->range[i + 1], &r->range[i], (r->count - i) * sizeof(*r->range));
	r->range[i] = (struct vt_range){at, size, object};
	r->count++;
	return 0;
}

void vt_ranges_remove(struct vt_ranges *r, uint64_t at)
{
	uint32_t i = ranges_upto(r, at);

	assert(i && r->range[i - 1].at == at);
	r->count--;
	memmove(&r->range[i - 1], &r->range[i], (r->count - (i - 1)) * sizeof(*r->range));
}

void *vt_ranges_find(const struct vt_ranges *r, uint64_t at, uint64_t size)
{
	uint32_t i = ranges_upto(r, at);

	if (!i || !vt_range_inside(at, size, r->range[i - 1].at, r->range[i - 1].size))
		return NULL;
	return r->range[i - 1].object;
}

void vt_ranges_fini(struct vt_ranges *r)
{
	free(r->range);
	memset(r, 0, sizeof(*r));
}
