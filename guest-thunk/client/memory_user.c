/*
 * Registered memory: the program's own pages, shared with the renderer run by run (userptr.h).
 *
 * Locks: user_lock is for the runs, which belong to the process, and for changing a table's list of
 * registrations; it is taken before the table's lock and is held over messages, so that a run is
 * never seen half-way.
 */
#include <errno.h>
#include <stdlib.h>

#include "guest-thunk/client/memory_table.h"
#include "guest-thunk/client/session.h"
#include "guest-thunk/client/stats.h"
#include "proto/base/check.h"

static pthread_mutex_t user_lock = PTHREAD_MUTEX_INITIALIZER;

struct vt_user_mem *vt_user_mem_find_locked(const struct vt_memory_table *t, uint64_t va)
{
	for (struct vt_user_mem *u = t->user; u; u = u->next)
		if (va - u->va < u->size || va - u->gpu_va < u->size)
			return u;
	return NULL;
}

struct vt_user_mem *vt_user_mem_find_start_locked(const struct vt_memory_table *t, uint64_t va)
{
	for (struct vt_user_mem *u = t->user; u; u = u->next)
		if (va == u->va || va == u->gpu_va)
			return u;
	return NULL;
}

/* --- Runs and the renderer --- */

static int show_run(struct vt_session *s, struct vt_userptr_run *run, uint32_t flags_bits)
{
	struct vt_user_register_req req = {
	    .base_va = run->addr, .size = run->len, .flags_bits = flags_bits};
	struct vt_call_handles handles = {.in = {run->handle}, .num_in = 1};
	struct vt_user_register_rep rep;
	int err = vt_call(&s->caller, VT_OP_USER_REGISTER, &req, &rep, &handles);

	if (!err) {
		run->cookie = rep.mem_id;
		run->gpu_va = rep.gpu_va;
		vt_userptr_close_memory(run);
		vt_stats_user_range(run->len);
	}
	return err;
}

static void hide_run(struct vt_session *s, struct vt_userptr_run *run)
{
	struct vt_user_deregister_req req = {.mem_id = run->cookie};

	if (run->cookie)
		vt_call(&s->caller, VT_OP_USER_DEREGISTER, &req, NULL, NULL);
	run->cookie = 0;
}

/* Takes from the renderer what nobody but this registration holds, then ends it. */
static void let_go(struct vt_session *s, const struct vt_userptr_pin *pin)
{
	for (struct vt_userptr_run *run = NULL; (run = vt_userptr_next(pin, run));)
		if (run->holders == 1)
			hide_run(s, run);
	vt_userptr_release(pin);
}

/* The GPU must have the runs as far apart as they are here, or one pointer would not do for them.
 */
static int find_gpu_va(struct vt_user_mem *user)
{
	struct vt_userptr_run *run = vt_userptr_next(&user->pin, NULL);
	uint64_t apart = run->gpu_va - run->addr;

	while ((run = vt_userptr_next(&user->pin, run)))
		if (run->gpu_va - run->addr != apart)
			return -EOPNOTSUPP;
	user->gpu_va = user->va + apart;
	return 0;
}

static int share(struct vt_session *s, struct vt_user_mem *user)
{
	struct vt_userptr_run *run;
	int err;

	while ((run = vt_userptr_find_stale(user->va, user->size))) {
		hide_run(s, run);
		vt_userptr_drop(run);
	}
	err = vt_userptr_acquire(s->caller.transport, user->va, user->size, &user->pin);
	if (err)
		return err;
	for (run = NULL; !err && (run = vt_userptr_next(&user->pin, run));)
		if (!run->cookie)
			err = show_run(s, run, user->flags_bits);
	if (!err)
		err = find_gpu_va(user);
	if (err)
		let_go(s, &user->pin);
	return err;
}

/* --- Registrations --- */

static int register_new(struct vt_session *s, uint64_t va, uint64_t size, uint32_t flags_bits,
			uint64_t nodes_mask)
{
	struct vt_user_mem *user = calloc(1, sizeof(*user));
	int err;

	if (!user)
		return -ENOMEM;
	*user = (struct vt_user_mem){.va = va,
				     .size = size,
				     .flags_bits = flags_bits,
				     .registered_mask = nodes_mask,
				     .registrations = 1};
	err = share(s, user);
	if (err) {
		free(user);
		return err;
	}
	pthread_mutex_lock(&s->memory.lock);
	user->next = s->memory.user;
	s->memory.user = user;
	pthread_mutex_unlock(&s->memory.lock);
	return 0;
}

