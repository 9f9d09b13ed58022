/*
 * mem/backing.h - pages for one allocation: a memfd, mapped shared, that can be given away.
 */
#ifndef SWGPU_MEM_BACKING_H
#define SWGPU_MEM_BACKING_H

#include <stddef.h>
#include <stdint.h>

#define SWGPU_PAGE 4096ull

/* `size` bytes of zeroed shared memory, at `at` or, with at == 0, anywhere. The memfd cannot change
 * its size. A child made by fork() does not get the mapping. Returns 0 and the caller owns both the
 * fd and the mapping; or -ENOMEM, or -EEXIST where something is at `at` already. */
int swgpu_backing_map(uint64_t at, uint64_t size, int *ret_fd, uint64_t *ret_va);

/* Address space without memory; access from the host is a fault. Errors as above. */
int swgpu_backing_reserve(uint64_t at, uint64_t size, uint64_t *ret_va);

/* Ends a mapping or reservation; fd may be -1. */
void swgpu_backing_unmap(int fd, uint64_t va, uint64_t size);

/* Makes the pages of ordinary memory of this process present, for writing if `write`. Returns 0, or
 * -EFAULT where some of it is not mapped or not writable. */
int swgpu_backing_pin(uint64_t va, uint64_t size, int write);

#endif
