/* The renderer's tables of free and of taken addresses. */
#include <errno.h>
#include <stdlib.h>

#include "host-renderer/object/extents.h"
#include "host-renderer/object/ranges.h"
#include "host-renderer/object/window.h"
#include "proto/base/check.h"
#include "proto/wire/msg.h"
#include "tests/support/vt_test.h"

VT_TEST(extents, cut_and_merge)
{
	struct vt_extents e;
	uint64_t a, b, c;

	VT_ASSERT_EQ(vt_extents_init(&e, 1000, 1000), 0);
	VT_ASSERT_EQ(vt_extents_take(&e, 100, 1, &a), 0);
	VT_ASSERT_EQ(a, 1000);
	VT_ASSERT_EQ(vt_extents_take(&e, 100, 256, &b), 0);
	VT_ASSERT_EQ(b, 1280);
	VT_ASSERT_EQ(vt_extents_take(&e, 180, 1, &c), 0);
	VT_ASSERT_EQ(c, 1100);
	VT_ASSERT_EQ(vt_extents_take_at(&e, 1279, 2), -EEXIST);
	VT_ASSERT_EQ(vt_extents_take_at(&e, 1999, 2), -EEXIST);
	VT_ASSERT_EQ(vt_extents_take(&e, 700, 1, &a), -ENOSPC);
	vt_extents_give(&e, 1100, 180);
	vt_extents_give(&e, 1000, 100);
	vt_extents_give(&e, 1280, 100);
	VT_ASSERT_EQ(e.count, 1);
	VT_ASSERT_EQ(e.free[0].size, 1000);
	VT_ASSERT_EQ(vt_extents_take_at(&e, 1000, 1000), 0);
	VT_ASSERT_EQ(e.count, 0);
	vt_extents_fini(&e);
}

/* Random takes and gives, against a map of bytes. */
VT_TEST(extents, random)
{
	enum { SIZE = 2048, PARTS = 64 };
	static uint8_t used[SIZE];
	struct {
		uint64_t at, size;
	} part[PARTS] = {{0, 0}};
	struct vt_extents e;

	srand(1);
	VT_ASSERT_EQ(vt_extents_init(&e, 4096, SIZE), 0);
	for (int i = 0; i < 20000; i++) {
		unsigned p = (unsigned)rand() % PARTS;

		if (part[p].size) {
			for (uint64_t j = 0; j < part[p].size; j++)
				used[part[p].at - 4096 + j] = 0;
			vt_extents_give(&e, part[p].at, part[p].size);
			part[p].size = 0;
			continue;
		}
		part[p].size = 1 + (uint64_t)rand() % 60;
		if (vt_extents_take(&e, part[p].size, 1u << rand() % 5, &part[p].at)) {
			part[p].size = 0;
			continue;
		}
		VT_ASSERT(vt_range_inside(part[p].at, part[p].size, 4096, SIZE));
		for (uint64_t j = 0; j < part[p].size; j++)
			VT_ASSERT_EQ(used[part[p].at - 4096 + j]++, 0);
	}
	for (unsigned p = 0; p < PARTS; p++)
		if (part[p].size)
			vt_extents_give(&e, part[p].at, part[p].size);
	VT_ASSERT_EQ(e.count, 1);
	VT_ASSERT_EQ(e.free[0].size, SIZE);
	vt_extents_fini(&e);
}

VT_TEST(ranges, find_and_refuse)
{
	struct vt_ranges r = {0};
	int a, b;

	VT_ASSERT_EQ(vt_ranges_add(&r, 100, 50, &a), 0);
	VT_ASSERT_EQ(vt_ranges_add(&r, 200, 50, &b), 0);
	VT_ASSERT_EQ(vt_ranges_add(&r, 149, 1, &b), -EEXIST);
	VT_ASSERT_EQ(vt_ranges_add(&r, 150, 51, &b), -EEXIST);
	VT_ASSERT(vt_ranges_find(&r, 100, 50) == &a);
	VT_ASSERT(vt_ranges_find(&r, 249, 1) == &b);
	VT_ASSERT(!vt_ranges_find(&r, 100, 51));
	VT_ASSERT(!vt_ranges_find(&r, 99, 2));
	VT_ASSERT(!vt_ranges_find(&r, 110, 0));
	VT_ASSERT(!vt_ranges_find(&r, 110, UINT64_MAX - 50));
	vt_ranges_remove(&r, 100);
	VT_ASSERT(!vt_ranges_find(&r, 100, 1));
	VT_ASSERT(vt_ranges_find(&r, 200, 1) == &b);
	vt_ranges_fini(&r);
}

VT_TEST_ROWS(window, refuses, 6)
{
	static const struct {
		uint64_t base, size;
	} rows[6] = {
	    {0x300000000000 + 4096, VT_WINDOW_MIN}, {0x300000000000, VT_WINDOW_MIN - 4096},
	    {0x300000000000, VT_WINDOW_MAX * 2},    {0, VT_WINDOW_MIN},
	    {0xffff800000000000, VT_WINDOW_MIN},    {0x7fffc0000000, VT_WINDOW_MIN * 2},
	};
	struct vt_window w = {0};

	VT_ASSERT_EQ(vt_window_reserve(&w, rows[row].base, rows[row].size), -EINVAL);
	VT_ASSERT_EQ(w.size, 0);
}

#ifndef __SANITIZE_THREAD__
VT_TEST(window, once_and_only_where_free)
{
	struct vt_window w = {0}, other = {0};
	uint64_t base = vt_window_candidate(1), va = 0;

	VT_ASSERT_EQ(vt_window_reserve(&w, base, VT_WINDOW_MIN), 0);
	VT_ASSERT_EQ(vt_window_reserve(&w, base, VT_WINDOW_MIN), -EALREADY);
	VT_ASSERT_EQ(vt_window_reserve(&other, base + (2 << 20), VT_WINDOW_MIN), -EEXIST);
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &va), 0);
	VT_ASSERT_EQ(va, base);
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &va), -EEXIST);
	vt_window_give(&w, va, 4096);
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &va), 0);
	vt_window_give(&w, va, 4096);
	vt_window_fini(&w);
	VT_ASSERT_EQ(vt_window_reserve(&other, base, VT_WINDOW_MIN), 0);
	vt_window_fini(&other);
}
#endif
