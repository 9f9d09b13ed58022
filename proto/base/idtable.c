/*
 * Ids. Free slots form a list through next_free, last freed first.
 * Invariant: a slot with an object is not on the list, and gen is the generation that its present
 * or next id carries.
 */
#include "proto/base/idtable.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_SLOT UINT32_MAX

static uint64_t id_of(uint32_t index, uint32_t gen)
{
	return (uint64_t)gen << 32 | index;
}

void vt_idtable_init(struct vt_idtable *t, uint32_t limit)
{
	memset(t, 0, sizeof(*t));
	t->limit = limit;
	t->free = NO_SLOT;
}

void vt_idtable_fini(struct vt_idtable *t)
{
	free(t->slot);
	vt_idtable_init(t, t->limit);
}

static int grow(struct vt_idtable *t)
{
	uint32_t count = t->count ? t->count * 2 : 16;
	struct vt_id_slot *slot;

	if (t->count >= t->limit)
		return -ENOSPC;
	if (count > t->limit || count < t->count)
		count = t->limit;
	slot = realloc(t->slot, count * sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	t->slot = slot;
	for (uint32_t i = count; i-- > t->count;) {
		slot[i] = (struct vt_id_slot){.gen = 1, .next_free = t->free};
		t->free = i;
	}
	t->count = count;
	return 0;
}

int vt_idtable_add(struct vt_idtable *t, void *object, uint32_t kind, uint64_t *ret_id)
{
	uint32_t index;

	assert(object);
	if (t->free == NO_SLOT) {
		int err = grow(t);

		if (err)
			return err;
	}
	index = t->free;
	t->free = t->slot[index].next_free;
	t->slot[index].object = object;
	t->slot[index].kind = kind;
	t->live++;
	*ret_id = id_of(index, t->slot[index].gen);
	return 0;
}

static struct vt_id_slot *find_slot(const struct vt_idtable *t, uint64_t id, uint32_t kind)
{
	uint32_t index = (uint32_t)id, gen = (uint32_t)(id >> 32);
	struct vt_id_slot *slot = index < t->count ? &t->slot[index] : NULL;

	return slot && slot->object && slot->gen == gen && slot->kind == kind ? slot : NULL;
}

void *vt_idtable_find(const struct vt_idtable *t, uint64_t id, uint32_t kind)
{
	struct vt_id_slot *slot = find_slot(t, id, kind);

	return slot ? slot->object : NULL;
}

void *vt_idtable_take(struct vt_idtable *t, uint64_t id, uint32_t kind)
{
	struct vt_id_slot *slot = find_slot(t, id, kind);
	void *object;

	if (!slot)
		return NULL;
	object = slot->object;
	slot->object = NULL;
	t->live--;
	if (slot->gen++ != UINT32_MAX) {
		slot->next_free = t->free;
		t->free = (uint32_t)(slot - t->slot);
	}
	return object;
}

void *vt_idtable_next(const struct vt_idtable *t, uint32_t kind, uint32_t *cursor, uint64_t *ret_id)
{
	while (*cursor < t->count) {
		uint32_t index = (*cursor)++;
		const struct vt_id_slot *slot = &t->slot[index];

		if (slot->object && slot->kind == kind) {
			*ret_id = id_of(index, slot->gen);
			return slot->object;
		}
	}
	return NULL;
}
