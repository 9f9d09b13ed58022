/*
 * Requests to the front-end: mapping files into the window that the guest sees, one at a time, in
 * order. Whoever asked goes on when the answer is there.
 *
 * Invariant: the first request of the list has been sent and not been answered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/transport/vhost_user/device.h"
#include "proto/base/check.h"
#include "proto/base/log.h"

#define PAGE 4096u

bool vu_window_busy(const struct vu_device *dev)
{
	return dev->requests;
}

bool vu_window_free(struct vu_device *dev, const struct vu_resource *res, uint64_t offset)
{
	if (offset % PAGE || !vt_range_inside(offset, res->size, 0, dev->window_bytes))
		return false;
	for (struct vu_resource *r = dev->resources; r; r = r->hh.next)
		if (r->mapped && vt_range_meets(offset, res->size, r->window_offset, r->size))
			return false;
	return true;
}

static bool has_front(const struct vu_device *dev)
{
	return dev->back.fd >= 0 && dev->protocol_features >> VU_F_SHMEM & 1;
}

static void drop_first(struct vu_device *dev)
{
	struct vu_window_request *r = dev->requests;

	dev->requests = r->next;
	if (!dev->requests)
		dev->requests_end = &dev->requests;
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

void vu_window_clear(struct vu_device *dev)
{
	while (dev->requests)
		drop_first(dev);
}

/* The channel is of no use: all that is asked for fails. */
static void give_up(struct vu_device *dev)
{
	if (dev->requests)
		vt_log(VT_LOG_ERROR, 0, "the front-end takes no requests any more");
	vu_channel_fini(&dev->back);
	vu_window_clear(dev);
	vu_gpu_window_done(dev, false);
}

static int send_first(struct vu_device *dev)
{
	struct vu_window_request *r = dev->requests;
	int err =
	    vu_channel_send(&dev->back, r->request, VU_NEED_REPLY, &r->msg, sizeof(r->msg), r->fd);

	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	return err;
}

/* fd is taken, in any case. */
static int ask(struct vu_device *dev, uint32_t request, const struct vu_resource *res, int fd,
	       bool for_command)
{
	struct vu_window_request *r = has_front(dev) ? calloc(1, sizeof(*r)) : NULL;
	bool first = !dev->requests;

	if (!r) {
		if (fd >= 0)
			close(fd);
		return has_front(dev) ? -ENOMEM : -ENOTCONN;
	}
	r->request = request;
	r->for_command = for_command;
	r->fd = fd;
	r->msg.id = GPU_SHM_HOST_VISIBLE;
	r->msg.offset = res->window_offset;
	r->msg.len = res->size;
	if (fd >= 0) {
		r->msg.fd_offset = res->fd_offset;
		r->msg.flags = VU_SHMEM_WRITABLE;
	}
	*dev->requests_end = r;
	dev->requests_end = &r->next;
	if (first && send_first(dev)) {
		drop_first(dev);
		return -ENOTCONN;
	}
	return 0;
}

int vu_window_map(struct vu_device *dev, const struct vu_resource *res)
{
	int err, fd = fcntl(res->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	err = ask(dev, VU_SHMEM_MAP, res, fd, true);
	if (!err)
		dev->counts.maps++;
	return err;
}

int vu_window_unmap(struct vu_device *dev, const struct vu_resource *res, bool for_command)
{
	int err = ask(dev, VU_SHMEM_UNMAP, res, -1, for_command);

	if (!err)
		dev->counts.unmaps++;
	return err;
}

static void take_answer(struct vu_device *dev, uint64_t result)
{
	struct vu_window_request *r = dev->requests;
	bool for_command = r->for_command;

	/* At a reset QEMU has unmapped everything itself; other front-ends may not have. */
	if (result)
		vt_log(for_command ? VT_LOG_WARN : VT_LOG_DEBUG, 0,
		       "the front-end refuses to %s %llu bytes of the window",
		       r->request == VU_SHMEM_MAP ? "map" : "unmap",
		       (unsigned long long)r->msg.len);
	drop_first(dev);
	if (for_command)
		vu_gpu_window_done(dev, result == 0);
	if (dev->requests && send_first(dev))
		give_up(dev);
}

void vu_window_serve(struct vu_device *dev)
{
	uint64_t result;
	int got;

	while ((got = vu_channel_recv(&dev->back)) == 1) {
		if (!dev->requests || dev->back.header.request != dev->requests->request ||
		    !(dev->back.header.flags & VU_REPLY) ||
		    dev->back.header.size != sizeof(result)) {
			give_up(dev);
			return;
		}
		memcpy(&result, dev->back.body, sizeof(result));
		vu_channel_next(&dev->back);
		take_answer(dev, result);
		if (dev->back.fd < 0)
			return;
	}
	if (got < 0)
		give_up(dev);
}
