/*
 * guest-thunk/transport/transport.h - how a client's messages and the renderer's memory travel.
 *
 * One implementation a way: sock.c (a unix socket and rings in shared memory). Handles are what
 * comes with a message to stand for memory: file descriptors with sock.
 */
#ifndef VT_GUEST_TRANSPORT_TRANSPORT_H
#define VT_GUEST_TRANSPORT_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "proto/wire/evpage.h"
#include "proto/wire/frame.h"

struct vt_transport;

/* A message as it travels. */
struct vt_parcel {
	struct vt_frame frame;
	uint8_t *body;          /* of a reply: the caller's VT_MAX_BODY bytes to fill */
	int handle[VT_MAX_FDS]; /* of a request: borrowed; of a reply: the caller's to close */
	unsigned num_handles;
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
	 * file_offset on: at addr, replacing what is there, or anywhere if addr is NULL. The handle
	 * may be closed afterwards. Any thread. Returns 0 and *ret, or -errno. */
	int (*map)(struct vt_transport *t, int handle, uint64_t file_offset, size_t size,
		   void *addr, void **ret);

	/* Required. Ends a handle. Any thread. */
	void (*close_handle)(struct vt_transport *t, int handle);

	/* Required. A file descriptor for what a handle stands for, the caller's to close; the
	 * handle stays. Any thread. Returns 0 or -errno. */
	int (*export_handle)(struct vt_transport *t, int handle, int *ret_fd);

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
	uint64_t context_id;          /* the connection's name in the renderer's log */
	uint16_t major, minor;        /* version of the renderer's protocol */
	uint64_t features;
};

/* Size of the text that says why a connection failed. */
#define VT_CONNECT_TEXT 256

/*
 * Connects to the renderer that listens at the unix socket `path` and greets it. Blocks, at most
 * some seconds. Returns 0 and *ret, which the caller ends with ops->destroy, or -errno and a
 * sentence for the user in text.
 */
int vt_transport_sock_connect(const char *path, struct vt_transport **ret,
			      char text[VT_CONNECT_TEXT]);

#endif
