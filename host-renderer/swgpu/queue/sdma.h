/*
 * queue/sdma.h - packets of the gfx9 system DMA engine. Private to queue/.
 *
 * Source: the packet definitions in the kernel's vega10_sdma_pkt_open.h and ROCr's
 * sdma_registers.h.
 */
#ifndef SWGPU_QUEUE_SDMA_H
#define SWGPU_QUEUE_SDMA_H

#include "host-renderer/swgpu/queue/queue.h"

enum swgpu_sdma_op {
	SWGPU_SDMA_NOP = 0,
	SWGPU_SDMA_COPY = 1,
	SWGPU_SDMA_FENCE = 5,
	SWGPU_SDMA_TRAP = 6,
	SWGPU_SDMA_POLL_REGMEM = 8,
	SWGPU_SDMA_ATOMIC = 10,
	SWGPU_SDMA_CONST_FILL = 11,
	SWGPU_SDMA_TIMESTAMP = 13,
};

enum swgpu_sdma_sub_op {
	SWGPU_SDMA_COPY_LINEAR = 0,
	SWGPU_SDMA_COPY_LINEAR_RECT = 4,
	SWGPU_SDMA_TIMESTAMP_GET_GLOBAL = 2,
};

#define SWGPU_SDMA_MAX_WORDS 13u

/* Each executes one packet, w, of which a private copy is given. MADE: done. */
enum swgpu_progress swgpu_sdma_copy_linear(struct swgpu_queue *q, const uint32_t *w);
enum swgpu_progress swgpu_sdma_copy_rect(struct swgpu_queue *q, const uint32_t *w);
enum swgpu_progress swgpu_sdma_fill(struct swgpu_queue *q, const uint32_t *w);

static inline uint64_t swgpu_sdma_va(const uint32_t *w)
{
	return (uint64_t)w[1] << 32 | w[0];
}

/* The packet is one that this engine does not know or may not do. */
enum swgpu_progress swgpu_sdma_refuse(struct swgpu_queue *q, const char *why);

#endif
