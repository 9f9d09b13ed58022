/*
 * SDMA queues: a ring of packets of different lengths, with byte offsets that only grow.
 */
#include "host-renderer/swgpu/queue/sdma.h"

#include <hsakmttypes.h>

#include "host-renderer/swgpu/queue/access.h"
#include "host-renderer/swgpu/queue/device_state.h"
#include "host-renderer/swgpu/sched/clock.h"
#include "proto/base/log.h"

#define ATOMIC_ADD64 47u

enum swgpu_progress swgpu_sdma_refuse(struct swgpu_queue *q, const char *why)
{
	vt_log(VT_LOG_ERROR, 0, "queue %u, offset 0x%llx: %s: the queue stops", q->slot,
	       (unsigned long long)q->read, why);
	q->failed = true;
	swgpu_events_raise(q->dev->events, HSA_EVENTTYPE_HW_EXCEPTION, NULL);
	return SWGPU_PROGRESS_STOPPED;
}

static enum swgpu_progress fence(struct swgpu_queue *q, const uint32_t *w)
{
	uint64_t va = swgpu_sdma_va(w + 1);

	if (!swgpu_store32(&q->tlb, va, w[3]))
		return swgpu_queue_memory_fault(q, va, true, "an SDMA fence");
	return SWGPU_PROGRESS_MADE;
}

/* An event that does not exist is the program's business. */
static enum swgpu_progress trap(struct swgpu_queue *q, const uint32_t *w)
{
	swgpu_event_set(q->dev->events, w[1] & 0xfffffff);
	return SWGPU_PROGRESS_MADE;
}

static bool compare(unsigned func, uint32_t value, uint32_t want)
{
	switch (func) {
	case 1: return value < want;
	case 2: return value <= want;
	case 3: return value == want;
	case 4: return value != want;
	case 5: return value >= want;
	case 6: return value > want;
	default: return true;
	}
}

/* A poll of a register is how the runtime flushes the host data path, which is coherent here. */
static enum swgpu_progress poll(struct swgpu_queue *q, const uint32_t *w)
{
	uint64_t va = swgpu_sdma_va(w + 1);
	uint32_t value;

	if (!(w[0] >> 31))
		return SWGPU_PROGRESS_MADE;
	if (!swgpu_load32(&q->tlb, va, &value))
		return swgpu_queue_memory_fault(q, va, false, "an SDMA poll");
	return compare(w[0] >> 28 & 7, value & w[4], w[3]) ? SWGPU_PROGRESS_MADE
							   : SWGPU_PROGRESS_WAITS;
}

static enum swgpu_progress atomic(struct swgpu_queue *q, const uint32_t *w)
{
	uint64_t va = swgpu_sdma_va(w + 1);

	if (w[0] >> 25 != ATOMIC_ADD64)
		return swgpu_sdma_refuse(q, "an SDMA atomic that is not a 64-bit addition");
	if (!swgpu_add64(&q->tlb, va, swgpu_sdma_va(w + 3)))
		return swgpu_queue_memory_fault(q, va, true, "an SDMA atomic");
	return SWGPU_PROGRESS_MADE;
}

static enum swgpu_progress timestamp(struct swgpu_queue *q, const uint32_t *w)
{
	uint64_t va = swgpu_sdma_va(w + 1);

	if (!swgpu_store64(&q->tlb, va, swgpu_clock_gpu()))
		return swgpu_queue_memory_fault(q, va, true, "an SDMA time stamp");
	return SWGPU_PROGRESS_MADE;
}

static enum swgpu_progress nop(struct swgpu_queue *q, const uint32_t *w)
{
	(void)q;
	(void)w;
	return SWGPU_PROGRESS_MADE;
}

static const struct packet {
	uint8_t op, sub_op;
	uint8_t words;
	enum swgpu_progress (*run)(struct swgpu_queue *q, const uint32_t *w);
} packets[] = {
    {SWGPU_SDMA_NOP, 0, 1, nop},
    {SWGPU_SDMA_COPY, SWGPU_SDMA_COPY_LINEAR, 7, swgpu_sdma_copy_linear},
    {SWGPU_SDMA_COPY, SWGPU_SDMA_COPY_LINEAR_RECT, 13, swgpu_sdma_copy_rect},
    {SWGPU_SDMA_FENCE, 0, 4, fence},
    {SWGPU_SDMA_TRAP, 0, 2, trap},
    {SWGPU_SDMA_POLL_REGMEM, 0, 6, poll},
    {SWGPU_SDMA_ATOMIC, 0, 8, atomic},
    {SWGPU_SDMA_CONST_FILL, 0, 5, swgpu_sdma_fill},
    {SWGPU_SDMA_TIMESTAMP, SWGPU_SDMA_TIMESTAMP_GET_GLOBAL, 3, timestamp},
};

static const struct packet *find(uint32_t header)
{
	for (unsigned i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		if (packets[i].op == (header & 0xff) && packets[i].sub_op == (header >> 8 & 0xff))
			return &packets[i];
	return NULL;
}

/* Bytes: a NOP's header says how many words of padding follow. */
static uint64_t length_of(const struct packet *p, uint32_t header)
{
	return 4ull * (p->words + (p->op == SWGPU_SDMA_NOP ? header >> 16 & 0x3fff : 0));
}

/* Word i of the packet at q->read; a packet may go round the end of the ring. */
static uint32_t word(const struct swgpu_queue *q, uint64_t i)
{
	uint64_t at = q->ring_va + (q->read + 4 * i) % q->ring_bytes;

	return __atomic_load_n((const uint32_t *)swgpu_va_host(at), __ATOMIC_RELAXED);
}

static bool ready(const struct swgpu_queue *q, struct swgpu_tlb *tlb)
{
	uint64_t write;

	return !swgpu_load64(tlb, q->wptr_va, &write) || write != q->read;
}

static enum swgpu_progress execute(struct swgpu_queue *q, uint64_t bytes)
{
	uint32_t w[SWGPU_SDMA_MAX_WORDS], header = word(q, 0);
	const struct packet *p = find(header);
	enum swgpu_progress progress;
	uint64_t length;

	if (!p)
		return swgpu_sdma_refuse(q, "an unknown SDMA packet");
	length = length_of(p, header);
	if (length > bytes)
		return SWGPU_PROGRESS_IDLE; /* its rest is still to be written */
	w[0] = header;
	for (unsigned i = 1; i < p->words; i++)
		w[i] = word(q, i);
	progress = p->run(q, w);
	if (progress != SWGPU_PROGRESS_MADE)
		return progress;
	q->read += length;
	if (!swgpu_store64(&q->tlb, q->rptr_va, q->read))
		return swgpu_queue_memory_fault(q, q->rptr_va, true, "the SDMA engine");
	return SWGPU_PROGRESS_MADE;
}

static enum swgpu_progress step(struct swgpu_queue *q)
{
	uint64_t write;

	if (!swgpu_load64(&q->tlb, q->wptr_va, &write))
		return swgpu_queue_memory_fault(q, q->wptr_va, false, "the SDMA engine");
	if (write == q->read)
		return SWGPU_PROGRESS_IDLE;
	if (write - q->read > q->ring_bytes || write % 4)
		return swgpu_sdma_refuse(q, "an impossible SDMA write pointer");
	if (!swgpu_tlb_ok(&q->tlb, q->ring_va, q->ring_bytes, SWGPU_READ))
		return swgpu_queue_memory_fault(q, q->ring_va, false, "the SDMA engine");
	return execute(q, write - q->read);
}

const struct swgpu_queue_ops swgpu_sdma_ops = {.step = step, .ready = ready};
