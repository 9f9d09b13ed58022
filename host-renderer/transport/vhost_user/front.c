/*
 * Messages of the front-end: one row each. A message that is wrong is answered with an error where
 * it wants an answer, and does nothing; only what cannot be read as a message ends the connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/transport/vhost_user/device.h"
#include "proto/base/check.h"
#include "proto/base/log.h"

#define BATCH                  64

#define VIRTIO_F_VERSION_1     32
#define VIRTIO_F_INDIRECT_DESC 28

static const uint64_t our_features = 1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_F_INDIRECT_DESC |
				     1ull << VU_F_PROTOCOL_FEATURES | 1ull << GPU_F_VIRGL |
				     1ull << GPU_F_RESOURCE_BLOB | 1ull << GPU_F_CONTEXT_INIT;

/*
 * Not VU_F_CONFIGURE_MEM_SLOTS, although its messages are served: with it QEMU 11.1.3 looks up
 * memory that its reset has unmapped just before, and crashes. Without it QEMU cannot tell us more
 * than eight regions and says so with each mapping beyond, but those are files of ours.
 */
static const uint64_t our_protocol_features =
    1ull << VU_F_MQ | 1ull << VU_F_REPLY_ACK | 1ull << VU_F_BACKEND_REQ | 1ull << VU_F_CONFIG |
    1ull << VU_F_BACKEND_SEND_FD | 1ull << VU_F_RESET_DEVICE | 1ull << VU_F_SHMEM;

/* It has its own answer. */
#define ANSWERED 1

static int answer(struct vu_device *dev, const void *body, uint32_t size)
{
	int err = vu_channel_send(&dev->front, dev->front.header.request, VU_REPLY, body, size, -1);

	return err ? err : ANSWERED;
}

static int answer_u64(struct vu_device *dev, uint64_t value)
{
	return answer(dev, &value, sizeof(value));
}

static int on_get_features(struct vu_device *dev, const void *body)
{
	(void)body;
	return answer_u64(dev, our_features);
}

static int on_set_features(struct vu_device *dev, const void *body)
{
	memcpy(&dev->features, body, sizeof(dev->features));
	if (!(dev->features >> VU_F_PROTOCOL_FEATURES & 1))
		for (unsigned i = 0; i < VU_QUEUES; i++)
			dev->queue[i].enabled = true;
	return dev->features & ~our_features ? -EINVAL : 0;
}

static int on_get_protocol_features(struct vu_device *dev, const void *body)
{
	(void)body;
	return answer_u64(dev, our_protocol_features);
}

static int on_set_protocol_features(struct vu_device *dev, const void *body)
{
	memcpy(&dev->protocol_features, body, sizeof(dev->protocol_features));
	return dev->protocol_features & ~our_protocol_features ? -EINVAL : 0;
}

static int on_nothing(struct vu_device *dev, const void *body)
{
	(void)dev;
	(void)body;
	return 0;
}

static int on_get_queue_num(struct vu_device *dev, const void *body)
{
	(void)body;
	return answer_u64(dev, VU_QUEUES);
}

/* --- Memory --- */

static void memory_changed(struct vu_device *dev)
{
	for (unsigned i = 0; i < VU_QUEUES; i++)
		vu_queue_resume(&dev->queue[i]);
}

static int on_set_mem_table(struct vu_device *dev, const void *body)
{
	const struct vu_mem_table *table = body;
	int err = 0;

	if (table->num > VU_TABLE_REGIONS || table->num != dev->front.nfds ||
	    dev->front.header.size <
		offsetof(struct vu_mem_table, region) + table->num * sizeof(table->region[0]))
		return -EINVAL;
	vu_memory_clear(&dev->mem);
	for (unsigned i = 0; i < table->num && !err; i++)
		err =
		    vu_memory_add(&dev->mem, &table->region[i], vu_channel_take_fd(&dev->front, i));
	return err;
}

static int on_get_max_mem_slots(struct vu_device *dev, const void *body)
{
	(void)body;
	return answer_u64(dev, VU_MAX_REGIONS);
}

static int on_add_mem_reg(struct vu_device *dev, const void *body)
{
	const struct vu_mem_region *m = body;
	int err = vu_memory_add(&dev->mem, &m->region, vu_channel_take_fd(&dev->front, 0));

	memory_changed(dev);
	return err;
}

static int on_rem_mem_reg(struct vu_device *dev, const void *body)
{
	const struct vu_mem_region *m = body;

	return vu_memory_remove(&dev->mem, &m->region);
}

/* --- Queues --- */

