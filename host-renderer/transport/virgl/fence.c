/* Fences that have retired. Only one thread at a time tells them, so that their order stays. */
#include "host-renderer/transport/virgl/fence.h"

#include <pthread.h>
#include <stdlib.h>

#include "proto/base/log.h"

struct retired {
	struct retired *next;
	bool of_device;
	uint32_t ctx_id, ring;
	uint64_t fence_id;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t told; /* telling has become false */
	struct retired *first, **last;
	bool telling;
	pthread_t teller; /* while telling */
	void *cookie;
	const struct vt_virgl_callbacks *cbs; /* NULL: nobody to tell */
	bool async;
} fences = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER, .last = &fences.first};

void vt_virgl_fences_to(void *cookie, const struct vt_virgl_callbacks *cbs, bool async)
{
	pthread_mutex_lock(&fences.lock);
	fences.cookie = cookie;
	fences.cbs = cbs;
	fences.async = async;
	pthread_mutex_unlock(&fences.lock);
}

static void push(const struct retired *what)
{
	struct retired *r = malloc(sizeof(*r));

	if (!r) {
		vt_log(VT_LOG_ERROR, 0, "no memory: a fence of the guest's context %u is lost",
		       what->ctx_id);
		return;
	}
	*r = *what;
	pthread_mutex_lock(&fences.lock);
	*fences.last = r;
	fences.last = &r->next;
	pthread_mutex_unlock(&fences.lock);
}

void vt_virgl_fence_retired(uint32_t ctx_id, uint32_t ring, uint64_t fence_id)
{
	push(&(struct retired){.ctx_id = ctx_id, .ring = ring, .fence_id = fence_id});
}

void vt_virgl_device_fence_retired(uint32_t fence_id)
{
	push(&(struct retired){.of_device = true, .fence_id = fence_id});
}

static struct retired *pop_locked(void)
{
	struct retired *r = fences.first;

	fences.first = r->next;
	if (!fences.first)
		fences.last = &fences.first;
	return r;
}

static void tell(void *cookie, const struct vt_virgl_callbacks *cbs, const struct retired *r)
{
	if (r->of_device)
		cbs->write_fence(cookie, (uint32_t)r->fence_id);
	else if (cbs->version >= VT_VIRGL_CALLBACKS_FENCES && cbs->write_context_fence)
		cbs->write_context_fence(cookie, r->ctx_id, r->ring, r->fence_id);
}

void vt_virgl_fences_tell(bool polled)
{
	pthread_mutex_lock(&fences.lock);
	if (!fences.telling && (polled || fences.async)) {
		fences.telling = true;
		fences.teller = pthread_self();
		while (fences.first && fences.cbs) {
			struct retired *r = pop_locked();
			const struct vt_virgl_callbacks *cbs = fences.cbs;
			void *cookie = fences.cookie;

			pthread_mutex_unlock(&fences.lock);
			tell(cookie, cbs, r);
			free(r);
			pthread_mutex_lock(&fences.lock);
		}
		fences.telling = false;
		pthread_cond_broadcast(&fences.told);
	}
	pthread_mutex_unlock(&fences.lock);
}

static void drop_locked(void)
{
	while (fences.first)
		free(pop_locked());
}

void vt_virgl_fences_forget(void)
{
	pthread_mutex_lock(&fences.lock);
	drop_locked();
	while (fences.telling && !pthread_equal(fences.teller, pthread_self()))
		pthread_cond_wait(&fences.told, &fences.lock);
	drop_locked();
	pthread_mutex_unlock(&fences.lock);
}
