/*
 * Reads /proc/self/maps with a buffer on the stack and no allocation, because the memory that is
 * asked about may be the heap itself, and because fork handlers use it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "guest-thunk/client/maps.h"

struct reader {
	int fd;
	size_t have, at;
	char buf[8192]; /* a line is at most a path and some 80 bytes */
};

/* The next line without its newline, NULL at the end. A line that does not fit is cut. */
static char *next_line(struct reader *r)
{
	for (;;) {
		char *start = r->buf + r->at;
		char *end = memchr(start, '\n', r->have - r->at);
		ssize_t got;

		if (end) {
			*end = '\0';
			r->at = (size_t)(end - r->buf) + 1;
			return start;
		}
		memmove(r->buf, start, r->have - r->at);
		r->have -= r->at;
		r->at = 0;
		if (r->have == sizeof(r->buf))
			r->have = 0; /* not a line of maps; skip it */
		got = read(r->fd, r->buf + r->have, sizeof(r->buf) - r->have);
		if (got <= 0)
			return NULL;
		r->have += (size_t)got;
	}
}

/* Digits of the given base at *at, which moves behind them. */
static uint64_t take_number(const char **at, unsigned base)
{
	uint64_t value = 0;

	for (;; ++*at) {
		char c = **at;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else
			return value;
		if (digit >= base)
			return value;
		value = value * base + digit;
	}
}

static void skip(const char **at, char c)
{
	while (**at == c)
		++*at;
}

static bool is_plain(const struct vt_maps_area *area, const char *name)
{
	if (area->ino || area->shared)
		return false;
	return !*name || !strcmp(name, "[heap]") || !strncmp(name, "[anon:", 6);
}

/* lo-hi rwxp offset major:minor inode name */
static void parse_line(const char *at, struct vt_maps_area *area)
{
	unsigned major_id, minor_id;

	area->lo = take_number(&at, 16);
	skip(&at, '-');
	area->hi = take_number(&at, 16);
	skip(&at, ' ');
	area->read = at[0] == 'r';
	area->write = area->read && at[1] == 'w';
	area->shared = strcspn(at, "s") == 3;
	at += strcspn(at, " ");
	skip(&at, ' ');
	area->offset = take_number(&at, 16);
	skip(&at, ' ');
	major_id = (unsigned)take_number(&at, 16);
	skip(&at, ':');
	minor_id = (unsigned)take_number(&at, 16);
	area->dev = makedev(major_id, minor_id);
	skip(&at, ' ');
	area->ino = take_number(&at, 10);
	skip(&at, ' ');
	area->plain = is_plain(area, at);
}

int vt_maps_walk(uintptr_t lo, uintptr_t hi, vt_maps_visit *visit, void *arg)
{
	struct reader r = {.fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)};
	struct vt_maps_area area, below = {.lo = 0};
	bool first = true;
	const char *line;
	int err = 0;

	if (r.fd < 0)
		return -errno;
	while (!err && (line = next_line(&r))) {
		parse_line(line, &area);
		if (area.lo >= hi)
			break;
		if (area.hi <= lo) {
			below = area;
			continue;
		}
		if (first && below.hi)
			err = visit(&below, arg);
		first = false;
		if (!err)
			err = visit(&area, arg);
	}
	close(r.fd);
	return err;
}

#define PAGEMAP_GUARD (1ull << 58)

static bool any_guard(const uint64_t *entry, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (entry[i] & PAGEMAP_GUARD)
			return true;
	return false;
}

bool vt_maps_has_guard(uintptr_t lo, uintptr_t hi)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = lo / page,
		  end = (hi + page - 1) / page;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry[512];
	bool found = false;

	if (fd < 0)
		return false;
	while (!found && at < end) {
		size_t num = end - at < 512 ? end - at : 512;
		ssize_t got = pread(fd, entry, num * sizeof(*entry), (off_t)(at * sizeof(*entry)));

		if (got <= 0)
			break;
		found = any_guard(entry, (size_t)got / sizeof(*entry));
		at += num;
	}
	close(fd);
	return found;
}