static struct vu_queue *queue_of(struct vu_device *dev, uint64_t index)
{
	return index < VU_QUEUES ? &dev->queue[index] : NULL;
}

static int on_set_vring_num(struct vu_device *dev, const void *body)
{
	const struct vu_vring_state *s = body;
	struct vu_queue *q = queue_of(dev, s->index);

	if (!q || !vt_is_pow2(s->num) || s->num > VU_MAX_QUEUE || q->started)
		return -EINVAL;
	q->num = s->num;
	return 0;
}

static int on_set_vring_addr(struct vu_device *dev, const void *body)
{
	const struct vu_vring_addr *a = body;
	struct vu_queue *q = queue_of(dev, a->index);

	if (!q || a->desc % 16 || a->avail % 2 || a->used % 4)
		return -EINVAL;
	q->addr = *a;
	q->has_addr = true;
	return 0;
}

/*
 * A stopped device may go on where it was (the virtual machine was paused) or begin anew (its
 * driver was started again): then its queue begins at 0.
 */
static int on_set_vring_base(struct vu_device *dev, const void *body)
{
	const struct vu_vring_state *s = body;
	struct vu_queue *q = queue_of(dev, s->index);

	if (!q || s->num > UINT16_MAX || q->started)
		return -EINVAL;
	if (s->index == 0 && s->num == 0 && (q->last_avail || q->broken))
		vu_device_reset(dev);
	if (s->num == 0)
		q->broken = false;
	q->last_avail = (uint16_t)s->num;
	return 0;
}

static int on_get_vring_base(struct vu_device *dev, const void *body)
{
	struct vu_vring_state s;
	struct vu_queue *q;

	memcpy(&s, body, sizeof(s));
	q = queue_of(dev, s.index);
	s.num = 0;
	if (q) {
		q->started = false;
		vu_queue_forget_kick(q);
		s.num = q->last_avail;
	}
	return answer(dev, &s, sizeof(s));
}

static int on_set_vring_kick(struct vu_device *dev, const void *body)
{
	struct vu_queue *q;
	uint64_t v;

	memcpy(&v, body, sizeof(v));
	q = queue_of(dev, v & 0xff);
	if (!q || v & VU_VRING_NOFD)
		return -EINVAL; /* a queue is not looked at without a kick */
	vu_queue_forget_kick(q);
	q->kick = vu_channel_take_fd(&dev->front, 0);
	if (q->kick < 0)
		return -EINVAL;
	q->started = true;
	vu_queue_resume(q);
	return 0;
}

static int on_set_vring_call(struct vu_device *dev, const void *body)
{
	struct vu_queue *q;
	uint64_t v;

	memcpy(&v, body, sizeof(v));
	q = queue_of(dev, v & 0xff);
	if (!q)
		return -EINVAL;
	if (q->call >= 0)
		close(q->call);
	q->call = vu_channel_take_fd(&dev->front, 0);
	if (q->call >= 0)
		fcntl(q->call, F_SETFL, O_NONBLOCK); /* a full one has been rung already */
	return 0;
}

static int on_set_vring_enable(struct vu_device *dev, const void *body)
{
	const struct vu_vring_state *s = body;
	struct vu_queue *q = queue_of(dev, s->index);

	if (!q)
		return -EINVAL;
	q->enabled = s->num != 0;
	vu_queue_resume(q);
	return 0;
}

/* --- The device --- */

static int on_set_backend_req_fd(struct vu_device *dev, const void *body)
{
	int fd = vu_channel_take_fd(&dev->front, 0);

	(void)body;
	if (fd < 0 || vu_window_busy(dev)) {
		if (fd >= 0)
			close(fd);
		return -EINVAL;
	}
	vu_channel_fini(&dev->back);
	vu_channel_init(&dev->back, fd);
	return 0;
}

static int on_get_config(struct vu_device *dev, const void *body)
{
	static const struct gpu_config config = {.num_scanouts = 1, .num_capsets = 1};
	const uint32_t head = offsetof(struct vu_config, bytes);
	struct vu_config c = {0};

	memcpy(&c, body, head);
	if (c.size > sizeof(c.bytes) || dev->front.header.size != head + c.size)
		return answer(dev, NULL, 0); /* the way to say no */
	for (uint32_t i = 0; i < c.size && (uint64_t)c.offset + i < sizeof(config); i++)
		c.bytes[i] = ((const uint8_t *)&config)[c.offset + i];
	return answer(dev, &c, head + c.size);
}

