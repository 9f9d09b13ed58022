/*
 * proto/base/arena.h - memory for unpacking one message: a bump pointer with an end.
 *
 * A message of 1 MB can ask protobuf-c for 30 MB. Unpacking into an arena refuses that: once it is
 * full, allocation fails and so does the unpacking. Freeing a message is one assignment. One thread
 * at a time.
 */
#ifndef VT_BASE_ARENA_H
#define VT_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define VT_ARENA_BYTES (64u << 10)

struct vt_arena {
	size_t used;
	_Alignas(16) uint8_t bytes[VT_ARENA_BYTES];
};

/* `size` bytes aligned to 16, or NULL when the arena is full. The bytes are not cleared. */
void *vt_arena_alloc(struct vt_arena *arena, size_t size);

/* Ends everything that was allocated. */
static inline void vt_arena_reset(struct vt_arena *arena)
{
	arena->used = 0;
}

#endif
