/*
 * Threads with signals blocked.
 */
#include "host-renderer/swgpu/sched/thread.h"

#include <errno.h>
#include <signal.h>

int swgpu_thread_start(pthread_t *ret, const char *name, void *(*main)(void *), void *arg)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
	sigset_t block, before;
	int err;

	sigfillset(&block);
	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&block, faults[i]);
	pthread_sigmask(SIG_SETMASK, &block, &before);
	err = pthread_create(ret, NULL, main, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return -EAGAIN;
	pthread_setname_np(*ret, name);
	return 0;
}
