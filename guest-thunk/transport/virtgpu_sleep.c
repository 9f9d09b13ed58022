/*
 * Sleeping by fences.
 *
 * Of the threads that wait for the bell one polls the fence, the others wait for that one on a
 * condition variable; when it leaves, one of them takes its place.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "guest-thunk/transport/virtgpu_device.h"
#include "guest-thunk/transport/virtgpu_sleep.h"

/* A device whose host process has died retires no fence; what outlives that process writes the
 * state. So somebody looks at it this often. */
#define STATE_LOOK_NS 400000000ll

/* Where no fence can be had, for lack of memory, say. */
#define NO_FENCE_NS 10000000ll

int vt_vgpu_sleep_init(struct vt_vgpu_sleep *s, int node)
{
	pthread_condattr_t monotonic;
	int err;

	memset(s, 0, sizeof(*s));
	s->node = node;
	for (unsigned i = 0; i < VT_VGPU_RINGS; i++)
		s->fence[i] = -1;
	s->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->bell_fd = s->end_fd < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->bell_fd < 0) {
		err = -errno;
		if (s->end_fd >= 0)
			close(s->end_fd);
		return err;
	}
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->bell_rung, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return 0;
}

static void end_fence(struct vt_vgpu_sleep *s, unsigned ring)
{
	if (s->fence[ring] >= 0)
		close(s->fence[ring]);
	s->fence[ring] = -1;
}

void vt_vgpu_sleep_close(struct vt_vgpu_sleep *s)
{
	for (unsigned i = 0; i < VT_VGPU_RINGS; i++)
		end_fence(s, i);
	close(s->end_fd);
	close(s->bell_fd);
}

void vt_vgpu_sleep_fini(struct vt_vgpu_sleep *s)
{
	vt_vgpu_sleep_close(s);
	pthread_cond_destroy(&s->bell_rung);
	pthread_mutex_destroy(&s->lock);
}

static void signal_fd(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return; /* EAGAIN: it has been signalled often enough */
}

void vt_vgpu_sleep_end(struct vt_vgpu_sleep *s)
{
	if (!atomic_exchange(&s->over, true))
		signal_fd(s->end_fd);
}

bool vt_vgpu_sleep_is_over(struct vt_vgpu_sleep *s)
{
	if (s->control &&
	    atomic_load_explicit(&s->control->state, memory_order_acquire) == VT_VGPU_GONE)
		vt_vgpu_sleep_end(s);
	return atomic_load(&s->over);
}

/* --- Fences --- */

/* Sees to it that a fence of the ring is outstanding. Returns 0 or -errno. */
static int want_fence(struct vt_vgpu_sleep *s, unsigned ring, uint32_t which, uint32_t seen)
{
	const struct vt_vgpu_await await = {.op = VT_VGPU_AWAIT, .word = which, .seen = seen};

	if (s->fence[ring] >= 0)
		return 0;
	return vt_vgpu_submit_fenced(s->node, ring, &await, sizeof(await), &s->fence[ring]);
}

static void poll_two(struct pollfd pfd[2], int64_t ns)
{
	const struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	if (ppoll(pfd, 2, &t, NULL) <= 0)
		pfd[0].revents = pfd[1].revents = 0;
}

void vt_vgpu_sleep_on(struct vt_vgpu_sleep *s, enum vt_vgpu_ring ring, enum vt_vgpu_word which,
		      uint32_t seen, int64_t ns)
{
	struct pollfd pfd[2] = {{.events = POLLIN}, {.fd = s->end_fd, .events = POLLIN}};

	if (vt_vgpu_sleep_is_over(s))
		return;
	if (want_fence(s, ring, which, seen) && ns > NO_FENCE_NS)
		ns = NO_FENCE_NS;
	pfd[0].fd = s->fence[ring];
	poll_two(pfd, ns);
	if (pfd[0].revents)
		end_fence(s, ring);
}

/* --- The bell --- */

static int64_t ns_until(const struct timespec *deadline)
{
	struct timespec now;

	if (!deadline)
		return INT64_MAX;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (deadline->tv_sec - now.tv_sec) * 1000000000ll + deadline->tv_nsec - now.tv_nsec;
}

/* A context that has ended retires every fence at once; then only this process rings the bell. */
static int poll_bell(struct vt_vgpu_sleep *s, uint32_t seen, const struct timespec *deadline)
{
	struct pollfd pfd[2] = {{.events = POLLIN}, {.fd = s->bell_fd, .events = POLLIN}};
	int64_t left = ns_until(deadline);
	uint64_t drained;

	if (left <= 0)
		return -ETIMEDOUT;
	if (!vt_vgpu_sleep_is_over(s) &&
	    want_fence(s, VT_VGPU_RING_BELL, VT_VGPU_WORD_BELL, seen) && left > NO_FENCE_NS)
		left = NO_FENCE_NS;
	pfd[0].fd = atomic_load(&s->over) ? -1 : s->fence[VT_VGPU_RING_BELL];
	poll_two(pfd, left);
	if (pfd[0].revents)
		end_fence(s, VT_VGPU_RING_BELL);
	while (pfd[1].revents && read(s->bell_fd, &drained, sizeof(drained)) > 0)
		;
	return 0;
}

/* Waits for the thread that polls. */
static int follow_locked(struct vt_vgpu_sleep *s, const struct timespec *deadline)
{
	if (deadline)
		return -pthread_cond_timedwait(&s->bell_rung, &s->lock, deadline);
	return -pthread_cond_wait(&s->bell_rung, &s->lock);
}

int vt_vgpu_sleep_on_bell(struct vt_vgpu_sleep *s, const _Atomic uint32_t *bell, uint32_t seen,
			  const struct timespec *deadline)
{
	int err = 0;

	pthread_mutex_lock(&s->lock);
	while (!err && atomic_load(bell) == seen) {
		if (s->polled) {
			err = follow_locked(s, deadline);
			continue;
		}
		s->polled = true;
		pthread_mutex_unlock(&s->lock);
		err = poll_bell(s, seen, deadline);
		pthread_mutex_lock(&s->lock);
		s->polled = false;
		pthread_cond_broadcast(&s->bell_rung);
	}
	pthread_mutex_unlock(&s->lock);
	return err == -ETIMEDOUT ? err : 0;
}

void vt_vgpu_sleep_wake_bell(struct vt_vgpu_sleep *s)
{
	pthread_mutex_lock(&s->lock);
	if (s->polled)
		signal_fd(s->bell_fd);
	pthread_cond_broadcast(&s->bell_rung);
	pthread_mutex_unlock(&s->lock);
}

/* --- The end --- */

void vt_vgpu_sleep_until_over(struct vt_vgpu_sleep *s)
{
	struct pollfd pfd[2] = {{.fd = s->end_fd, .events = POLLIN}, {.fd = -1}};

	while (!vt_vgpu_sleep_is_over(s))
		poll_two(pfd, STATE_LOOK_NS);
}
