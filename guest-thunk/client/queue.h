/*
 * guest-thunk/client/queue.h - queues: made by message; after that the program talks to the GPU
 * through shared memory.
 */
#ifndef VT_GUEST_CLIENT_QUEUE_H
#define VT_GUEST_CLIENT_QUEUE_H

#include <pthread.h>
#include <stdint.h>

#include "proto/wire/msg.h"

struct vt_session;
struct vt_queue;

struct vt_queue_table {
	pthread_mutex_t lock;
	struct vt_queue *by_id; /* guarded by lock */
};

/* Where the program finds what belongs to a queue. */
struct vt_queue_words {
	void *doorbell;
	void *read_ptr, *write_ptr; /* NULL where the program brought its own */
};

void vt_queues_init(struct vt_queue_table *t);
void vt_queues_fini(struct vt_queue_table *t);

/* How many exist. */
unsigned vt_queues_count(struct vt_queue_table *t);

/* Makes a queue. req as in msg.h. Blocks. Returns 0, -ENOMEM, -EBADMSG, or the call's error. */
int vt_queue_create(struct vt_session *s, const struct vt_queue_create_req *req, uint64_t *ret_id,
		    struct vt_queue_words *ret);

/* The following return -EINVAL if there is no such queue, or the call's error. */
int vt_queue_update(struct vt_session *s, const struct vt_queue_update_req *req);
int vt_queue_destroy(struct vt_session *s, uint64_t id);
int vt_queue_set_cu_mask(struct vt_session *s, uint64_t id, uint32_t num_bits,
			 const uint32_t *words);
int vt_queue_alloc_gws(struct vt_session *s, uint64_t id, uint32_t num_gws, uint32_t *ret_first);

/* Rings the queue's doorbell for the program, with what its write index says. Sends nothing. */
int vt_queue_ring(struct vt_session *s, uint64_t id);

/* *ret_words points to the CU mask, which stays where it is until the queue's end and changes with
 * the next call. */
int vt_queue_info(struct vt_session *s, uint64_t id, struct vt_queue_info_rep *ret,
		  uint32_t **ret_words);

#endif
