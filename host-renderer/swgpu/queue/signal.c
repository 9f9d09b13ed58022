/*
 * Signals.
 *
 * Invariant: nothing of a signal is touched once its value has changed: the program may have reused
 * it by then. So what the event needs is read first.
 */
#include "host-renderer/swgpu/queue/signal.h"

#include <errno.h>
#include <hsa/amd_hsa_signal.h>

#include "host-renderer/swgpu/queue/access.h"
#include "host-renderer/swgpu/queue/device_state.h"

#define FIELD(va, name) ((va) + offsetof(amd_signal_t, name))

struct notice {
	uint64_t mailbox_va;
	uint32_t event;
};

static bool read_notice(struct swgpu_queue *q, uint64_t va, struct notice *ret)
{
	return swgpu_load64(&q->tlb, FIELD(va, event_mailbox_ptr), &ret->mailbox_va) &&
	       swgpu_load32(&q->tlb, FIELD(va, event_id), &ret->event);
}

/* An event that does not exist any more is the program's business. */
static int raise_event(struct swgpu_queue *q, const struct notice *n)
{
	if (!n->mailbox_va)
		return 0;
	if (!swgpu_store64(&q->tlb, n->mailbox_va, n->event))
		return -EFAULT;
	swgpu_event_set(q->dev->events, n->event);
	return 0;
}

int swgpu_signal_is_zero(struct swgpu_queue *q, uint64_t va, bool *ret)
{
	uint64_t value;

	if (!swgpu_load64(&q->tlb, FIELD(va, value), &value))
		return -EFAULT;
	*ret = value == 0;
	return 0;
}

int swgpu_signal_complete(struct swgpu_queue *q, uint64_t va, uint64_t start, uint64_t end)
{
	struct notice n;

	if (!va)
		return 0;
	if (!read_notice(q, va, &n) || !swgpu_store64(&q->tlb, FIELD(va, start_ts), start) ||
	    !swgpu_store64(&q->tlb, FIELD(va, end_ts), end) ||
	    !swgpu_add64(&q->tlb, FIELD(va, value), (uint64_t)-1))
		return -EFAULT;
	return raise_event(q, &n);
}

int swgpu_signal_store(struct swgpu_queue *q, uint64_t va, uint64_t value)
{
	struct notice n;

	if (!read_notice(q, va, &n) || !swgpu_store64(&q->tlb, FIELD(va, value), value))
		return -EFAULT;
	return raise_event(q, &n);
}
