/*
 * Private pages to shared ones and back, in place.
 *
 * Invariant: while a hold is open, nothing is written but the replacement, and nothing is
 * allocated: the pages may be those of the heap.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest-thunk/client/hold.h"
#include "guest-thunk/client/maps.h"
#include "guest-thunk/client/userptr.h"

static struct vt_userptr_run *runs; /* ascending by address */
static uint64_t last_epoch;
static int fork_pipe[2] = {-1, -1};

static uintptr_t page_mask(void)
{
	return (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
}

static bool meets(const struct vt_userptr_run *run, uintptr_t lo, uintptr_t hi)
{
	return run->addr < hi && lo < run->addr + run->len;
}

/* --- Replacing --- */

/*
 * What happens under a hold is asked of the kernel itself: the C library's functions may have been
 * replaced by some that allocate (checkers and profilers do that), and the held pages may be the
 * heap's.
 */
static int protect(uintptr_t addr, size_t len, int prot)
{
	return syscall(SYS_mprotect, addr, len, prot) < 0 ? -errno : 0;
}

/* Moves a mapping to addr, in the place of what is there. */
static int put(uintptr_t addr, size_t len, void *from)
{
	long ret = syscall(SYS_mremap, from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, addr);

	return ret == -1 ? -errno : 0;
}

/* Page by page: some of them may be gone. */
static void make_writable(uintptr_t addr, size_t len)
{
	size_t page = page_mask() + 1;

	for (size_t at = 0; at < len; at += page)
		protect(addr + at, page, PROT_READ | PROT_WRITE);
}

/* Replaces len bytes at addr by the same bytes in other memory: `to`, a mapping of as many, which
 * moves to addr. */
static int replace_piece(uintptr_t addr, size_t len, void *to)
{
	int err;

	vt_hold_open(addr, addr + len);
	err = protect(addr, len, PROT_READ);
	if (!err)
		err = vt_hold_copy(to, (void *)addr, len);
	if (!err)
		err = put(addr, len, to);
	if (err)
		make_writable(addr, len);
	vt_hold_close();
	return err;
}

/* A signal's handler that runs here and writes to a held page would wait for ever. SIGSEGV comes of
 * vt_hold_copy(). */
static void block_signals(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	pthread_sigmask(SIG_SETMASK, &all, old);
}

/* How much of what is left is replaced at a time. */
static size_t next_piece(const struct vt_transport *t, size_t left)
{
	return t->piece_bytes && t->piece_bytes < left ? t->piece_bytes : left;
}

/* Replaces what is shared at [lo, hi) by private memory. Where memory runs out pages stay shared,
 * which the program does not see. */
static void unshare_range(const struct vt_transport *t, uintptr_t lo, uintptr_t hi)
{
	sigset_t old;

	block_signals(&old);
	while (lo < hi) {
		size_t piece = next_piece(t, hi - lo);
		void *to = mmap(NULL, piece, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		if (to != MAP_FAILED && replace_piece(lo, piece, to))
			munmap(to, piece);
		lo += piece;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* Replaces len bytes at addr by shared, a mapping of as many, which is taken over or unmapped. */
static int share_range(const struct vt_transport *t, uintptr_t addr, size_t len, uint8_t *shared)
{
	size_t done = 0;
	sigset_t old;
	int err = 0;

	block_signals(&old);
	while (!err && done < len) {
		size_t piece = next_piece(t, len - done);

		err = replace_piece(addr + done, piece, shared + done);
		if (!err)
			done += piece;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err) {
		munmap(shared + done, len - done);
		unshare_range(t, addr, addr + done);
	}
	return err;
}

/* --- What is there --- */

struct look {
	uintptr_t lo, hi, at; /* [lo, at) has been seen to be fit */
	uintptr_t own_stack_lo, own_stack_hi;
	uintptr_t guard_hi; /* end of the last area that looked like a stack's guard, 0: none */
	size_t guard_bytes, stack_bytes;
};

static void look_at_stacks(struct look *l)
{
	pthread_attr_t attr;
	void *base;
	size_t size;

	if (pthread_getattr_np(pthread_self(), &attr) == 0) {
		if (pthread_attr_getstack(&attr, &base, &size) == 0) {
			l->own_stack_lo = (uintptr_t)base;
			l->own_stack_hi = l->own_stack_lo + size;
		}
		pthread_attr_destroy(&attr);
	}
	if (pthread_getattr_default_np(&attr) == 0) {
		pthread_attr_getguardsize(&attr, &l->guard_bytes);
		pthread_attr_getstacksize(&attr, &l->stack_bytes);
		pthread_attr_destroy(&attr);
	}
}

/*
 * A page of a stack must not be held: its thread could not even be sent SIGSEGV. The kernel does
 * not say which pages are a thread's stack, but glibc puts a guard of fixed size below each, as an
 * area of its own or, newer ones, as a page in the area; what follows that for the size of a stack
 * is refused. That may refuse other memory there, which costs
 * the caller a copy, and nothing else.
 */
static bool may_be_stack(const struct look *l, const struct vt_maps_area *area, uintptr_t lo,
			 uintptr_t hi)
{
	if (lo < l->own_stack_hi && l->own_stack_lo < hi)
		return true;
	if (l->guard_hi == area->lo && lo - area->lo < l->stack_bytes)
		return true;
	return vt_maps_has_guard(lo - area->lo < l->stack_bytes ? area->lo : lo - l->stack_bytes,
				 hi);
}

static const struct vt_userptr_run *run_at(uintptr_t addr)
{
	for (const struct vt_userptr_run *run = runs; run; run = run->next)
		if (addr >= run->addr && addr < run->addr + run->len)
			return run;
	return NULL;
}

static bool is_mapping_of(const struct vt_maps_area *area, const struct vt_userptr_run *run)
{
	return area->shared && area->ino == run->ino && area->dev == run->dev &&
	       area->offset == run->offset + (uint64_t)(area->lo - run->addr);
}

/* The part of an area in the range must be plain memory, or a run that is what it was. */
static int look_at_area(const struct vt_maps_area *area, void *arg)
{
	struct look *l = arg;
	uintptr_t lo = area->lo > l->lo ? area->lo : l->lo,
		  hi = area->hi < l->hi ? area->hi : l->hi;
	const struct vt_userptr_run *run = run_at(lo);
	int err = 0;

	if (lo < hi) {
		if (lo != l->at)
			return -ENXIO;
		l->at = hi;
		if (area->shared && run)
			err = is_mapping_of(area, run) ? 0 : -EBUSY;
		else if (!area->plain || !area->read || !area->write ||
			 may_be_stack(l, area, lo, hi))
			err = -EOPNOTSUPP;
	}
	l->guard_hi =
	    !area->read && !area->shared && area->hi - area->lo == l->guard_bytes ? area->hi : 0;
	return err;
}

static int check_range(uintptr_t lo, uintptr_t hi)
{
	struct look l = {.lo = lo, .hi = hi, .at = lo};
	int err;

	look_at_stacks(&l);
	err = vt_maps_walk(lo, hi, look_at_area, &l);
	return err ? err : l.at == hi ? 0 : -ENXIO;
}

/* --- Runs --- */

/* Notes what the mapping at run->addr is. */
static int note_identity(const struct vt_maps_area *area, void *arg)
{
	struct vt_userptr_run *run = arg;

	if (area->hi <= run->addr)
		return 0;
	run->dev = area->dev;
	run->ino = area->ino;
	run->offset = area->offset + (uint64_t)(run->addr - area->lo);
	return area->shared && area->ino ? 0 : -EIO;
}

/* Makes the memory of a run that is nowhere yet; *ret is its mapping. */
static int make_memory(struct vt_userptr_run *run, void **ret)
{
	struct vt_transport *t = run->transport;
	struct vt_userptr_run made = {.dev = 0};
	int err = t->ops->make_memory(t, run->len, ret, &run->handle);

	if (err)
		return err;
	made.addr = (uintptr_t)*ret;
	err = vt_maps_walk(made.addr, made.addr + 1, note_identity, &made);
	if (err) {
		munmap(*ret, run->len);
		t->ops->close_handle(t, run->handle);
		return err;
	}
	run->dev = made.dev;
	run->ino = made.ino;
	run->offset = made.offset;
	return 0;
}

static int make_run(struct vt_transport *t, uintptr_t addr, size_t len,
		    struct vt_userptr_run **link)
{
	struct vt_userptr_run *run = calloc(1, sizeof(*run));
	void *shared;
	int err;

	if (!run)
		return -ENOMEM;
	run->transport = t;
	run->addr = addr;
	run->len = len;
	run->epoch = last_epoch;
	err = make_memory(run, &shared);
	if (err)
		goto free_run;
	err = share_range(t, addr, len, shared);
	if (err)
		goto close_memory;
	run->next = *link;
	*link = run;
	return 0;

close_memory:
	t->ops->close_handle(t, run->handle);
free_run:
	free(run);
	return err;
}

void vt_userptr_close_memory(struct vt_userptr_run *run)
{
	if (run->handle >= 0)
		run->transport->ops->close_handle(run->transport, run->handle);
	run->handle = -1;
}

/* Makes a run of every gap between the runs in [lo, hi). */
static int fill_gaps(struct vt_transport *t, uintptr_t lo, uintptr_t hi)
{
	struct vt_userptr_run **link = &runs;
	unsigned made = 0;

	while (lo < hi) {
		uintptr_t end = hi;
		int err;

		while (*link && (*link)->addr + (*link)->len <= lo)
			link = &(*link)->next;
		if (*link && (*link)->addr <= lo) {
			lo = (*link)->addr + (*link)->len;
			continue;
		}
		if (*link && (*link)->addr < end)
			end = (*link)->addr;
		if (made++ == VT_USERPTR_MAX_RUNS)
			return -ENOMEM;
		err = make_run(t, lo, end - lo, link);
		if (err)
			return err;
		lo = end;
	}
	return 0;
}

struct vt_userptr_run *vt_userptr_next(const struct vt_userptr_pin *pin,
				       const struct vt_userptr_run *prev)
{
	struct vt_userptr_run *run = prev ? prev->next : runs;

	while (run && (run->epoch > pin->epoch || !meets(run, pin->addr, pin->addr + pin->len)))
		run = run->next;
	return run;
}

int vt_userptr_acquire(struct vt_transport *t, uintptr_t addr, size_t len,
		       struct vt_userptr_pin *pin)
{
	uintptr_t mask = page_mask(), end;
	int err;

	if (!len || __builtin_add_overflow(addr, len, &end) || end > UINTPTR_MAX - mask)
		return -EINVAL;
	addr &= ~mask;
	end = (end + mask) & ~mask;
	err = check_range(addr, end);
	if (!err)
		err = vt_hold_install();
	if (err)
		return err;
	*pin = (struct vt_userptr_pin){.addr = addr, .len = end - addr, .epoch = ++last_epoch};
	err = fill_gaps(t, addr, end);
	for (struct vt_userptr_run *run = NULL; (run = vt_userptr_next(pin, run));)
		run->holders++;
	if (err)
		vt_userptr_release(pin);
	return err;
}

void vt_userptr_release(const struct vt_userptr_pin *pin)
{
	struct vt_userptr_run *next = vt_userptr_next(pin, NULL), *run;

	while ((run = next)) {
		next = vt_userptr_next(pin, run);
		if (--run->holders == 0)
			vt_userptr_drop(run);
	}
}

/* --- Runs that the program has replaced --- */

struct still_ours {
	const struct vt_userptr_run *run;
	size_t bytes;
	void (*found)(const struct vt_transport *t, uintptr_t lo, uintptr_t hi); /* or NULL */
};

static int find_ours(const struct vt_maps_area *area, void *arg)
{
	struct still_ours *o = arg;
	uintptr_t end = o->run->addr + o->run->len;
	uintptr_t lo = area->lo > o->run->addr ? area->lo : o->run->addr,
		  hi = area->hi < end ? area->hi : end;

	if (lo >= hi || !is_mapping_of(area, o->run))
		return 0;
	o->bytes += hi - lo;
	if (o->found)
		o->found(o->run->transport, lo, hi);
	return 0;
}

struct vt_userptr_run *vt_userptr_find_stale(uintptr_t addr, size_t len)
{
	for (struct vt_userptr_run *run = runs; run; run = run->next) {
		struct still_ours ours = {.run = run};

		if (!meets(run, addr, addr + len))
			continue;
		if (vt_maps_walk(run->addr, run->addr + run->len, find_ours, &ours) == 0 &&
		    ours.bytes != run->len)
			return run;
	}
	return NULL;
}

void vt_userptr_drop(struct vt_userptr_run *run)
{
	struct still_ours ours = {.run = run, .found = unshare_range};
	struct vt_userptr_run **link = &runs;

	vt_maps_walk(run->addr, run->addr + run->len, find_ours, &ours);
	while (*link != run)
		link = &(*link)->next;
	*link = run->next;
	vt_userptr_close_memory(run);
	free(run);
}

size_t vt_userptr_count(void)
{
	size_t n = 0;

	for (const struct vt_userptr_run *run = runs; run; run = run->next)
		n++;
	return n;
}

/* --- fork --- */

void vt_userptr_fork_prepare(void)
{
	if (runs && pipe2(fork_pipe, O_CLOEXEC) < 0)
		fork_pipe[0] = fork_pipe[1] = -1;
}

static void close_fork_pipe(int end)
{
	if (fork_pipe[end] >= 0)
		close(fork_pipe[end]);
	fork_pipe[end] = -1;
}

/* The pipe reaches its end when the child closes its copy, or dies, or was never born. */
void vt_userptr_fork_parent(void)
{
	char byte;

	close_fork_pipe(1);
	while (fork_pipe[0] >= 0 && read(fork_pipe[0], &byte, 1) < 0 && errno == EINTR)
		;
	close_fork_pipe(0);
}

void vt_userptr_fork_child(void)
{
	while (runs)
		vt_userptr_drop(runs);
	close_fork_pipe(1);
	close_fork_pipe(0);
}
