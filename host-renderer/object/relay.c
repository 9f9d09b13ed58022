/*
 * The relay of doorbells.
 *
 * Invariant: `words` of a slot is only used under `lock`, and the thread makes each round under it.
 * What stands in a slot is the client's: its values are handed to its own queue and nowhere else.
 */
#include "host-renderer/object/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SPIN_NS      50000ll
#define MAX_SLEEP_NS 20000000ll
#define BYTES        (VT_RELAY_SLOTS * sizeof(struct vt_relay_slot))

struct vt_relay {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more; /* a slot was added, or stop */
	struct vt_relay_slot *slot;
	struct vt_blob blob;
	int fd;

	/* Guarded by lock. */
	bool stop;
	uint32_t used;
	struct {
		bool live;
		struct vt_relay_words words;
		uint64_t seen;
	} entry[VT_RELAY_SLOTS];
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Passes on what has changed in one slot. Returns whether anything had. */
static bool relay_slot(struct vt_relay *r, uint32_t i)
{
	const struct vt_relay_words *w = &r->entry[i].words;
	struct vt_relay_slot *slot = &r->slot[i];
	bool moved = false;
	uint64_t ring, read;

	if (w->read_ptr) {
		read = atomic_load_explicit(w->read_ptr, memory_order_acquire);
		if (read != atomic_load_explicit(&slot->read_ptr, memory_order_relaxed)) {
			atomic_store_explicit(&slot->read_ptr, read, memory_order_release);
			moved = true;
		}
	}
	ring = atomic_load_explicit(&slot->doorbell, memory_order_acquire);
	if (ring == r->entry[i].seen)
		return moved;
	r->entry[i].seen = ring;
	if (w->write_ptr)
		atomic_store_explicit(w->write_ptr,
				      atomic_load_explicit(&slot->write_ptr, memory_order_acquire),
				      memory_order_release);
	atomic_store_explicit(w->doorbell, ring, memory_order_release);
	return true;
}

static bool relay_all_locked(struct vt_relay *r)
{
	bool moved = false;

	for (uint32_t i = 0, left = r->used; left; i++) {
		if (!r->entry[i].live)
			continue;
		moved |= relay_slot(r, i);
		left--;
	}
	return moved;
}

static void nap(int64_t idle_ns)
{
	int64_t ns = idle_ns / 8;
	struct timespec t;

	if (idle_ns < SPIN_NS)
		return;
	if (ns > MAX_SLEEP_NS)
		ns = MAX_SLEEP_NS;
	t = (struct timespec){.tv_nsec = ns};
	nanosleep(&t, NULL);
}

static void *relay_main(void *arg)
{
	struct vt_relay *r = arg;
	int64_t last = now_ns();

	prctl(PR_SET_NAME, "vt-relay");
	for (;;) {
		bool stop, moved;

		pthread_mutex_lock(&r->lock);
		while (!r->used && !r->stop)
			pthread_cond_wait(&r->more, &r->lock);
		stop = r->stop;
		moved = relay_all_locked(r);
		pthread_mutex_unlock(&r->lock);
		if (stop)
			return NULL;
		if (moved)
			last = now_ns();
		else
			nap(now_ns() - last);
	}
}

static int map_slots(struct vt_relay *r)
{
	void *at;
	int err;

	r->fd = memfd_create("vt-relay", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (r->fd < 0)
		return -errno;
	if (ftruncate(r->fd, BYTES) < 0 ||
	    fcntl(r->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto close_fd;
	at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (at == MAP_FAILED)
		goto close_fd;
	r->slot = at;
	return 0;

close_fd:
	err = -errno;
	close(r->fd);
	return err;
}

static int start(struct vt_ctx *ctx)
{
	struct vt_relay *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = map_slots(r);
	if (err)
		goto free_relay;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->more, NULL);
	r->blob = (struct vt_blob){.blob_id = ++ctx->next_blob_id, .size = BYTES, .is_new = true};
	err = -pthread_create(&r->thread, NULL, relay_main, r);
	if (err)
		goto unmap_slots;
	ctx->relay = r;
	return 0;

unmap_slots:
	munmap(r->slot, BYTES);
	close(r->fd);
free_relay:
	free(r);
	return err;
}

int vt_relay_add(struct vt_ctx *ctx, const struct vt_relay_words *words, uint32_t *ret_slot,
		 struct vt_blob *ret_blob, int *ret_fd)
{
	struct vt_relay *r;
	uint32_t i = 0;
	int err = ctx->relay ? 0 : start(ctx);

	if (err)
		return err;
	r = ctx->relay;
	pthread_mutex_lock(&r->lock);
	while (i < VT_RELAY_SLOTS && r->entry[i].live)
		i++;
	if (i < VT_RELAY_SLOTS) {
		atomic_store(&r->slot[i].write_ptr, 0);
		atomic_store(&r->slot[i].read_ptr, 0);
		atomic_store(&r->slot[i].doorbell, UINT64_MAX);
		r->entry[i].words = *words;
		r->entry[i].seen = UINT64_MAX;
		r->entry[i].live = true;
		r->used++;
		pthread_cond_signal(&r->more);
	}
	pthread_mutex_unlock(&r->lock);
	if (i == VT_RELAY_SLOTS)
		return -ENOSPC;
	*ret_slot = i;
	*ret_blob = r->blob;
	*ret_fd = r->fd;
	r->fd = -1;
	r->blob.is_new = false;
	return 0;
}

void vt_relay_remove(struct vt_ctx *ctx, uint32_t slot)
{
	struct vt_relay *r = ctx->relay;

	pthread_mutex_lock(&r->lock);
	r->entry[slot].live = false;
	r->used--;
	pthread_mutex_unlock(&r->lock);
}

void vt_relay_fini(struct vt_ctx *ctx)
{
	struct vt_relay *r = ctx->relay;

	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->more);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	munmap(r->slot, BYTES);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
	ctx->relay = NULL;
}
