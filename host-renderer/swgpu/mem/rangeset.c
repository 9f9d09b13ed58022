/*
 * Counted ranges in a sorted array.
 *
 * Invariant: room for two more mappings' boundaries is reserved when a mapping is added, so that
 * taking one out, which may split spans first, needs no memory.
 */
#include "host-renderer/swgpu/mem/rangeset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void swgpu_rangeset_fini(struct swgpu_rangeset *set)
{
	free(set->span);
	memset(set, 0, sizeof(*set));
}

static int reserve(struct swgpu_rangeset *set)
{
	size_t need = 2 * (set->adds + 2) + 2, room = set->room;
	struct swgpu_span *span;

	if (room >= need)
		return 0;
	room = need > 2 * room ? need : 2 * room;
	span = reallocarray(set->span, room, sizeof(*span));
	if (!span)
		return -ENOMEM;
	set->span = span;
	set->room = room;
	return 0;
}

/* Index of the first span that ends after va. */
static size_t index_of(const struct swgpu_rangeset *set, uint64_t va)
{
	size_t lo = 0, hi = set->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (set->span[mid].hi > va)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static void insert(struct swgpu_rangeset *set, size_t at, struct swgpu_span span)
{
	memmove(&set->span[at + 1], &set->span[at], (set->count - at) * sizeof(span));
	set->span[at] = span;
	set->count++;
}

/* Makes va a boundary between spans, if it is inside one. */
static void split(struct swgpu_rangeset *set, uint64_t va)
{
	size_t i = index_of(set, va);
	struct swgpu_span left;

	if (i == set->count || set->span[i].lo >= va)
		return;
	left = set->span[i];
	left.hi = va;
	set->span[i].lo = va;
	insert(set, i, left);
}

/* Drops spans that nothing covers and joins equal neighbours, in and beside [lo, hi). */
static void tidy(struct swgpu_rangeset *set, uint64_t lo, uint64_t hi)
{
	size_t from = index_of(set, lo), to, end;

	from = from ? from - 1 : 0;
	for (to = from, end = from; end < set->count; end++) {
		struct swgpu_span s = set->span[end];
		struct swgpu_span *last = to > from ? &set->span[to - 1] : NULL;

		if (s.lo > hi)
			break;
		if (!s.readers)
			continue;
		if (last && last->hi == s.lo && last->readers == s.readers &&
		    last->writers == s.writers)
			last->hi = s.hi;
		else
			set->span[to++] = s;
	}
	memmove(&set->span[to], &set->span[end], (set->count - end) * sizeof(*set->span));
	set->count -= end - to;
}

int swgpu_rangeset_add(struct swgpu_rangeset *set, uint64_t lo, uint64_t hi, unsigned access)
{
	uint32_t writer = access & SWGPU_WRITE ? 1 : 0;
	uint64_t at = lo;

	if (reserve(set) < 0)
		return -ENOMEM;
	split(set, lo);
	split(set, hi);
	for (size_t i = index_of(set, lo); at < hi; i++) {
		uint64_t next = i < set->count && set->span[i].lo < hi ? set->span[i].lo : hi;

		if (at < next) {
			insert(set, i, (struct swgpu_span){at, next, 1, writer});
			at = next;
			continue;
		}
		set->span[i].readers++;
		set->span[i].writers += writer;
		at = set->span[i].hi;
	}
	set->adds++;
	tidy(set, lo, hi);
	return 0;
}

void swgpu_rangeset_sub(struct swgpu_rangeset *set, uint64_t lo, uint64_t hi, unsigned access)
{
	split(set, lo);
	split(set, hi);
	for (size_t i = index_of(set, lo); i < set->count && set->span[i].lo < hi; i++) {
		set->span[i].readers--;
		if (access & SWGPU_WRITE)
			set->span[i].writers--;
	}
	set->adds--;
	tidy(set, lo, hi);
}

static uint32_t rights(const struct swgpu_span *span)
{
	return span->writers ? SWGPU_READ | SWGPU_WRITE : SWGPU_READ;
}

bool swgpu_rangeset_find(const struct swgpu_rangeset *set, uint64_t va, struct swgpu_range *ret)
{
	size_t i = index_of(set, va), first = i, last = i;
	const struct swgpu_span *span = set->span;

	if (i == set->count || span[i].lo > va)
		return false;
	while (first && span[first - 1].hi == span[first].lo &&
	       rights(&span[first - 1]) == rights(&span[i]))
		first--;
	while (last + 1 < set->count && span[last].hi == span[last + 1].lo &&
	       rights(&span[last + 1]) == rights(&span[i]))
		last++;
	*ret = (struct swgpu_range){span[first].lo, span[last].hi, rights(&span[i])};
	return true;
}
