/* The device as a whole: made, reset, freed. */
#include "host-renderer/transport/vhost_user/device.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "proto/base/log.h"

/* On any thread of the bridge. */
static void on_retire(void *device, uint32_t ctx_id, uint32_t ring, uint64_t cookie)
{
	struct vu_device *dev = device;
	const uint64_t one = 1;
	ssize_t ignored;

	(void)ctx_id;
	(void)ring;
	pthread_mutex_lock(&dev->retired.lock);
	/* One for each head at most, and all are collected before a head can be used again. */
	if (dev->retired.count < VU_MAX_QUEUE)
		dev->retired.cookie[dev->retired.count++] = cookie;
	pthread_mutex_unlock(&dev->retired.lock);
	ignored = write(dev->retired.event_fd, &one, sizeof(one));
	(void)ignored;
}

static const struct vt_bridge_ops bridge_ops = {on_retire};

int vu_device_create(const char *socket, int control_fd, uint64_t window_bytes,
		     struct vu_device **ret)
{
	struct vu_device *dev = calloc(1, sizeof(*dev));
	int err;

	if (!dev)
		return -ENOMEM;
	dev->window_bytes = window_bytes;
	dev->requests_end = &dev->requests;
	vu_channel_init(&dev->front, -1);
	vu_channel_init(&dev->back, -1);
	for (unsigned i = 0; i < VU_QUEUES; i++)
		vu_queue_init(&dev->queue[i], &dev->mem);
	pthread_mutex_init(&dev->retired.lock, NULL);
	dev->retired.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = dev->retired.event_fd < 0 ? -errno : 0;
	if (!err)
		err = vt_bridge_create(socket, control_fd, &bridge_ops, dev, &dev->bridge);
	if (err) {
		if (dev->retired.event_fd >= 0)
			close(dev->retired.event_fd);
		free(dev);
		return err;
	}
	*ret = dev;
	return 0;
}

void vu_device_destroy(struct vu_device *dev)
{
	vu_front_close(dev);
	vt_bridge_destroy(dev->bridge);
	close(dev->retired.event_fd);
	pthread_mutex_destroy(&dev->retired.lock);
	free(dev);
}

void vu_device_reset(struct vu_device *dev)
{
	if (dev->counts.commands)
		vt_log(VT_LOG_DEBUG, 0,
		       "the guest ends after %llu commands, %llu blobs made, %llu mapped, %llu "
		       "unmapped",
		       (unsigned long long)dev->counts.commands,
		       (unsigned long long)dev->counts.blobs, (unsigned long long)dev->counts.maps,
		       (unsigned long long)dev->counts.unmaps);
	dev->counts = (struct vu_counts){0};
	vt_bridge_reset(dev->bridge);
	vu_gpu_reset(dev);
	vu_resource_clear(dev);
}
