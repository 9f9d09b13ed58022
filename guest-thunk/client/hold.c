/*
 * The SIGSEGV handler that holds writers.
 *
 * A fault can be raised during a hold and handled after it. So each thread remembers the count of
 * closed holds that it saw at its last fault: when the count has changed, the fault may be a late
 * one, and the instruction is repeated once. A fault that comes again with the count unchanged is
 * nobody's but the program's.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest-thunk/client/hold.h"

static _Atomic uintptr_t hold_lo, hold_hi;
static _Atomic uint32_t holds_closed; /* twice; the futex that writers sleep on */

/* Initial-exec: the handler must not reach the allocator by way of a lazily made block of
 * thread-local storage. */
#define IN_HANDLER _Thread_local __attribute__((tls_model("initial-exec")))
static IN_HANDLER uint32_t seen_closed;

/* Where a copy out of the held range goes on if the range is gone; NULL: there is no copy. */
static IN_HANDLER sigjmp_buf *copy_escape;

/* The handlers in front of which ours was put: the first time, and the last time. A program may
 * install a handler of its own that ends by calling ours; passing on to that one again would never
 * end. So what is passed on is marked in a field that the kernel leaves 0 (sigaction(2): si_errno
 * is unused on Linux). */
#define PASSED_ON 0x76746864
static struct sigaction first_prior, last_prior;
static bool installed;

static bool is_held(uintptr_t addr)
{
	return addr >= atomic_load_explicit(&hold_lo, memory_order_acquire) &&
	       addr < atomic_load_explicit(&hold_hi, memory_order_acquire);
}

static void wait_for_close(uintptr_t addr)
{
	for (;;) {
		uint32_t closed = atomic_load_explicit(&holds_closed, memory_order_acquire);

		if (!is_held(addr))
			return;
		syscall(SYS_futex, &holds_closed, FUTEX_WAIT_PRIVATE, closed, NULL, NULL, 0);
	}
}

/* Does what the kernel would have done without us. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	const struct sigaction *to = info->si_errno == PASSED_ON ? &first_prior : &last_prior;

	if (to->sa_flags & SA_SIGINFO) {
		info->si_errno = PASSED_ON;
		to->sa_sigaction(sig, info, context);
	} else if (to->sa_handler == SIG_DFL || (to->sa_handler == SIG_IGN && info->si_code > 0)) {
		/* The instruction faults again and ends the process there, as a core dump should
		 * show it. */
		signal(SIGSEGV, SIG_DFL);
		if (info->si_code <= 0)
			raise(SIGSEGV);
	} else if (to->sa_handler != SIG_IGN) {
		to->sa_handler(sig);
	}
}

/* Whether the fault was a writer's that was held: then the instruction is to be repeated. */
static bool was_held(const siginfo_t *info)
{
	uint32_t closed;

	if (info->si_code != SEGV_ACCERR || info->si_errno == PASSED_ON)
		return false;
	wait_for_close((uintptr_t)info->si_addr);
	closed = atomic_load_explicit(&holds_closed, memory_order_acquire);
	if (closed == seen_closed)
		return false;
	seen_closed = closed;
	return true;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	int saved_errno = errno;
	bool repeat;

	if (copy_escape && info->si_code > 0 && is_held((uintptr_t)info->si_addr))
		siglongjmp(*copy_escape, 1);
	repeat = was_held(info);
	errno = saved_errno;
	if (!repeat)
		pass_on(sig, info, context);
}

int vt_hold_install(void)
{
	struct sigaction now, ours = {.sa_flags = SA_SIGINFO | SA_ONSTACK};

	if (sigaction(SIGSEGV, NULL, &now) < 0)
		return -errno;
	if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fault)
		return 0;
	ours.sa_sigaction = on_fault;
	ours.sa_mask = now.sa_mask;
	last_prior = now;
	if (!installed)
		first_prior = now;
	installed = true;
	return sigaction(SIGSEGV, &ours, NULL) < 0 ? -errno : 0;
}

void vt_hold_open(uintptr_t lo, uintptr_t hi)
{
	atomic_store_explicit(&hold_lo, lo, memory_order_release);
	atomic_store_explicit(&hold_hi, hi, memory_order_release);
}

/*
 * Copies whole pages, of which parts may be forbidden to everybody but the allocator: in a program
 * built with a checker of memory accesses (ASan) memcpy would report that.
 */
__attribute__((no_sanitize("address", "thread"))) static void copy_words(void *to, const void *from,
									 size_t len)
{
#ifdef __x86_64__
	/* By words: an emulated processor, as guests may have, takes each step by itself. */
	len /= sizeof(uint64_t);
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(len) : : "memory");
#else
	uint64_t *out = to;
	const uint64_t *in = from;

	for (size_t i = 0; i < len / sizeof(*out); i++) {
		out[i] = in[i];
		__asm__ volatile("" : : : "memory"); /* or the compiler makes it a memcpy */
	}
#endif
}

int vt_hold_copy(void *to, const void *from, size_t len)
{
	sigjmp_buf escape;

	if (sigsetjmp(escape, 1)) {
		copy_escape = NULL;
		return -EFAULT;
	}
	copy_escape = &escape;
	atomic_signal_fence(memory_order_seq_cst);
	copy_words(to, from, len);
	atomic_signal_fence(memory_order_seq_cst);
	copy_escape = NULL;
	return 0;
}

void vt_hold_close(void)
{
	/* Before, so that who finds the hold closed finds the number changed, too; and after, so
	 * that nobody falls asleep on a number that has changed for the last time. */
	atomic_fetch_add_explicit(&holds_closed, 1, memory_order_release);
	atomic_store_explicit(&hold_hi, 0, memory_order_release);
	atomic_fetch_add_explicit(&holds_closed, 1, memory_order_release);
	syscall(SYS_futex, &holds_closed, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
