/*
 * host-renderer/object/publish.h - the renderer's side of the page of events (proto/wire/evpage.h).
 *
 * Any thread; one at a time for a slot.
 */
#ifndef VT_OBJECT_PUBLISH_H
#define VT_OBJECT_PUBLISH_H

#include <hsakmt.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "proto/wire/evpage.h"

struct vt_publisher {
	struct vt_event_page *page;
	_Atomic uint64_t count; /* of publications */
};

/*
 * One more signal in the slot. e: the provider's event, whose data goes along if it is of a type
 * that has some (memory fault, hardware exception); NULL: of another type. Returns whether somebody
 * may sleep on the slot: then vt_publish_wake() is to follow, once for all slots.
 */
bool vt_publish(struct vt_publisher *pub, uint32_t slot, const HsaEvent *e);

void vt_publish_wake(struct vt_publisher *pub);

#endif