static int register_again_locked(struct vt_user_mem *user, uint64_t size, uint64_t nodes_mask)
{
	if (user->size != size || user->registered_mask != nodes_mask)
		return -EEXIST;
	user->registrations++;
	return 0;
}

/* Memory of the window is common already. */
static int register_allocated(struct vt_session *s, uint64_t va, uint64_t size)
{
	struct vt_mem *m;
	int err = -ENXIO;

	pthread_mutex_lock(&s->memory.lock);
	m = vt_mem_find_locked(&s->memory, va);
	if (m && vt_range_inside(va, size, m->va, m->size)) {
		m->registrations++;
		err = 0;
	}
	pthread_mutex_unlock(&s->memory.lock);
	return err;
}

int vt_memory_register(struct vt_session *s, uint64_t va, uint64_t size, uint32_t flags_bits,
		       uint64_t nodes_mask)
{
	struct vt_user_mem *user;
	int err = 0;

	if (!size || size > UINT64_MAX - va)
		return -EINVAL;
	if (vt_range_meets(va, size, s->window.base, s->window.size))
		return register_allocated(s, va, size);
	pthread_mutex_lock(&user_lock);
	pthread_mutex_lock(&s->memory.lock);
	user = vt_user_mem_find_start_locked(&s->memory, va);
	if (user)
		err = register_again_locked(user, size, nodes_mask);
	pthread_mutex_unlock(&s->memory.lock);
	if (!user)
		err = register_new(s, va, size, flags_bits, nodes_mask);
	pthread_mutex_unlock(&user_lock);
	return err;
}

static int deregister_allocated(struct vt_session *s, uint64_t va)
{
	struct vt_mem *m;
	int err = -ESRCH;

	pthread_mutex_lock(&s->memory.lock);
	m = vt_mem_find_locked(&s->memory, va);
	if (m && m->registrations) {
		m->registrations--;
		err = 0;
	}
	pthread_mutex_unlock(&s->memory.lock);
	return err;
}

/* Counts one registration less; *ret is the entry if that was the last one, taken out of the table.
 */
static int take_registration_locked(struct vt_memory_table *t, uint64_t va,
				    struct vt_user_mem **ret)
{
	struct vt_user_mem **link = &t->user;

	while (*link && (*link)->va != va && (*link)->gpu_va != va)
		link = &(*link)->next;
	if (!*link)
		return -ESRCH;
	if (--(*link)->registrations)
		return 0;
	*ret = *link;
	*link = (*link)->next;
	return 0;
}

int vt_memory_deregister(struct vt_session *s, uint64_t va)
{
	struct vt_user_mem *last = NULL;
	int err;

	if (vt_range_inside(va, 1, s->window.base, s->window.size))
		return deregister_allocated(s, va);
	pthread_mutex_lock(&user_lock);
	pthread_mutex_lock(&s->memory.lock);
	err = take_registration_locked(&s->memory, va, &last);
	pthread_mutex_unlock(&s->memory.lock);
	if (last) {
		let_go(s, &last->pin);
		free(last);
	}
	pthread_mutex_unlock(&user_lock);
	return err;
}

void vt_memory_end_registrations(struct vt_memory_table *t)
{
	struct vt_user_mem *user, *next;

	pthread_mutex_lock(&user_lock);
	pthread_mutex_lock(&t->lock);
	next = t->user;
	t->user = NULL;
	pthread_mutex_unlock(&t->lock);
	while ((user = next)) {
		next = user->next;
		vt_userptr_release(&user->pin);
		free(user);
	}
	pthread_mutex_unlock(&user_lock);
}

/* --- fork --- */

void vt_memory_fork_prepare(void)
{
	pthread_mutex_lock(&user_lock);
	vt_userptr_fork_prepare();
}

void vt_memory_fork_parent(void)
{
	vt_userptr_fork_parent();
	pthread_mutex_unlock(&user_lock);
}

void vt_memory_fork_child(void)
{
	vt_userptr_fork_child();
	pthread_mutex_init(&user_lock, NULL);
}
