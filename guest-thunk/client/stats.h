/*
 * guest-thunk/client/stats.h - what this process has asked of renderers: calls by operation, round
 * trips, bytes, blobs.
 *
 * Counted for the process, over all its sessions, with relaxed atomics, if VTHUNK_STATS is set when
 * the library is loaded: counting is a good part of a short call. When the library is unloaded at
 * the program's end, one line of JSON is appended to the file that VTHUNK_STATS names:
 *
 *   {"pid":N,"program":"...","calls":[{"name":"mem_alloc","count":N,"total_ns":N,"min_ns":N,"max_ns":N,
 *    "request_bytes":N,"reply_bytes":N},...],"total_calls":N,"blobs":N,"blob_bytes":N,"user_ranges":N,
 *    "user_bytes":N}
 *
 * Operations that were never used are left out. A process that never connected writes nothing;
 * neither does one that a signal ends.
 */
#ifndef VT_GUEST_CLIENT_STATS_H
#define VT_GUEST_CLIENT_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Counts from now on; without it, and without VTHUNK_STATS, all that follows does nothing. */
void vt_stats_enable(void);

/* Nanoseconds of a clock that never goes back, to take a call's time with; 0 while nothing counts.
 */
uint64_t vt_stats_now(void);

/* One finished call; frames are counted with their headers. Posted operations have no reply:
 * reply_bytes 0. */
void vt_stats_call(unsigned op, uint64_t ns, size_t request_bytes, size_t reply_bytes);

/* One blob mapped; one range of the program's own memory shared. */
void vt_stats_blob(uint64_t bytes);
void vt_stats_user_range(uint64_t bytes);

/* Calls and posts so far. */
uint64_t vt_stats_total(void);

/* Forgets everything and writes nothing at the end unless there are calls: for a child after fork.
 */
void vt_stats_reset(void);

/* The line above, with its newline, in out; cut at size. Returns its length as snprintf does. */
int vt_stats_format(char *out, size_t size);

#endif
