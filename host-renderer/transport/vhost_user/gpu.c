/*
 * Commands of virtio-gpu: one row each. A command is copied, then checked, then executed; its
 * answer is written to the guest's memory at once, and the chain given back when its fence has
 * retired.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/transport/vhost_user/device.h"
#include "proto/base/log.h"

#define BATCH 64 /* commands between two looks at the front-end's messages */

/* No answer yet: the command waits for the front-end. */
#define WAIT 0u

struct answer {
	_Alignas(8) struct gpu_header header;
	uint8_t rest[sizeof(struct gpu_display_info)];
};

static uint32_t on_display_info(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	(void)dev;
	(void)cmd;
	(void)bytes;
	(void)answer; /* all zero: no display is there */
	return GPU_OK_DISPLAY_INFO;
}

static uint32_t on_capset_info(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_get_capset_info *c = cmd;
	struct gpu_capset_info *a = answer;

	(void)dev;
	(void)bytes;
	if (c->index == 0) {
		a->id = VT_VGPU_CAPSET_ID;
		a->max_version = 1;
		a->max_size = sizeof(struct vt_capset);
	}
	return GPU_OK_CAPSET_INFO;
}

static uint32_t on_capset(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_get_capset *c = cmd;
	struct vt_capset capset;

	(void)bytes;
	if (c->id != VT_VGPU_CAPSET_ID)
		return GPU_ERR_INVALID_PARAMETER;
	vt_bridge_capset(dev->protocol_features >> VU_F_SHMEM & 1 ? dev->window_bytes : 0, &capset);
	memcpy((uint8_t *)answer + sizeof(struct gpu_header), &capset, sizeof(capset));
	return GPU_OK_CAPSET;
}

static uint32_t on_ctx_create(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_ctx_create *c = cmd;

	(void)bytes;
	(void)answer;
	if (c->name_len > sizeof(c->name) || (c->context_init & 0xff) != VT_VGPU_CAPSET_ID)
		return GPU_ERR_INVALID_PARAMETER;
	if (!c->header.ctx_id)
		return GPU_ERR_INVALID_CONTEXT_ID;
	switch (vt_bridge_context_create(dev->bridge, c->header.ctx_id)) {
	case 0: return GPU_OK_NODATA;
	case -EEXIST: return GPU_ERR_INVALID_CONTEXT_ID;
	default: return GPU_ERR_OUT_OF_MEMORY;
	}
}

static uint32_t on_ctx_destroy(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_header *c = cmd;

	(void)bytes;
	(void)answer;
	if (vt_bridge_context_destroy(dev->bridge, c->ctx_id))
		return GPU_ERR_INVALID_CONTEXT_ID;
	vt_log(VT_LOG_DEBUG, 0,
	       "until the end of the guest's context %u: %llu commands, %llu blobs made, %llu "
	       "mapped, %llu unmapped",
	       c->ctx_id, (unsigned long long)dev->counts.commands,
	       (unsigned long long)dev->counts.blobs, (unsigned long long)dev->counts.maps,
	       (unsigned long long)dev->counts.unmaps);
	return GPU_OK_NODATA;
}

/* A blob belongs to the context that made it; there is nothing to do but to know it. */
static uint32_t on_attach(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_resource_command *c = cmd;

	(void)bytes;
	(void)answer;
	return vu_resource_find(dev, c->resource_id) ? GPU_OK_NODATA : GPU_ERR_INVALID_RESOURCE_ID;
}

static uint32_t on_submit(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_submit *c = cmd;

	(void)answer;
	if (c->size > bytes - sizeof(*c))
		return GPU_ERR_INVALID_PARAMETER;
	switch (vt_bridge_submit(dev->bridge, c->header.ctx_id, c + 1, c->size)) {
	case 0: return GPU_OK_NODATA;
	case -ENOENT: return GPU_ERR_INVALID_CONTEXT_ID;
	default: return GPU_ERR_UNSPEC;
	}
}

static uint32_t on_create_blob(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	(void)answer;
	return vu_resource_create(dev, cmd, bytes);
}

static void wait_for(struct vu_device *dev, const struct gpu_header *header,
		     struct vu_resource *res, bool unref)
{
	dev->waiting = (struct vu_waiting){true, *header, res, unref};
}

