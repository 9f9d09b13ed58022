/*
 * thunk/thunk.h - what the chapters of swgpu's libhsakmt share.
 *
 * Every exported function works on the open device, which it holds for the time of the call:
 *
 *	struct swgpu_thunk *t = swgpu_thunk_get();
 *
 *	if (!t)
 *		return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
 *	...
 *	swgpu_thunk_put(t);
 *
 * What each function promises is said in hsakmt.h; where the header is silent, statuses are those
 * that AMD's library of ROCm 5.2 returns.
 */
#ifndef SWGPU_THUNK_THUNK_H
#define SWGPU_THUNK_THUNK_H

#include <pthread.h>

#include "host-renderer/swgpu/queue/device.h"
#include "host-renderer/swgpu/thunk/config.h"
#include "proto/abi/thunk.h"

#define SWGPU_CPU_NODE  0u
#define SWGPU_NUM_NODES 2u

struct swgpu_thunk_queue;

struct swgpu_thunk {
	struct swgpu_config config;
	struct swgpu_device *dev;
	HsaEvent *event[SWGPU_EVENT_LIMIT + 1]; /* by id; see thunk/event.c */
	struct swgpu_thunk_queue *queues;       /* guarded by lock; see thunk/queue.c */
	pthread_mutex_t lock;                   /* guards event and the following */
	bool snapshot;                          /* the topology may be read */
};

/* The open device, or NULL where it is not open (or was opened before a fork). */
struct swgpu_thunk *swgpu_thunk_get(void);
void swgpu_thunk_put(struct swgpu_thunk *t);

/* The status that stands for 0 or -errno. */
HSAKMT_STATUS swgpu_status(int err);

/* SUCCESS for the GPU's node, INVALID_NODE_UNIT otherwise. */
HSAKMT_STATUS swgpu_check_gpu_node(HSAuint32 node);

#endif
