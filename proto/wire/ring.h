/*
 * proto/wire/ring.h - frames from one writer to one reader through shared memory.
 *
 * A channel is one sealed memfd, made by the renderer: two rings, requests (client writes) and
 * replies (renderer writes).
 *
 *   0       struct vt_ring_shared of the requests
 *   4096    struct vt_ring_shared of the replies
 *   8192    VT_RING_BYTES of request frames
 *   8192 + VT_RING_BYTES    VT_RING_BYTES of reply frames
 *
 * head and tail count bytes and wrap at 2^32; the byte at position p is data[p % VT_RING_BYTES].
 * Invariants: each shared word has one writer; the other side loads it once and checks the copy;
 * tail - head <= VT_RING_BYTES or the peer lies (-EBADMSG, which ends the connection). A reader
 * copies a frame out before it looks at it, so that the writer cannot change what was checked.
 *
 * No system call is made while both sides are awake: a side spins for a while, then raises its flag
 * and sleeps in a futex on the word that the other side will change; the other side wakes it only
 * if the flag is up.
 *
 * On each side one thread at a time may write and one may read; a client with several threads locks
 * around both.
 */
#ifndef VT_WIRE_RING_H
#define VT_WIRE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire/frame.h"

#define VT_RING_BYTES    262144u /* a power of two, more than the largest frame */
#define VT_CHANNEL_BYTES (8192u + 2u * VT_RING_BYTES)

/* The flags have lines of their own: they are read with every frame, and written only by who goes
 * to sleep. */
struct vt_ring_shared {
	/* Bytes ever written, by the writer; the reader sleeps on it. */
	_Alignas(64) _Atomic uint32_t tail;
	/* Bytes ever read, by the reader; the writer sleeps on it. */
	_Alignas(64) _Atomic uint32_t head;
	/* By the writer: 1 while it waits for room. */
	_Alignas(64) _Atomic uint32_t writer_sleeps;
	/* By the reader: 1 while it waits for a frame. */
	_Alignas(64) _Atomic uint32_t reader_sleeps;
};
_Static_assert(sizeof(struct vt_ring_shared) == 256, "wire size");
_Static_assert(offsetof(struct vt_ring_shared, reader_sleeps) == 192, "wire offset");

/*
 * How a side wakes and sleeps where futexes do not reach the other side: in a guest. Both are given
 * a shared word of the ring, its head or its tail.
 */
struct vt_ring_hooks {
	/* Wakes the other side if it sleeps on the word, which this side has just changed. */
	void (*wake)(void *arg, const _Atomic uint32_t *word);
	/* Sleeps until the word is not `seen` any more, at most ns; may return for no reason. */
	void (*wait)(void *arg, const _Atomic uint32_t *word, uint32_t seen, int64_t ns);
	void *arg;
};

/* One side's view of one ring. All but `shared` and `data` is private. */
struct vt_ring {
	struct vt_ring_shared *shared;
	uint8_t *data;
	const struct vt_ring_hooks *hooks; /* NULL: futexes */
	uint32_t pos;        /* our own head or tail: never read back from shared memory */
	uint32_t seen;       /* the peer's word when last loaded */
	_Atomic bool closed; /* set by vt_ring_close(), for ever */
	uint64_t sleeps;     /* times that a wait went to sleep; for statistics */
};

/* Both rings of a channel as one side sees them. */
struct vt_channel {
	struct vt_ring requests, replies;
};

/* How long a wait spins before it sleeps, unless the caller knows better. Waking a sleeper takes 50
 * to 100 us in a virtual machine; calls come in bursts, at the start of a program, and then no
 * more. */
#define VT_RING_SPIN_NS 200000u

/*
 * Views a mapped channel of VT_CHANNEL_BYTES. Starts at position 0, so both sides must do it before
 * the first frame. The mapping stays the caller's and must outlive the channel.
 */
void vt_channel_init(struct vt_channel *ch, void *mapping);

/* From now on both rings sleep and wake by hooks, which must outlive the channel. Before the first
 * frame. */
void vt_channel_use_hooks(struct vt_channel *ch, const struct vt_ring_hooks *hooks);

/*
 * Writes one frame: header, then f->body_len bytes of body, and wakes a sleeping reader. Waits for
 * room if the ring is full, at most timeout_ms (-1: for ever). Returns 0, -ETIMEDOUT (nothing
 * written), -EPIPE once closed, -EBADMSG if the reader lies.
 */
int vt_ring_write(struct vt_ring *ring, const struct vt_frame *f, const void *body, int timeout_ms);

/*
 * Waits for a frame, copies it out and frees its room. body has room for `cap` bytes. Spins for
 * spin_ns, then sleeps. Returns 0, -ETIMEDOUT (nothing read), -EPIPE once closed, or -EBADMSG: the
 * writer lies, or the body is longer than cap or than VT_MAX_BODY. After -EBADMSG the ring is of no
 * more use.
 */
int vt_ring_read(struct vt_ring *ring, struct vt_frame *f, void *body, size_t cap, uint32_t spin_ns,
		 int timeout_ms);

/*
 * Makes every wait on this side of the ring, present and future, return -EPIPE within half a second
 * (normally at once; with hooks, the caller sees to it that a present wait() returns). Any thread.
 * Frames that were already written may still be read or not.
 */
void vt_ring_close(struct vt_ring *ring);

/* vt_ring_close() on both rings. */
void vt_channel_close(struct vt_channel *ch);

#endif
