/* Counters of the process's calls, and the line of JSON at its end. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest-thunk/client/stats.h"
#include "proto/base/log.h"
#include "proto/wire/op.h"

struct op_stats {
	_Atomic uint64_t count, total_ns, min_ns, max_ns, request_bytes, reply_bytes;
};

static struct op_stats per_op[VT_OP_COUNT];
static _Atomic uint64_t blobs, blob_bytes, user_ranges, user_bytes;

static const char *file; /* where the line goes; NULL: nowhere */
static bool counting;    /* set before the first call, or never */

void vt_stats_enable(void)
{
	counting = true;
}

static __attribute__((constructor)) void read_environment(void)
{
	const char *path = getenv("VTHUNK_STATS");

	if (!path || !*path)
		return;
	file = strdup(path);
	vt_stats_enable();
}

uint64_t vt_stats_now(void)
{
	struct timespec ts;

	if (!counting)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t get(_Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* 0 stands for "none yet" in min_ns; no call takes 0 ns. */
static void note_extremes(struct op_stats *s, uint64_t ns)
{
	uint64_t min = get(&s->min_ns), max = get(&s->max_ns);

	while ((min == 0 || ns < min) && !atomic_compare_exchange_weak(&s->min_ns, &min, ns))
		;
	while (ns > max && !atomic_compare_exchange_weak(&s->max_ns, &max, ns))
		;
}

void vt_stats_call(unsigned op, uint64_t ns, size_t request_bytes, size_t reply_bytes)
{
	struct op_stats *s;

	if (!counting || op >= VT_OP_COUNT)
		return;
	s = &per_op[op];
	add(&s->count, 1);
	add(&s->total_ns, ns);
	add(&s->request_bytes, request_bytes);
	add(&s->reply_bytes, reply_bytes);
	note_extremes(s, ns ? ns : 1);
}

void vt_stats_blob(uint64_t bytes)
{
	if (!counting)
		return;
	add(&blobs, 1);
	add(&blob_bytes, bytes);
}

void vt_stats_user_range(uint64_t bytes)
{
	if (!counting)
		return;
	add(&user_ranges, 1);
	add(&user_bytes, bytes);
}

uint64_t vt_stats_total(void)
{
	uint64_t total = 0;

	for (unsigned op = 0; op < VT_OP_COUNT; op++)
		total += get(&per_op[op].count);
	return total;
}

void vt_stats_reset(void)
{
	memset(per_op, 0, sizeof(per_op));
	blobs = blob_bytes = user_ranges = user_bytes = 0;
}

/* Appends to out like snprintf, counting what does not fit. */
static void append(char *out, size_t size, int *len, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void append(char *out, size_t size, int *len, const char *fmt, ...)
{
	size_t at = (size_t)*len < size ? (size_t)*len : size;
	va_list args;

	va_start(args, fmt);
	*len += vsnprintf(out + at, size - at, fmt, args);
	va_end(args);
}

/* A program's name may hold any byte but 0 and '/'. */
static void append_name(char *out, size_t size, int *len)
{
	for (const char *c = program_invocation_short_name; *c; c++)
		if (*c >= ' ' && *c <= '~' && *c != '"' && *c != '\\')
			append(out, size, len, "%c", *c);
}

int vt_stats_format(char *out, size_t size)
{
	const char *comma = "";
	int len = 0;

	append(out, size, &len, "{\"pid\":%d,\"program\":\"", (int)getpid());
	append_name(out, size, &len);
	append(out, size, &len, "\",\"calls\":[");
	for (unsigned op = 0; op < VT_OP_COUNT; op++) {
		struct op_stats *s = &per_op[op];
		const struct vt_op_info *info = vt_op_info(op);

		if (!info || !get(&s->count))
			continue;
		append(out, size, &len,
		       "%s{\"name\":\"%s\",\"count\":%" PRIu64 ",\"total_ns\":%" PRIu64
		       ",\"min_ns\":%" PRIu64 ",\"max_ns\":%" PRIu64 ",\"request_bytes\":%" PRIu64
		       ",\"reply_bytes\":%" PRIu64 "}",
		       comma, info->name, get(&s->count), get(&s->total_ns), get(&s->min_ns),
		       get(&s->max_ns), get(&s->request_bytes), get(&s->reply_bytes));
		comma = ",";
	}
	append(out, size, &len,
	       "],\"total_calls\":%" PRIu64 ",\"blobs\":%" PRIu64 ",\"blob_bytes\":%" PRIu64
	       ",\"user_ranges\":%" PRIu64 ",\"user_bytes\":%" PRIu64 "}\n",
	       vt_stats_total(), get(&blobs), get(&blob_bytes), get(&user_ranges),
	       get(&user_bytes));
	return len;
}

/* Programs leave without closing; the end of the library is the last moment that always comes at
 * exit(3). */
static __attribute__((destructor)) void write_at_exit(void)
{
	static char line[24576];
	int fd, len;

	if (!file || !vt_stats_total())
		return;
	len = vt_stats_format(line, sizeof(line));
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, (size_t)len) != len)
		vt_log(VT_LOG_ERROR, 0, "cannot write statistics to the file of VTHUNK_STATS: %s",
		       strerror(errno));
	if (fd >= 0)
		close(fd);
}
