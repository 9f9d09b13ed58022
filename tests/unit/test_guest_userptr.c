/*
 * The program's pages, shared in place and given back: what is in them, what of a concurrent write
 * is lost (nothing), what is refused, what a child sees.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest-thunk/client/maps.h"
#include "guest-thunk/client/userptr.h"
#include "guest-thunk/transport/local.h"
#include "tests/support/vt_test.h"

#define PAGE 4096u

static void close_handle(struct vt_transport *t, int handle)
{
	(void)t;
	close(handle);
}

/* All of a transport that is needed here. */
static const struct vt_transport_ops transport_ops = {
    .make_memory = vt_local_make_memory,
    .close_handle = close_handle,
};
static struct vt_transport transport = {.ops = &transport_ops, .piece_bytes = VT_LOCAL_PIECE_BYTES};

static uint8_t *map_pages(size_t pages)
{
	void *p =
	    mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	VT_ASSERT(p != MAP_FAILED);
	return p;
}

/* A second view of a run, as the renderer has it. */
static uint8_t *map_run(const struct vt_userptr_run *run)
{
	void *p = mmap(NULL, run->len, PROT_READ | PROT_WRITE, MAP_SHARED, run->handle, 0);

	VT_ASSERT(p != MAP_FAILED);
	return p;
}

VT_TEST(userptr, both_sides_see_what_either_writes)
{
	uint8_t *p = map_pages(3), *other;
	struct vt_userptr_pin pin;
	struct vt_userptr_run *run;

	p[0] = 1;
	p[3 * PAGE - 1] = 2;
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p + 100, 2 * PAGE, &pin), 0);
	VT_ASSERT_EQ(pin.addr, (uintptr_t)p);
	VT_ASSERT_EQ(pin.len, 3 * PAGE);
	run = vt_userptr_next(&pin, NULL);
	VT_ASSERT(run && run->addr == (uintptr_t)p && run->len == 3 * PAGE);
	VT_ASSERT(!vt_userptr_next(&pin, run));
	other = map_run(run);
	VT_ASSERT(other[0] == 1 && other[3 * PAGE - 1] == 2);
	other[10] = 3;
	p[20] = 4;
	VT_ASSERT(p[10] == 3 && other[20] == 4);
	vt_userptr_release(&pin);
	VT_ASSERT_EQ(vt_userptr_count(), 0);
	VT_ASSERT(p[0] == 1 && p[10] == 3 && p[20] == 4 && p[3 * PAGE - 1] == 2);
	p[20] = 5;
	VT_ASSERT(other[20] == 4); /* no longer shared */
	munmap(other, 3 * PAGE);
	munmap(p, 3 * PAGE);
}

VT_TEST(userptr, larger_than_one_hold)
{
	size_t pages = 1000;
	uint32_t *p = (uint32_t *)(void *)map_pages(pages), *other;
	struct vt_userptr_pin pin;

	for (size_t i = 0; i < pages; i++)
		p[i * PAGE / 4] = (uint32_t)i;
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, pages * PAGE, &pin), 0);
	other = (uint32_t *)(void *)map_run(vt_userptr_next(&pin, NULL));
	for (size_t i = 0; i < pages; i++)
		VT_ASSERT_EQ(other[i * PAGE / 4]++, i);
	munmap(other, pages * PAGE);
	vt_userptr_release(&pin);
	for (size_t i = 0; i < pages; i++)
		VT_ASSERT_EQ(p[i * PAGE / 4], i + 1);
	munmap(p, pages * PAGE);
}

VT_TEST(userptr, overlapping_registrations_share_runs)
{
	uint8_t *p = map_pages(8);
	uintptr_t at = (uintptr_t)p;
	struct vt_userptr_pin a, b, c;
	struct vt_userptr_run *run;

	VT_ASSERT_EQ(vt_userptr_acquire(&transport, at + 2 * PAGE, 2 * PAGE, &a), 0);
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, at, 8 * PAGE, &b), 0); /* both gaps around a */
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, at + 3 * PAGE, 1, &c), 0);
	VT_ASSERT_EQ(vt_userptr_count(), 3);
	run = vt_userptr_next(&b, NULL);
	VT_ASSERT(run->addr == at && run->len == 2 * PAGE && run->holders == 1);
	run = vt_userptr_next(&b, run);
	VT_ASSERT(run->addr == at + 2 * PAGE && run->holders == 3);
	run = vt_userptr_next(&b, run);
	VT_ASSERT(run->addr == at + 4 * PAGE && run->len == 4 * PAGE && run->holders == 1);
	vt_userptr_release(&b);
	VT_ASSERT_EQ(vt_userptr_count(), 1);
	vt_userptr_release(&a);
	VT_ASSERT_EQ(vt_userptr_count(), 1);
	vt_userptr_release(&c);
	VT_ASSERT_EQ(vt_userptr_count(), 0);
	munmap(p, 8 * PAGE);
}

