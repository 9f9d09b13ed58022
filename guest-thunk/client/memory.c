/* Allocated memory: the table by address, and what of it needs a message. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/client/memory_table.h"
#include "guest-thunk/client/session.h"
#include "proto/base/check.h"

void vt_memory_init(struct vt_memory_table *t)
{
	memset(t, 0, sizeof(*t));
	pthread_mutex_init(&t->lock, NULL);
}

void vt_memory_fini(struct vt_memory_table *t)
{
	vt_memory_end_registrations(t);
	for (size_t i = 0; i < t->count; i++)
		free(t->mem[i]);
	for (unsigned i = 0; i < VT_MEM_KEPT; i++)
		free(t->kept[i]);
	free(t->mem);
	pthread_mutex_destroy(&t->lock);
}

/* The number of entries that begin at va or below. */
static size_t count_up_to_locked(const struct vt_memory_table *t, uint64_t va)
{
	size_t lo = 0, hi = t->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->mem[mid]->va <= va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct vt_mem *vt_mem_find_locked(const struct vt_memory_table *t, uint64_t va)
{
	size_t n = count_up_to_locked(t, va);
	struct vt_mem *m = n ? t->mem[n - 1] : NULL;

	return m && va - m->va < m->size ? m : NULL;
}

static struct vt_mem *find_start_locked(const struct vt_memory_table *t, uint64_t va)
{
	struct vt_mem *m = vt_mem_find_locked(t, va);

	return m && m->va == va ? m : NULL;
}

static int insert_locked(struct vt_memory_table *t, struct vt_mem *m)
{
	size_t at = count_up_to_locked(t, m->va);

	if ((at && m->va - t->mem[at - 1]->va < t->mem[at - 1]->size) ||
	    (at < t->count && t->mem[at]->va - m->va < m->size))
		return -EBADMSG; /* the renderer gave an address away twice */
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		struct vt_mem **mem = realloc(t->mem, room * sizeof(struct vt_mem *));

		if (!mem)
			return -ENOMEM;
		t->mem = mem;
		t->room = room;
	}
	memmove(t->mem + at + 1, t->mem + at, (t->count - at) * sizeof(struct vt_mem *));
	t->mem[at] = m;
	t->count++;
	return 0;
}

static struct vt_mem *take_start(struct vt_memory_table *t, uint64_t va)
{
	struct vt_mem *m;

	pthread_mutex_lock(&t->lock);
	m = find_start_locked(t, va);
	if (m) {
		size_t at = count_up_to_locked(t, va) - 1;

		memmove(t->mem + at, t->mem + at + 1,
			(t->count - at - 1) * sizeof(struct vt_mem *));
		t->count--;
	}
	pthread_mutex_unlock(&t->lock);
	return m;
}

/* Checks a reply and maps its blob. On an error there is no blob of this memory alone. */
static int enter_allocation(struct vt_session *s, const struct vt_mem_alloc_rep *rep, uint64_t size,
			    struct vt_call_handles *handles)
{
	unsigned used = 0;
	void *addr;
	int err;

	if (!vt_range_inside(rep->va, size, s->window.base, s->window.size))
		return -EBADMSG;
	if (rep->attr_bits & VT_MEM_NO_BLOB)
		return handles->num_out ? -EBADMSG : 0;
	if (!rep->blob.base_va ||
	    !vt_range_inside(rep->va, size, rep->blob.base_va, rep->blob.size))
		return -EBADMSG;
	if (handles->num_out != rep->blob.is_new ||
	    (rep->attr_bits & VT_MEM_OWN_BLOB && !rep->blob.is_new))
		return -EBADMSG;
	err = vt_blobs_enter(&s->blobs, &s->caller, &s->window, &rep->blob, handles, &used, &addr);
	if (err == -ENOMEM && rep->attr_bits & VT_MEM_OWN_BLOB)
		vt_blobs_drop(&s->blobs, rep->blob.blob_id);
	return err;
}

static void send_free(struct vt_session *s, uint64_t mem_id)
{
	struct vt_mem_free_req req = {.mem_id = mem_id};

	vt_call(&s->caller, VT_OP_MEM_FREE, &req, NULL, NULL);
}

static struct vt_mem *new_mem(const struct vt_mem_alloc_req *req,
			      const struct vt_mem_alloc_rep *rep)
{
	struct vt_mem *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->va = rep->va;
	m->size = req->size;
	m->mem_id = rep->mem_id;
	m->node = req->node;
	m->flags_bits = req->flags_bits;
	m->reachable_mask = rep->mapped_nodes_mask;
	m->own_blob_id = rep->attr_bits & VT_MEM_OWN_BLOB ? rep->blob.blob_id : 0;
	m->in_pieces = rep->attr_bits & VT_MEM_NO_BLOB;
	return m;
}

/* Ends an allocation that is in no table. */
static void release(struct vt_session *s, struct vt_mem *m)
{
	if (m->own_blob_id)
		vt_blobs_drop(&s->blobs, m->own_blob_id);
	send_free(s, m->mem_id);
	free(m);
}

