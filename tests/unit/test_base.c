/* proto/base: errors, checked arithmetic, arena, ids. */
#include <errno.h>
#include <string.h>

#include "proto/base/arena.h"
#include "proto/base/check.h"
#include "proto/base/err.h"
#include "proto/base/idtable.h"
#include "proto/base/log.h"
#include "tests/support/vt_test.h"

VT_TEST(err, every_status_comes_back)
{
	static const unsigned status[] = {0,  1,  2,  3,  4,  5,  6,  7,  10, 11, 12,
					  13, 20, 21, 22, 23, 30, 31, 35, 36, 37};

	for (size_t i = 0; i < VT_ARRAY_LEN(status); i++)
		VT_ASSERT_EQ(vt_err_to_status(vt_err_from_status(status[i])), status[i]);
}

VT_TEST(err, unknown_is_general)
{
	VT_ASSERT_EQ(vt_err_to_status(-EXDEV), 1);
	VT_ASSERT_EQ(vt_err_from_status(99), -EIO);
	VT_ASSERT_EQ(vt_err_from_status(UINT32_MAX), -EIO);
	VT_ASSERT(strcmp(vt_err_name(-ENOMEM), "out of memory") == 0);
	VT_ASSERT(strcmp(vt_err_name(ENOMEM), "out of memory") == 0);
	VT_ASSERT(vt_err_name(-12345));
}

VT_TEST(check, sums_do_not_wrap)
{
	uint64_t out = 7;

	VT_ASSERT(!vt_add(UINT64_MAX, 1, &out));
	VT_ASSERT_EQ(out, 7);
	VT_ASSERT(!vt_mul(1ull << 33, 1ull << 31, &out));
	VT_ASSERT(vt_mul(1ull << 32, 1ull << 31, &out) && out == 1ull << 63);
	VT_ASSERT(!vt_align_up(UINT64_MAX - 5, 4096, &out));
	VT_ASSERT(vt_align_up(4097, 4096, &out) && out == 8192);
}

VT_TEST_ROWS(check, ranges, 10)
{
	static const struct {
		uint64_t at, len, base, size;
		bool inside, meets;
	} rows[10] = {
	    {0, 1, 0, 1, true, true},
	    {0, 0, 0, 1, false, false},
	    {5, 5, 0, 10, true, true},
	    {5, 6, 0, 10, false, true},
	    {10, 1, 0, 10, false, false},
	    {UINT64_MAX, 1, 0, 10, false, false},
	    {UINT64_MAX - 1, 1, UINT64_MAX - 2, 2, true, true},
	    {4, UINT64_MAX - 4, 0, 10, false, true},
	    {0, 10, 5, 1, false, true},
	    {0, 5, 5, 5, false, false},
	};

	VT_ASSERT_EQ(vt_range_inside(rows[row].at, rows[row].len, rows[row].base, rows[row].size),
		     rows[row].inside);
	VT_ASSERT_EQ(vt_range_meets(rows[row].at, rows[row].len, rows[row].base, rows[row].size),
		     rows[row].meets);
}

VT_TEST(arena, ends)
{
	static struct vt_arena arena;
	uint8_t *a = vt_arena_alloc(&arena, 1), *b = vt_arena_alloc(&arena, 17), *c;

	VT_ASSERT(a && b && b - a == 16);
	VT_ASSERT_EQ((uintptr_t)b % 16, 0);
	VT_ASSERT(!vt_arena_alloc(&arena, SIZE_MAX));
	VT_ASSERT(!vt_arena_alloc(&arena, VT_ARENA_BYTES));
	c = vt_arena_alloc(&arena, VT_ARENA_BYTES - 48);
	VT_ASSERT(c);
	memset(c, 1, VT_ARENA_BYTES - 48);
	VT_ASSERT(!vt_arena_alloc(&arena, 1));
	vt_arena_reset(&arena);
	VT_ASSERT(vt_arena_alloc(&arena, VT_ARENA_BYTES) == a);
}

VT_TEST(ids, stale_forged_and_wrong_kind_find_nothing)
{
	struct vt_idtable t;
	int x, y;
	uint64_t a, b;

	vt_idtable_init(&t, 3);
	VT_ASSERT_EQ(vt_idtable_add(&t, &x, 1, &a), 0);
	VT_ASSERT(a);
	VT_ASSERT(vt_idtable_find(&t, a, 1) == &x);
	VT_ASSERT(!vt_idtable_find(&t, a, 2));
	VT_ASSERT(!vt_idtable_find(&t, 0, 1));
	VT_ASSERT(!vt_idtable_find(&t, a + 1, 1));
	VT_ASSERT(!vt_idtable_find(&t, a ^ 1ull << 63, 1));
	VT_ASSERT(!vt_idtable_take(&t, a, 2));
	VT_ASSERT(vt_idtable_take(&t, a, 1) == &x);
	VT_ASSERT(!vt_idtable_take(&t, a, 1));
	VT_ASSERT_EQ(vt_idtable_add(&t, &y, 1, &b), 0);
	VT_ASSERT((uint32_t)a == (uint32_t)b && a != b);
	VT_ASSERT(!vt_idtable_find(&t, a, 1));
	vt_idtable_fini(&t);
}

VT_TEST(ids, limit_and_walk)
{
	struct vt_idtable t;
	int x[100];
	uint64_t id;
	uint32_t cursor = 0, n = 0;

	vt_idtable_init(&t, 100);
	for (int i = 0; i < 100; i++)
		VT_ASSERT_EQ(vt_idtable_add(&t, &x[i], i % 2 ? 1 : 2, &id), 0);
	VT_ASSERT_EQ(vt_idtable_add(&t, &x[0], 1, &id), -ENOSPC);
	VT_ASSERT_EQ(t.live, 100);
	for (int *at; (at = vt_idtable_next(&t, 1, &cursor, &id)); n++)
		VT_ASSERT(vt_idtable_take(&t, id, 1) == at);
	VT_ASSERT_EQ(n, 50);
	VT_ASSERT_EQ(t.live, 50);
	vt_idtable_fini(&t);
}

VT_TEST(ids, generation_does_not_wrap)
{
	struct vt_idtable t;
	int x;
	uint64_t a, b;

	vt_idtable_init(&t, 1);
	VT_ASSERT_EQ(vt_idtable_add(&t, &x, 1, &a), 0);
	t.slot[0].gen = UINT32_MAX;
	VT_ASSERT(vt_idtable_take(&t, (uint64_t)UINT32_MAX << 32, 1) == &x);
	VT_ASSERT_EQ(vt_idtable_add(&t, &x, 1, &b), -ENOSPC);
	vt_idtable_fini(&t);
}

VT_TEST(log, levels_by_name)
{
	enum vt_log_level level = VT_LOG_ERROR;

	VT_ASSERT(vt_log_parse("debug", &level) && level == VT_LOG_DEBUG);
	VT_ASSERT(!vt_log_parse("loud", &level) && level == VT_LOG_DEBUG);
	VT_ASSERT(vt_log_enabled(VT_LOG_WARN) && !vt_log_enabled(VT_LOG_INFO));
}
