/*
 * tests/unit/test_exec_support.h - runs small kernels on the interpreter, without a queue or a
 * memory manager: the GPU can reach exactly what gpu_alloc() gave out, until gpu_reset().
 */
#ifndef TEST_EXEC_SUPPORT_H
#define TEST_EXEC_SUPPORT_H

#include "host-renderer/swgpu/exec/code.h"
#include "host-renderer/swgpu/exec/descriptor.h"
#include "host-renderer/swgpu/exec/group.h"
#include "tests/support/vt_test.h"

#define SHARED_BASE  0x1000000000000ull
#define PRIVATE_BASE 0x2000000000000ull

/* Engines that this processor runs; a test has a row for each. */
size_t engine_count(void);

/* Zeroed pages that the GPU can read and write, with a page that it cannot reach on both sides. */
void *gpu_alloc(size_t bytes);
void gpu_reset(void);

/* A kernel of one workgroup of `items` work-items on engine `row`, with kernarg in s[0:1] (2 user
 * SGPRs) and the workgroup id behind it. Its code is copied to GPU memory. Arguments: up to 8 words
 * of 64 bits. */
struct kernel {
	struct swgpu_launch launch;
	struct swgpu_tlb tlb;
	uint64_t *args;
	uint32_t *code;
	size_t words;
};

void kernel_init(struct kernel *k, size_t row, const uint32_t *code, size_t words, uint32_t items);
void kernel_fini(struct kernel *k);

#define KERNEL_INIT(k, row, code, items) kernel_init(k, row, code, sizeof(code) / 4, items)

/* Runs workgroup (x, 0, 0) to its end, in slices of `budget`. Returns how it ended; *fault, if not
 * NULL, is filled. */
enum swgpu_run kernel_run(struct kernel *k, uint32_t x, uint64_t budget, struct swgpu_fault *fault);

/* Runs all groups, which must end well. */
void kernel_run_all(struct kernel *k);

/* The last event that a kernel raised. */
extern _Atomic uint32_t last_interrupt;

#endif
