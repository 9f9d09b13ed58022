/*
 * What older C libraries do not have, made of what they have. The linker (--wrap) leads calls of
 * our libraries here.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int vt_libc_fxstat(int version, int fd, struct stat *st);
__asm__(".symver vt_libc_fxstat,__fxstat@GLIBC_2.2.5");

int __wrap_fstat(int fd, struct stat *st);
int __wrap_memfd_create(const char *name, unsigned flags);
void *__wrap_reallocarray(void *old, size_t num, size_t size);

#define STAT_VERSION 1 /* of the only layout that struct stat has on this machine */

int __wrap_fstat(int fd, struct stat *st)
{
	return vt_libc_fxstat(STAT_VERSION, fd, st);
}

int __wrap_memfd_create(const char *name, unsigned flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

void *__wrap_reallocarray(void *old, size_t num, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(num, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}
