/*
 * Blobs in the window.
 *
 * Invariant: within the window every page is either a page of one blob or reserved (PROT_NONE);
 * nothing is ever unmapped there, so nobody else's mapping can get in, and mapping over it with
 * MAP_FIXED destroys nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <uthash.h>

#include "guest-thunk/client/blob.h"
#include "guest-thunk/client/stats.h"
#include "proto/base/check.h"

struct vt_blob_entry {
	struct vt_blob blob;
	void *addr;                     /* NULL: there was no room for it yet */
	struct vt_transport *transport; /* of the handle */
	int handle;                     /* while addr is NULL */
	UT_hash_handle hh;
};

static void *reserve(uint64_t base, uint64_t size, int fixed)
{
	void *p = mmap((void *)base, size, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);

	if (p != MAP_FAILED)
		madvise(p, size, MADV_DONTFORK);
	return p;
}

/* One place and size. -EEXIST: taken, here or there. */
static int try_place(uint64_t base, uint64_t size, struct vt_caller *c)
{
	struct vt_window_req req = {.base_va = base, .size = size};
	void *p = reserve(base, size, MAP_FIXED_NOREPLACE);
	int err;

	if (p == MAP_FAILED)
		return errno == ENOMEM ? -ENOMEM : -EEXIST;
	/* Kernels before 4.17 take the address as a mere hint. */
	err = (uint64_t)p == base ? vt_call(c, VT_OP_WINDOW, &req, NULL, NULL) : -EEXIST;
	if (err)
		munmap(p, size);
	return err;
}

int vt_window_reserve(struct vt_window *w, struct vt_caller *c)
{
	/* Smaller ones serve where the address space is limited (RLIMIT_AS). */
	for (uint64_t size = VT_WINDOW_SIZE; size >= VT_WINDOW_MIN; size >>= 2) {
		for (unsigned n = 0; n < VT_WINDOW_CANDIDATES; n++) {
			int err = try_place(vt_window_candidate(n), size, c);

			if (err == -ENOMEM)
				break;
			if (err == -EEXIST)
				continue;
			if (err)
				return err;
			w->base = vt_window_candidate(n);
			w->size = size;
			return 0;
		}
	}
	return -EEXIST;
}

void vt_window_release(struct vt_window *w)
{
	if (w->size)
		munmap((void *)w->base, w->size);
	w->base = w->size = 0;
}

void vt_blobs_init(struct vt_blob_table *t)
{
	pthread_mutex_init(&t->lock, NULL);
	t->by_id = NULL;
}

static void free_entry(struct vt_blob_entry *e)
{
	if (!e->addr)
		e->transport->ops->close_handle(e->transport, e->handle);
	free(e);
}

void vt_blobs_fini(struct vt_blob_table *t)
{
	struct vt_blob_entry *e, *next;

	HASH_ITER (hh, t->by_id, e, next) {
		HASH_DEL(t->by_id, e);
		if (e->addr && !e->blob.base_va)
			munmap(e->addr, e->blob.size);
		free_entry(e);
	}
	pthread_mutex_destroy(&t->lock);
}

static bool is_placed_well(const struct vt_blob *blob, const struct vt_window *w)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (!blob->blob_id || !blob->size ||
	    (blob->size | blob->base_va | blob->file_offset) & (page - 1))
		return false;
	return !blob->base_va || vt_range_inside(blob->base_va, blob->size, w->base, w->size);
}

static bool meets_another_locked(struct vt_blob_table *t, const struct vt_blob *blob)
{
	struct vt_blob_entry *e, *next;

	HASH_ITER (hh, t->by_id, e, next)
		if (blob->base_va &&
		    vt_range_meets(blob->base_va, blob->size,
				   e->addr ? (uint64_t)e->addr : e->blob.base_va, e->blob.size))
			return true;
	return false;
}

static struct vt_blob_entry *find_locked(struct vt_blob_table *t, uint64_t blob_id)
{
	struct vt_blob_entry *e;

	HASH_FIND(hh, t->by_id, &blob_id, sizeof(blob_id), e);
	return e;
}

static int map(struct vt_blob_entry *e, int handle)
{
	struct vt_transport *t = e->transport;
	int err = t->ops->map(t, handle, e->blob.file_offset, e->blob.size, (void *)e->blob.base_va,
			      &e->addr);

	if (!err)
		vt_stats_blob(e->blob.size);
	return err;
}

static int map_new_locked(struct vt_blob_table *t, struct vt_caller *c, const struct vt_window *w,
			  const struct vt_blob *blob, int *handle, void **ret)
{
	struct vt_blob_entry *e;
	int err;

	if (find_locked(t, blob->blob_id) || !is_placed_well(blob, w) ||
	    meets_another_locked(t, blob))
		return -EBADMSG;
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->blob = *blob;
	e->transport = c->transport;
	err = map(e, *handle);
	if (err && err != -ENOMEM) {
		free(e);
		return err;
	}
	if (err) {
		e->handle = *handle;
		*handle = -1;
	}
	HASH_ADD(hh, t->by_id, blob.blob_id, sizeof(e->blob.blob_id), e);
	*ret = e->addr;
	return err;
}

/* One that is known; the first time there may have been no room for it. */
static int enter_known_locked(struct vt_blob_table *t, const struct vt_blob *blob, void **ret)
{
	struct vt_blob_entry *e = find_locked(t, blob->blob_id);
	int err = 0;

	if (!e || e->blob.size != blob->size)
		return -EBADMSG;
	if (!e->addr) {
		err = map(e, e->handle);
		if (!err)
			e->transport->ops->close_handle(e->transport, e->handle);
	}
	if (!err)
		*ret = e->addr;
	return err;
}

int vt_blobs_enter(struct vt_blob_table *t, struct vt_caller *c, const struct vt_window *w,
		   const struct vt_blob *blob, struct vt_call_handles *handles, unsigned *used,
		   void **ret)
{
	int err;

	pthread_mutex_lock(&t->lock);
	if (!blob->is_new)
		err = enter_known_locked(t, blob, ret);
	else if (*used < handles->num_out)
		err = map_new_locked(t, c, w, blob, &handles->out[(*used)++], ret);
	else
		err = -EBADMSG;
	pthread_mutex_unlock(&t->lock);
	return err;
}

void vt_blobs_close_handles(struct vt_caller *c, const struct vt_call_handles *handles)
{
	for (unsigned i = 0; i < handles->num_out; i++)
		if (handles->out[i] >= 0)
			c->transport->ops->close_handle(c->transport, handles->out[i]);
}

void vt_blobs_drop(struct vt_blob_table *t, uint64_t blob_id)
{
	struct vt_blob_entry *e;

	pthread_mutex_lock(&t->lock);
	e = find_locked(t, blob_id);
	if (e) {
		HASH_DEL(t->by_id, e);
		if (e->addr && e->blob.base_va)
			reserve((uint64_t)e->addr, e->blob.size, MAP_FIXED);
		else if (e->addr)
			munmap(e->addr, e->blob.size);
		free_entry(e);
	}
	pthread_mutex_unlock(&t->lock);
}