/* --- Refusals --- */

static int acquire_err(const void *p, size_t len)
{
	struct vt_userptr_pin pin;
	int err = vt_userptr_acquire(&transport, (uintptr_t)p, len, &pin);

	if (!err)
		vt_userptr_release(&pin);
	VT_ASSERT_EQ(vt_userptr_count(), 0);
	return err;
}

static void *wait_on_stack(void *arg)
{
	pthread_barrier_t *barrier = arg;
	_Atomic(pthread_barrier_t *) mine = barrier; /* something on this stack */

	pthread_barrier_wait(barrier);
	pthread_barrier_wait(atomic_load(&mine));
	return NULL;
}

VT_TEST(userptr, stacks_are_refused)
{
	pthread_barrier_t barrier;
	pthread_attr_t attr;
	pthread_t thread;
	void *base;
	size_t size;
	char here = 0;

	VT_ASSERT_EQ(acquire_err(&here, 1), -EOPNOTSUPP);
	pthread_barrier_init(&barrier, NULL, 2);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, wait_on_stack, &barrier), 0);
	pthread_barrier_wait(&barrier);
	VT_ASSERT_EQ(pthread_getattr_np(thread, &attr), 0);
	VT_ASSERT_EQ(pthread_attr_getstack(&attr, &base, &size), 0);
	pthread_attr_destroy(&attr);
	VT_ASSERT_EQ(acquire_err((char *)base + size - 2 * PAGE, PAGE), -EOPNOTSUPP);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&barrier);
}

/* As the C library guards stacks from glibc 2.42 on; MADV_GUARD_INSTALL of Linux 6.13. */
VT_TEST(userptr, what_lies_above_a_guard_page_is_refused)
{
	uint8_t *p = map_pages(16);

	if (madvise(p, PAGE, 102) < 0 || !vt_maps_has_guard((uintptr_t)p, (uintptr_t)p + PAGE)) {
		fprintf(stderr, "skipped: this kernel has no guard pages that can be seen\n");
		return;
	}
	VT_ASSERT_EQ(acquire_err((char *)p + 8 * PAGE, PAGE), -EOPNOTSUPP);
	VT_ASSERT_EQ(acquire_err((char *)p + 15 * PAGE, PAGE), -EOPNOTSUPP);
	VT_ASSERT(!vt_maps_has_guard((uintptr_t)p + PAGE, (uintptr_t)p + 16 * PAGE));
	VT_ASSERT_EQ(munmap(p, 16 * PAGE), 0);
}

VT_TEST(userptr, what_is_not_plain_memory_is_refused)
{
	static const char constant[2 * PAGE] = "x";
	uint8_t *p = map_pages(4);
	int fd = memfd_create("test", 0);
	void *file;

	VT_ASSERT_EQ(acquire_err(constant, 1), -EOPNOTSUPP);
	VT_ASSERT_EQ(ftruncate(fd, PAGE), 0);
	file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	VT_ASSERT_EQ(acquire_err(file, PAGE), -EOPNOTSUPP);
	munmap(file, PAGE);
	file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	VT_ASSERT_EQ(acquire_err(file, PAGE), -EOPNOTSUPP);
	munmap(file, PAGE);
	close(fd);

	mprotect(p + PAGE, PAGE, PROT_READ);
	VT_ASSERT_EQ(acquire_err(p, 2 * PAGE), -EOPNOTSUPP);
	munmap(p + 2 * PAGE, PAGE);
	VT_ASSERT_EQ(acquire_err(p + 2 * PAGE, PAGE), -ENXIO);
	VT_ASSERT_EQ(acquire_err(p + 2 * PAGE, 2 * PAGE), -ENXIO);
	VT_ASSERT_EQ(acquire_err(p, 0), -EINVAL);
	VT_ASSERT_EQ(acquire_err(p, SIZE_MAX), -EINVAL);
	VT_ASSERT_EQ(acquire_err((void *)(UINTPTR_MAX - 10), 5), -EINVAL);
	VT_ASSERT_EQ(acquire_err(NULL, PAGE), -ENXIO);
	VT_ASSERT_EQ(acquire_err(p, PAGE), 0);
	munmap(p, 2 * PAGE);
	munmap(p + 3 * PAGE, PAGE);
}

