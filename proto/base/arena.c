/* A bump allocator with an end. Invariant: used <= VT_ARENA_BYTES. */
#include "proto/base/arena.h"

void *vt_arena_alloc(struct vt_arena *arena, size_t size)
{
	size_t left = VT_ARENA_BYTES - arena->used;
	uint8_t *at = arena->bytes + arena->used;

	if (size > left)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	arena->used += size < left ? size : left;
	return at;
}
