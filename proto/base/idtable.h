/*
 * proto/base/idtable.h - ids for objects: they cross the process border, pointers do not.
 *
 * An id is index | generation << 32. The generation of a slot goes up when its object is removed,
 * so an id that was freed, forged or never given finds nothing. 0 is never an id. A slot whose
 * generation would wrap is retired. Not thread safe: the owner locks.
 */
#ifndef VT_BASE_IDTABLE_H
#define VT_BASE_IDTABLE_H

#include <stdint.h>

struct vt_id_slot {
	void *object;  /* NULL: free */
	uint32_t kind; /* the caller's; a look-up names the kind it expects */
	uint32_t gen;  /* never 0 */
	uint32_t next_free;
};

struct vt_idtable {
	struct vt_id_slot *slot;
	uint32_t count; /* slots that exist */
	uint32_t limit; /* slots that may exist */
	uint32_t live;
	uint32_t free; /* first free slot, or UINT32_MAX */
};

/* An empty table of at most `limit` objects. Allocates nothing yet. */
void vt_idtable_init(struct vt_idtable *t, uint32_t limit);

/* Frees the table, not the objects. */
void vt_idtable_fini(struct vt_idtable *t);

/* Enters object (not NULL) and gives its id. Returns 0, -ENOSPC at the limit, or -ENOMEM. */
int vt_idtable_add(struct vt_idtable *t, void *object, uint32_t kind, uint64_t *ret_id);

/* The object with this id, if it has this kind; else NULL. */
void *vt_idtable_find(const struct vt_idtable *t, uint64_t id, uint32_t kind);

/* Takes the object out: as vt_idtable_find(), and the id is void ever after. */
void *vt_idtable_take(struct vt_idtable *t, uint64_t id, uint32_t kind);

/*
 * Walks the objects of one kind: start with *cursor = 0; returns NULL at the end. The object just
 * returned may be taken out during the walk.
 */
void *vt_idtable_next(const struct vt_idtable *t, uint32_t kind, uint32_t *cursor,
		      uint64_t *ret_id);

#endif
