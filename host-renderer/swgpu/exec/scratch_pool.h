/*
 * exec/scratch_pool.h - memory for private segments: large, mostly never touched, zero when it is
 * handed out.
 *
 * Thread-safe. Takes from the kernel what the pool does not have; keeps only what is small enough
 * in use.
 */
#ifndef SWGPU_EXEC_SCRATCH_POOL_H
#define SWGPU_EXEC_SCRATCH_POOL_H

#include <stddef.h>
#include <stdint.h>

/* `bytes` of zeroed memory, or NULL. The caller owns it. */
uint8_t *swgpu_scratch_take(size_t bytes);

/* Returns what swgpu_scratch_take(bytes) gave; it must be zero again. NULL is fine. */
void swgpu_scratch_put(uint8_t *scratch, size_t bytes);

/* Makes the first `used` bytes zero, giving large amounts back to the kernel. */
void swgpu_scratch_clear(uint8_t *scratch, size_t used);

#endif
