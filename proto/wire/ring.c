/*
 * Rings. The order that keeps a reader's wake-ups from being lost, all sequentially consistent:
 *
 *   reader: reader_sleeps = 1; look at tail once more; sleep on tail, if it is what was seen
 *   writer: tail = new;        if (reader_sleeps) wake who sleeps on tail
 *
 * So either the writer sees the flag or the reader sees the tail; and the sleep (a futex, or the
 * hooks) ends at once if tail has changed meanwhile. A writer waits for room in the same way, but
 * the reader's store of head costs it no barrier with every frame: what it may miss of the flag it
 * sees with the next frame, or before it sleeps itself (wake_writer()), since a ring that was full
 * has a next frame.
 */
#include "proto/wire/ring.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MASK (VT_RING_BYTES - 1)

/* A sleeper looks at `closed` this often, in case that it was set just before it fell asleep. */
#define CLOSED_POLL_NS 400000000ll

/* About a microsecond. */
#define HARD_SPINS 1000u

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void cpu_relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield");
#endif
}

static void wake(const struct vt_ring *ring, _Atomic uint32_t *word)
{
	if (ring->hooks)
		ring->hooks->wake(ring->hooks->arg, word);
	else
		syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void sleep_on(const struct vt_ring *ring, _Atomic uint32_t *word, uint32_t seen, int64_t ns)
{
	struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	if (ring->hooks)
		ring->hooks->wait(ring->hooks->arg, word, seen, ns);
	else
		syscall(SYS_futex, word, FUTEX_WAIT, seen, &t, NULL, 0);
}

void vt_channel_init(struct vt_channel *ch, void *mapping)
{
	uint8_t *at = mapping;

	memset(ch, 0, sizeof(*ch));
	ch->requests.shared = (struct vt_ring_shared *)at;
	ch->replies.shared = (struct vt_ring_shared *)(at + 4096);
	ch->requests.data = at + 8192;
	ch->replies.data = at + 8192 + VT_RING_BYTES;
}

void vt_channel_use_hooks(struct vt_channel *ch, const struct vt_ring_hooks *hooks)
{
	ch->requests.hooks = hooks;
	ch->replies.hooks = hooks;
}

static bool spin(_Atomic uint32_t *word, uint32_t seen, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		if (atomic_load_explicit(word, memory_order_acquire) != seen)
			return true;
		cpu_relax();
	}
	return false;
}

/* For as long as a peer takes that answers at once: a pause can be as long as a whole exchange. */
static bool spin_hard(_Atomic uint32_t *word, uint32_t seen)
{
	for (unsigned i = 0; i < HARD_SPINS; i++)
		if (atomic_load_explicit(word, memory_order_acquire) != seen)
			return true;
	return false;
}

/*
 * Waits until *word differs from `seen`; *flag says to the peer that we sleep.
 * Returns 0, -ETIMEDOUT or -EPIPE.
 */
static int wait_change(struct vt_ring *ring, _Atomic uint32_t *word, _Atomic uint32_t *flag,
		       uint32_t seen, uint32_t spin_ns, int timeout_ms)
{
	int64_t start, end;
	int err = 0;

	if (spin_hard(word, seen))
		return 0;
	start = now_ns();
	end = start + timeout_ms * 1000000ll;
	while (now_ns() - start < spin_ns)
		if (spin(word, seen, 64))
			return 0;
	ring->sleeps++;
	atomic_store_explicit(flag, 1, memory_order_seq_cst);
	while (atomic_load_explicit(word, memory_order_seq_cst) == seen) {
		int64_t left = timeout_ms < 0 ? CLOSED_POLL_NS : end - now_ns();

		if (atomic_load_explicit(&ring->closed, memory_order_acquire))
			err = -EPIPE;
		else if (left <= 0)
			err = -ETIMEDOUT;
		if (err)
			break;
		sleep_on(ring, word, seen, left < CLOSED_POLL_NS ? left : CLOSED_POLL_NS);
	}
	atomic_store_explicit(flag, 0, memory_order_relaxed);
	return err;
}

static void copy_in(struct vt_ring *ring, uint32_t pos, const void *from, size_t len)
{
	size_t at = pos & MASK, first = VT_RING_BYTES - at;

	if (first > len)
		first = len;
	memcpy(ring->data + at, from, first);
	memcpy(ring->data, (const uint8_t *)from + first, len - first);
}

static void copy_out(const struct vt_ring *ring, uint32_t pos, void *to, size_t len)
{
	size_t at = pos & MASK, first = VT_RING_BYTES - at;

	if (first > len)
		first = len;
	memcpy(to, ring->data + at, first);
	memcpy((uint8_t *)to + first, ring->data, len - first);
}