static int on_get_shmem_config(struct vu_device *dev, const void *body)
{
	struct vu_shmem_config c = {.num = 1};

	(void)body;
	c.size[GPU_SHM_HOST_VISIBLE] = dev->window_bytes;
	return answer(dev, &c, sizeof(c));
}

static int on_reset_device(struct vu_device *dev, const void *body)
{
	(void)body;
	for (unsigned i = 0; i < VU_QUEUES; i++) {
		dev->queue[i].enabled = false;
		dev->queue[i].last_avail = 0;
	}
	vu_device_reset(dev);
	return 0;
}

static const struct {
	uint32_t bytes; /* at least */
	int (*run)(struct vu_device *dev, const void *body);
} rows[VU_REQUESTS] = {
    [VU_GET_FEATURES] = {0, on_get_features},
    [VU_SET_FEATURES] = {8, on_set_features},
    [VU_SET_OWNER] = {0, on_nothing},
    [VU_RESET_OWNER] = {0, on_nothing},
    [VU_SET_MEM_TABLE] = {8, on_set_mem_table},
    [VU_SET_VRING_NUM] = {sizeof(struct vu_vring_state), on_set_vring_num},
    [VU_SET_VRING_ADDR] = {sizeof(struct vu_vring_addr), on_set_vring_addr},
    [VU_SET_VRING_BASE] = {sizeof(struct vu_vring_state), on_set_vring_base},
    [VU_GET_VRING_BASE] = {sizeof(struct vu_vring_state), on_get_vring_base},
    [VU_SET_VRING_KICK] = {8, on_set_vring_kick},
    [VU_SET_VRING_CALL] = {8, on_set_vring_call},
    [VU_SET_VRING_ERR] = {8, on_nothing},
    [VU_GET_PROTOCOL_FEATURES] = {0, on_get_protocol_features},
    [VU_SET_PROTOCOL_FEATURES] = {8, on_set_protocol_features},
    [VU_GET_QUEUE_NUM] = {0, on_get_queue_num},
    [VU_SET_VRING_ENABLE] = {sizeof(struct vu_vring_state), on_set_vring_enable},
    [VU_SET_BACKEND_REQ_FD] = {0, on_set_backend_req_fd},
    [VU_GET_CONFIG] = {offsetof(struct vu_config, bytes), on_get_config},
    [VU_SET_CONFIG] = {offsetof(struct vu_config, bytes), on_nothing},
    [VU_RESET_DEVICE] = {0, on_reset_device},
    [VU_GET_MAX_MEM_SLOTS] = {0, on_get_max_mem_slots},
    [VU_ADD_MEM_REG] = {sizeof(struct vu_mem_region), on_add_mem_reg},
    [VU_REM_MEM_REG] = {sizeof(struct vu_mem_region), on_rem_mem_reg},
    [VU_GET_SHMEM_CONFIG] = {0, on_get_shmem_config},
};

/* Executes the message that is there. Returns 0 or -errno: the connection must end. */
static int execute(struct vu_device *dev)
{
	const struct vu_header *h = &dev->front.header;
	int err = -EOPNOTSUPP;

	if (h->request < VU_REQUESTS && rows[h->request].run)
		err = h->size >= rows[h->request].bytes ? rows[h->request].run(dev, dev->front.body)
							: -EINVAL;
	if (err == ANSWERED)
		return 0;
	if (err)
		vt_log(VT_LOG_WARN, 0, "the front-end's message %u of %u bytes: %s", h->request,
		       h->size, strerror(-err));
	if (h->flags & VU_NEED_REPLY)
		return answer_u64(dev, err ? 1 : 0) == ANSWERED ? 0 : -EPIPE;
	return err == -EAGAIN || err == -EPIPE ? err : 0;
}

int vu_front_serve(struct vu_device *dev)
{
	for (int i = 0; i < BATCH; i++) {
		int got = vu_channel_recv(&dev->front), err;

		if (got <= 0)
			return got;
		err = execute(dev);
		vu_channel_next(&dev->front);
		if (err)
			return err;
	}
	return 0;
}

void vu_front_open(struct vu_device *dev, int fd)
{
	vu_channel_init(&dev->front, fd);
}

void vu_front_close(struct vu_device *dev)
{
	vu_channel_fini(&dev->front);
	vu_channel_fini(&dev->back);
	vu_device_reset(dev);
	vu_window_clear(dev);
	vu_memory_clear(&dev->mem);
	for (unsigned i = 0; i < VU_QUEUES; i++) {
		vu_queue_fini(&dev->queue[i]);
		vu_queue_init(&dev->queue[i], &dev->mem);
	}
	dev->features = dev->protocol_features = 0;
}
