/*
 * guest-thunk/client/blob.h - the window of common addresses, and the renderer's memory that is
 * mapped into it.
 */
#ifndef VT_GUEST_CLIENT_BLOB_H
#define VT_GUEST_CLIENT_BLOB_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "guest-thunk/client/call.h"
#include "proto/wire/msg.h"

struct vt_window {
	uint64_t base, size; /* 0, 0: none */
};

/* Reserves a range that is free in this process and in the renderer. Blocks. Returns 0, -EEXIST if
 * none was found, or the call's error. */
int vt_window_reserve(struct vt_window *w, struct vt_caller *c);

/* Gives the whole range back with all that is mapped in it. */
void vt_window_release(struct vt_window *w);

struct vt_blob_entry;

struct vt_blob_table {
	pthread_mutex_t lock;
	struct vt_blob_entry *by_id; /* guarded by lock */
};

void vt_blobs_init(struct vt_blob_table *t);

/* Unmaps what is outside the window, and frees the table. The transport must still be there. */
void vt_blobs_fini(struct vt_blob_table *t);

/*
 * Makes the blob that a reply names accessible: maps it, with the next of handles, if it is new,
 * else finds it. *used counts the handles taken so far. Returns 0 and where its first byte is, or
 * -EBADMSG: the reply is wrong (not known, not inside the window, meets another blob, no handle),
 * or -errno of mapping. After -ENOMEM, no room at present, the blob is known: it is mapped when a
 * reply names it again. The table then has the handle, and -1 stands in its place.
 */
int vt_blobs_enter(struct vt_blob_table *t, struct vt_caller *c, const struct vt_window *w,
		   const struct vt_blob *blob, struct vt_call_handles *handles, unsigned *used,
		   void **ret);

/* Ends the handles of a reply that were not taken. */
void vt_blobs_close_handles(struct vt_caller *c, const struct vt_call_handles *handles);

/* Unmaps one blob; its place in the window is reserved as before. */
void vt_blobs_drop(struct vt_blob_table *t, uint64_t blob_id);

#endif
