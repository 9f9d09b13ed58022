/*
 * queue/device.h - one software GPU, as one process has it open.
 *
 * Threads and predecoders are made when the first queue is. Any thread, unless said otherwise.
 */
#ifndef SWGPU_QUEUE_DEVICE_H
#define SWGPU_QUEUE_DEVICE_H

#include "host-renderer/swgpu/mem/vm.h"
#include "host-renderer/swgpu/sched/event.h"

struct swgpu_device;

/* Flat addresses with these high words are LDS and private memory, as the KFD has them. */
#define SWGPU_SHARED_BASE  0x1000000000000ull
#define SWGPU_PRIVATE_BASE 0x2000000000000ull

/* Its number in the topology; the host is node 0. */
#define SWGPU_GPU_NODE 1u

struct swgpu_device_config {
	const char *gfx; /* "gfx906"; must live as long as the device */
	unsigned threads;
	uint64_t vram_bytes, system_bytes;
};

/* Returns 0 or -ENOMEM. */
int swgpu_device_create(struct swgpu_device **out, const struct swgpu_device_config *config);

/* Ends all queues, events and memory. Waits of other threads end with -ECANCELED at shutdown; no
 * thread may be in a call at destroy. Destroying a device whose work does not stop within seconds
 * leaves it behind and returns -ETIMEDOUT. */
void swgpu_device_shutdown(struct swgpu_device *dev);
int swgpu_device_destroy(struct swgpu_device *dev);

struct swgpu_vm *swgpu_device_peek_vm(struct swgpu_device *dev);
struct swgpu_events *swgpu_device_peek_events(struct swgpu_device *dev);

/* Where the GPU puts the number of event `id` when it raises it: mapped to the GPU, 8 bytes.
 * Returns 0 or -ENOMEM. */
int swgpu_device_mailbox(struct swgpu_device *dev, uint32_t id, uint64_t *ret_va);

/* Counters of global wave sync that a queue can have. */
#define SWGPU_QUEUE_GWS 64

enum swgpu_queue_type {
	SWGPU_QUEUE_AQL,
	SWGPU_QUEUE_SDMA,
};

struct swgpu_queue_desc {
	enum swgpu_queue_type type;
	uint64_t ring_va, ring_bytes; /* a power of two */
	uint64_t rptr_va, wptr_va;    /* AQL: the caller's; SDMA: filled in */
	bool stopped;                 /* does not run until it is updated */
};

struct swgpu_queue_info {
	uint64_t id;
	uint64_t doorbell_va, rptr_va, wptr_va;
};

/* Returns 0, -EINVAL (sizes, or memory that is not mapped to the GPU), -ENOSPC or -ENOMEM. */
int swgpu_queue_create(struct swgpu_device *dev, const struct swgpu_queue_desc *desc,
		       struct swgpu_queue_info *ret);

/* Each returns 0, -ENOENT (no such queue), or -ETIMEDOUT where the work that runs did not stop. */
int swgpu_queue_destroy(struct swgpu_device *dev, uint64_t id);
/* Starts or stops the queue; once this has stopped it, nothing of the queue runs. */
int swgpu_queue_run(struct swgpu_device *dev, uint64_t id, bool run);
/* Gives a queue another ring; -EINVAL as at creation, or if it is not stopped. */
int swgpu_queue_set_ring(struct swgpu_device *dev, uint64_t id, uint64_t va, uint64_t bytes);
/* At most n compute units at once for its kernels, n >= 1. */
int swgpu_queue_set_units(struct swgpu_device *dev, uint64_t id, unsigned n);
int swgpu_queue_exists(struct swgpu_device *dev, uint64_t id);
/* Gives kernels of an AQL queue global wave sync (exec/gws.h), or takes it away; -EINVAL for other
 * queues. */
int swgpu_queue_set_gws(struct swgpu_device *dev, uint64_t id, bool on);

#endif
