/*
 * guest-thunk/transport/transport.h - how a client's messages and the renderer's memory travel.
 *
 * One implementation a way: sock.c (a unix socket and rings in shared memory) and, in a guest,
 * virtgpu.c (a context of a virtio-gpu device). Handles are what comes with a message to stand for
 * memory: file descriptors with sock, names of blobs with virtgpu.
 */
#ifndef VT_GUEST_TRANSPORT_TRANSPORT_H
#define VT_GUEST_TRANSPORT_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "proto/wire/evpage.h"
#include "proto/wire/frame.h"

struct vt_transport;

/* A message as it travels. */
struct vt_parcel {
	struct vt_frame frame;
	uint8_t *body;          /* of a reply: the caller's VT_MAX_BODY bytes to fill */
	int handle[VT_MAX_FDS]; /* of a request: borrowed; of a reply: the caller's to close */
	unsigned num_handles;   /* of a reply: at least as many as there are; one that stands for
				   nothing cannot be mapped */
};

struct vt_transport_ops {
	/* Required. Sends a request; fills in its frame's seqno and flags. Blocks while there is no
	 * room. One call at a time, of this and receive. Returns 0, -EPIPE once the renderer is
	 * gone, -EBADMSG if it breaks the protocol; after either the transport serves only for stop
	 * and destroy. */
	int (*send)(struct vt_transport *t, struct vt_parcel *request);

	/* Required. Waits for the answer to a request, the oldest one that has none yet, and checks
	 * that its frame answers it; the body is not looked at. Blocks until the renderer answers
	 * or is gone. Returns as send. The answer's own error is in its frame. */
	int (*receive)(struct vt_transport *t, const struct vt_frame *request,
		       struct vt_parcel *reply);

	/* Required. Maps size bytes of what the handle stands for, readable and writable, from
	 * file_offset on: at addr, replacing what is there, or anywhere if addr is NULL. Children
	 * do not inherit it. The handle may be closed afterwards; what it was mapped from is free
	 * again once both are gone, the handle and the mapping, by munmap() or by another mapping
	 * in its place. Any thread. Returns 0 and *ret, or -errno; -ENOMEM: there is no room at
	 * present. */
	int (*map)(struct vt_transport *t, int handle, uint64_t file_offset, size_t size,
		   void *addr, void **ret);

	/* Required. Ends a handle. Any thread. */
	void (*close_handle)(struct vt_transport *t, int handle);

	/* Required. A file descriptor for the first size bytes of what a handle stands for, the
	 * caller's to close; the handle stays. Any thread. Returns 0 or -errno; -EOPNOTSUPP: this
	 * system has none to give. */
	int (*export_handle)(struct vt_transport *t, int handle, uint64_t size, int *ret_fd);

	/* Required. Makes memory that can go with a request: size bytes (whole pages), zero, of a
	 * length that nobody can change. It is mapped anywhere, readable and writable, and children
	 * inherit that. The handle and the mapping are the caller's, each to end as with map. Any
	 * thread. Returns 0 or -errno. */
	int (*make_memory)(struct vt_transport *t, size_t size, void **ret, int *ret_handle);

	/* Required. Makes mapped memory of its own blob zero, and gives its pages back where that
	 * can be done. Any thread. Returns 0, or -errno: it is as it was, or of no use. */
	int (*clear)(struct vt_transport *t, void *addr, size_t size);

	/* Required. Sleeps until the bell of the events is not `seen` any more, at most until
	 * deadline (CLOCK_MONOTONIC; NULL: for ever). The caller counts as a waiter in the page.
	 * Any number of threads. Returns 0 (or for no reason) or -ETIMEDOUT. */
	int (*wait_events)(struct vt_transport *t, uint32_t seen, const struct timespec *deadline);

	/* Required. Wakes the threads of this process that are in wait_events, after the bell has
	 * been changed. Any thread. */
	void (*wake_events)(struct vt_transport *t);

	/* Required. Blocks until the renderer is gone or stop was called. One thread, beside any
	 * other. */
	void (*wait_gone)(struct vt_transport *t);

	/* Required. Makes send and receive return -EPIPE, in other threads too, and wait_gone
	 * return. Any thread. */
	void (*stop)(struct vt_transport *t);

	/* Required. Frees everything; nobody may be in any other call. */
	void (*destroy)(struct vt_transport *t);
};

struct vt_transport {
	const struct vt_transport_ops *ops;
	struct vt_event_page *events; /* mapped until destroy */
	size_t piece_bytes;           /* how much of a mapping of made memory is to be replaced or
					 unmapped at a time; 0: all of it */
	uint64_t context_id;          /* the connection's name in the renderer's log */
	uint16_t major, minor;        /* version of the renderer's protocol */
	uint64_t features;
};

/* Size of the text that says why a connection failed. */
#define VT_CONNECT_TEXT 384

/*
 * Connects to the renderer that listens at the unix socket `path` and greets it. Blocks, at most
 * some seconds. Returns 0 and *ret, which the caller ends with ops->destroy, or -errno and a
 * sentence for the user in text.
 */
int vt_transport_sock_connect(const char *path, struct vt_transport **ret,
			      char text[VT_CONNECT_TEXT]);

#define VT_NODE_PATH_MAX 128

/*
 * Finds the render node of a virtio-gpu device behind which there is a renderer: at `path`, or if
 * that is NULL the first of the usual ones. Returns 0 and its path; or -errno and a sentence for
 * the user in text. -ENOENT: there is none at all; -EPROTO: a renderer of another version; others:
 * there is a node that might serve and cannot be used.
 */
int vt_transport_virtgpu_find(const char *path, char ret_path[VT_NODE_PATH_MAX],
			      char text[VT_CONNECT_TEXT]);

/* As vt_transport_sock_connect(), with the node that vt_transport_virtgpu_find() finds. */
int vt_transport_virtgpu_connect(const char *path, struct vt_transport **ret,
				 char text[VT_CONNECT_TEXT]);

#endif
