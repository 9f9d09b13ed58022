/*
 * Fences of one ring: first in, first out. A fence with an await waits for its word; all others,
 * and all of a context that has ended, retire as soon as they are the first.
 *
 * Invariants: fences are retired without the lock, by one thread at a time (`draining`), which
 * looks again before it stops; so they retire in order, and none is forgotten that became ready
 * meanwhile. The ring's thread does nothing but sleep in the place of the guest and drain. It is
 * started for the first fence that has to wait.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/context.h"

#define STOP_STEP_US 100

static void futex_wake(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

int vt_vring_init(struct vt_vring *ring, struct vt_vctx *ctx, uint32_t number)
{
	ring->ctx = ctx;
	ring->number = number;
	return -pthread_cond_init(&ring->changed, NULL);
}

int vt_vring_push_locked(struct vt_vring *ring, const struct vt_vfence *fence)
{
	if (ring->count == VT_VGPU_MAX_FENCES)
		return -ENOSPC;
	ring->fence[(ring->first + ring->count++) % VT_VGPU_MAX_FENCES] = *fence;
	return 0;
}

static bool is_ready(const struct vt_vring *ring)
{
	const struct vt_vfence *f = &ring->fence[ring->first];
	_Atomic uint32_t *word;

	if (!f->waits || ring->ctx->phase == VT_VCTX_ENDED)
		return true;
	word = vt_vctx_word(ring->ctx, f->word);
	return word && atomic_load_explicit(word, memory_order_acquire) != f->seen;
}

/* Retires what is ready. Gives the lock up for each. */
static void drain_locked(struct vt_vring *ring)
{
	struct vt_bridge *b = ring->ctx->bridge;

	if (ring->draining)
		return;
	ring->draining = true;
	while (ring->count && is_ready(ring)) {
		uint64_t id = ring->fence[ring->first].id;

		ring->first = (ring->first + 1) % VT_VGPU_MAX_FENCES;
		ring->count--;
		pthread_mutex_unlock(&b->lock);
		b->ops->retire(b->device, ring->ctx->id, ring->number, id);
		pthread_mutex_lock(&b->lock);
	}
	ring->draining = false;
	pthread_cond_signal(&ring->changed);
	pthread_cond_broadcast(&b->idle);
}

/* Sleeps until the word of the first fence may have changed. Gives the lock up. */
static void sleep_locked(struct vt_vring *ring, _Atomic uint32_t *word)
{
	struct vt_bridge *b = ring->ctx->bridge;
	uint32_t seen = ring->fence[ring->first].seen;

	ring->sleeps_on = word;
	pthread_mutex_unlock(&b->lock);
	syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
	pthread_mutex_lock(&b->lock);
	ring->sleeps_on = NULL;
}

static void *run(void *arg)
{
	struct vt_vring *ring = arg;
	struct vt_bridge *b = ring->ctx->bridge;

	prctl(PR_SET_NAME, "vt-await");
	pthread_mutex_lock(&b->lock);
	while (!ring->stop) {
		_Atomic uint32_t *word = NULL;

		drain_locked(ring);
		if (ring->count && !ring->draining && !is_ready(ring))
			word = vt_vctx_word(ring->ctx, ring->fence[ring->first].word);
		if (ring->stop)
			break;
		if (word)
			sleep_locked(ring, word);
		else
			pthread_cond_wait(&ring->changed, &b->lock);
	}
	ring->exited = true;
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

int vt_vring_advance_locked(struct vt_vring *ring)
{
	int err;

	drain_locked(ring);
	if (!ring->count || ring->draining || ring->ctx->phase == VT_VCTX_ENDED)
		return 0;
	/* What waits for the end of the context needs no thread. */
	if (ring->fence[ring->first].word == VT_VGPU_WORD_GONE)
		return 0;
	if (!ring->has_thread) {
		err = vt_bridge_thread(&ring->thread, run, ring);
		ring->has_thread = !err;
		return err;
	}
	pthread_cond_signal(&ring->changed);
	/* It may sleep for a fence that has retired just now. */
	if (ring->sleeps_on)
		futex_wake(ring->sleeps_on);
	return 0;
}

void vt_vring_fini_locked(struct vt_vring *ring)
{
	struct vt_bridge *b = ring->ctx->bridge;

	ring->stop = true;
	pthread_cond_signal(&ring->changed);
	/* A wake-up is lost if the thread is just about to sleep: so again until it has seen it. */
	while (ring->has_thread && !ring->exited) {
		_Atomic uint32_t *word = ring->sleeps_on;

		pthread_mutex_unlock(&b->lock);
		if (word)
			futex_wake(word);
		usleep(STOP_STEP_US);
		pthread_mutex_lock(&b->lock);
	}
	if (ring->has_thread) {
		pthread_mutex_unlock(&b->lock);
		pthread_join(ring->thread, NULL);
		pthread_mutex_lock(&b->lock);
	}
	pthread_cond_destroy(&ring->changed);
}