static uint32_t padded(uint32_t body_len)
{
	return (uint32_t)sizeof(struct vt_frame) + ((body_len + 7u) & ~7u);
}

/* Waits until `need` bytes are free. pos is our tail, seen the reader's head. */
static int wait_room(struct vt_ring *ring, uint32_t need, int timeout_ms)
{
	struct vt_ring_shared *sh = ring->shared;

	for (;;) {
		int err;

		if (ring->pos - ring->seen > VT_RING_BYTES)
			return -EBADMSG;
		if (VT_RING_BYTES - (ring->pos - ring->seen) >= need)
			return 0;
		err = wait_change(ring, &sh->head, &sh->writer_sleeps, ring->seen, VT_RING_SPIN_NS,
				  timeout_ms);
		if (err)
			return err;
		ring->seen = atomic_load_explicit(&sh->head, memory_order_acquire);
	}
}

int vt_ring_write(struct vt_ring *ring, const struct vt_frame *f, const void *body, int timeout_ms)
{
	struct vt_ring_shared *sh = ring->shared;
	uint32_t total = padded(f->body_len);
	static const uint8_t zeros[8];
	int err;

	if (f->body_len > VT_MAX_BODY)
		return -EBADMSG;
	if (atomic_load_explicit(&ring->closed, memory_order_acquire))
		return -EPIPE;
	err = wait_room(ring, total, timeout_ms);
	if (err)
		return err;
	copy_in(ring, ring->pos, f, sizeof(*f));
	if (f->body_len) {
		uint32_t end = ring->pos + (uint32_t)sizeof(*f) + f->body_len;

		copy_in(ring, ring->pos + (uint32_t)sizeof(*f), body, f->body_len);
		copy_in(ring, end, zeros, ring->pos + total - end);
	}
	ring->pos += total;
	atomic_store_explicit(&sh->tail, ring->pos, memory_order_seq_cst);
	if (atomic_load_explicit(&sh->reader_sleeps, memory_order_seq_cst))
		wake(ring, &sh->tail);
	__builtin_prefetch(ring->data + (ring->pos & MASK), 1); /* where the next frame goes */
	return 0;
}

/* Takes one frame that is there in part or whole. pos is our head, seen the writer's tail. */
static int take_frame(struct vt_ring *ring, struct vt_frame *f, void *body, size_t cap)
{
	struct vt_ring_shared *sh = ring->shared;
	uint32_t used = ring->seen - ring->pos;

	/* A writer moves the tail by whole frames, so a part of one is a lie. */
	if (used > VT_RING_BYTES || used < sizeof(*f))
		return -EBADMSG;
	copy_out(ring, ring->pos, f, sizeof(*f));
	if (f->body_len > VT_MAX_BODY || f->body_len > cap || padded(f->body_len) > used)
		return -EBADMSG;
	copy_out(ring, ring->pos + (uint32_t)sizeof(*f), body, f->body_len);
	ring->pos += padded(f->body_len);
	atomic_store_explicit(&sh->head, ring->pos, memory_order_release);
	if (atomic_load_explicit(&sh->writer_sleeps, memory_order_relaxed))
		wake(ring, &sh->head);
	return 0;
}

/* Before the reader waits: wakes a writer whose flag was raised too late for take_frame(). */
static void wake_writer(struct vt_ring *ring)
{
	struct vt_ring_shared *sh = ring->shared;

	atomic_store_explicit(&sh->head, ring->pos, memory_order_seq_cst);
	if (atomic_load_explicit(&sh->writer_sleeps, memory_order_seq_cst))
		wake(ring, &sh->head);
}

int vt_ring_read(struct vt_ring *ring, struct vt_frame *f, void *body, size_t cap, uint32_t spin_ns,
		 int timeout_ms)
{
	struct vt_ring_shared *sh = ring->shared;

	if (ring->seen == ring->pos)
		ring->seen = atomic_load_explicit(&sh->tail, memory_order_acquire);
	if (ring->seen == ring->pos) {
		int err;

		wake_writer(ring);
		err = wait_change(ring, &sh->tail, &sh->reader_sleeps, ring->pos, spin_ns,
				  timeout_ms);
		if (err)
			return err;
		ring->seen = atomic_load_explicit(&sh->tail, memory_order_acquire);
	}
	if (atomic_load_explicit(&ring->closed, memory_order_relaxed))
		return -EPIPE;
	return take_frame(ring, f, body, cap);
}

void vt_ring_close(struct vt_ring *ring)
{
	atomic_store_explicit(&ring->closed, true, memory_order_release);
	if (ring->hooks)
		return; /* they wake the other side */
	wake(ring, &ring->shared->tail);
	wake(ring, &ring->shared->head);
}

void vt_channel_close(struct vt_channel *ch)
{
	vt_ring_close(&ch->requests);
	vt_ring_close(&ch->replies);
}
