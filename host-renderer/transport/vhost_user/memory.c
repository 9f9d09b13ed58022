/*
 * Guest memory. Invariant: a region lies whole in its file, so that touching it does not end us;
 * the front-end, which could truncate the file, is the one we work for.
 */
#include "host-renderer/transport/vhost_user/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/check.h"

static void drop(struct vu_region *r)
{
	if (r->map)
		munmap(r->map, r->at.offset + r->at.size);
	if (r->fd >= 0)
		close(r->fd);
}

void vu_memory_clear(struct vu_memory *mem)
{
	for (unsigned i = 0; i < mem->count; i++)
		drop(&mem->region[i]);
	mem->count = 0;
}

static int check(const struct vu_memory *mem, const struct vu_region_msg *at, const struct stat *st)
{
	uint64_t end;

	if (!at->size || !vt_add(at->guest_addr, at->size, &end) ||
	    !vt_add(at->user_addr, at->size, &end) || !vt_add(at->offset, at->size, &end))
		return -EINVAL;
	if (S_ISREG(st->st_mode) && (st->st_size < 0 || end > (uint64_t)st->st_size))
		return -EINVAL;
	for (unsigned i = 0; i < mem->count; i++) {
		const struct vu_region_msg *r = &mem->region[i].at;

		if (vt_range_meets(r->guest_addr, r->size, at->guest_addr, at->size) ||
		    vt_range_meets(r->user_addr, r->size, at->user_addr, at->size))
			return -EINVAL;
	}
	return mem->count < VU_MAX_REGIONS ? 0 : -ENOSPC;
}

int vu_memory_add(struct vu_memory *mem, const struct vu_region_msg *at, int fd)
{
	struct stat st;
	int err = fd < 0 || fstat(fd, &st) < 0 ? -EINVAL : check(mem, at, &st);
	bool keep = !err && S_ISREG(st.st_mode);

	if (fd >= 0 && !keep)
		close(fd);
	if (!err)
		mem->region[mem->count++] = (struct vu_region){.at = *at, .fd = keep ? fd : -1};
	return err;
}

int vu_memory_remove(struct vu_memory *mem, const struct vu_region_msg *at)
{
	for (unsigned i = 0; i < mem->count; i++) {
		struct vu_region *r = &mem->region[i];

		if (r->at.guest_addr != at->guest_addr || r->at.size != at->size ||
		    r->at.user_addr != at->user_addr)
			continue;
		drop(r);
		*r = mem->region[--mem->count];
		return 0;
	}
	return -ENOENT;
}

/* The byte at that offset of the region, or NULL if it cannot be mapped. */
static uint8_t *reach(struct vu_region *r, uint64_t offset)
{
	if (!r->map && r->fd >= 0) {
		void *map = mmap(NULL, r->at.offset + r->at.size, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_NORESERVE, r->fd, 0);

		if (map == MAP_FAILED)
			return NULL;
		r->map = map;
	}
	return r->map ? r->map + r->at.offset + offset : NULL;
}

void *vu_memory_user(struct vu_memory *mem, uint64_t addr, uint64_t len)
{
	for (unsigned i = 0; i < mem->count; i++) {
		struct vu_region *r = &mem->region[i];

		if (vt_range_inside(addr, len, r->at.user_addr, r->at.size))
			return reach(r, addr - r->at.user_addr);
	}
	return NULL;
}

/* Where guest memory begins at addr, and how many bytes of it are there in one piece. */
static uint8_t *piece(struct vu_memory *mem, uint64_t addr, size_t *len)
{
	for (unsigned i = 0; i < mem->count; i++) {
		struct vu_region *r = &mem->region[i];
		uint64_t left;

		if (!vt_range_inside(addr, 1, r->at.guest_addr, r->at.size))
			continue;
		left = r->at.guest_addr + r->at.size - addr;
		if (*len > left)
			*len = left;
		return reach(r, addr - r->at.guest_addr);
	}
	return NULL;
}

int vu_memory_read(struct vu_memory *mem, uint64_t addr, void *to, size_t len)
{
	for (size_t done = 0, n; done < len; done += n, addr += n) {
		const uint8_t *from;

		n = len - done;
		from = piece(mem, addr, &n);
		if (!from)
			return -EFAULT;
		memcpy((uint8_t *)to + done, from, n);
	}
	return 0;
}

int vu_memory_write(struct vu_memory *mem, uint64_t addr, const void *from, size_t len)
{
	for (size_t done = 0, n; done < len; done += n, addr += n) {
		uint8_t *to;

		n = len - done;
		to = piece(mem, addr, &n);
		if (!to)
			return -EFAULT;
		memcpy(to, (const uint8_t *)from + done, n);
	}
	return 0;
}
