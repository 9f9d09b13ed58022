/*
 * Making, stopping and ending queues.
 *
 * Invariant: a queue that is in the table has a thread; its memory is freed only after that thread
 * has ended.
 */
#include "host-renderer/swgpu/queue/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <hsa/amd_hsa_queue.h>

#include "host-renderer/swgpu/queue/device_state.h"
#include "host-renderer/swgpu/sched/thread.h"
#include "proto/base/check.h"
#include "proto/base/log.h"

#define RING_MIN 256u
#define RING_MAX (1ull << 32)

/* What only queues need. */
static int start_device_locked(struct swgpu_device *dev)
{
	int err;

	if (!dev->engine)
		dev->engine = swgpu_engine_best();
	if (!dev->sched) {
		err = swgpu_sched_create(&dev->sched, dev->vm, dev->config.threads);
		if (err < 0)
			return err;
	}
	return dev->watch ? 0 : swgpu_watch_create(&dev->watch, dev->vm);
}

int swgpu_ring_check(struct swgpu_device *dev, uint64_t va, uint64_t bytes)
{
	if (!vt_is_pow2(bytes) || bytes < RING_MIN || bytes > RING_MAX || va % 64)
		return -EINVAL;
	return swgpu_vm_mapped(dev->vm, va, bytes, SWGPU_READ | SWGPU_WRITE) ? 0 : -EINVAL;
}

static int check_pointer(struct swgpu_device *dev, uint64_t va)
{
	if (!va || va % 8 || !swgpu_vm_mapped(dev->vm, va, 8, SWGPU_READ | SWGPU_WRITE))
		return -EINVAL;
	return 0;
}

/* The runtime hands out pointers into its amd_queue_t; a bare program may have no such thing. */
static uint64_t find_amd_queue(struct swgpu_device *dev, uint64_t rptr_va, uint64_t wptr_va)
{
	uint64_t va = wptr_va - offsetof(amd_queue_t, write_dispatch_id);

	if (rptr_va - va != offsetof(amd_queue_t, read_dispatch_id) ||
	    !swgpu_vm_mapped(dev->vm, va, sizeof(amd_queue_t), SWGPU_READ | SWGPU_WRITE))
		return 0;
	return va;
}

static int take_slot_locked(struct swgpu_device *dev, unsigned *ret)
{
	for (unsigned i = 0; i < SWGPU_QUEUE_LIMIT; i++) {
		if (dev->slot_used[i])
			continue;
		dev->slot_used[i] = true;
		*ret = i;
		return 0;
	}
	return -ENOSPC;
}

static int place_pointers(struct swgpu_queue *q, const struct swgpu_queue_desc *desc)
{
	struct swgpu_device *dev = q->dev;
	volatile uint64_t *pointers;

	if (desc->type == SWGPU_QUEUE_AQL) {
		q->rptr_va = desc->rptr_va;
		q->wptr_va = desc->wptr_va;
		q->amd_queue_va = find_amd_queue(dev, q->rptr_va, q->wptr_va);
		return check_pointer(dev, q->rptr_va) || check_pointer(dev, q->wptr_va) ? -EINVAL
											: 0;
	}
	q->rptr_va = dev->pointers_va + (uint64_t)q->slot * SWGPU_POINTER_STRIDE;
	q->wptr_va = q->rptr_va + SWGPU_POINTER_WPTR;
	pointers = (volatile uint64_t *)(uintptr_t)q->rptr_va;
	pointers[0] = 0;
	pointers[SWGPU_POINTER_WPTR / 8] = 0;
	return 0;
}

static int start_locked(struct swgpu_device *dev, struct swgpu_queue *q,
			const struct swgpu_queue_desc *desc)
{
	int err = take_slot_locked(dev, &q->slot);

	if (err < 0)
		return err;
	err = place_pointers(q, desc);
	if (err < 0)
		goto free_slot;
	*(volatile uint64_t *)(uintptr_t)(dev->doorbells_va + 8ull * q->slot) = 0;
	err = vt_idtable_add(&dev->queues, q, SWGPU_QUEUE_KIND, &q->id);
	if (err < 0)
		goto free_slot;
	err = swgpu_thread_start(&q->thread, "swgpu-queue", swgpu_queue_main, q);
	if (err < 0)
		goto take_id;
	return 0;

take_id:
	vt_idtable_take(&dev->queues, q->id, SWGPU_QUEUE_KIND);
free_slot:
	dev->slot_used[q->slot] = false;
	return err == -EAGAIN ? -ENOSPC : err;
}

static struct swgpu_queue *queue_new(struct swgpu_device *dev, const struct swgpu_queue_desc *desc)
{
	struct swgpu_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->dev = dev;
	q->ops = desc->type == SWGPU_QUEUE_AQL ? &swgpu_aql_ops : &swgpu_sdma_ops;
	q->ring_va = desc->ring_va;
	q->ring_bytes = desc->ring_bytes;
	atomic_init(&q->units, dev->config.threads);
	atomic_init(&q->has_gws, false);
	swgpu_gws_init(&q->gws);
	swgpu_gate_init(&q->gate);
	return q;
}

static void queue_free(struct swgpu_queue *q)
{
	swgpu_gate_fini(&q->gate);
	swgpu_gws_fini(&q->gws);
	free(q);
}

int swgpu_queue_create(struct swgpu_device *dev, const struct swgpu_queue_desc *desc,
		       struct swgpu_queue_info *ret)
{
	struct swgpu_queue *q;
	int err = swgpu_ring_check(dev, desc->ring_va, desc->ring_bytes);

	if (err < 0)
		return err;
	q = queue_new(dev, desc);
	if (!q)
		return -ENOMEM;
	pthread_mutex_lock(&dev->lock);
	err = start_device_locked(dev);
	if (err == 0)
		err = swgpu_device_pages_locked(dev, &dev->doorbells_va, 8192);
	if (err == 0)
		err = swgpu_device_pages_locked(dev, &dev->pointers_va,
						SWGPU_QUEUE_LIMIT * SWGPU_POINTER_STRIDE);
	if (err == 0)
		err = start_locked(dev, q, desc);
	if (err == 0)
		*ret = (struct swgpu_queue_info){q->id, dev->doorbells_va + 8ull * q->slot,
						 q->rptr_va, q->wptr_va};
	pthread_mutex_unlock(&dev->lock);
	if (err < 0)
		queue_free(q);
	else if (!desc->stopped)
		swgpu_gate_set(&q->gate, SWGPU_GATE_OPEN);
	return err;
}

int swgpu_queue_destroy(struct swgpu_device *dev, uint64_t id)
{
	struct swgpu_queue *q;

	pthread_mutex_lock(&dev->lock);
	q = vt_idtable_take(&dev->queues, id, SWGPU_QUEUE_KIND);
	pthread_mutex_unlock(&dev->lock);
	if (!q)
		return -ENOENT;
	swgpu_gate_set(&q->gate, SWGPU_GATE_BROKEN);
	if (swgpu_gate_wait_held(&q->gate, SWGPU_QUEUE_STOP_MS) < 0) {
		vt_log(VT_LOG_ERROR, 0, "queue %u does not stop: left behind", q->slot);
		return -ETIMEDOUT;
	}
	pthread_join(q->thread, NULL);
	pthread_mutex_lock(&dev->lock);
	dev->slot_used[q->slot] = false;
	pthread_mutex_unlock(&dev->lock);
	queue_free(q);
	return 0;
}
