/*
 * queue/watch.h - looks after idle queues, so that their threads can sleep.
 *
 * A write to a queue's memory wakes nobody; so one thread looks at all parked queues, the more
 * rarely the longer the latest of them has been idle: every eighth of that time, at most 20 ms.
 */
#ifndef SWGPU_QUEUE_WATCH_H
#define SWGPU_QUEUE_WATCH_H

#include <stdint.h>

struct swgpu_watch;
struct swgpu_queue;
struct swgpu_vm;

/* Returns 0, -ENOMEM or -EAGAIN (no thread). */
int swgpu_watch_create(struct swgpu_watch **out, struct swgpu_vm *vm);

/* No queue is parked. NULL is fine. */
void swgpu_watch_destroy(struct swgpu_watch *watch);

/* Sleeps until the queue is ready, or its gate is not open. `idle_since` is of swgpu_clock_ns(). On
 * the queue's thread, its tlb left. */
void swgpu_watch_park(struct swgpu_watch *watch, struct swgpu_queue *q, uint64_t idle_since);

#endif