/* Gives back what is kept. Returns whether there was any. */
static bool release_kept(struct vt_session *s)
{
	bool any = false;
	struct vt_mem *m;

	do {
		pthread_mutex_lock(&s->memory.lock);
		m = vt_mem_give_kept_locked(&s->memory);
		pthread_mutex_unlock(&s->memory.lock);
		if (m)
			release(s, m);
		any |= m != NULL;
	} while (m);
	return any;
}

/* Allocates from what is kept. Returns whether there was something that serves. */
static bool alloc_kept(struct vt_session *s, const struct vt_mem_alloc_req *req, uint64_t *ret_va)
{
	struct vt_mem *m = NULL;
	int err = 0;

	if (req->fixed_va || atomic_load(&s->caller.gone))
		return false;
	pthread_mutex_lock(&s->memory.lock);
	m = vt_mem_take_kept_locked(&s->memory, req->node, req->size, req->align, req->flags_bits);
	if (m) {
		*ret_va = m->va;
		err = insert_locked(&s->memory, m);
	}
	pthread_mutex_unlock(&s->memory.lock);
	if (err)
		release(s, m);
	return m && !err;
}

/* One attempt. -ENOMEM, -ENOSPC: there was no memory, or no room to map it. */
static int alloc_anew(struct vt_session *s, const struct vt_mem_alloc_req *req, uint64_t *ret_va)
{
	struct vt_call_handles handles = {.num_in = 0};
	struct vt_mem_alloc_rep rep;
	struct vt_mem *m;
	int err = vt_call(&s->caller, VT_OP_MEM_ALLOC, req, &rep, &handles);

	if (err)
		return err;
	m = new_mem(req, &rep);
	err = m ? enter_allocation(s, &rep, req->size, &handles) : -ENOMEM;
	vt_blobs_close_handles(&s->caller, &handles);
	if (err) {
		free(m);
		send_free(s, rep.mem_id);
		return err;
	}
	pthread_mutex_lock(&s->memory.lock);
	err = insert_locked(&s->memory, m);
	pthread_mutex_unlock(&s->memory.lock);
	if (err)
		release(s, m);
	else
		*ret_va = rep.va;
	return err;
}

int vt_memory_alloc(struct vt_session *s, uint32_t node, uint64_t size, uint64_t align,
		    uint32_t flags_bits, uint64_t fixed_va, uint64_t *ret_va)
{
	const struct vt_mem_alloc_req req = {.node = node,
					     .flags_bits = flags_bits,
					     .size = size,
					     .align = align,
					     .fixed_va = fixed_va};
	int err;

	if (alloc_kept(s, &req, ret_va))
		return 0;
	err = alloc_anew(s, &req, ret_va);
	if ((err == -ENOMEM || err == -ENOSPC) && release_kept(s))
		err = alloc_anew(s, &req, ret_va);
	return err;
}

int vt_memory_free(struct vt_session *s, uint64_t va)
{
	struct vt_mem *m = take_start(&s->memory, va);

	if (!m)
		return -ESRCH;
	if (!atomic_load(&s->caller.gone) && vt_mem_empty_to_keep(s->caller.transport, m)) {
		pthread_mutex_lock(&s->memory.lock);
		m = vt_mem_keep_locked(&s->memory, m);
		pthread_mutex_unlock(&s->memory.lock);
	}
	if (m)
		release(s, m);
	return 0;
}

/* What map has to send, found under the lock. */
struct map_plan {
	struct vt_mem_map_req req;
	bool needed;
};

static int plan_map_locked(struct vt_memory_table *t, uint64_t va, uint64_t size,
			   uint64_t nodes_mask, struct map_plan *plan)
{
	struct vt_user_mem *user = vt_user_mem_find_start_locked(t, va);
	struct vt_mem *m = vt_mem_find_locked(t, va);

	if (user) { /* it is mapped to all nodes that it is registered for, as in AMD's thunk */
		user->mapped_mask = user->registered_mask ? user->registered_mask : nodes_mask;
		return 0;
	}
	if (!m || (m->va != va && !m->in_pieces))
		return -ESRCH;
	if (size > m->size - (va - m->va))
		return -EINVAL;
	plan->needed = m->in_pieces || nodes_mask & ~m->reachable_mask;
	if (!plan->needed)
		m->mapped_mask = nodes_mask;
	plan->req.mem_id = m->mem_id;
	plan->req.offset = va - m->va;
	plan->req.size = m->in_pieces ? size : m->size;
	plan->req.nodes_mask = nodes_mask;
	return 0;
}

int vt_memory_map(struct vt_session *s, uint64_t va, uint64_t size, uint64_t nodes_mask,
		  uint32_t map_flags_bits)
{
	struct map_plan plan = {.req.map_flags_bits = map_flags_bits};
	struct vt_mem_map_rep rep;
	struct vt_mem *m;
	int err;

	pthread_mutex_lock(&s->memory.lock);
	err = plan_map_locked(&s->memory, va, size, nodes_mask, &plan);
	pthread_mutex_unlock(&s->memory.lock);
	if (err || !plan.needed)
		return err;
	err = vt_call(&s->caller, VT_OP_MEM_MAP, &plan.req, &rep, NULL);
	if (err)
		return err;
	pthread_mutex_lock(&s->memory.lock);
	m = vt_mem_find_locked(&s->memory, va);
	if (m && m->mem_id == plan.req.mem_id) {
		m->mapped_mask = nodes_mask;
		if (!m->in_pieces)
			m->reachable_mask = rep.mapped_nodes_mask;
	}
	pthread_mutex_unlock(&s->memory.lock);
	return 0;
}

