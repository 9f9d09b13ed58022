/*
 * Mapping pieces of an object to the GPU.
 *
 * Invariant: the vm's range set holds exactly the pieces of all objects that have memory.
 */
#include <errno.h>
#include <stdlib.h>

#include "host-renderer/swgpu/mem/vm_state.h"

static unsigned access_of(const struct swgpu_mem *mem)
{
	return mem->desc.read_only ? SWGPU_READ : SWGPU_READ | SWGPU_WRITE;
}

/* Puts [lo, hi) of mem in the GPU's reach, at both addresses where there are two. */
static int reach(struct swgpu_vm *vm, const struct swgpu_mem *mem, uint64_t lo, uint64_t hi)
{
	unsigned access = access_of(mem);

	if (swgpu_rangeset_add(&vm->mapped, lo, hi, access) < 0)
		return -ENOMEM;
	if (mem->desc.kind != SWGPU_MEM_USER ||
	    swgpu_rangeset_add(&vm->mapped, lo | SWGPU_VA_ALIAS, hi | SWGPU_VA_ALIAS, access) == 0)
		return 0;
	swgpu_rangeset_sub(&vm->mapped, lo, hi, access);
	return -ENOMEM;
}

static void drop_piece(struct swgpu_vm *vm, struct swgpu_mem *mem, size_t i)
{
	struct swgpu_piece p = mem->piece[i];

	swgpu_rangeset_sub(&vm->mapped, p.lo, p.hi, access_of(mem));
	if (mem->desc.kind == SWGPU_MEM_USER)
		swgpu_rangeset_sub(&vm->mapped, p.lo | SWGPU_VA_ALIAS, p.hi | SWGPU_VA_ALIAS,
				   access_of(mem));
	mem->piece[i] = mem->piece[--mem->pieces];
}

int swgpu_mem_map_locked(struct swgpu_vm *vm, struct swgpu_mem *mem, uint64_t lo, uint64_t hi)
{
	struct swgpu_piece *piece;

	if (mem->desc.kind == SWGPU_MEM_RESERVE)
		return 0;
	for (size_t i = 0; i < mem->pieces; i++)
		if (mem->piece[i].lo <= lo && hi <= mem->piece[i].hi)
			return 0;
	/* The new piece swallows those that it meets. */
	for (size_t i = 0; i < mem->pieces; i++) {
		if (mem->piece[i].lo < hi && lo < mem->piece[i].hi) {
			lo = mem->piece[i].lo < lo ? mem->piece[i].lo : lo;
			hi = mem->piece[i].hi > hi ? mem->piece[i].hi : hi;
		}
	}
	piece = reallocarray(mem->piece, mem->pieces + 1, sizeof(*piece));
	if (!piece)
		return -ENOMEM;
	mem->piece = piece;
	if (reach(vm, mem, lo, hi) < 0)
		return -ENOMEM;
	for (size_t i = mem->pieces; i-- > 0;)
		if (piece[i].lo < hi && lo < piece[i].hi)
			drop_piece(vm, mem, i);
	piece[mem->pieces++] = (struct swgpu_piece){lo, hi};
	return 0;
}

bool swgpu_mem_unmap_locked(struct swgpu_vm *vm, struct swgpu_mem *mem, uint64_t va)
{
	size_t before = mem->pieces;

	for (size_t i = mem->pieces; i-- > 0;)
		if (va == mem->desc.va || (mem->piece[i].lo <= va && va < mem->piece[i].hi))
			drop_piece(vm, mem, i);
	return mem->pieces != before;
}
