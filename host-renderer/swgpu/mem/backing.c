/*
 * Pages from the host.
 *
 * Invariant: nothing that is mapped already is ever replaced (MAP_FIXED_NOREPLACE).
 */
#include "host-renderer/swgpu/mem/backing.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

/* One fd an allocation: a program with many allocations may need more than the soft limit. */
static int memfd(void)
{
	int fd = memfd_create("swgpu", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct rlimit limit;

	if (fd >= 0 || errno != EMFILE || getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur >= limit.rlim_max)
		return fd;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -1;
	return memfd_create("swgpu", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static int map_at(uint64_t at, uint64_t size, int prot, int flags, int fd, uint64_t *ret_va)
{
	void *want = (void *)(uintptr_t)at, *va;

	if (at)
		flags |= MAP_FIXED_NOREPLACE;
	va = mmap(want, size, prot, flags, fd, 0);
	if (va == MAP_FAILED)
		return errno == EEXIST ? -EEXIST : -ENOMEM;
	if (at && va != want) {
		munmap(va, size);
		return -EEXIST;
	}
	*ret_va = (uint64_t)(uintptr_t)va;
	return 0;
}

int swgpu_backing_map(uint64_t at, uint64_t size, int *ret_fd, uint64_t *ret_va)
{
	int err, fd = memfd();

	if (fd < 0)
		return -ENOMEM;
	err = -ENOMEM;
	if (ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto close_fd;
	err = map_at(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, ret_va);
	if (err < 0)
		goto close_fd;
	madvise((void *)(uintptr_t)*ret_va, size, MADV_DONTFORK);
	*ret_fd = fd;
	return 0;

close_fd:
	close(fd);
	return err;
}

int swgpu_backing_reserve(uint64_t at, uint64_t size, uint64_t *ret_va)
{
	return map_at(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, ret_va);
}

void swgpu_backing_unmap(int fd, uint64_t va, uint64_t size)
{
	munmap((void *)(uintptr_t)va, size);
	if (fd >= 0)
		close(fd);
}

int swgpu_backing_pin(uint64_t va, uint64_t size, int write)
{
	int advice = write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
	void *at = (void *)(uintptr_t)va;
	unsigned char present;

	if (madvise(at, size, advice) == 0)
		return 0;
	/* EINVAL is for memory that may not be accessed so, and for a kernel before 5.14, which
	 * does not know the advice, not even for no bytes. */
	if (errno != EINVAL || madvise(at, 0, advice) == 0)
		return -EFAULT;
	for (uint64_t page = va; page < va + size; page += SWGPU_PAGE)
		if (mincore((void *)(uintptr_t)page, SWGPU_PAGE, &present) < 0)
			return -EFAULT;
	return 0;
}