static uint32_t on_map(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_map_blob *c = cmd;
	struct vu_resource *res = vu_resource_find(dev, c->resource_id);

	(void)bytes;
	(void)answer;
	if (!res || res->fd < 0)
		return GPU_ERR_INVALID_RESOURCE_ID;
	if (res->mapped || !vu_window_free(dev, res, c->offset))
		return GPU_ERR_INVALID_PARAMETER;
	res->window_offset = c->offset;
	if (vu_window_map(dev, res))
		return GPU_ERR_UNSPEC;
	res->mapped = true;
	wait_for(dev, &c->header, res, false);
	return WAIT;
}

static uint32_t on_unmap(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_resource_command *c = cmd;
	struct vu_resource *res = vu_resource_find(dev, c->resource_id);

	(void)bytes;
	(void)answer;
	if (!res)
		return GPU_ERR_INVALID_RESOURCE_ID;
	if (!res->mapped)
		return GPU_ERR_INVALID_PARAMETER;
	if (vu_window_unmap(dev, res, true))
		return GPU_ERR_UNSPEC;
	wait_for(dev, &c->header, res, false);
	return WAIT;
}

static uint32_t on_unref(struct vu_device *dev, const void *cmd, size_t bytes, void *answer)
{
	const struct gpu_resource_command *c = cmd;
	struct vu_resource *res = vu_resource_find(dev, c->resource_id);

	(void)bytes;
	(void)answer;
	if (!res)
		return GPU_ERR_INVALID_RESOURCE_ID;
	if (res->mapped && vu_window_unmap(dev, res, true) == 0) {
		wait_for(dev, &c->header, res, true);
		return WAIT;
	}
	vu_resource_destroy(dev, res);
	return GPU_OK_NODATA;
}

#define CAPSET_BYTES (sizeof(struct gpu_header) + sizeof(struct vt_capset))

static const struct row {
	uint32_t type;
	size_t bytes;  /* at least */
	size_t answer; /* if all goes well */
	uint32_t (*run)(struct vu_device *dev, const void *cmd, size_t bytes, void *answer);
} rows[] = {
    {GPU_GET_DISPLAY_INFO, sizeof(struct gpu_header), sizeof(struct gpu_display_info),
     on_display_info},
    {GPU_RESOURCE_UNREF, sizeof(struct gpu_resource_command), sizeof(struct gpu_header), on_unref},
    {GPU_GET_CAPSET_INFO, sizeof(struct gpu_get_capset_info), sizeof(struct gpu_capset_info),
     on_capset_info},
    {GPU_GET_CAPSET, sizeof(struct gpu_get_capset), CAPSET_BYTES, on_capset},
    {GPU_RESOURCE_CREATE_BLOB, sizeof(struct gpu_create_blob), sizeof(struct gpu_header),
     on_create_blob},
    {GPU_CTX_CREATE, sizeof(struct gpu_ctx_create), sizeof(struct gpu_header), on_ctx_create},
    {GPU_CTX_DESTROY, sizeof(struct gpu_header), sizeof(struct gpu_header), on_ctx_destroy},
    {GPU_CTX_ATTACH_RESOURCE, sizeof(struct gpu_resource_command), sizeof(struct gpu_header),
     on_attach},
    {GPU_CTX_DETACH_RESOURCE, sizeof(struct gpu_resource_command), sizeof(struct gpu_header),
     on_attach},
    {GPU_SUBMIT_3D, sizeof(struct gpu_submit), sizeof(struct gpu_header), on_submit},
    {GPU_RESOURCE_MAP_BLOB, sizeof(struct gpu_map_blob), sizeof(struct gpu_map_info), on_map},
    {GPU_RESOURCE_UNMAP_BLOB, sizeof(struct gpu_resource_command), sizeof(struct gpu_header),
     on_unmap},
};

