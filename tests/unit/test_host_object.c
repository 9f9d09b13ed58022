/* The renderer's tables of free and of taken addresses, and its objects without a provider. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "host-renderer/object/extents.h"
#include "host-renderer/object/memory.h"
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

/* A part that cannot be reserved again must not be unmapped again: it may be somebody else's. */
VT_TEST(window, forgets_what_it_cannot_reserve)
{
	uint64_t base = vt_window_candidate(1), va = 0, again = base;
	struct vt_window w = {0};
	struct rlimit old, none;

	VT_ASSERT_EQ(vt_window_reserve(&w, base, VT_WINDOW_MIN), 0);
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &va), 0);
	VT_ASSERT_EQ(getrlimit(RLIMIT_AS, &old), 0);
	none = (struct rlimit){0, old.rlim_max};
	VT_ASSERT_EQ(setrlimit(RLIMIT_AS, &none), 0);
	vt_window_give(&w, va, 4096);
	VT_ASSERT_EQ(setrlimit(RLIMIT_AS, &old), 0);
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &again), -EEXIST);
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &again), -EEXIST);
	again = 0;
	VT_ASSERT_EQ(vt_window_take(&w, 4096, 4096, &again), 0);
	VT_ASSERT_EQ(again, base + 4096);
	vt_window_give(&w, again, 4096);
	vt_window_fini(&w);
}

static HSAKMT_STATUS alloc_anywhere(HSAuint32 node, HSAuint64 size, HsaMemFlags flags, void **at)
{
	(void)node;
	(void)size;
	(void)flags;
	(void)at;
	return HSAKMT_STATUS_SUCCESS;
}

static HSAKMT_STATUS map_nothing(void *at, HSAuint64 size, HSAuint64 *alternate,
				 HsaMemMapFlags flags, HSAuint64 num, HSAuint32 *nodes)
{
	(void)at;
	(void)size;
	(void)alternate;
	(void)flags;
	(void)num;
	(void)nodes;
	return HSAKMT_STATUS_SUCCESS;
}

static HSAKMT_STATUS unmap_nothing(void *at)
{
	(void)at;
	return HSAKMT_STATUS_SUCCESS;
}

static HSAKMT_STATUS free_nothing(void *at, HSAuint64 size)
{
	(void)at;
	(void)size;
	return HSAKMT_STATUS_SUCCESS;
}

/* Pieces of scratch are within the limit of objects, and give their places back. */
VT_TEST(memory, pieces_of_scratch_count)
{
	static const struct vt_provider p = {.AllocMemory = alloc_anywhere,
					     .MapMemoryToGPUNodes = map_nothing,
					     .UnmapMemoryToGPU = unmap_nothing,
					     .FreeMemory = free_nothing};
	struct vt_mem_alloc_req alloc = {.node = 1, .flags_bits = 0x240, .size = 1 << 20};
	struct vt_mem_map_req map = {.size = 4096, .nodes_mask = 2};
	struct vt_mem_unmap_req unmap = {.offset = 4096};
	struct vt_ctx ctx = {.p = &p, .limits.objects = 3, .num_nodes = 2, .gpu_mask = 2};
	struct vt_mem_alloc_rep rep;
	uint64_t mask;
	int fd;

	vt_idtable_init(&ctx.ids, 16);
	VT_ASSERT_EQ(vt_window_reserve(&ctx.window, vt_window_candidate(1), VT_WINDOW_MIN), 0);
	for (unsigned round = 0; round < 2; round++) {
		VT_ASSERT_EQ(vt_memory_alloc(&ctx, &alloc, &rep, &fd), 0);
		map.mem_id = unmap.mem_id = rep.mem_id;
		for (map.offset = 0; map.offset < 8192; map.offset += 4096)
			VT_ASSERT_EQ(vt_memory_map(&ctx, &map, &mask), 0);
		VT_ASSERT_EQ(vt_memory_map(&ctx, &map, &mask), -ENOSPC);
		VT_ASSERT_EQ(vt_memory_unmap(&ctx, &unmap), 0);
		VT_ASSERT_EQ(vt_memory_map(&ctx, &map, &mask), 0);
		VT_ASSERT_EQ(vt_memory_alloc(&ctx, &alloc, &rep, &fd), -ENOSPC);
		VT_ASSERT_EQ(vt_memory_free(&ctx, map.mem_id), 0);
		VT_ASSERT_EQ(ctx.num_memory, 0);
	}
	vt_memory_fini(&ctx);
	vt_window_fini(&ctx.window);
	vt_idtable_fini(&ctx.ids);
}
#endif
