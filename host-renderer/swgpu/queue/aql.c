/*
 * AQL queues: takes packets from the ring, in order.
 *
 * A packet is finished in this order: the slot becomes INVALID, read_dispatch_id goes up, the
 * signal is completed. In-order processing makes the barrier bit and the fences of the header
 * true without further work, because host memory is coherent.
 *
 * Source: HSA Platform System Architecture Specification 1.2, section 2.9.
 */
#include "host-renderer/swgpu/queue/aql.h"

#include <errno.h>
#include <string.h>

#include "host-renderer/swgpu/queue/access.h"
#include "host-renderer/swgpu/queue/signal.h"
#include "host-renderer/swgpu/sched/clock.h"

static uint64_t packet_va(const struct swgpu_queue *q)
{
	return q->ring_va + q->read * SWGPU_AQL_BYTES % q->ring_bytes;
}

/* 1: there is a packet at q->read; 0: not yet; -EFAULT: *ret_bad cannot be read. */
static int look(const struct swgpu_queue *q, struct swgpu_tlb *tlb, uint64_t *ret_bad)
{
	uint64_t write, va = packet_va(q);
	uint16_t header;

	*ret_bad = q->wptr_va;
	if (!swgpu_load64(tlb, q->wptr_va, &write))
		return -EFAULT;
	if (write == q->read)
		return 0;
	*ret_bad = va;
	if (!swgpu_load16(tlb, va, &header) ||
	    !swgpu_tlb_ok(tlb, va, SWGPU_AQL_BYTES, SWGPU_READ | SWGPU_WRITE))
		return -EFAULT;
	return (header & 0xff) != HSA_PACKET_TYPE_INVALID;
}

static bool ready(const struct swgpu_queue *q, struct swgpu_tlb *tlb)
{
	uint64_t bad;

	return look(q, tlb, &bad) != 0;
}

static enum swgpu_progress process(struct swgpu_queue *q, const union swgpu_aql_packet *p,
				   uint64_t va)
{
	switch (p->header & 0xff) {
	case HSA_PACKET_TYPE_KERNEL_DISPATCH: return swgpu_aql_dispatch(q, p, va);
	case HSA_PACKET_TYPE_BARRIER_AND: return swgpu_aql_barrier(q, p, false);
	case HSA_PACKET_TYPE_BARRIER_OR: return swgpu_aql_barrier(q, p, true);
	case HSA_PACKET_TYPE_VENDOR_SPECIFIC: return swgpu_aql_vendor(q, p);
	default: return swgpu_queue_fail(q, SWGPU_ERROR_PACKET, "a packet of an unknown type");
	}
}

static enum swgpu_progress finish(struct swgpu_queue *q, const union swgpu_aql_packet *p,
				  uint64_t va)
{
	uint64_t signal = p->dispatch.completion_signal.handle;

	if (!swgpu_store16(&q->tlb, va, HSA_PACKET_TYPE_INVALID))
		return swgpu_queue_memory_fault(q, va, true, "the packet processor");
	q->read++;
	q->begun = false;
	if (!swgpu_store64(&q->tlb, q->rptr_va, q->read))
		return swgpu_queue_memory_fault(q, q->rptr_va, true, "the packet processor");
	if (swgpu_signal_complete(q, signal, q->start, swgpu_clock_gpu()) < 0)
		return swgpu_queue_memory_fault(q, signal, true, "a completion signal");
	return SWGPU_PROGRESS_MADE;
}

static enum swgpu_progress step(struct swgpu_queue *q)
{
	uint64_t bad, va = packet_va(q);
	union swgpu_aql_packet p;
	enum swgpu_progress progress;
	int found = look(q, &q->tlb, &bad);

	if (found < 0)
		return swgpu_queue_memory_fault(q, bad, false, "the packet processor");
	if (!found)
		return SWGPU_PROGRESS_IDLE;
	memcpy(&p, swgpu_va_host(va), sizeof(p));
	if (!q->begun) {
		q->begun = true;
		q->start = swgpu_clock_gpu();
	}
	progress = process(q, &p, va);
	return progress == SWGPU_PROGRESS_MADE ? finish(q, &p, va) : progress;
}

const struct swgpu_queue_ops swgpu_aql_ops = {.step = step, .ready = ready};
