/*
 * guest-thunk/transport/virtgpu_device.h - one render node of a virtio-gpu device: its ioctls as
 * functions.
 *
 * A node is an open file descriptor, and one context at most is made on it. All functions return 0
 * or -errno; any thread. An interrupted ioctl is repeated.
 */
#ifndef VT_GUEST_TRANSPORT_VIRTGPU_DEVICE_H
#define VT_GUEST_TRANSPORT_VIRTGPU_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/wire/virtgpu.h"

/* The system calls that reach a node. The kernel's, unless a test puts its own here before the
 * first call. */
struct vt_vgpu_calls {
	int (*open)(const char *path); /* read and write, close-on-exec; -errno */
	int (*ioctl)(int node, unsigned long request, void *arg); /* -errno */
	void *(*mmap)(int node, size_t size, uint64_t offset); /* MAP_SHARED; MAP_FAILED, errno */
	void (*close)(int node);
};
extern const struct vt_vgpu_calls *vt_vgpu_calls;

/* Opens a node; *ret is the caller's to close. -ENODEV: the node is of another driver. */
int vt_vgpu_open(const char *path, int *ret);
void vt_vgpu_close(int node);

/* Whether the device has the feature (VT_DRM_PARAM_*); false where the kernel does not know it. */
bool vt_vgpu_has(int node, uint32_t param);

/* The last bytes of a capset's data. -ENOENT: the device has no such capset, or it is too short or
 * not ours. */
int vt_vgpu_capset(int node, uint32_t capset_id, struct vt_capset *ret);

/* Makes the node's context, with VT_VGPU_RINGS rings and a debug name that begins with
 * VT_VGPU_NAME. */
int vt_vgpu_context(int node, uint32_t capset_id, const char *program);

/* Makes a HOST3D blob of the context that can be mapped, and exported if `shared`. *ret is to be
 * ended with vt_vgpu_blob_close(). -ENOMEM: no memory, or no room in the window. */
int vt_vgpu_blob_create(int node, uint64_t blob_id, uint64_t size, bool shared, uint32_t *ret);
void vt_vgpu_blob_close(int node, uint32_t blob);

/*
 * Maps a whole blob anywhere, readable and writable; size is the blob's. Waits until the device has
 * mapped it. The mapping keeps the blob alive: its room in the window is free again once both are
 * gone, the mapping and the handle. -ENOMEM: the device could not map it.
 */
int vt_vgpu_blob_map(int node, uint32_t blob, size_t size, void **ret);

/* A dma-buf of the blob, the caller's to close. */
int vt_vgpu_blob_export(int node, uint32_t blob, int *ret_fd);

/* Sends a command of `bytes`, on ring 0 without a fence. */
int vt_vgpu_submit(int node, const void *cmd, size_t bytes);

/* Sends one on the ring, with a fence: *ret_fence, the caller's to close, becomes readable (POLLIN)
 * when it retires. */
int vt_vgpu_submit_fenced(int node, uint32_t ring, const void *cmd, size_t bytes, int *ret_fence);

#endif
