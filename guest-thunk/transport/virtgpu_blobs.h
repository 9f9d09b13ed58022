/*
 * guest-thunk/transport/virtgpu_blobs.h - handles of the transport over virtio-gpu: names of blobs.
 *
 * A handle is an index into a table of names: files of replies, and memory made for requests. It
 * becomes a blob of the guest's when it is mapped. All functions: any thread, 0 or -errno.
 */
#ifndef VT_GUEST_TRANSPORT_VIRTGPU_BLOBS_H
#define VT_GUEST_TRANSPORT_VIRTGPU_BLOBS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vt_vgpu_name;

struct vt_vgpu_blobs {
	int node;
	pthread_mutex_t lock;
	struct vt_vgpu_name *name;  /* guarded by lock */
	unsigned room;              /* guarded by lock */
	uint64_t next_new;          /* guarded by lock: of VT_VGPU_BLOB_NEW */
	uintptr_t shelf, shelf_end; /* guarded by lock: where blobs without an address go */
	uintptr_t shelf_lo;         /* fixed after init */
};

/* Reserves addresses for blobs that may be anywhere. */
int vt_vgpu_blobs_init(struct vt_vgpu_blobs *b, int node);

/* Forgets all names without a word to the device, which ends them with the context, and unmaps what
 * has been mapped without an address. */
void vt_vgpu_blobs_fini(struct vt_vgpu_blobs *b);

/* A handle for a blob_id. -ENOMEM. */
int vt_vgpu_blobs_enter(struct vt_vgpu_blobs *b, uint64_t blob_id, int *ret_handle);

/* The blob_id of a handle, or 0. */
uint64_t vt_vgpu_blobs_id(struct vt_vgpu_blobs *b, int handle);

/*
 * Maps size bytes of what the handle stands for, from offset on, at addr, replacing what is there,
 * or anywhere if it is NULL. What is at addr stays if this fails. -ENOMEM: no room in the window;
 * it may be tried again. -EBADMSG: no such handle.
 */
int vt_vgpu_blobs_map(struct vt_vgpu_blobs *b, int handle, uint64_t offset, size_t size, void *addr,
		      void **ret);

/* A handle for fresh memory, mapped where the kernel likes. */
int vt_vgpu_blobs_make(struct vt_vgpu_blobs *b, size_t size, void **ret, int *ret_handle);

/* A dma-buf of size bytes of what the handle stands for, the caller's to close. -EOPNOTSUPP: the
 * kernel or the device cannot. */
int vt_vgpu_blobs_export(struct vt_vgpu_blobs *b, int handle, uint64_t size, int *ret_fd);

/* Ends a handle, and tells the device what it need not keep. Mappings stay. */
void vt_vgpu_blobs_close(struct vt_vgpu_blobs *b, int handle);

#endif
