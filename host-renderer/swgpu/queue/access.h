/*
 * queue/access.h - single words of memory that the program and the GPU share, checked.
 *
 * Each returns false where the GPU may not access the word, or it is misaligned. Private to queue/.
 */
#ifndef SWGPU_QUEUE_ACCESS_H
#define SWGPU_QUEUE_ACCESS_H

#include "host-renderer/swgpu/mem/tlb.h"

static inline bool swgpu_load16(struct swgpu_tlb *tlb, uint64_t va, uint16_t *ret)
{
	if (va % 2 || !swgpu_tlb_ok(tlb, va, 2, SWGPU_READ))
		return false;
	*ret = __atomic_load_n((const uint16_t *)swgpu_va_host(va), __ATOMIC_ACQUIRE);
	return true;
}

static inline bool swgpu_load32(struct swgpu_tlb *tlb, uint64_t va, uint32_t *ret)
{
	if (va % 4 || !swgpu_tlb_ok(tlb, va, 4, SWGPU_READ))
		return false;
	*ret = __atomic_load_n((const uint32_t *)swgpu_va_host(va), __ATOMIC_ACQUIRE);
	return true;
}

static inline bool swgpu_load64(struct swgpu_tlb *tlb, uint64_t va, uint64_t *ret)
{
	if (va % 8 || !swgpu_tlb_ok(tlb, va, 8, SWGPU_READ))
		return false;
	*ret = __atomic_load_n((const uint64_t *)swgpu_va_host(va), __ATOMIC_ACQUIRE);
	return true;
}

static inline bool swgpu_store16(struct swgpu_tlb *tlb, uint64_t va, uint16_t value)
{
	if (va % 2 || !swgpu_tlb_ok(tlb, va, 2, SWGPU_WRITE))
		return false;
	__atomic_store_n((uint16_t *)swgpu_va_host(va), value, __ATOMIC_RELEASE);
	return true;
}

static inline bool swgpu_store32(struct swgpu_tlb *tlb, uint64_t va, uint32_t value)
{
	if (va % 4 || !swgpu_tlb_ok(tlb, va, 4, SWGPU_WRITE))
		return false;
	__atomic_store_n((uint32_t *)swgpu_va_host(va), value, __ATOMIC_RELEASE);
	return true;
}

static inline bool swgpu_store64(struct swgpu_tlb *tlb, uint64_t va, uint64_t value)
{
	if (va % 8 || !swgpu_tlb_ok(tlb, va, 8, SWGPU_WRITE))
		return false;
	__atomic_store_n((uint64_t *)swgpu_va_host(va), value, __ATOMIC_RELEASE);
	return true;
}

static inline bool swgpu_add64(struct swgpu_tlb *tlb, uint64_t va, uint64_t value)
{
	if (va % 8 || !swgpu_tlb_ok(tlb, va, 8, SWGPU_READ | SWGPU_WRITE))
		return false;
	__atomic_fetch_add((uint64_t *)swgpu_va_host(va), value, __ATOMIC_ACQ_REL);
	return true;
}

#endif
