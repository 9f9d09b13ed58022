/* Counted ranges, compared with a plain array of counters. */
#include <string.h>

#include "host-renderer/swgpu/mem/rangeset.h"
#include "tests/support/vt_test.h"

#define PAGES 64u

struct model {
	unsigned readers[PAGES], writers[PAGES];
};

struct mapping {
	unsigned lo, hi, access;
};

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void count(struct model *m, const struct mapping *map, int by)
{
	for (unsigned i = map->lo; i < map->hi; i++) {
		m->readers[i] += (unsigned)by;
		if (map->access & SWGPU_WRITE)
			m->writers[i] += (unsigned)by;
	}
}

static unsigned rights(const struct model *m, unsigned page)
{
	if (!m->readers[page])
		return 0;
	return m->writers[page] ? SWGPU_READ | SWGPU_WRITE : SWGPU_READ;
}

static void compare(const struct swgpu_rangeset *set, const struct model *m)
{
	for (unsigned i = 0; i < PAGES; i++) {
		struct swgpu_range range;
		unsigned lo = i, hi = i + 1;
		bool found = swgpu_rangeset_find(set, i, &range);

		VT_ASSERT_EQ(found, m->readers[i] != 0);
		if (!found)
			continue;
		while (lo && rights(m, lo - 1) == rights(m, i))
			lo--;
		while (hi < PAGES && rights(m, hi) == rights(m, i))
			hi++;
		VT_ASSERT_EQ(range.access, rights(m, i));
		VT_ASSERT_EQ(range.lo, lo);
		VT_ASSERT_EQ(range.hi, hi);
	}
}

VT_TEST_ROWS(swgpu_rangeset, as_the_model, 32)
{
	struct swgpu_rangeset set = {0};
	struct model model = {0};
	struct mapping live[40];
	unsigned count_live = 0;
	uint32_t seed = (uint32_t)row * 2654435761u + 1;

	for (unsigned i = 0; i < 400; i++) {
		struct mapping m;

		if (count_live == VT_ARRAY_LEN(live) || (count_live && next_random(&seed) % 2)) {
			unsigned at = next_random(&seed) % count_live;

			m = live[at];
			live[at] = live[--count_live];
			swgpu_rangeset_sub(&set, m.lo, m.hi, m.access);
			count(&model, &m, -1);
		} else {
			m.lo = next_random(&seed) % PAGES;
			m.hi = m.lo + 1 + next_random(&seed) % (PAGES - m.lo);
			m.access = next_random(&seed) % 2 ? SWGPU_READ : SWGPU_READ | SWGPU_WRITE;
			live[count_live++] = m;
			VT_ASSERT_EQ(swgpu_rangeset_add(&set, m.lo, m.hi, m.access), 0);
			count(&model, &m, 1);
		}
		compare(&set, &model);
	}
	while (count_live--)
		swgpu_rangeset_sub(&set, live[count_live].lo, live[count_live].hi,
				   live[count_live].access);
	VT_ASSERT_EQ(set.count, 0);
	swgpu_rangeset_fini(&set);
}