int vt_memory_unmap(struct vt_session *s, uint64_t va)
{
	struct vt_mem_unmap_req req = {0};
	struct vt_user_mem *user;
	struct vt_mem *m;
	bool needed = false;
	int err = 0;

	pthread_mutex_lock(&s->memory.lock);
	user = vt_user_mem_find_start_locked(&s->memory, va);
	m = vt_mem_find_locked(&s->memory, va);
	if (user) {
		user->mapped_mask = 0;
	} else if (m && (m->va == va || m->in_pieces)) {
		m->mapped_mask = 0;
		needed = m->in_pieces;
		req.mem_id = m->mem_id;
		req.offset = va - m->va;
	} else {
		err = -ESRCH;
	}
	pthread_mutex_unlock(&s->memory.lock);
	return needed ? vt_call(&s->caller, VT_OP_MEM_UNMAP, &req, NULL, NULL) : err;
}

static int plan_export_locked(struct vt_memory_table *t, uint64_t va, uint64_t size,
			      struct vt_mem_export_req *req)
{
	const struct vt_mem *m = vt_mem_find_locked(t, va);

	if (!m || !size || size > m->size - (va - m->va))
		return -EINVAL;
	*req = (struct vt_mem_export_req){m->mem_id, va - m->va, size};
	return 0;
}

/* A file that is large enough for [offset, offset + size). */
static int export_file(struct vt_transport *t, const struct vt_call_handles *handles,
		       uint64_t offset, uint64_t size, int *ret_fd)
{
	uint64_t end;

	if (handles->num_out != 1 || !vt_add(offset, size, &end))
		return -EBADMSG;
	return t->ops->export_handle(t, handles->out[0], end, ret_fd);
}

int vt_memory_export(struct vt_session *s, uint64_t va, uint64_t size, int *ret_fd,
		     uint64_t *ret_offset)
{
	struct vt_call_handles handles = {.num_in = 0};
	struct vt_mem_export_req req;
	struct vt_mem_export_rep rep;
	int err;

	pthread_mutex_lock(&s->memory.lock);
	err = plan_export_locked(&s->memory, va, size, &req);
	pthread_mutex_unlock(&s->memory.lock);
	if (!err)
		err = vt_call(&s->caller, VT_OP_MEM_EXPORT, &req, &rep, &handles);
	if (err)
		return err;
	err = export_file(s->caller.transport, &handles, rep.file_offset, size, ret_fd);
	vt_blobs_close_handles(&s->caller, &handles);
	if (!err)
		*ret_offset = rep.file_offset;
	return err;
}

int vt_memory_available(struct vt_session *s, uint32_t node, uint64_t *ret_bytes)
{
	struct vt_mem_available_req req = {.node = node};
	struct vt_mem_available_rep rep;
	int err;

	release_kept(s);
	err = vt_call(&s->caller, VT_OP_MEM_AVAILABLE, &req, &rep, NULL);
	if (!err)
		*ret_bytes = rep.bytes;
	return err;
}

int vt_memory_query(struct vt_session *s, uint64_t va, struct vt_mem_info *ret)
{
	struct vt_user_mem *user;
	struct vt_mem *m;
	int err = 0;

	pthread_mutex_lock(&s->memory.lock);
	m = vt_mem_find_locked(&s->memory, va);
	user = m ? NULL : vt_user_mem_find_locked(&s->memory, va);
	if (m)
		*ret = (struct vt_mem_info){
		    .va = m->va,
		    .gpu_va = m->va,
		    .size = m->size,
		    .node = m->node,
		    .flags_bits = m->flags_bits,
		    .mapped_mask = m->mapped_mask,
		    .user_data = m->user_data,
		};
	else if (user)
		*ret = (struct vt_mem_info){
		    .va = user->va,
		    .gpu_va = user->gpu_va,
		    .size = user->size,
		    .flags_bits = user->flags_bits,
		    .registered_mask = user->registered_mask,
		    .mapped_mask = user->mapped_mask,
		    .user_data = user->user_data,
		    .is_user = true,
		};
	else
		err = -ESRCH;
	pthread_mutex_unlock(&s->memory.lock);
	return err;
}

int vt_memory_set_user_data(struct vt_session *s, uint64_t va, void *user_data)
{
	struct vt_user_mem *user;
	struct vt_mem *m;

	pthread_mutex_lock(&s->memory.lock);
	m = find_start_locked(&s->memory, va);
	user = m ? NULL : vt_user_mem_find_start_locked(&s->memory, va);
	if (m)
		m->user_data = user_data;
	if (user)
		user->user_data = user_data;
	pthread_mutex_unlock(&s->memory.lock);
	return m || user ? 0 : -ESRCH;
}
