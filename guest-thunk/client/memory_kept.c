/*
 * Large allocations that the program has freed, kept for the next one of the same size and kind:
 * making one anew costs memory maps, a file and a message on both sides.
 *
 * Invariants: what is kept is in no other table; it reads zero, and its pages have gone back to
 * the system where the transport can do that; it still counts as allocated in the renderer, so it
 * is given back before memory is found to be short.
 */
#include "guest-thunk/client/memory_table.h"

#define MIN_BYTES (1u << 20)
#define MAX_BYTES (UINT64_C(256) << 20)

/* Bits of HsaMemFlags (hsakmttypes.h). The GPU is told of code by its being mapped anew; and who
 * asks for an address gets that one. */
#define EXECUTE_ACCESS (1u << 12)
#define FIXED_ADDRESS  (1u << 15)

bool vt_mem_empty_to_keep(struct vt_transport *t, const struct vt_mem *m)
{
	return m->own_blob_id && m->size >= MIN_BYTES && m->size <= MAX_BYTES &&
	       !(m->flags_bits & (EXECUTE_ACCESS | FIXED_ADDRESS)) &&
	       t->ops->clear(t, (void *)m->va, m->size) == 0;
}

struct vt_mem *vt_mem_keep_locked(struct vt_memory_table *t, struct vt_mem *m)
{
	struct vt_mem **slot = &t->kept[t->next_kept++ % VT_MEM_KEPT], *last = *slot;

	*slot = m;
	return last;
}

struct vt_mem *vt_mem_take_kept_locked(struct vt_memory_table *t, uint32_t node, uint64_t size,
				       uint64_t align, uint32_t flags_bits)
{
	for (unsigned i = 0; i < VT_MEM_KEPT; i++) {
		struct vt_mem *m = t->kept[i];

		if (!m || m->node != node || m->size != size || m->flags_bits != flags_bits ||
		    (align && m->va & (align - 1)))
			continue;
		t->kept[i] = NULL;
		m->mapped_mask = 0;
		m->user_data = NULL;
		m->registrations = 0;
		return m;
	}
	return NULL;
}

struct vt_mem *vt_mem_give_kept_locked(struct vt_memory_table *t)
{
	for (unsigned i = 0; i < VT_MEM_KEPT; i++) {
		struct vt_mem *m = t->kept[i];

		t->kept[i] = NULL;
		if (m)
			return m;
	}
	return NULL;
}
