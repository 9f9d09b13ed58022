/*
 * queue/device_state.h - what a device is made of. Private to queue/.
 */
#ifndef SWGPU_QUEUE_DEVICE_STATE_H
#define SWGPU_QUEUE_DEVICE_STATE_H

#include <pthread.h>

#include "host-renderer/swgpu/exec/code.h"
#include "host-renderer/swgpu/queue/queue.h"
#include "host-renderer/swgpu/queue/watch.h"
#include "host-renderer/swgpu/sched/sched.h"
#include "proto/base/idtable.h"

#define SWGPU_QUEUE_LIMIT 256u
#define SWGPU_QUEUE_KIND  1u

struct swgpu_device {
	struct swgpu_device_config config;
	struct swgpu_vm *vm;
	struct swgpu_events *events;
	struct swgpu_code *code;
	struct swgpu_env env;

	/* Made with the first queue, then fixed. */
	struct swgpu_sched *sched;
	struct swgpu_watch *watch;
	const struct swgpu_engine *engine;

	pthread_mutex_t lock; /* guards all that follows, and the making of the above */
	struct vt_idtable queues;
	bool slot_used[SWGPU_QUEUE_LIMIT];
	uint64_t doorbells_va; /* 8 bytes a slot; 0: not made yet */
	uint64_t pointers_va;  /* of SDMA queues: SWGPU_POINTER_STRIDE bytes a slot */
	uint64_t mailboxes_va; /* 8 bytes an event */
};

/* Work stops within a time slice; this long means that it is stuck. */
#define SWGPU_QUEUE_STOP_MS 3000u

/* Whether a queue can have this ring. Returns 0 or -EINVAL. */
int swgpu_ring_check(struct swgpu_device *dev, uint64_t va, uint64_t bytes);

/* Makes pages that are mapped to the GPU, unless *va names some already. */
int swgpu_device_pages_locked(struct swgpu_device *dev, uint64_t *va, uint64_t bytes);

/* rptr at 0, wptr at 64: they are written from different sides. */
#define SWGPU_POINTER_STRIDE 128u
#define SWGPU_POINTER_WPTR   64u

#endif