/* --- What the program does to its mappings meanwhile --- */

VT_TEST(userptr, release_leaves_foreign_mappings_alone)
{
	uint8_t *p = map_pages(3);
	struct vt_userptr_pin pin;

	memset(p, 7, 3 * PAGE);
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, 3 * PAGE, &pin), 0);
	VT_ASSERT(mmap(p + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		  p + PAGE);
	VT_ASSERT(vt_userptr_find_stale((uintptr_t)p, PAGE) == vt_userptr_next(&pin, NULL));
	vt_userptr_release(&pin);
	VT_ASSERT(p[0] == 7 && p[PAGE] == 0 && p[2 * PAGE] == 7);
	p[0] = p[2 * PAGE] = 8;
	munmap(p, 3 * PAGE);
}

struct freeing {
	uint8_t *at;
	size_t len;
	unsigned delay_us;
};

static void *free_later(void *arg)
{
	const struct freeing *f = arg;

	usleep(f->delay_us);
	munmap(f->at, f->len);
	return NULL;
}

/* A runtime lets go of a buffer, on a thread of its own, while the program frees it. */
VT_TEST(userptr, memory_may_be_freed_while_it_is_released)
{
	enum { PAGES = 2048, ROUNDS_OF_IT = 60 };

	for (unsigned i = 0; i < ROUNDS_OF_IT; i++) {
		uint8_t *p = map_pages(PAGES);
		struct freeing f = {p, PAGES * PAGE, i * 50 % 3000};
		struct vt_userptr_pin pin;
		pthread_t thread;

		memset(p, 7, PAGES * PAGE);
		VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, PAGES * PAGE, &pin), 0);
		VT_ASSERT_EQ(pthread_create(&thread, NULL, free_later, &f), 0);
		vt_userptr_release(&pin);
		pthread_join(thread, NULL);
		VT_ASSERT_EQ(vt_userptr_count(), 0);
		munmap(p, PAGES * PAGE); /* what the release has put there in the last moment */
	}
}

VT_TEST(userptr, stale_runs_give_way)
{
	uint8_t *p = map_pages(2);
	struct vt_userptr_pin old, new;
	struct vt_userptr_run *stale;

	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, 2 * PAGE, &old), 0);
	VT_ASSERT(!vt_userptr_find_stale((uintptr_t)p, 2 * PAGE));
	VT_ASSERT(mmap(p, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		       -1, 0) == p);
	stale = vt_userptr_find_stale((uintptr_t)p, 2 * PAGE);
	VT_ASSERT(stale);
	vt_userptr_drop(stale);
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, 2 * PAGE, &new), 0);
	vt_userptr_release(&old); /* must not end the new one */
	VT_ASSERT_EQ(vt_userptr_count(), 1);
	vt_userptr_release(&new);
	VT_ASSERT_EQ(vt_userptr_count(), 0);
	munmap(p, 2 * PAGE);
}

/* --- Concurrent writes --- */

#define HAMMERS  3
#define ROUNDS   1000
#define COUNTERS 16u /* pages */

struct hammer {
	_Atomic uint64_t *counter; /* one a page, shared by all threads */
	_Atomic bool *stop;
	uint64_t done;
};

static void *hammer(void *arg)
{
	struct hammer *h = arg;

	while (!atomic_load_explicit(h->stop, memory_order_relaxed))
		for (unsigned i = 0; i < COUNTERS; i++, h->done++)
			atomic_fetch_add_explicit(&h->counter[i * PAGE / 8], 1,
						  memory_order_relaxed);
	return NULL;
}

