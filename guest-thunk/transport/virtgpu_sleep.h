/*
 * guest-thunk/transport/virtgpu_sleep.h - waiting for the host by fences.
 *
 * The words that a side sleeps on are shared with the renderer, but no futex reaches across. So the
 * device is asked for a fence that retires once the word has changed (VT_VGPU_AWAIT), and the fence
 * is polled. Each kind of word has a ring of its own and one fence at a time: a fence that is left
 * outstanding, because something else ended the wait, serves the next one, since it retires at the
 * next change or has retired already.
 */
#ifndef VT_GUEST_TRANSPORT_VIRTGPU_SLEEP_H
#define VT_GUEST_TRANSPORT_VIRTGPU_SLEEP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "proto/wire/virtgpu.h"

/* Rings of the context. Ring 0 has the commands that nobody waits for. */
enum vt_vgpu_ring {
	VT_VGPU_RING_REPLIES = 1,
	VT_VGPU_RING_BELL = 2,
	VT_VGPU_RING_ROOM = 3,
};

struct vt_vgpu_sleep {
	int node;                              /* fixed, as are the next two */
	const struct vt_vgpu_control *control; /* NULL: not known yet */
	int end_fd;                            /* eventfd: readable for ever once it is over */
	_Atomic bool over;
	int fence[VT_VGPU_RINGS]; /* outstanding, or -1; each for one thread at a time */

	int bell_fd; /* eventfd: wakes the thread that polls for the bell */
	pthread_mutex_t lock;
	pthread_cond_t bell_rung;
	bool polled; /* guarded by lock: some thread polls for the bell */
};

/* Returns 0 or -errno. */
int vt_vgpu_sleep_init(struct vt_vgpu_sleep *s, int node);
void vt_vgpu_sleep_fini(struct vt_vgpu_sleep *s);

/* All that a forked child may do to its copy: the locks may be those of threads that it does not
 * have. */
void vt_vgpu_sleep_close(struct vt_vgpu_sleep *s);

/* The context has ended, or is to be used no more: ends present and future vt_vgpu_sleep_on() and
 * vt_vgpu_sleep_until_over(). Any thread. */
void vt_vgpu_sleep_end(struct vt_vgpu_sleep *s);

/* Whether it is over; looks at the control page, too. Any thread. */
bool vt_vgpu_sleep_is_over(struct vt_vgpu_sleep *s);

/* Sleeps at most ns until the word, which the host knows as `which` (VT_VGPU_WORD_*) has another
 * value than seen; may return early for no reason. One thread at a time for each ring. */
void vt_vgpu_sleep_on(struct vt_vgpu_sleep *s, enum vt_vgpu_ring ring, enum vt_vgpu_word which,
		      uint32_t seen, int64_t ns);

/* Sleeps until the bell is not `seen` any more or somebody calls vt_vgpu_sleep_wake_bell(), at most
 * until deadline (CLOCK_MONOTONIC; NULL: for ever). Any number of threads. Returns 0 (or for no
 * reason) or -ETIMEDOUT. */
int vt_vgpu_sleep_on_bell(struct vt_vgpu_sleep *s, const _Atomic uint32_t *bell, uint32_t seen,
			  const struct timespec *deadline);

/* Wakes the threads of this process that sleep on the bell, which has been changed. Any thread. */
void vt_vgpu_sleep_wake_bell(struct vt_vgpu_sleep *s);

/* Sleeps until it is over. */
void vt_vgpu_sleep_until_over(struct vt_vgpu_sleep *s);

#endif
