/* vthunk run --stats: the lines of JSON that the library has left, as tables. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/cli/cli.h"

static uint64_t number(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n < 0 ? 0 : (uint64_t)n;
}

static double microseconds(uint64_t ns)
{
	return (double)ns / 1000.0;
}

static void print_call(const json_t *call)
{
	const char *name = json_string_value(json_object_get(call, "name"));
	uint64_t count = number(call, "count");

	fprintf(stderr, "  %-16s %8" PRIu64 " %10.1f %10.1f %10.1f %12" PRIu64 "\n",
		name ? name : "?", count, microseconds(number(call, "min_ns")),
		count ? microseconds(number(call, "total_ns")) / (double)count : 0.0,
		microseconds(number(call, "max_ns")),
		number(call, "request_bytes") + number(call, "reply_bytes"));
}

static void print_process(const json_t *process)
{
	const char *program = json_string_value(json_object_get(process, "program"));
	const json_t *calls = json_object_get(process, "calls");

	fprintf(stderr, "vthunk: %s[%" PRIu64 "] forwarded %" PRIu64 " calls\n",
		program ? program : "?", number(process, "pid"), number(process, "total_calls"));
	fprintf(stderr, "  %-16s %8s %10s %10s %10s %12s\n", "call", "count", "min us", "mean us",
		"max us", "bytes");
	for (size_t i = 0; i < json_array_size(calls); i++)
		print_call(json_array_get(calls, i));
	fprintf(stderr,
		"  blobs: %" PRIu64 " (%.1f MiB), registered ranges: %" PRIu64 " (%.1f MiB)\n",
		number(process, "blobs"), (double)number(process, "blob_bytes") / 1048576.0,
		number(process, "user_ranges"), (double)number(process, "user_bytes") / 1048576.0);
}

void vt_stats_print(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool any = false;

	if (!file) {
		vt_say("no process of the command used the GPU%s%s", errno == ENOENT ? "" : ": ",
		       errno == ENOENT ? "" : strerror(errno));
		return;
	}
	while (getline(&line, &room, file) > 0) {
		json_t *process = json_loads(line, 0, NULL);

		any = true;
		if (process)
			print_process(process);
		json_decref(process);
	}
	if (!any)
		vt_say("no process of the command used the GPU");
	free(line);
	fclose(file);
}
