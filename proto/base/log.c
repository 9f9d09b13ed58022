/*
 * Log lines. Each level counts the lines of the present second; the counters are relaxed atomics,
 * so that a line may be counted to the second before or after, which harms nobody.
 */
#include "proto/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *const names[] = {"error", "warn", "info", "debug"};
static const uint32_t per_second[] = {200, 20, 200, 100000};
static const char *program_name = "vthunk";
static _Atomic int max_level = VT_LOG_WARN;

static struct {
	_Atomic uint64_t second;
	_Atomic uint32_t lines, dropped;
} rate[4];

void vt_log_init(const char *program, enum vt_log_level level)
{
	program_name = program;
	atomic_store_explicit(&max_level, (int)level, memory_order_relaxed);
}

bool vt_log_enabled(enum vt_log_level level)
{
	return (int)level <= atomic_load_explicit(&max_level, memory_order_relaxed);
}

bool vt_log_parse(const char *name, enum vt_log_level *ret)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum vt_log_level)i;
			return true;
		}
	}
	return false;
}

/* Whether one more line of this level may be written; then *ret_dropped were not, before it. */
static bool take_turn(unsigned level, uint32_t *ret_dropped)
{
	struct timespec now;
	uint64_t second;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	second = (uint64_t)now.tv_sec;
	if (atomic_exchange_explicit(&rate[level].second, second, memory_order_relaxed) != second)
		atomic_store_explicit(&rate[level].lines, 0, memory_order_relaxed);
	if (atomic_fetch_add_explicit(&rate[level].lines, 1, memory_order_relaxed) >=
	    per_second[level]) {
		atomic_fetch_add_explicit(&rate[level].dropped, 1, memory_order_relaxed);
		return false;
	}
	*ret_dropped = atomic_exchange_explicit(&rate[level].dropped, 0, memory_order_relaxed);
	return true;
}

static size_t add(char *line, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static size_t clamp(size_t at, int len)
{
	if (len < 0)
		return at;
	at += (size_t)len;
	return at < LINE_MAX_BYTES - 1 ? at : LINE_MAX_BYTES - 1;
}

static size_t add(char *line, size_t at, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line + at, LINE_MAX_BYTES - at, fmt, args);
	va_end(args);
	return clamp(at, len);
}

void vt_log(enum vt_log_level level, uint64_t ctx_id, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	int saved = errno;
	uint32_t dropped;
	size_t at;
	va_list args;
	ssize_t ignored;

	if (!vt_log_enabled(level) || !take_turn((unsigned)level, &dropped))
		return;
	at = add(line, 0, "%s[%d]: %s: ", program_name, (int)getpid(), names[level]);
	if (ctx_id)
		at = add(line, at, "client %llu: ", (unsigned long long)ctx_id);
	if (dropped)
		at = add(line, at, "(%u lines left out) ", dropped);
	va_start(args, fmt);
	at = clamp(at, vsnprintf(line + at, sizeof(line) - at, fmt, args));
	va_end(args);
	line[at++] = '\n';
	ignored = write(STDERR_FILENO, line, at);
	(void)ignored;
	errno = saved;
}