static const struct row *row_for(uint32_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

/* --- Answers and fences --- */

/* Gives the chain back, now or when the fence retires. */
static void finish(struct vu_device *dev, const struct gpu_header *c, uint32_t len)
{
	uint16_t head = dev->chain.head;

	if (~c->flags & (GPU_FLAG_FENCE | GPU_FLAG_RING_IDX)) {
		vu_queue_push(&dev->queue[0], head, len);
		return;
	}
	dev->fence[head] = ++dev->last_fence;
	dev->fence_len[head] = len;
	vt_bridge_fence(dev->bridge, c->ctx_id, c->ring_idx, dev->last_fence << 16 | head);
	vu_gpu_retire(dev);
}

static void reply(struct vu_device *dev, const struct gpu_header *c, struct answer *a,
		  uint32_t type, size_t len)
{
	if (type >= GPU_ERR_UNSPEC || vu_chain_room(&dev->chain) < len) {
		if (type < GPU_ERR_UNSPEC)
			type = GPU_ERR_UNSPEC;
		len = sizeof(a->header);
	}
	a->header.type = type;
	if (c->flags & GPU_FLAG_FENCE) {
		a->header.flags = c->flags & (GPU_FLAG_FENCE | GPU_FLAG_RING_IDX);
		a->header.fence_id = c->fence_id;
		a->header.ctx_id = c->ctx_id;
		a->header.ring_idx = c->ring_idx;
	}
	if (vu_chain_write(&dev->mem, &dev->chain, a, len))
		len = 0;
	finish(dev, c, (uint32_t)len);
}

void vu_gpu_window_done(struct vu_device *dev, bool good)
{
	struct vu_waiting w = dev->waiting;
	struct answer a = {0};
	bool map;

	if (!w.active)
		return;
	dev->waiting.active = false;
	map = w.header.type == GPU_RESOURCE_MAP_BLOB;
	w.resource->mapped = map && good;
	if (w.unref)
		vu_resource_destroy(dev, w.resource);
	if (map) {
		const uint32_t cached = GPU_MAP_CACHED;

		memcpy(a.rest, &cached, sizeof(cached));
		reply(dev, &w.header, &a, good ? GPU_OK_MAP_INFO : GPU_ERR_UNSPEC,
		      sizeof(struct gpu_map_info));
	} else {
		/* What the front-end has not mapped is not mapped, whatever it thinks of it. */
		reply(dev, &w.header, &a, GPU_OK_NODATA, sizeof(a.header));
	}
	vu_queue_notify(&dev->queue[0]);
}

static void execute(struct vu_device *dev)
{
	struct gpu_header header = {0};
	struct answer a = {0};
	uint32_t type = GPU_ERR_UNSPEC;
	int64_t bytes = vu_chain_read(&dev->mem, &dev->chain, dev->command, sizeof(dev->command));
	const struct row *row;

	dev->counts.commands++;
	if (bytes >= (int64_t)sizeof(header))
		memcpy(&header, dev->command, sizeof(header));
	row = row_for(header.type);
	if (row && bytes >= (int64_t)row->bytes && bytes <= (int64_t)sizeof(dev->command))
		type = row->run(dev, dev->command, (size_t)bytes, &a);
	if (type != WAIT)
		reply(dev, &header, &a, type, row ? row->answer : sizeof(header));
	if (type >= GPU_ERR_UNSPEC)
		vt_log(VT_LOG_DEBUG, 0, "command %#x of %lld bytes: answer %#x", header.type,
		       (long long)bytes, type);
}

void vu_gpu_retire(struct vu_device *dev)
{
	uint64_t cookie[VU_MAX_QUEUE];
	unsigned count;

	pthread_mutex_lock(&dev->retired.lock);
	count = dev->retired.count;
	memcpy(cookie, dev->retired.cookie, count * sizeof(*cookie));
	dev->retired.count = 0;
	pthread_mutex_unlock(&dev->retired.lock);
	for (unsigned i = 0; i < count; i++) {
		uint16_t head = (uint16_t)(cookie[i] % VU_MAX_QUEUE);

		if (dev->fence[head] != cookie[i] >> 16)
			continue; /* from before a reset */
		dev->fence[head] = 0;
		vu_queue_push(&dev->queue[0], head, dev->fence_len[head]);
	}
	if (count)
		vu_queue_notify(&dev->queue[0]);
}

void vu_gpu_reset(struct vu_device *dev)
{
	vu_gpu_retire(dev);
	memset(dev->fence, 0, sizeof(dev->fence));
	dev->waiting.active = false;
	for (unsigned i = 0; i < VU_QUEUES; i++)
		vu_queue_reset(&dev->queue[i]);
}

/* Without a display there is no cursor. Its commands have no answer. */
static void serve_cursor(struct vu_device *dev)
{
	struct vu_queue *q = &dev->queue[1];
	bool any = false;
	int got;

	for (int i = 0; i < BATCH && (got = vu_queue_pop(q, &dev->cursor_chain)); i++) {
		if (got == 1)
			vu_queue_push(q, dev->cursor_chain.head, 0);
		any = true;
	}
	if (any)
		vu_queue_notify(q);
}

bool vu_gpu_serve(struct vu_device *dev)
{
	struct vu_queue *q = &dev->queue[0];
	int got = 0, n = 0;

	serve_cursor(dev);
	for (; n < BATCH && !vu_window_busy(dev) && (got = vu_queue_pop(q, &dev->chain)); n++)
		if (got == 1)
			execute(dev);
	if (n)
		vu_queue_notify(q);
	return n == BATCH;
}
