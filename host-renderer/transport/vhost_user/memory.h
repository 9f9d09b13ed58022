/*
 * host-renderer/transport/vhost_user/memory.h - the guest's memory, as the front-end has told it.
 *
 * A region is mapped when it is used first: of memory that we gave to the guest ourselves the
 * front-end tells us, too, and that never is. Addresses of the guest are looked up whenever they
 * are used, since regions come and go. One thread.
 */
#ifndef VT_VHOST_MEMORY_H
#define VT_VHOST_MEMORY_H

#include <stdbool.h>
#include <sys/uio.h>

#include "host-renderer/transport/vhost_user/vhost_abi.h"

#define VU_MAX_REGIONS 512u

struct vu_region {
	struct vu_region_msg at;
	int fd;       /* owned; -1: never looked into */
	uint8_t *map; /* from the start of the file, or NULL */
};

struct vu_memory {
	struct vu_region region[VU_MAX_REGIONS];
	unsigned count;
};

/* Unmaps and closes everything. */
void vu_memory_clear(struct vu_memory *mem);

/* Adds a region; fd is the memory's then, in any case. Returns 0; -EINVAL: it is empty, wraps,
 * meets another one, or the file is not that long or no file of memory; -ENOSPC. */
int vu_memory_add(struct vu_memory *mem, const struct vu_region_msg *at, int fd);

/* Removes the region with that guest address, size and user address. Returns 0 or -ENOENT. */
int vu_memory_remove(struct vu_memory *mem, const struct vu_region_msg *at);

/* Where [addr, addr + len) is, at an address of the front-end's process. It must lie in one region.
 * Returns NULL if it does not. */
void *vu_memory_user(struct vu_memory *mem, uint64_t addr, uint64_t len);

/* Copies from or to guest memory, which may go over several regions. Returns 0 or -EFAULT: some of
 * it is not there; then a part may have been copied. */
int vu_memory_read(struct vu_memory *mem, uint64_t addr, void *to, size_t len);
int vu_memory_write(struct vu_memory *mem, uint64_t addr, const void *from, size_t len);

#endif
