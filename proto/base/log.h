/*
 * proto/base/log.h - lines on standard error: level, context id, text.
 *
 * A line is written with one write(), so lines of several processes do not mix. Each level may
 * write 20 lines a second (errors 200); what is dropped is counted and said with the next line. Any
 * thread, no lock held on the write. Never pass a peer's bytes as the format; what came from a peer
 * is printed as a number or not at all.
 */
#ifndef VT_BASE_LOG_H
#define VT_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum vt_log_level {
	VT_LOG_ERROR,
	VT_LOG_WARN,
	VT_LOG_INFO,
	VT_LOG_DEBUG,
};

/* The program's name in front of each line, and the most detailed level that is written. Default:
 * "vthunk", WARN. */
void vt_log_init(const char *program, enum vt_log_level level);

/* Whether `level` is written at present: for messages that cost something to make. */
bool vt_log_enabled(enum vt_log_level level);

/* "error", "warn", "info" or "debug" to a level. Returns false for anything else. */
bool vt_log_parse(const char *name, enum vt_log_level *ret);

/* ctx_id 0 means that no context is concerned. */
void vt_log(enum vt_log_level level, uint64_t ctx_id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
