/* Files and futexes, where both sides have the same kernel. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest-thunk/transport/local.h"

int vt_local_make_memory(struct vt_transport *t, size_t size, void **ret, int *ret_handle)
{
	int err, fd = memfd_create("vthunk-user", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *p;

	(void)t;
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto close_fd;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		goto close_fd;
	*ret = p;
	*ret_handle = fd;
	return 0;

close_fd:
	err = -errno;
	close(fd);
	return err;
}

int vt_local_clear(struct vt_transport *t, void *addr, size_t size)
{
	(void)t;
	return madvise(addr, size, MADV_REMOVE) < 0 ? -errno : 0;
}

int vt_local_wait_events(struct vt_transport *t, uint32_t seen, const struct timespec *deadline)
{
	long ret = syscall(SYS_futex, &t->events->header.bell, FUTEX_WAIT_BITSET, seen, deadline,
			   NULL, FUTEX_BITSET_MATCH_ANY);

	return ret < 0 && errno == ETIMEDOUT ? -ETIMEDOUT : 0;
}

void vt_local_wake_events(struct vt_transport *t)
{
	syscall(SYS_futex, &t->events->header.bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
