/*
 * Barrier packets: wait for signals of other queues or of the host.
 */
#include "host-renderer/swgpu/queue/aql.h"

#include "host-renderer/swgpu/queue/signal.h"

enum swgpu_progress swgpu_aql_barrier(struct swgpu_queue *q, const union swgpu_aql_packet *p,
				      bool any)
{
	unsigned waiting = 0, met = 0;

	for (unsigned i = 0; i < 5; i++) {
		uint64_t va = p->barrier.dep_signal[i].handle;
		bool zero;

		if (!va)
			continue;
		if (swgpu_signal_is_zero(q, va, &zero) < 0)
			return swgpu_queue_memory_fault(q, va, false, "a barrier packet");
		met += zero;
		waiting += !zero;
	}
	if (any ? met || !waiting : !waiting)
		return SWGPU_PROGRESS_MADE;
	return SWGPU_PROGRESS_WAITS;
}
