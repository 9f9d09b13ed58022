/* The table of queues, and the words of each that both sides reach. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "guest-thunk/client/session.h"
#include "proto/base/check.h"

struct vt_queue {
	uint64_t id;
	_Atomic uint64_t *doorbell, *write_ptr;
	bool is_aql;                        /* the program brought the write index */
	uint32_t cu_words[VT_MAX_CU_WORDS]; /* last told to the program */
	UT_hash_handle hh;
};

void vt_queues_init(struct vt_queue_table *t)
{
	pthread_mutex_init(&t->lock, NULL);
	t->by_id = NULL;
}

void vt_queues_fini(struct vt_queue_table *t)
{
	struct vt_queue *q, *next;

	HASH_ITER (hh, t->by_id, q, next) {
		HASH_DEL(t->by_id, q);
		free(q);
	}
	pthread_mutex_destroy(&t->lock);
}

unsigned vt_queues_count(struct vt_queue_table *t)
{
	unsigned n;

	pthread_mutex_lock(&t->lock);
	n = HASH_COUNT(t->by_id);
	pthread_mutex_unlock(&t->lock);
	return n;
}

static struct vt_queue *find_locked(struct vt_queue_table *t, uint64_t id)
{
	struct vt_queue *q;

	HASH_FIND(hh, t->by_id, &id, sizeof(id), q);
	return q;
}

static int check_id(struct vt_queue_table *t, uint64_t id)
{
	bool exists;

	pthread_mutex_lock(&t->lock);
	exists = find_locked(t, id);
	pthread_mutex_unlock(&t->lock);
	return exists ? 0 : -EINVAL;
}

/* One word of a reply, `bytes` long. */
static int enter_word(struct vt_session *s, const struct vt_word *word,
		      struct vt_call_handles *handles, unsigned *used, uint64_t bytes, void **ret)
{
	void *base;
	int err;

	*ret = NULL;
	if (!word->blob.blob_id)
		return 0;
	if (!vt_range_inside(word->offset, bytes, 0, word->blob.size) || word->offset % bytes)
		return -EBADMSG;
	err = vt_blobs_enter(&s->blobs, &s->caller, &s->window, &word->blob, handles, used, &base);
	if (!err)
		*ret = (char *)base + word->offset;
	return err;
}

static int enter_words(struct vt_session *s, const struct vt_queue_create_rep *rep,
		       struct vt_call_handles *handles, struct vt_queue_words *ret)
{
	unsigned used = 0;
	int err = enter_word(s, &rep->doorbell, handles, &used, 8, &ret->doorbell);

	if (!err)
		err = enter_word(s, &rep->read_ptr, handles, &used, 8, &ret->read_ptr);
	if (!err)
		err = enter_word(s, &rep->write_ptr, handles, &used, 8, &ret->write_ptr);
	return err ? err : ret->doorbell ? 0 : -EBADMSG;
}

static int enter_queue(struct vt_queue_table *t, uint64_t id, const struct vt_queue_words *words,
		       uint64_t write_ptr_va)
{
	struct vt_queue *q = calloc(1, sizeof(*q));
	int err = 0;

	if (!q)
		return -ENOMEM;
	q->id = id;
	q->doorbell = words->doorbell;
	q->is_aql = !words->write_ptr;
	q->write_ptr = q->is_aql ? (_Atomic uint64_t *)write_ptr_va : words->write_ptr;
	pthread_mutex_lock(&t->lock);
	if (find_locked(t, id))
		err = -EBADMSG;
	else
		HASH_ADD(hh, t->by_id, id, sizeof(q->id), q);
	pthread_mutex_unlock(&t->lock);
	if (err)
		free(q);
	return err;
}

static int destroy_remote(struct vt_session *s, uint64_t id)
{
	struct vt_queue_destroy_req req = {.queue_id = id};

	return vt_call(&s->caller, VT_OP_QUEUE_DESTROY, &req, NULL, NULL);
}

