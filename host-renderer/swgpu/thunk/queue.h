/*
 * thunk/queue.h - what other chapters need of queues.
 */
#ifndef SWGPU_THUNK_QUEUE_H
#define SWGPU_THUNK_QUEUE_H

#include "host-renderer/swgpu/thunk/thunk.h"

/* Rings a queue's doorbell with what its write index says. Returns whether there is such a queue.
 */
bool swgpu_thunk_ring(struct swgpu_thunk *t, HSA_QUEUEID id);

/* Forgets every queue. */
void swgpu_thunk_free_queues(struct swgpu_thunk *t);

#endif
