/*
 * proto/wire/virtgpu.h - the protocol through a context of a virtio-gpu device.
 *
 * In a guest the socket of sock.h ends at a bridge on the host, one for each context, which is a
 * client of the renderer like any other. Between the bridge and the guest travel, instead of
 * packets and files, commands and blobs:
 *
 *   what the socket has         what a context has
 *   hello, welcome              VT_VGPU_HELLO; the answer is in the control page
 *   the channel, the events     blobs VT_VGPU_BLOB_CHANNEL and VT_VGPU_BLOB_EVENTS
 *   files with a reply          blobs, each named by the reply's seqno and its place
 *   files with a request        blobs that the bridge made for the guest, named by VT_VGPU_FILES
 *   futex wake and wait         VT_VGPU_WAKE; VT_VGPU_AWAIT with a fence
 *   hang-up                     the control page's state, and every fence of the context retires
 *
 * The guest makes its context with the capset in which it has found struct vt_capset, with
 * VT_VGPU_RINGS rings and with a debug name that begins with VT_VGPU_NAME: where a capset is shared
 * with somebody else, the name says whose a context is.
 *
 * A command that breaks the protocol ends the context: the bridge closes the socket, sets the state
 * to VT_VGPU_GONE and retires all fences, present and to come. Fences retire in order within a
 * ring. Nothing but VT_VGPU_AWAIT keeps a fence waiting.
 */
#ifndef VT_WIRE_VIRTGPU_H
#define VT_WIRE_VIRTGPU_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire/sock.h"

#define VT_VGPU_CAPSET_ID 20u /* ours, where we are the device: not given to anybody else */
#define VT_VGPU_NAME      "vthunk"
#define VT_VGPU_RINGS     4u

/*
 * What makes a capset ours: the last bytes of its data, whatever stands before. magic is
 * VT_HELLO_MAGIC; versions as in the hello.
 */
struct vt_capset {
	uint64_t magic;
	uint16_t major, minor;
	uint32_t reserved;     /* 0 */
	uint64_t window_bytes; /* of memory that can be mapped into the guest; 0: not known */
};
_Static_assert(sizeof(struct vt_capset) == 24, "wire size");

/* --- Blobs: the blob_id with which the guest makes a HOST3D blob --- */

#define VT_VGPU_BLOB_CONTROL 1ull /* VT_VGPU_CONTROL_BYTES; there from the start */
#define VT_VGPU_BLOB_CHANNEL 2ull /* VT_CHANNEL_BYTES; once welcomed */
#define VT_VGPU_BLOB_EVENTS  3ull /* VT_EVENT_PAGE_BYTES; once welcomed */

/*
 * Fresh, zeroed memory of the size of the blob, for files of requests. n is chosen by the client
 * and not in use at the time. The bridge forgets the name at VT_VGPU_DROP; the memory lives as long
 * as the blob or the renderer needs it.
 */
#define VT_VGPU_BLOB_NEW(n) (1ull << 62 | (n))

/*
 * File number i of the reply with that seqno, from its start; the blob is as large as the guest
 * asks, at most as the file. The bridge forgets the name at VT_VGPU_DROP, which the guest sends
 * once it has its blob, or does not want one; where there was no room for the blob it can make
 * another one before.
 */
#define VT_VGPU_BLOB_FILE(seqno, i) (1ull << 63 | (uint64_t)(seqno)*VT_MAX_FDS | (i))

/* --- The control page, written by the host only --- */

#define VT_VGPU_CONTROL_BYTES 4096u

enum vt_vgpu_state {
	VT_VGPU_NEW = 0,
	VT_VGPU_WELCOMED = 1, /* `welcome` holds, and the channel and the events are there */
	VT_VGPU_REFUSED = 2,  /* `welcome` has error and text; the context is of no more use */
	VT_VGPU_GONE = 3,     /* the renderer has gone */
};

struct vt_vgpu_control {
	_Atomic uint32_t state; /* vt_vgpu_state; written last (release) */
	uint32_t reserved;
	struct vt_welcome welcome;
};
_Static_assert(offsetof(struct vt_vgpu_control, welcome) == 8, "wire offset");

/* --- Commands: one in each EXECBUFFER, a multiple of 4 bytes, little endian --- */

enum vt_vgpu_op {
	VT_VGPU_HELLO = 1, /* struct vt_vgpu_hello; once, first */
	VT_VGPU_WAKE = 2,  /* struct vt_vgpu_wake */
	VT_VGPU_FILES = 3, /* struct vt_vgpu_files; before the frame that they belong to is written
			    */
	VT_VGPU_DROP = 4,  /* struct vt_vgpu_drop */
	VT_VGPU_AWAIT = 5, /* struct vt_vgpu_await; with a fence, on a ring that is not 0 */
};

struct vt_vgpu_hello {
	uint32_t op, reserved;
	struct vt_hello hello;
};
_Static_assert(sizeof(struct vt_vgpu_hello) == 56, "wire size");

/* Words that a side may sleep on. The guest wakes on the first two, and sleeps on the others. */
enum vt_vgpu_word {
	VT_VGPU_WORD_REQUESTS_TAIL = 0,
	VT_VGPU_WORD_REPLIES_HEAD = 1,
	VT_VGPU_WORD_REQUESTS_HEAD = 2,
	VT_VGPU_WORD_REPLIES_TAIL = 3,
	VT_VGPU_WORD_BELL = 4, /* of the page of events */
	VT_VGPU_WORD_GONE = 5, /* never changes: only the end of the context ends the wait */
};

/* Wakes the renderer if it sleeps on the word. */
struct vt_vgpu_wake {
	uint32_t op;
	uint32_t word; /* one of the first two */
};

struct vt_vgpu_files {
	uint32_t op;
	uint32_t num; /* 1..VT_MAX_FDS */
	uint64_t seqno;
	uint64_t blob_id[VT_MAX_FDS]; /* VT_VGPU_BLOB_NEW(); unused ones are 0 */
};
_Static_assert(sizeof(struct vt_vgpu_files) == 48, "wire size");

struct vt_vgpu_drop {
	uint32_t op, reserved;
	uint64_t blob_id;
};

/*
 * The fence of this command retires once the word is not `seen` (any more), or the context has
 * ended. One after the other on each ring. The bridge waits as a futex does, so the guest announces
 * itself first as the ring or the page of events demands (reader_sleeps, writer_sleeps, waiters).
 */
struct vt_vgpu_await {
	uint32_t op;
	uint32_t word; /* not one of the first two */
	uint32_t seen;
	uint32_t reserved;
};
_Static_assert(sizeof(struct vt_vgpu_await) == 16, "wire size");

/* Bounds of one context; more ends it. */
#define VT_VGPU_MAX_FILES  1024u /* of replies, not dropped; of new memory, not dropped */
#define VT_VGPU_MAX_FENCES 256u  /* of one ring, not retired */

#endif
