/*
 * mem/vm_state.h - what a vm is made of. Private to mem/.
 */
#ifndef SWGPU_MEM_VM_STATE_H
#define SWGPU_MEM_VM_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "host-renderer/swgpu/mem/rangeset.h"
#include "host-renderer/swgpu/mem/vm.h"

/* A part of an object that is mapped to the GPU; whole pages. */
struct swgpu_piece {
	uint64_t lo, hi;
};

struct swgpu_mem {
	struct swgpu_mem_desc desc; /* va is where it is */
	int fd;                     /* -1: no memfd */
	void *user_data;
	struct swgpu_piece *piece; /* disjoint; mapped at present */
	size_t pieces;
};

/* Objects; allocations sorted by address, registrations in the order in which they were made. */
struct swgpu_mem_table {
	struct swgpu_mem **mem;
	size_t count, room;
};

struct swgpu_vm {
	struct swgpu_vm_config config;

	pthread_mutex_t lock; /* guards all that follows, except reads of generation */
	struct swgpu_mem_table allocs, users;
	uint64_t vram_used, system_used;
	struct swgpu_rangeset mapped;
	_Atomic uint64_t generation; /* goes up whenever something is unmapped */
	struct swgpu_tlb *busy;      /* tlbs between enter and leave, newest first */
	pthread_cond_t synced;       /* a busy tlb has seen a newer generation, or left */
};

/* Waits, releasing the lock meanwhile, until no busy tlb knows ranges from before this call.
 * Returns 0, or -ETIMEDOUT where a thread did not let go within seconds: then the memory must
 * stay. */
int swgpu_vm_wait_grace_locked(struct swgpu_vm *vm);

/* Whether all of [va, va + len) is mapped with `access`; the range about va goes to *ret. */
bool swgpu_vm_find_locked(struct swgpu_vm *vm, uint64_t va, uint64_t len, unsigned access,
			  struct swgpu_range *ret);

/* mem/table.c */
int swgpu_table_insert(struct swgpu_mem_table *table, size_t at, struct swgpu_mem *mem);
void swgpu_table_remove(struct swgpu_mem_table *table, size_t at);
/* Where in the sorted table the first object that ends after va is. */
size_t swgpu_table_index(const struct swgpu_mem_table *table, uint64_t va);
/* The object of a sorted table that holds va, or NULL. */
struct swgpu_mem *swgpu_table_find(const struct swgpu_mem_table *table, uint64_t va);

/* mem/map.c: pieces of one object. */
int swgpu_mem_map_locked(struct swgpu_vm *vm, struct swgpu_mem *mem, uint64_t lo, uint64_t hi);
/* Takes out every piece (va at the object's start) or the piece that holds va. Returns whether
 * there was one; the grace period is the caller's to wait for. */
bool swgpu_mem_unmap_locked(struct swgpu_vm *vm, struct swgpu_mem *mem, uint64_t va);

#endif
