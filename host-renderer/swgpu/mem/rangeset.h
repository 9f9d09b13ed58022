/*
 * mem/rangeset.h - which addresses are mapped, and how often.
 *
 * The same page may be mapped more than once (two registered buffers can share one), so each span
 * counts its mappings. Spans are sorted, do not overlap, and two that touch differ in their counts.
 * Not thread-safe: the owner locks.
 */
#ifndef SWGPU_MEM_RANGESET_H
#define SWGPU_MEM_RANGESET_H

#include <stddef.h>

#include "host-renderer/swgpu/mem/tlb.h"

struct swgpu_span {
	uint64_t lo, hi;
	uint32_t readers, writers; /* mappings that cover it, and those that may write */
};

/* Starts as all zero. */
struct swgpu_rangeset {
	struct swgpu_span *span;
	size_t count, room;
	size_t adds; /* mappings now in the set; there are at most 2 * adds spans */
};

void swgpu_rangeset_fini(struct swgpu_rangeset *set);

/* Adds a mapping of [lo, hi), which is not empty. Returns 0, or -ENOMEM with the set unchanged. */
int swgpu_rangeset_add(struct swgpu_rangeset *set, uint64_t lo, uint64_t hi, unsigned access);

/* Takes out a mapping that was added with the same arguments. Cannot fail. */
void swgpu_rangeset_sub(struct swgpu_rangeset *set, uint64_t lo, uint64_t hi, unsigned access);

/* The widest range about va in which the rights are the same. Returns false if va is not mapped. */
bool swgpu_rangeset_find(const struct swgpu_rangeset *set, uint64_t va, struct swgpu_range *ret);

#endif
