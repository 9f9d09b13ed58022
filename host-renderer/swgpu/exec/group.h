/*
 * exec/group.h - runs one workgroup: its waves, LDS and private memory, resumable at any
 * instruction.
 *
 * The scheduler (sched/) owns the threads and decides which workgroup runs where and for how long;
 * this module decides nothing of that. A group is used by one thread at a time.
 */
#ifndef SWGPU_EXEC_GROUP_H
#define SWGPU_EXEC_GROUP_H

#include <stddef.h>
#include <stdint.h>

#include "host-renderer/swgpu/exec/wave.h"

/*
 * A kernel about to be dispatched, checked and ready to run; shared read-only by all its groups.
 * The words come from the 64-byte kernel descriptor, or from an amd_kernel_code_t, whose fields are
 * at the same offsets. Source: LLVM AMDGPUUsage, "Kernel Descriptor" and "Initial Kernel Execution
 * State".
 */
struct swgpu_launch {
	uint64_t entry; /* address of the first instruction */
	uint32_t rsrc1, rsrc2;
	uint16_t properties;

	uint16_t group_size[3]; /* work-items of a full workgroup */
	uint32_t grid_size[3];  /* work-items */
	uint32_t group_count[3];
	uint32_t lds_size;     /* bytes: the packet's group_segment_size */
	uint32_t private_size; /* bytes a work-item: the packet's private_segment_size */

	uint64_t dispatch_va; /* the AQL packet, in a place that stays while the dispatch runs */
	uint64_t queue_va;    /* amd_queue_t */
	uint64_t kernarg_va;
	uint64_t dispatch_id;

	const struct swgpu_engine *engine;
	struct swgpu_code *code; /* predecoded instructions, see exec/code.h */
	const struct swgpu_env *env;
	const char *gfx;       /* "gfx906" */
	struct swgpu_gws *gws; /* the queue's global wave sync; NULL where it has none */
};

enum swgpu_run {
	SWGPU_RUN_DONE,  /* every wave has ended */
	SWGPU_RUN_AGAIN, /* the budget is used up */
	SWGPU_RUN_IDLE,  /* every wave that could run asked to sleep: others first */
	SWGPU_RUN_FAULT, /* a wave stopped with an error: see swgpu_group_fault */
};

/* What went wrong, for the log and for the runtime's error report. */
struct swgpu_fault {
	enum swgpu_stop stop; /* ILLEGAL, MEMORY or TRAP */
	uint64_t pc;          /* of the instruction that failed */
	uint64_t va;          /* MEMORY: the address */
	bool write;           /* MEMORY: it was a store or atomic */
	uint32_t trap_id;     /* TRAP */
	char text[96];        /* the instruction, disassembled */
};

struct swgpu_group;

/* Reads the kernel object at GPU address `object` (a kernel descriptor or an amd_kernel_code_t: the
 * packet's kernel_object) into entry, rsrc1, rsrc2 and properties; leaves the rest alone. Returns
 * 0, -EFAULT (not mapped) or -EINVAL (misaligned entry). */
int swgpu_launch_read(struct swgpu_launch *launch, uint64_t object, struct swgpu_tlb *tlb);

/* Checks that the launch can run on this GPU: wave and register counts, LDS, group size, entry
 * mapped, code object flags. Returns 0, -EINVAL (the descriptor or sizes are impossible), -ENOEXEC
 * (not for this GPU). */
int swgpu_launch_check(const struct swgpu_launch *launch, struct swgpu_tlb *tlb);

/* Makes a group that can run any workgroup of `launch`. Blocks only in malloc. Returns 0 or
 * -ENOMEM. */
int swgpu_group_create(struct swgpu_group **out, const struct swgpu_launch *launch);
void swgpu_group_destroy(struct swgpu_group *group); /* NULL is fine */

/* Sets the group to the start of workgroup (x, y, z): registers, LDS and private memory as the ABI
 * has them, all the rest zero. */
void swgpu_group_start(struct swgpu_group *group, uint32_t x, uint32_t y, uint32_t z);

/* Runs up to about `budget` wave instructions. The caller is between swgpu_tlb_enter and _leave;
 * this calls swgpu_tlb_sync itself. */
enum swgpu_run swgpu_group_run(struct swgpu_group *group, struct swgpu_tlb *tlb, uint64_t budget);

/* After SWGPU_RUN_FAULT: the first wave's fault. */
const struct swgpu_fault *swgpu_group_fault(const struct swgpu_group *group);

#endif
