/*
 * Arrays of objects.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/swgpu/mem/vm_state.h"

int swgpu_table_insert(struct swgpu_mem_table *table, size_t at, struct swgpu_mem *mem)
{
	if (table->count == table->room) {
		size_t room = table->room ? 2 * table->room : 64;
		struct swgpu_mem **grown = reallocarray(table->mem, room, sizeof(mem));

		if (!grown)
			return -ENOMEM;
		table->mem = grown;
		table->room = room;
	}
	memmove(&table->mem[at + 1], &table->mem[at], (table->count - at) * sizeof(mem));
	table->mem[at] = mem;
	table->count++;
	return 0;
}

void swgpu_table_remove(struct swgpu_mem_table *table, size_t at)
{
	table->count--;
	memmove(&table->mem[at], &table->mem[at + 1], (table->count - at) * sizeof(*table->mem));
}

size_t swgpu_table_index(const struct swgpu_mem_table *table, uint64_t va)
{
	size_t lo = 0, hi = table->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (table->mem[mid]->desc.va + table->mem[mid]->desc.size > va)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

struct swgpu_mem *swgpu_table_find(const struct swgpu_mem_table *table, uint64_t va)
{
	size_t i = swgpu_table_index(table, va);

	return i < table->count && table->mem[i]->desc.va <= va ? table->mem[i] : NULL;
}
