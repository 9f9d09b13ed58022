/*
 * Changing queues that exist.
 *
 * Invariant: a queue is looked up and changed under the device's lock, so one that is being
 * destroyed is never found. What its thread shares is changed while the thread is held.
 */
#include <errno.h>

#include "host-renderer/swgpu/queue/device_state.h"

static struct swgpu_queue *find_locked(struct swgpu_device *dev, uint64_t id)
{
	return vt_idtable_find(&dev->queues, id, SWGPU_QUEUE_KIND);
}

int swgpu_queue_exists(struct swgpu_device *dev, uint64_t id)
{
	int err;

	pthread_mutex_lock(&dev->lock);
	err = find_locked(dev, id) ? 0 : -ENOENT;
	pthread_mutex_unlock(&dev->lock);
	return err;
}

int swgpu_queue_set_units(struct swgpu_device *dev, uint64_t id, unsigned n)
{
	struct swgpu_queue *q;

	pthread_mutex_lock(&dev->lock);
	q = find_locked(dev, id);
	if (q)
		atomic_store(&q->units, n < dev->config.threads ? n : dev->config.threads);
	pthread_mutex_unlock(&dev->lock);
	return q ? 0 : -ENOENT;
}

_Static_assert(SWGPU_QUEUE_GWS == SWGPU_GWS_COUNT, "what a queue is said to have");

int swgpu_queue_set_gws(struct swgpu_device *dev, uint64_t id, bool on)
{
	struct swgpu_queue *q;
	int err = -ENOENT;

	pthread_mutex_lock(&dev->lock);
	q = find_locked(dev, id);
	if (q)
		err = q->ops == &swgpu_aql_ops ? 0 : -EINVAL;
	if (!err)
		atomic_store(&q->has_gws, on);
	pthread_mutex_unlock(&dev->lock);
	return err;
}

int swgpu_queue_run(struct swgpu_device *dev, uint64_t id, bool run)
{
	struct swgpu_queue *q;
	int err = -ENOENT;

	pthread_mutex_lock(&dev->lock);
	q = find_locked(dev, id);
	if (q) {
		swgpu_gate_set(&q->gate, run ? SWGPU_GATE_OPEN : SWGPU_GATE_SHUT);
		err = run ? 0 : swgpu_gate_wait_held(&q->gate, SWGPU_QUEUE_STOP_MS);
	}
	pthread_mutex_unlock(&dev->lock);
	return err;
}

int swgpu_queue_set_ring(struct swgpu_device *dev, uint64_t id, uint64_t va, uint64_t bytes)
{
	struct swgpu_queue *q;
	int err = -ENOENT;

	pthread_mutex_lock(&dev->lock);
	q = find_locked(dev, id);
	if (q)
		err = swgpu_ring_check(dev, va, bytes);
	if (err == 0 && (va != q->ring_va || bytes != q->ring_bytes)) {
		if (atomic_load(&q->gate.state) != SWGPU_GATE_SHUT) {
			err = -EINVAL;
		} else {
			q->ring_va = va;
			q->ring_bytes = bytes;
		}
	}
	pthread_mutex_unlock(&dev->lock);
	return err;
}
