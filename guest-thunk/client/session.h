/*
 * guest-thunk/client/session.h - this process's connection to a renderer: from OpenKFD to CloseKFD.
 *
 * There is one at a time. Its life: connected, greeted, the same window of addresses reserved on
 * both sides, topology fetched; then any thread uses it; then it is closed, or the renderer goes
 * away. A session whose renderer has gone answers every call with -EPIPE; the next open makes a new
 * one.
 *
 * After fork the child has no session: it closes its copies of the descriptors and never talks on
 * them, and the shared mappings are not inherited.
 */
#ifndef VT_GUEST_CLIENT_SESSION_H
#define VT_GUEST_CLIENT_SESSION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "guest-thunk/client/blob.h"
#include "guest-thunk/client/call.h"
#include "guest-thunk/client/event.h"
#include "guest-thunk/client/memory.h"
#include "guest-thunk/client/queue.h"
#include "guest-thunk/client/topology.h"

struct vt_session {
	struct vt_caller caller;
	struct vt_window window;
	struct vt_topology topology; /* fixed after open */
	struct vt_blob_table blobs;
	struct vt_memory_table memory;
	struct vt_event_table events;
	struct vt_queue_table queues;

	unsigned refs;        /* guarded by the lock in session.c */
	_Atomic bool closing; /* the end of the connection is our own doing */
	pthread_t watcher;
	struct vt_session *next_lost;
};

/*
 * Opens, or counts one more opening. Blocks while it connects.
 * Returns 0; -EALREADY: it was open already (this is a success, to be closed as often);
 * -ECONNREFUSED: no renderer, or it refused us (said on standard error); -EPROTO: versions do not
 * fit; -ENOMEM.
 */
int vt_session_open(void);

/* Ends one opening; the last one closes the connection and unmaps everything that came by it.
 * Returns 0 or -ENOTCONN if it was not open. */
int vt_session_close(void);

/* The session, to be given back with put, or NULL if it is not open. Any thread. */
struct vt_session *vt_session_get(void);
void vt_session_put(struct vt_session *s);

/*
 * Where the renderer is: at the socket that VTHUNK_SOCKET names; else behind the render node that
 * VTHUNK_RENDER_NODE names; else at a socket that exists, vthunk.sock in XDG_RUNTIME_DIR or the
 * system's; else, in a guest, behind the first render node that has one.
 */
#define VT_SOCKET_PATH_MAX \
	4096 /* more than a socket can have, so that a long one is refused, not cut */
#define VT_SYSTEM_SOCKET    "/run/vthunk/vthunkd.sock"
#define VT_USER_SOCKET_NAME "vthunk.sock"

/* The socket to use if there is one: that of VTHUNK_SOCKET, of the user, or the system's. Fills in
 * path and returns it. */
const char *vt_session_socket(char path[VT_SOCKET_PATH_MAX]);

#endif
