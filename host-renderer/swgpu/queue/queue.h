/*
 * queue/queue.h - what a queue is, for the parts that process packets. Private to queue/.
 *
 * Each queue has a thread, which alone touches what is not marked otherwise. It runs the packets
 * one after the other; a packet whose time has not come is looked at again later.
 */
#ifndef SWGPU_QUEUE_QUEUE_H
#define SWGPU_QUEUE_QUEUE_H

#include "host-renderer/swgpu/exec/group.h"
#include "host-renderer/swgpu/exec/gws.h"
#include "host-renderer/swgpu/mem/tlb.h"
#include "host-renderer/swgpu/queue/device.h"
#include "host-renderer/swgpu/sched/gate.h"

struct swgpu_queue;

enum swgpu_progress {
	SWGPU_PROGRESS_MADE,    /* a packet is done */
	SWGPU_PROGRESS_WAITS,   /* the packet waits for memory to change */
	SWGPU_PROGRESS_IDLE,    /* there is no packet */
	SWGPU_PROGRESS_STOPPED, /* the gate is not open, or the queue has failed */
};

struct swgpu_queue_ops {
	/* Looks at the next packet. The tlb is entered. */
	enum swgpu_progress (*step)(struct swgpu_queue *q);
	/* Whether step would find a packet (or an error). On any thread, while q's own sleeps. */
	bool (*ready)(const struct swgpu_queue *q, struct swgpu_tlb *tlb);
};

struct swgpu_queue {
	struct swgpu_device *dev;
	const struct swgpu_queue_ops *ops;
	uint64_t id;
	unsigned slot; /* of the doorbell page */
	pthread_t thread;
	struct swgpu_gate gate;
	_Atomic unsigned units; /* any thread */
	_Atomic bool has_gws;   /* any thread */
	struct swgpu_gws gws;

	uint64_t ring_va, ring_bytes; /* any thread, while the queue is held */
	uint64_t rptr_va, wptr_va;
	uint64_t amd_queue_va; /* amd_queue_t, or 0 where the program has none */

	struct swgpu_tlb tlb;
	uint64_t read;  /* AQL: packets, SDMA: bytes */
	bool begun;     /* the packet at `read` has been looked at before */
	uint64_t start; /* GPU clock when it was first looked at */
	bool failed;

	/* Guarded by the watcher's lock. */
	struct swgpu_queue *next_parked;
	uint64_t idle_since;
	bool called;
};

extern const struct swgpu_queue_ops swgpu_aql_ops;
extern const struct swgpu_queue_ops swgpu_sdma_ops;

/* The queue's thread. `arg` is the queue. */
void *swgpu_queue_main(void *arg);

/* Ends the queue with an error for the program, one of enum swgpu_queue_error. */
enum swgpu_progress swgpu_queue_fail(struct swgpu_queue *q, uint64_t error, const char *why);

/* Ends the queue because an access to [va, va + ...) is not allowed. */
enum swgpu_progress swgpu_queue_memory_fault(struct swgpu_queue *q, uint64_t va, bool write,
					     const char *what);

/* Ends the queue because of what a kernel did. */
enum swgpu_progress swgpu_queue_kernel_fault(struct swgpu_queue *q, const struct swgpu_fault *f);

/* What the command processor writes to queue_inactive_signal.
 * Source: ROCr, AqlQueue::DynamicScratchHandler, which reads them. */
enum swgpu_queue_error {
	SWGPU_ERROR_DIMENSION = 2,
	SWGPU_ERROR_LDS_SIZE = 4,
	SWGPU_ERROR_CODE = 8,
	SWGPU_ERROR_PACKET = 32,
	SWGPU_ERROR_GROUP_SIZE = 64,
	SWGPU_ERROR_VGPRS = 128,
	SWGPU_ERROR_VENDOR_PACKET = 256,
	SWGPU_ERROR_APERTURE = 0x20000000,
	SWGPU_ERROR_ILLEGAL = 0x40000000,
	SWGPU_ERROR_TRAP = 0x80000000,
};

#endif
