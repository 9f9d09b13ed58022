/*
 * mem/tlb.h - what one GPU may reach, as a running wave sees it.
 *
 * GPU virtual addresses are addresses of this process, so a translation is only a permission.
 * struct swgpu_vm holds the mapped ranges; each thread that executes waves has a swgpu_tlb, a few
 * ranges that it has looked up. A range that is unmapped disappears in two steps: vm bumps its
 * generation, then waits until every busy tlb has noticed (swgpu_tlb_sync at the latest once every
 * swgpu time slice), then releases the memory. So a pointer checked with swgpu_tlb_ok stays valid
 * until the thread's next swgpu_tlb_sync.
 *
 * Memory that the program has registered is mapped twice: at its own address, and with
 * SWGPU_VA_ALIAS added. The second is the GPU address that the program is told, because runtimes
 * keep both addresses of a buffer in one table and rely on their being different.
 */
#ifndef SWGPU_MEM_TLB_H
#define SWGPU_MEM_TLB_H

#include <stdbool.h>
#include <stdint.h>

struct swgpu_vm;

/* Above every address of a process (47 bits), in reach of the GPU (48 bits). */
#define SWGPU_VA_ALIAS (1ull << 47)

/* Where the byte at GPU address va is in this process. */
static inline void *swgpu_va_host(uint64_t va)
{
	return (void *)(uintptr_t)(va & ~SWGPU_VA_ALIAS);
}

enum swgpu_access {
	SWGPU_READ = 1,
	SWGPU_WRITE = 2,
};

/* [lo, hi): mapped to the GPU with these rights. Neighbours with the same rights are one range. */
struct swgpu_range {
	uint64_t lo, hi;
	uint32_t access;
};

#define SWGPU_TLB_WAYS 4

/* Starts as all zero. */
struct swgpu_tlb {
	struct swgpu_vm *vm;
	struct swgpu_range way[SWGPU_TLB_WAYS];
	unsigned next;                   /* way to replace */
	uint64_t seen;                   /* generation of the vm that way[] is from */
	struct swgpu_tlb *older, *newer; /* the vm's list of busy tlbs; guarded by its lock */
};

/* Looks va up in the vm and puts its range into the tlb. Returns false where [va, va + len) is not
 * all mapped with `access`. Takes the vm's lock for a moment. */
bool swgpu_tlb_miss(struct swgpu_tlb *tlb, uint64_t va, uint64_t len, unsigned access);

/* May [va, va + len) be accessed? If so, swgpu_va_host(va) is good until the next swgpu_tlb_sync.
 */
static inline bool swgpu_tlb_ok(struct swgpu_tlb *tlb, uint64_t va, uint64_t len, unsigned access)
{
	for (unsigned i = 0; i < SWGPU_TLB_WAYS; i++) {
		const struct swgpu_range *r = &tlb->way[i];

		if (va >= r->lo && va < r->hi && len <= r->hi - va &&
		    (r->access & access) == access)
			return true;
	}
	return swgpu_tlb_miss(tlb, va, len, access);
}

/* Begins and ends a stretch in which this thread uses pointers checked by the tlb; between the two,
 * the thread calls swgpu_tlb_sync at least once every few milliseconds. */
void swgpu_tlb_enter(struct swgpu_tlb *tlb, struct swgpu_vm *vm);
void swgpu_tlb_leave(struct swgpu_tlb *tlb);

/* Forgets ranges that have been unmapped since the last call, and lets their unmapping go on. */
void swgpu_tlb_sync(struct swgpu_tlb *tlb);

#endif