/* Row 0: by pieces; row 1: all at once, as in a guest. */
VT_TEST_ROWS(userptr, no_increment_is_lost, 2)
{
	_Atomic uint64_t *counter = (_Atomic uint64_t *)(void *)map_pages(COUNTERS);
	_Atomic bool stop = false;
	struct hammer h[HAMMERS];
	pthread_t thread[HAMMERS];
	uint64_t done = 0, sum = 0;

	transport.piece_bytes = row ? 0 : 2 * PAGE;
	for (unsigned i = 0; i < HAMMERS; i++) {
		h[i] = (struct hammer){.counter = counter, .stop = &stop};
		VT_ASSERT_EQ(pthread_create(&thread[i], NULL, hammer, &h[i]), 0);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct vt_userptr_pin pin;

		VT_ASSERT_EQ(
		    vt_userptr_acquire(&transport, (uintptr_t)counter, COUNTERS * PAGE, &pin), 0);
		vt_userptr_release(&pin);
	}
	atomic_store(&stop, true);
	for (unsigned i = 0; i < HAMMERS; i++) {
		pthread_join(thread[i], NULL);
		done += h[i].done;
	}
	for (unsigned i = 0; i < COUNTERS; i++)
		sum += atomic_load(&counter[i * PAGE / 8]);
	VT_ASSERT_EQ(sum, done);
	VT_ASSERT(done > 0);
	transport.piece_bytes = VT_LOCAL_PIECE_BYTES;
	munmap((void *)(uintptr_t)counter, COUNTERS * PAGE);
}

/* The page of a small heap block holds the allocator's own data, too. */
VT_TEST(userptr, heap_pages_can_be_shared)
{
	for (unsigned i = 0; i < 200; i++) {
		char *block = malloc(100), *next;
		struct vt_userptr_pin pin;

		strcpy(block, "still here");
		VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)block, 100, &pin), 0);
		next = malloc(50);
		memset(next, 1, 50);
		free(next);
		vt_userptr_release(&pin);
		VT_ASSERT(strcmp(block, "still here") == 0);
		free(block);
	}
}

/* --- Faults that are not ours --- */

static volatile sig_atomic_t faults;
static uint8_t *fault_page;

static void on_program_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	faults++;
	if (info->si_addr == fault_page)
		mprotect(fault_page, PAGE, PROT_READ | PROT_WRITE);
}

VT_TEST(userptr, other_faults_reach_the_program)
{
	struct sigaction action = {.sa_sigaction = on_program_fault, .sa_flags = SA_SIGINFO}, old;
	struct vt_userptr_pin pin;
	uint8_t *p = map_pages(1);

	fault_page = map_pages(1);
	mprotect(fault_page, PAGE, PROT_READ);
	sigaction(SIGSEGV, &action, &old);
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, PAGE, &pin),
		     0); /* our handler is in front now */
	*(volatile uint8_t *)fault_page = 1;
	VT_ASSERT_EQ(faults, 1);
	vt_userptr_release(&pin);
	sigaction(SIGSEGV, &old, NULL);
	munmap(p, PAGE);
	munmap(fault_page, PAGE);
}

/* --- fork --- */

static int child_status(pid_t pid)
{
	int status;

	VT_ASSERT(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

VT_TEST(userptr, a_child_has_copies)
{
	uint8_t *p = map_pages(2);
	struct vt_userptr_pin pin;
	pid_t pid;

	p[0] = 1;
	VT_ASSERT_EQ(vt_userptr_acquire(&transport, (uintptr_t)p, 2 * PAGE, &pin), 0);
	vt_userptr_fork_prepare();
	pid = fork();
	if (pid == 0) {
		vt_userptr_fork_child();
		usleep(20000); /* the parent writes now */
		if (p[0] != 1 || vt_userptr_count())
			_exit(1);
		p[PAGE] = 9;
		_exit(0);
	}
	vt_userptr_fork_parent();
	p[0] = 2;
	VT_ASSERT_EQ(child_status(pid), 0);
	VT_ASSERT(p[PAGE] == 0);
	vt_userptr_release(&pin);
	VT_ASSERT(p[0] == 2);
	munmap(p, 2 * PAGE);
}
