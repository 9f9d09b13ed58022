/* The line of statistics is JSON, and says what was counted. */
#include <jansson.h>

#include "guest-thunk/client/stats.h"
#include "proto/wire/op.h"
#include "tests/support/vt_test.h"

VT_TEST(stats, the_line_says_what_was_counted)
{
	static char line[24576];
	json_t *all, *call;

	vt_stats_call(VT_OP_PING, 2000, 20, 24); /* not counted yet */
	VT_ASSERT_EQ(vt_stats_total(), 0);
	VT_ASSERT_EQ(vt_stats_now(), 0);
	vt_stats_enable();
	VT_ASSERT(vt_stats_now() > 0);
	vt_stats_call(VT_OP_PING, 2000, 20, 24);
	vt_stats_call(VT_OP_PING, 1000, 20, 24);
	vt_stats_call(VT_OP_MEM_FREE, 500, 18, 0);
	vt_stats_call(VT_OP_COUNT, 1, 1, 1); /* no such operation */
	vt_stats_blob(4096);
	vt_stats_user_range(8192);
	VT_ASSERT_EQ(vt_stats_total(), 3);
	VT_ASSERT(vt_stats_format(line, sizeof(line)) < (int)sizeof(line));
	all = json_loads(line, 0, NULL);
	VT_ASSERT_MSG(all, "not JSON: %s", line);
	VT_ASSERT_EQ(json_integer_value(json_object_get(all, "total_calls")), 3);
	VT_ASSERT_EQ(json_integer_value(json_object_get(all, "blob_bytes")), 4096);
	VT_ASSERT_EQ(json_integer_value(json_object_get(all, "user_bytes")), 8192);
	VT_ASSERT_EQ(json_array_size(json_object_get(all, "calls")), 2);
	call = json_array_get(json_object_get(all, "calls"), 0);
	VT_ASSERT_EQ(json_integer_value(json_object_get(call, "count")), 2);
	VT_ASSERT_EQ(json_integer_value(json_object_get(call, "min_ns")), 1000);
	VT_ASSERT_EQ(json_integer_value(json_object_get(call, "max_ns")), 2000);
	VT_ASSERT_EQ(json_integer_value(json_object_get(call, "total_ns")), 3000);
	VT_ASSERT_EQ(json_integer_value(json_object_get(call, "request_bytes")), 40);
	json_decref(all);
	vt_stats_reset();
	VT_ASSERT_EQ(vt_stats_total(), 0);
}

VT_TEST(stats, short_buffers_are_cut)
{
	char line[10];

	VT_ASSERT(vt_stats_format(line, sizeof(line)) > (int)sizeof(line));
	VT_ASSERT_EQ(line[9], '\0');
}
