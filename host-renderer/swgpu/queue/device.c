/*
 * Making and ending a device and its queues.
 *
 * Invariant: a queue that is in the table has a thread; its memory is freed only after that thread
 * has ended.
 */
#include "host-renderer/swgpu/queue/device.h"

#include <errno.h>
#include <stdlib.h>

#include "host-renderer/swgpu/queue/device_state.h"
#include "host-renderer/swgpu/sched/clock.h"
#include "proto/base/log.h"

static void interrupt(void *user, uint32_t event)
{
	struct swgpu_device *dev = user;

	swgpu_event_set(dev->events, event);
}

static uint64_t clock_now(void *user)
{
	(void)user;
	return swgpu_clock_gpu();
}

static void code_gone(void *user)
{
	struct swgpu_device *dev = user;

	swgpu_code_flush(dev->code);
}

int swgpu_device_create(struct swgpu_device **out, const struct swgpu_device_config *config)
{
	struct swgpu_device *dev = calloc(1, sizeof(*dev));
	struct swgpu_vm_config vm = {config->vram_bytes, config->system_bytes, code_gone, dev};
	int err = -ENOMEM;

	if (!dev)
		return -ENOMEM;
	dev->config = *config;
	dev->env =
	    (struct swgpu_env){interrupt, clock_now, dev, SWGPU_SHARED_BASE, SWGPU_PRIVATE_BASE};
	vt_idtable_init(&dev->queues, SWGPU_QUEUE_LIMIT);
	pthread_mutex_init(&dev->lock, NULL);
	if (swgpu_events_create(&dev->events) < 0)
		goto free_dev;
	err = swgpu_vm_create(&dev->vm, &vm);
	if (err < 0)
		goto destroy_events;
	err = swgpu_code_create(&dev->code, config->gfx);
	if (err < 0)
		goto destroy_vm;
	*out = dev;
	return 0;

destroy_vm:
	swgpu_vm_destroy(dev->vm);
destroy_events:
	swgpu_events_destroy(dev->events);
free_dev:
	pthread_mutex_destroy(&dev->lock);
	free(dev);
	return err;
}

void swgpu_device_shutdown(struct swgpu_device *dev)
{
	swgpu_events_shutdown(dev->events);
}

int swgpu_device_destroy(struct swgpu_device *dev)
{
	struct swgpu_queue *q;
	uint32_t cursor = 0;
	uint64_t id;

	while ((q = vt_idtable_next(&dev->queues, SWGPU_QUEUE_KIND, &cursor, &id)))
		if (swgpu_queue_destroy(dev, id) < 0)
			return -ETIMEDOUT;
	swgpu_sched_destroy(dev->sched);
	swgpu_watch_destroy(dev->watch);
	swgpu_code_destroy(dev->code);
	swgpu_vm_destroy(dev->vm);
	swgpu_events_destroy(dev->events);
	vt_idtable_fini(&dev->queues);
	pthread_mutex_destroy(&dev->lock);
	free(dev);
	return 0;
}

struct swgpu_vm *swgpu_device_peek_vm(struct swgpu_device *dev)
{
	return dev->vm;
}

struct swgpu_events *swgpu_device_peek_events(struct swgpu_device *dev)
{
	return dev->events;
}

int swgpu_device_pages_locked(struct swgpu_device *dev, uint64_t *va, uint64_t bytes)
{
	struct swgpu_mem_desc desc = {.kind = SWGPU_MEM_SYSTEM, .size = bytes};
	uint64_t at, gpu_va;
	int err;

	if (*va)
		return 0;
	err = swgpu_vm_alloc(dev->vm, &desc, &at);
	if (err < 0)
		return err;
	err = swgpu_vm_map(dev->vm, at, bytes, &gpu_va);
	if (err < 0) {
		swgpu_vm_free(dev->vm, at);
		return err;
	}
	*va = at;
	return 0;
}

int swgpu_device_mailbox(struct swgpu_device *dev, uint32_t id, uint64_t *ret_va)
{
	int err;

	pthread_mutex_lock(&dev->lock);
	err = swgpu_device_pages_locked(dev, &dev->mailboxes_va, 8ull * SWGPU_EVENT_LIMIT);
	if (err == 0)
		*ret_va = dev->mailboxes_va + 8ull * (id - 1);
	pthread_mutex_unlock(&dev->lock);
	return err;
}
