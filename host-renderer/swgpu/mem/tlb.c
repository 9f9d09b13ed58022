/*
 * Looked-up ranges of one thread, and the grace period before something is taken away.
 *
 * Invariant: a busy tlb whose `seen` is the vm's generation holds only ranges that are mapped.
 */
#include "host-renderer/swgpu/mem/tlb.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "host-renderer/swgpu/mem/vm_state.h"

/* A thread that computes syncs within milliseconds; this long means that it is stuck. */
#define GRACE_SECONDS 5

static void forget(struct swgpu_tlb *tlb)
{
	memset(tlb->way, 0, sizeof(tlb->way));
	tlb->next = 0;
}

bool swgpu_vm_find_locked(struct swgpu_vm *vm, uint64_t va, uint64_t len, unsigned access,
			  struct swgpu_range *ret)
{
	struct swgpu_range next;
	uint64_t end;

	if (__builtin_add_overflow(va, len, &end) || !swgpu_rangeset_find(&vm->mapped, va, ret))
		return false;
	/* Ranges that touch but differ in their rights may serve one access together. */
	for (next = *ret;;) {
		if ((next.access & access) != access)
			return false;
		if (end <= next.hi)
			return true;
		if (!swgpu_rangeset_find(&vm->mapped, next.hi, &next))
			return false;
	}
}

bool swgpu_tlb_miss(struct swgpu_tlb *tlb, uint64_t va, uint64_t len, unsigned access)
{
	struct swgpu_vm *vm = tlb->vm;
	struct swgpu_range range;
	bool ok;

	pthread_mutex_lock(&vm->lock);
	ok = swgpu_vm_find_locked(vm, va, len, access, &range);
	pthread_mutex_unlock(&vm->lock);
	if (ok) {
		tlb->way[tlb->next] = range;
		tlb->next = (tlb->next + 1) % SWGPU_TLB_WAYS;
	}
	return ok;
}

bool swgpu_vm_mapped(struct swgpu_vm *vm, uint64_t va, uint64_t len, unsigned access)
{
	struct swgpu_range range;
	bool ok;

	pthread_mutex_lock(&vm->lock);
	ok = swgpu_vm_find_locked(vm, va, len, access, &range);
	pthread_mutex_unlock(&vm->lock);
	return ok;
}

void swgpu_tlb_enter(struct swgpu_tlb *tlb, struct swgpu_vm *vm)
{
	pthread_mutex_lock(&vm->lock);
	if (tlb->vm != vm || tlb->seen != vm->generation)
		forget(tlb);
	tlb->vm = vm;
	tlb->seen = vm->generation;
	tlb->newer = NULL;
	tlb->older = vm->busy;
	if (vm->busy)
		vm->busy->newer = tlb;
	vm->busy = tlb;
	pthread_mutex_unlock(&vm->lock);
}

void swgpu_tlb_leave(struct swgpu_tlb *tlb)
{
	struct swgpu_vm *vm = tlb->vm;

	pthread_mutex_lock(&vm->lock);
	if (tlb->older)
		tlb->older->newer = tlb->newer;
	if (tlb->newer)
		tlb->newer->older = tlb->older;
	else
		vm->busy = tlb->older;
	if (tlb->seen != vm->generation)
		pthread_cond_broadcast(&vm->synced);
	pthread_mutex_unlock(&vm->lock);
}

void swgpu_tlb_sync(struct swgpu_tlb *tlb)
{
	struct swgpu_vm *vm = tlb->vm;

	if (atomic_load_explicit(&vm->generation, memory_order_acquire) == tlb->seen)
		return;
	forget(tlb);
	pthread_mutex_lock(&vm->lock);
	tlb->seen = vm->generation;
	pthread_cond_broadcast(&vm->synced);
	pthread_mutex_unlock(&vm->lock);
}

static bool all_saw(const struct swgpu_vm *vm, uint64_t generation)
{
	for (const struct swgpu_tlb *tlb = vm->busy; tlb; tlb = tlb->older)
		if (tlb->seen < generation)
			return false;
	return true;
}

int swgpu_vm_wait_grace_locked(struct swgpu_vm *vm)
{
	uint64_t generation = atomic_fetch_add(&vm->generation, 1) + 1;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += GRACE_SECONDS;
	while (!all_saw(vm, generation))
		if (pthread_cond_timedwait(&vm->synced, &vm->lock, &until) == ETIMEDOUT)
			return -ETIMEDOUT;
	return 0;
}
