/* Resources: blobs of the renderer's memory, and of the guest's own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-renderer/transport/vhost_user/device.h"
#include "proto/base/log.h"

struct vu_resource *vu_resource_find(struct vu_device *dev, uint32_t id)
{
	struct vu_resource *res;

	HASH_FIND(hh, dev->resources, &id, sizeof(id), res);
	return res;
}

/* Of the renderer: what the bridge has under that number. */
static uint32_t take_blob(struct vu_device *dev, const struct gpu_create_blob *c,
			  struct vu_resource *res)
{
	int err;

	if (c->num_entries)
		return GPU_ERR_INVALID_PARAMETER;
	err = vt_bridge_blob(dev->bridge, c->header.ctx_id, c->blob_id, c->size, &res->fd,
			     &res->fd_offset);
	if (!err)
		return GPU_OK_NODATA;
	vt_log(VT_LOG_DEBUG, 0, "the guest's context %u gets no blob %llx of %llu bytes: %s",
	       c->header.ctx_id, (unsigned long long)c->blob_id, (unsigned long long)c->size,
	       strerror(-err));
	return err == -ENOMEM || err == -EMFILE ? GPU_ERR_OUT_OF_MEMORY : GPU_ERR_INVALID_PARAMETER;
}

/* Of the guest: its list of pages, as it is. */
static uint32_t take_pages(struct vu_device *dev, const struct gpu_create_blob *c, size_t bytes,
			   struct vu_resource *res)
{
	size_t size = (size_t)c->num_entries * sizeof(*res->entry);

	if (!c->num_entries || bytes - sizeof(*c) < size)
		return GPU_ERR_INVALID_PARAMETER;
	if (c->num_entries > VU_MAX_ENTRIES - dev->num_entries)
		return GPU_ERR_OUT_OF_MEMORY;
	res->entry = malloc(size);
	if (!res->entry)
		return GPU_ERR_OUT_OF_MEMORY;
	memcpy(res->entry, c + 1, size);
	res->num_entries = c->num_entries;
	dev->num_entries += c->num_entries;
	return GPU_OK_NODATA;
}

uint32_t vu_resource_create(struct vu_device *dev, const struct gpu_create_blob *c, size_t bytes)
{
	struct vu_resource *res;
	uint32_t answer = GPU_ERR_INVALID_PARAMETER;

	if (!c->resource_id || vu_resource_find(dev, c->resource_id))
		return GPU_ERR_INVALID_RESOURCE_ID;
	if (!c->size || c->flags & ~GPU_BLOB_FLAGS)
		return GPU_ERR_INVALID_PARAMETER;
	if (HASH_COUNT(dev->resources) >= VU_MAX_RESOURCES)
		return GPU_ERR_OUT_OF_MEMORY;
	res = calloc(1, sizeof(*res));
	if (!res)
		return GPU_ERR_OUT_OF_MEMORY;
	res->id = c->resource_id;
	res->ctx_id = c->header.ctx_id;
	res->size = c->size;
	res->fd = -1;
	if (c->mem == GPU_BLOB_HOST3D)
		answer = take_blob(dev, c, res);
	else if (c->mem == GPU_BLOB_GUEST)
		answer = take_pages(dev, c, bytes, res);
	if (answer != GPU_OK_NODATA) {
		free(res);
		return answer;
	}
	HASH_ADD(hh, dev->resources, id, sizeof(res->id), res);
	dev->counts.blobs++;
	if (!res->hh.tbl) {
		vu_resource_destroy(dev, res);
		return GPU_ERR_OUT_OF_MEMORY;
	}
	return answer;
}

void vu_resource_destroy(struct vu_device *dev, struct vu_resource *res)
{
	if (res->hh.tbl)
		HASH_DEL(dev->resources, res);
	dev->num_entries -= res->num_entries;
	if (res->fd >= 0)
		close(res->fd);
	free(res->entry);
	free(res);
}

void vu_resource_clear(struct vu_device *dev)
{
	struct vu_resource *res, *next;

	HASH_ITER (hh, dev->resources, res, next) {
		/* Without a front-end there is no window either. */
		if (res->mapped)
			vu_window_unmap(dev, res, false);
		vu_resource_destroy(dev, res);
	}
}
