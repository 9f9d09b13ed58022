/*
 * Errors that end a queue, told to the log, to the runtime, or to both.
 */
#include <hsa/amd_hsa_queue.h>
#include <hsakmttypes.h>

#include "host-renderer/swgpu/queue/access.h"
#include "host-renderer/swgpu/queue/device_state.h"
#include "host-renderer/swgpu/queue/signal.h"
#include "proto/base/log.h"

/* Tells the runtime through the queue's signal, where there is one. */
static void report(struct swgpu_queue *q, uint64_t error)
{
	uint64_t signal, at = q->amd_queue_va + offsetof(amd_queue_t, queue_inactive_signal);

	if (q->amd_queue_va && swgpu_load64(&q->tlb, at, &signal) && signal)
		swgpu_signal_store(q, signal, error);
}

enum swgpu_progress swgpu_queue_fail(struct swgpu_queue *q, uint64_t error, const char *why)
{
	vt_log(VT_LOG_ERROR, 0, "queue %u, packet %llu: %s (error 0x%llx): the queue stops",
	       q->slot, (unsigned long long)q->read, why, (unsigned long long)error);
	q->failed = true;
	report(q, error);
	return SWGPU_PROGRESS_STOPPED;
}

static void raise_memory_event(struct swgpu_queue *q, uint64_t va, bool write)
{
	struct swgpu_event_fault fault = {.va = va, .write = write};

	fault.present = swgpu_vm_mapped(q->dev->vm, va, 1, SWGPU_READ);
	/* A runtime that polls (ROCm 7 with libdtif.so) has no event; its queue's signal is left.
	 */
	if (!swgpu_events_raise(q->dev->events, HSA_EVENTTYPE_MEMORY, &fault))
		report(q, SWGPU_ERROR_APERTURE);
}

enum swgpu_progress swgpu_queue_memory_fault(struct swgpu_queue *q, uint64_t va, bool write,
					     const char *what)
{
	vt_log(VT_LOG_ERROR, 0,
	       "queue %u, packet %llu: memory fault: %s %s 0x%llx: the queue stops", q->slot,
	       (unsigned long long)q->read, what, write ? "writes" : "reads",
	       (unsigned long long)va);
	q->failed = true;
	raise_memory_event(q, va, write);
	return SWGPU_PROGRESS_STOPPED;
}

static bool in_aperture(uint64_t va)
{
	return va >> 32 == SWGPU_SHARED_BASE >> 32 || va >> 32 == SWGPU_PRIVATE_BASE >> 32;
}

enum swgpu_progress swgpu_queue_kernel_fault(struct swgpu_queue *q, const struct swgpu_fault *f)
{
	unsigned long long pc = f->pc, va = f->va, packet = q->read;

	q->failed = true;
	if (f->stop == SWGPU_STOP_MEMORY) {
		vt_log(VT_LOG_ERROR, 0,
		       "queue %u, packet %llu: memory fault: %s at 0x%llx, \"%s\" at pc 0x%llx: "
		       "the queue stops",
		       q->slot, packet, f->write ? "write" : "read", va, f->text, pc);
		if (in_aperture(f->va))
			report(q, SWGPU_ERROR_APERTURE);
		else
			raise_memory_event(q, f->va, f->write);
	} else if (f->stop == SWGPU_STOP_TRAP) {
		vt_log(VT_LOG_ERROR, 0,
		       "queue %u, packet %llu: trap %u at pc 0x%llx: the queue stops", q->slot,
		       packet, f->trap_id, pc);
		report(q, SWGPU_ERROR_TRAP);
	} else {
		vt_log(VT_LOG_ERROR, 0,
		       "queue %u, packet %llu: illegal instruction \"%s\" at pc 0x%llx: "
		       "the queue stops",
		       q->slot, packet, f->text, pc);
		report(q, SWGPU_ERROR_ILLEGAL);
	}
	return SWGPU_PROGRESS_STOPPED;
}
