/*
 * queue/aql.h - the kinds of AQL packets. Private to queue/.
 *
 * Each function is given a private copy of the packet, so that what it has checked stays so. It
 * returns SWGPU_PROGRESS_MADE where the packet is done (its signal is the caller's to complete),
 * WAITS where it is to be tried again, STOPPED otherwise.
 */
#ifndef SWGPU_QUEUE_AQL_H
#define SWGPU_QUEUE_AQL_H

#include <hsa/hsa.h>

#include "host-renderer/swgpu/queue/queue.h"

#define SWGPU_AQL_BYTES 64u

/* Any packet: 64 bytes, the completion signal last. */
union swgpu_aql_packet {
	uint16_t header;
	uint32_t word[SWGPU_AQL_BYTES / 4];
	hsa_kernel_dispatch_packet_t dispatch;
	hsa_barrier_and_packet_t barrier; /* barrier-OR is the same */
};

/* va: where the packet is in the ring. */
enum swgpu_progress swgpu_aql_dispatch(struct swgpu_queue *q, const union swgpu_aql_packet *p,
				       uint64_t va);
enum swgpu_progress swgpu_aql_barrier(struct swgpu_queue *q, const union swgpu_aql_packet *p,
				      bool any);
enum swgpu_progress swgpu_aql_vendor(struct swgpu_queue *q, const union swgpu_aql_packet *p);

#endif
