/*
 * guest-thunk/transport/local.h - what a transport does whose renderer runs on the same kernel:
 * members of struct vt_transport_ops (transport.h), which say what they promise.
 */
#ifndef VT_GUEST_TRANSPORT_LOCAL_H
#define VT_GUEST_TRANSPORT_LOCAL_H

#include "guest-thunk/transport/transport.h"

/* Bytes replaced at a time: some 50 microseconds for which writers wait. A multiple of every page
 * size. */
#define VT_LOCAL_PIECE_BYTES ((size_t)256 << 10)

/* The handle is a sealed memfd. */
int vt_local_make_memory(struct vt_transport *t, size_t size, void **ret, int *ret_handle);

/* By a hole in the file. */
int vt_local_clear(struct vt_transport *t, void *addr, size_t size);

/* By a futex on the bell, which the renderer wakes, too. */
int vt_local_wait_events(struct vt_transport *t, uint32_t seen, const struct timespec *deadline);
void vt_local_wake_events(struct vt_transport *t);

#endif
