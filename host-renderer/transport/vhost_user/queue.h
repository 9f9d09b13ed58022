/*
 * host-renderer/transport/vhost_user/queue.h - a split virtqueue, from the device's side. Source:
 * the virtio specification, version 1.3, section 2.7.
 *
 * The driver is not trusted: whatever it has written is copied once, then checked. A chain of
 * descriptors that is wrong is given back unused; an index that cannot be breaks the queue until
 * the front-end sets it up again. One thread.
 */
#ifndef VT_VHOST_QUEUE_H
#define VT_VHOST_QUEUE_H

#include "host-renderer/transport/vhost_user/memory.h"

#define VU_MAX_QUEUE    1024u
#define VU_MAX_SEGMENTS 2048u /* of one chain, with those of an indirect table */

struct vu_segment {
	uint64_t addr;
	uint32_t len;
};

/* What the driver offers: first what it wrote, then room for the answer. */
struct vu_chain {
	uint16_t head;
	unsigned num_read, num_write;
	struct vu_segment segment[VU_MAX_SEGMENTS]; /* num_read, then num_write */
};

struct vu_queue {
	struct vu_memory *mem; /* borrowed */
	uint32_t num;
	struct vu_vring_addr addr;
	uint16_t last_avail;
	int kick, call; /* owned, or -1 */
	bool has_addr, enabled, started, broken;
	uint8_t held[VU_MAX_QUEUE]; /* vu_held, by head */
	uint32_t len[VU_MAX_QUEUE]; /* of those that are done */
	unsigned num_done;          /* heads that are VU_DONE */
};

enum vu_held {
	VU_FREE,
	VU_HELD, /* popped, not pushed */
	VU_DONE, /* to be pushed when that is possible again */
};

void vu_queue_init(struct vu_queue *q, struct vu_memory *mem);

/* Closes its files. */
void vu_queue_fini(struct vu_queue *q);

/* Forgets what it holds, and that it is broken. The driver begins anew. */
void vu_queue_reset(struct vu_queue *q);

/* Closes the kick: a file that nobody rings any more. */
void vu_queue_forget_kick(struct vu_queue *q);

/* Whether it may be looked at. */
bool vu_queue_runs(const struct vu_queue *q);

/* Pushes what was done while the queue did not run, or while its rings were not in memory. */
void vu_queue_resume(struct vu_queue *q);

/*
 * Takes the next chain. It is held until vu_queue_push(). Returns 1; 0: there is none, or the queue
 * does not run; -EBADMSG: there was one that is wrong, and it has been given back.
 */
int vu_queue_pop(struct vu_queue *q, struct vu_chain *chain);

/* Gives a chain back, `len` bytes of it written. Now, or in vu_queue_resume(). */
void vu_queue_push(struct vu_queue *q, uint16_t head, uint32_t len);

/* Tells the driver that chains were given back. */
void vu_queue_notify(struct vu_queue *q);

/* Room that the driver left. */
uint64_t vu_chain_room(const struct vu_chain *c);

/* Copies what the driver wrote, at most max bytes of it. Returns how many it wrote, or -EFAULT. */
int64_t vu_chain_read(struct vu_memory *mem, const struct vu_chain *c, void *to, size_t max);

/* Writes the answer. Returns 0, -EMSGSIZE (no room for it), -EFAULT. */
int vu_chain_write(struct vu_memory *mem, const struct vu_chain *c, const void *from, size_t len);

#endif
