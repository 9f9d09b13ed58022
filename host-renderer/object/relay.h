/*
 * host-renderer/object/relay.h - doorbells of providers that cannot share them.
 *
 * A real doorbell can only be mapped by the process that opened the device. The client then gets a
 * slot in a page of ours; a thread watches the slots and passes on what it sees. It spins for 50 us
 * after the last change and then sleeps ever longer, an eighth of the time that nothing has
 * happened, at most 20 ms. Slots are taken and given back by one thread.
 */
#ifndef VT_OBJECT_RELAY_H
#define VT_OBJECT_RELAY_H

#include <stdatomic.h>
#include <stdint.h>

#include "host-renderer/object/ctx.h"

#define VT_RELAY_SLOTS 512u

/* As the client sees it. */
struct vt_relay_slot {
	_Atomic uint64_t doorbell;  /* written by the client; all ones at first, since 0 is a
				       doorbell's first value */
	_Atomic uint64_t write_ptr; /* written by the client */
	_Atomic uint64_t read_ptr;  /* written by the relay */
	uint64_t reserved[5];
};

/* The provider's words, in this process; write_ptr and read_ptr NULL where the client reaches them
 * itself. */
struct vt_relay_words {
	_Atomic uint64_t *doorbell, *write_ptr, *read_ptr;
};

/*
 * Takes a slot for these words, starting the relay if it does not run. *ret_blob is the page:
 * is_new and *ret_fd (the caller's) the first time only, else *ret_fd is -1. Returns 0, -ENOSPC, or
 * -errno.
 */
int vt_relay_add(struct vt_ctx *ctx, const struct vt_relay_words *words, uint32_t *ret_slot,
		 struct vt_blob *ret_blob, int *ret_fd);

/* Gives a slot back; once it returns, the words are not touched any more. */
void vt_relay_remove(struct vt_ctx *ctx, uint32_t slot);

/* Stops the thread. No relay is fine. */
void vt_relay_fini(struct vt_ctx *ctx);

#endif
