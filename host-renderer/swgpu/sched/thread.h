/*
 * sched/thread.h - the software GPU's threads, guests in a process that belongs to a program.
 */
#ifndef SWGPU_SCHED_THREAD_H
#define SWGPU_SCHED_THREAD_H

#include <pthread.h>

/* Starts a thread on which none of the program's signal handlers runs, except for faults. `name`
 * has at most 15 characters. Returns 0 or -EAGAIN. */
int swgpu_thread_start(pthread_t *ret, const char *name, void *(*main)(void *), void *arg);

#endif
