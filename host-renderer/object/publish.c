/* Writing to the page of events. */
#include "host-renderer/object/publish.h"

#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fill_payload(const HsaEvent *e, struct vt_event_payload *to)
{
	const HsaEventData *d = &e->EventData;
	HSA_EVENTTYPE type = d->EventType;

	if (type == HSA_EVENTTYPE_MEMORY) {
		to->node = d->EventData.MemoryAccessFault.NodeId;
		to->va = d->EventData.MemoryAccessFault.VirtualAddress;
		to->flags = (uint32_t)d->EventData.MemoryAccessFault.Flags;
		memcpy(&to->failure, &d->EventData.MemoryAccessFault.Failure, sizeof(to->failure));
	} else if (type == HSA_EVENTTYPE_HW_EXCEPTION) {
		/* The union's first 4 words, as thunk 6.0 lays HsaHwException out. */
		memcpy(&to->node, &d->EventData, sizeof(to->node));
		memcpy(to->detail, (const uint8_t *)&d->EventData + 4, sizeof(to->detail));
	}
}

bool vt_publish(struct vt_publisher *pub, uint32_t i, const HsaEvent *e)
{
	struct vt_event_slot *slot = &pub->page->slot[i];

	if (e)
		fill_payload(e, &slot->payload);
	atomic_fetch_add_explicit(&pub->count, 1, memory_order_relaxed);
	atomic_fetch_add(&slot->sets, 1);
	return atomic_load(&slot->waiters) != 0;
}

void vt_publish_wake(struct vt_publisher *pub)
{
	_Atomic uint32_t *bell = &pub->page->header.bell;

	atomic_fetch_add(bell, 1);
	syscall(SYS_futex, bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
