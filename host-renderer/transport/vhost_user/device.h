/*
 * host-renderer/transport/vhost_user/device.h - inside the device: one virtio-gpu device, at most
 * one front-end (a QEMU) at a time, one thread.
 *
 * The front-end may wait for our answer to a message while we wait for its answer to a request of
 * ours: it sends its table of memory anew after each mapping, before it answers. So nothing here
 * ever waits: a request to the front-end is queued (window.c), the control queue rests until it has
 * been answered, and all other messages are served meanwhile.
 */
#ifndef VT_VHOST_DEVICE_H
#define VT_VHOST_DEVICE_H

#include <pthread.h>

#define HASH_NONFATAL_OOM 1 /* an entry that could not be made has no table */
#include <uthash.h>

#include "host-renderer/transport/vhost_user/channel.h"
#include "host-renderer/transport/vhost_user/gpu_abi.h"
#include "host-renderer/transport/vhost_user/memory.h"
#include "host-renderer/transport/vhost_user/queue.h"
#include "host-renderer/transport/virtgpu/bridge.h"

#define VU_QUEUES        2u /* control, cursor */

#define VU_MAX_COMMAND   (1u << 20) /* bytes */
#define VU_MAX_RESOURCES 16384u
#define VU_MAX_ENTRIES   (1u << 20) /* of all blobs of guest memory together */

struct vu_resource {
	uint32_t id, ctx_id;
	int fd; /* owned; -1: of guest memory */
	bool mapped;
	uint64_t size, fd_offset, window_offset;
	struct gpu_mem_entry *entry; /* pages of guest memory, as the guest said */
	uint32_t num_entries;
	UT_hash_handle hh;
};

struct vu_window_request {
	struct vu_window_request *next;
	bool for_command; /* of the guest, which waits for it */
	uint32_t request; /* vu_backend_request */
	struct vu_shmem msg;
	int fd; /* owned, or -1 */
};

/* A command whose answer depends on the front-end's. */
struct vu_waiting {
	bool active;
	struct gpu_header header;
	struct vu_resource *resource;
	bool unref; /* of an unmapping: the resource goes, too */
};

struct vu_retired {
	pthread_mutex_t lock;
	uint64_t cookie[VU_MAX_QUEUE]; /* guarded by lock */
	unsigned count;                /* guarded by lock */
	int event_fd;
};

struct vu_counts {
	uint64_t commands, blobs, maps, unmaps;
};

struct vu_device {
	uint64_t window_bytes;
	struct vt_bridge *bridge;
	struct vu_retired retired;
	struct vu_channel front, back;
	uint64_t features, protocol_features;
	struct vu_memory mem;
	struct vu_queue queue[VU_QUEUES];
	struct vu_resource *resources; /* hash */
	uint32_t num_entries;
	struct vu_window_request *requests, **requests_end; /* the first has been sent */
	struct vu_waiting waiting;
	/* Of fenced commands, by head: its place among all, 0: none; and the length of the answer.
	 */
	uint64_t fence[VU_MAX_QUEUE], last_fence;
	uint32_t fence_len[VU_MAX_QUEUE];
	struct vu_counts counts;
	struct vu_chain chain, cursor_chain;
	_Alignas(8) uint8_t command[VU_MAX_COMMAND];
};

/* Makes a device and its bridge to the renderer at `socket`; control_fd as for vt_bridge_create().
 * Returns 0 or -errno. */
int vu_device_create(const char *socket, int control_fd, uint64_t window_bytes,
		     struct vu_device **ret);

/* Ends all contexts and frees it. */
void vu_device_destroy(struct vu_device *dev);

/* What the guest had ends: contexts, resources, commands under way. What is in the window is
 * unmapped if there is a front-end. */
void vu_device_reset(struct vu_device *dev);

/* --- front.c: messages of the front-end --- */

/* Begins with a front-end on that socket, the device's then. */
void vu_front_open(struct vu_device *dev, int fd);

/* It has gone: everything that it gave us goes, too, and what the guest had. */
void vu_front_close(struct vu_device *dev);

/* Serves what has come in. Returns 0, or -errno: the connection is of no more use. */
int vu_front_serve(struct vu_device *dev);

/* --- gpu.c: commands of the guest --- */

/* Executes what is in the queues, a bounded number. Returns whether there may be more. */
bool vu_gpu_serve(struct vu_device *dev);

/* Gives back commands whose fences have retired. */
void vu_gpu_retire(struct vu_device *dev);

/* The waiting command's request was answered. */
void vu_gpu_window_done(struct vu_device *dev, bool good);

/* The device has forgotten all commands. */
void vu_gpu_reset(struct vu_device *dev);

/* --- resource.c --- */

struct vu_resource *vu_resource_find(struct vu_device *dev, uint32_t id);

/* Returns an enum gpu_response. */
uint32_t vu_resource_create(struct vu_device *dev, const struct gpu_create_blob *c, size_t bytes);

/* Frees it. It must not be mapped. */
void vu_resource_destroy(struct vu_device *dev, struct vu_resource *res);

/* Frees all; those that are mapped are unmapped. */
void vu_resource_clear(struct vu_device *dev);

/* --- window.c: memory that the guest can see --- */

/* Whether a request is under way. */
bool vu_window_busy(const struct vu_device *dev);

/* Whether the resource may be mapped there. */
bool vu_window_free(struct vu_device *dev, const struct vu_resource *res, uint64_t offset);

/* Asks the front-end. for_command: vu_gpu_window_done() will be called, not before this returns.
 * Returns 0, -ENOTCONN: there is no such front-end; -ENOMEM, -EMFILE. */
int vu_window_map(struct vu_device *dev, const struct vu_resource *res);
int vu_window_unmap(struct vu_device *dev, const struct vu_resource *res, bool for_command);

/* Something has come in on the front-end's channel for requests. */
void vu_window_serve(struct vu_device *dev);

/* Forgets all requests. */
void vu_window_clear(struct vu_device *dev);

#endif