int vt_queue_create(struct vt_session *s, const struct vt_queue_create_req *req, uint64_t *ret_id,
		    struct vt_queue_words *ret)
{
	struct vt_call_handles handles = {.num_in = 0};
	struct vt_queue_create_rep rep;
	struct vt_queue_words words;
	int err = vt_call(&s->caller, VT_OP_QUEUE_CREATE, req, &rep, &handles);

	if (err)
		return err;
	err = enter_words(s, &rep, &handles, &words);
	vt_blobs_close_handles(&s->caller, &handles);
	if (!err)
		err = enter_queue(&s->queues, rep.queue_id, &words, req->write_ptr_va);
	if (err) {
		destroy_remote(s, rep.queue_id);
		return err;
	}
	*ret_id = rep.queue_id;
	*ret = words;
	return 0;
}

int vt_queue_update(struct vt_session *s, const struct vt_queue_update_req *req)
{
	int err = check_id(&s->queues, req->queue_id);

	return err ? err : vt_call(&s->caller, VT_OP_QUEUE_UPDATE, req, NULL, NULL);
}

int vt_queue_destroy(struct vt_session *s, uint64_t id)
{
	struct vt_queue_table *t = &s->queues;
	struct vt_queue *q;

	pthread_mutex_lock(&t->lock);
	q = find_locked(t, id);
	if (q)
		HASH_DEL(t->by_id, q);
	pthread_mutex_unlock(&t->lock);
	if (!q)
		return -EINVAL;
	free(q);
	return destroy_remote(s, id);
}

int vt_queue_set_cu_mask(struct vt_session *s, uint64_t id, uint32_t num_bits,
			 const uint32_t *words)
{
	struct vt_queue_cu_mask_req req = {
	    .queue_id = id, .num_bits = num_bits, .num_words = num_bits / 32};
	int err = check_id(&s->queues, id);

	if (err)
		return err;
	if (!req.num_words || num_bits % 32 || req.num_words > VT_MAX_CU_WORDS)
		return -EINVAL;
	memcpy(req.word, words, req.num_words * sizeof(*words));
	return vt_call(&s->caller, VT_OP_QUEUE_CU_MASK, &req, NULL, NULL);
}

int vt_queue_alloc_gws(struct vt_session *s, uint64_t id, uint32_t num_gws, uint32_t *ret_first)
{
	struct vt_queue_gws_req req = {.queue_id = id, .num_gws = num_gws};
	struct vt_queue_gws_rep rep;
	int err = check_id(&s->queues, id);

	if (!err)
		err = vt_call(&s->caller, VT_OP_QUEUE_GWS, &req, &rep, NULL);
	if (!err)
		*ret_first = rep.first_gws;
	return err;
}

/* The doorbell of an AQL queue takes the number of the last packet, others their write index. */
int vt_queue_ring(struct vt_session *s, uint64_t id)
{
	struct vt_queue *q;

	pthread_mutex_lock(&s->queues.lock);
	q = find_locked(&s->queues, id);
	if (q && q->write_ptr)
		atomic_store(q->doorbell,
			     atomic_load_explicit(q->write_ptr, memory_order_acquire) - q->is_aql);
	pthread_mutex_unlock(&s->queues.lock);
	return q && q->write_ptr ? 0 : -EINVAL;
}

int vt_queue_info(struct vt_session *s, uint64_t id, struct vt_queue_info_rep *ret,
		  uint32_t **ret_words)
{
	struct vt_queue_info_req req = {.queue_id = id};
	struct vt_queue *q;
	int err = check_id(&s->queues, id);

	if (!err)
		err = vt_call(&s->caller, VT_OP_QUEUE_INFO, &req, ret, NULL);
	if (err)
		return err;
	pthread_mutex_lock(&s->queues.lock);
	q = find_locked(&s->queues, id);
	if (q) {
		memcpy(q->cu_words, ret->word, sizeof(q->cu_words));
		*ret_words = q->cu_words;
	}
	pthread_mutex_unlock(&s->queues.lock);
	return q ? 0 : -EINVAL;
}
