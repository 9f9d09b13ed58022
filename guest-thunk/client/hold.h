/*
 * guest-thunk/client/hold.h - makes threads wait that write to a range of pages while it is being
 * replaced.
 *
 * The owner of the range opens the hold, takes the write permission away, copies, puts the
 * replacement in place and closes the hold. A thread that writes meanwhile gets SIGSEGV; the
 * handler installed here waits until the hold is closed and lets the thread repeat its instruction.
 * Every other SIGSEGV goes to the handler that was there before.
 *
 * Limits: a system call that writes to such a page meanwhile (read(2) into it, say) returns EFAULT,
 * and a thread that has SIGSEGV blocked is killed: the kernel asks no handler in either case. Pages
 * that hold a thread's stack must not be held unless that thread has an alternate signal stack.
 */
#ifndef VT_GUEST_CLIENT_HOLD_H
#define VT_GUEST_CLIENT_HOLD_H

#include <stddef.h>
#include <stdint.h>

/* Puts the handler in front of the present one unless it is there already. Returns 0 or -errno.
 * The caller keeps two of these calls apart, as it does for open and close. */
int vt_hold_install(void);

/* From here until close, writers to [lo, hi) wait. One hold at a time in a process. The caller has
 * all signals but SIGSEGV blocked and writes nothing but its own stack and the replacement in
 * between: it would wait for itself. */
void vt_hold_open(uintptr_t lo, uintptr_t hi);
void vt_hold_close(void);

/*
 * Copies len bytes, a multiple of 8, out of the held range. What is there may be unmapped by
 * another thread at any time: a runtime may release memory that the program frees in the same
 * moment. Returns 0, or -EFAULT if some of it is gone; then `to` holds anything.
 */
int vt_hold_copy(void *to, const void *from, size_t len);

#endif
