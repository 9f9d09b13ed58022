/*
 * sched/clock.h - the GPU's clock: it counts CLOCK_MONOTONIC in units of 10 ns.
 */
#ifndef SWGPU_SCHED_CLOCK_H
#define SWGPU_SCHED_CLOCK_H

#include <stdint.h>
#include <time.h>

#define SWGPU_CLOCK_HZ 100000000u

static inline uint64_t swgpu_clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t swgpu_clock_gpu(void)
{
	return swgpu_clock_ns() / (1000000000u / SWGPU_CLOCK_HZ);
}

/* What pthread_cond_timedwait wants: the moment at `ns` of swgpu_clock_ns(). */
static inline struct timespec swgpu_clock_at(uint64_t ns)
{
	return (struct timespec){(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
}

#endif
