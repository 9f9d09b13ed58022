/*
 * queue/signal.h - amd_signal_t as the GPU uses it. Private to queue/.
 */
#ifndef SWGPU_QUEUE_SIGNAL_H
#define SWGPU_QUEUE_SIGNAL_H

#include "host-renderer/swgpu/queue/queue.h"

/* Whether the signal's value is 0. Returns 0 or -EFAULT. */
int swgpu_signal_is_zero(struct swgpu_queue *q, uint64_t va, bool *ret);

/* Ends an operation: times, then value - 1, then the event, if the signal has one. va 0 is no
 * signal. Returns 0 or -EFAULT. */
int swgpu_signal_complete(struct swgpu_queue *q, uint64_t va, uint64_t start, uint64_t end);

/* Sets the value and raises the event. Returns 0 or -EFAULT. */
int swgpu_signal_store(struct swgpu_queue *q, uint64_t va, uint64_t value);

#endif
