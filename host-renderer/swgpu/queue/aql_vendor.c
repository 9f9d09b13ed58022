/*
 * AMD's vendor packet that calls an indirect buffer of PM4 packets. The runtime uses it to make the
 * instruction cache forget code, after it has written some.
 *
 * Sources: the AQL extension for PM4 indirect buffers as ROCr writes it (AqlQueue::ExecutePM4); PM4
 * type-3 packets of the gfx9 command processor (kernel header soc15d.h).
 */
#include "host-renderer/swgpu/queue/aql.h"

#include "host-renderer/swgpu/queue/access.h"
#include "host-renderer/swgpu/queue/device_state.h"

/* Words of the AQL packet. */
#define VENDOR_FORMAT(p)    ((p)->word[0] >> 16 & 0xff)
#define FORMAT_PM4_IB       1u
#define IB_CALL             1u /* first of four words: INDIRECT_BUFFER */

#define PM4_TYPE(h)         ((h) >> 30)
#define PM4_OPCODE(h)       ((h) >> 8 & 0xff)
#define PM4_BODY(h)         (((h) >> 16 & 0x3fff) + 1)

#define PM4_NOP             0x10u
#define PM4_INDIRECT_BUFFER 0x3fu
#define PM4_EVENT_WRITE     0x46u
#define PM4_ACQUIRE_MEM     0x58u

/* Runs one packet. Returns its words, or 0 where it is not understood. */
static uint64_t run_one(struct swgpu_queue *q, uint32_t header)
{
	if (PM4_TYPE(header) == 2)
		return 1;
	if (PM4_TYPE(header) != 3)
		return 0;
	switch (PM4_OPCODE(header)) {
	case PM4_NOP:
	case PM4_EVENT_WRITE: break;
	case PM4_ACQUIRE_MEM: swgpu_code_flush(q->dev->code); break;
	default: return 0;
	}
	return 1 + PM4_BODY(header);
}

enum swgpu_progress swgpu_aql_vendor(struct swgpu_queue *q, const union swgpu_aql_packet *p)
{
	const uint32_t *call = &p->word[IB_CALL];
	uint64_t va = (uint64_t)(call[2] & 0xffff) << 32 | (call[1] & ~3u);
	uint64_t words = call[3] & 0xfffff, length;
	uint32_t header;

	if (VENDOR_FORMAT(p) != FORMAT_PM4_IB || PM4_TYPE(call[0]) != 3 ||
	    PM4_OPCODE(call[0]) != PM4_INDIRECT_BUFFER)
		return swgpu_queue_fail(q, SWGPU_ERROR_VENDOR_PACKET, "an unknown vendor packet");
	for (uint64_t at = 0; at < words; at += length) {
		if (!swgpu_load32(&q->tlb, va + 4 * at, &header))
			return swgpu_queue_memory_fault(q, va + 4 * at, false,
							"an indirect buffer");
		length = run_one(q, header);
		if (!length || length > words - at)
			return swgpu_queue_fail(q, SWGPU_ERROR_VENDOR_PACKET,
						"an indirect buffer with an unknown PM4 packet");
	}
	return SWGPU_PROGRESS_MADE;
}
