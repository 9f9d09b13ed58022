/*
 * SDMA packets that move bytes.
 *
 * A packet that is interrupted because its queue is to stop is not done; it begins anew when the
 * queue goes on, which changes nothing that a program may rely on.
 */
#include <string.h>

#include "host-renderer/swgpu/queue/sdma.h"

/* Bytes between two looks at what has been unmapped and whether to stop. */
#define CHUNK (256u << 10)

static enum swgpu_progress copy_bytes(struct swgpu_queue *q, uint64_t dst, uint64_t src,
				      uint64_t bytes)
{
	while (bytes) {
		uint64_t n = bytes < CHUNK ? bytes : CHUNK;

		if (!swgpu_tlb_ok(&q->tlb, src, n, SWGPU_READ))
			return swgpu_queue_memory_fault(q, src, false, "an SDMA copy");
		if (!swgpu_tlb_ok(&q->tlb, dst, n, SWGPU_WRITE))
			return swgpu_queue_memory_fault(q, dst, true, "an SDMA copy");
		memmove(swgpu_va_host(dst), swgpu_va_host(src), n);
		swgpu_tlb_sync(&q->tlb);
		if (swgpu_gate_busy(&q->gate))
			return SWGPU_PROGRESS_STOPPED;
		dst += n;
		src += n;
		bytes -= n;
	}
	return SWGPU_PROGRESS_MADE;
}

enum swgpu_progress swgpu_sdma_copy_linear(struct swgpu_queue *q, const uint32_t *w)
{
	if (w[0] >> 16 || w[1] >> 22 || w[2])
		return swgpu_sdma_refuse(q, "an SDMA copy with options that are not supported");
	return copy_bytes(q, swgpu_sdma_va(w + 5), swgpu_sdma_va(w + 3), (uint64_t)w[1] + 1);
}

/* One side of a rectangular copy; all in elements but base. */
struct side {
	uint64_t base, x, y, z, pitch, slice;
};

static struct side read_side(const uint32_t *w)
{
	return (struct side){
	    .base = swgpu_sdma_va(w),
	    .x = w[2] & 0x3fff,
	    .y = w[2] >> 16 & 0x3fff,
	    .z = w[3] & 0x7ff,
	    .pitch = (w[3] >> 13) + 1ull,
	    .slice = (w[4] & 0xfffffff) + 1ull,
	};
}

static uint64_t row_va(const struct side *s, uint64_t y, uint64_t z, unsigned shift)
{
	return s->base + (((s->z + z) * s->slice + (s->y + y) * s->pitch + s->x) << shift);
}

enum swgpu_progress swgpu_sdma_copy_rect(struct swgpu_queue *q, const uint32_t *w)
{
	struct side src = read_side(w + 1), dst = read_side(w + 6);
	uint64_t nx = (w[11] & 0x3fff) + 1ull, ny = (w[11] >> 16 & 0x3fff) + 1ull;
	uint64_t nz = (w[12] & 0x7ff) + 1ull;
	unsigned shift = w[0] >> 29;

	if (shift > 4 || w[0] >> 16 & 0x1fff || w[12] >> 11)
		return swgpu_sdma_refuse(q,
					 "an SDMA rectangle with options that are not supported");
	for (uint64_t z = 0; z < nz; z++) {
		for (uint64_t y = 0; y < ny; y++) {
			enum swgpu_progress progress = copy_bytes(
			    q, row_va(&dst, y, z, shift), row_va(&src, y, z, shift), nx << shift);

			if (progress != SWGPU_PROGRESS_MADE)
				return progress;
		}
	}
	return SWGPU_PROGRESS_MADE;
}

static void fill_bytes(uint64_t va, uint64_t bytes, uint32_t pattern, unsigned unit)
{
	uint8_t *at = swgpu_va_host(va);

	if (unit == 1 || pattern == (pattern & 0xff) * 0x01010101u) {
		memset(at, (int)(pattern & 0xff), bytes);
		return;
	}
	for (uint64_t i = 0; i < bytes; i += unit)
		memcpy(at + i, &pattern, unit);
}

enum swgpu_progress swgpu_sdma_fill(struct swgpu_queue *q, const uint32_t *w)
{
	unsigned unit = 1u << (w[0] >> 30);
	uint64_t va = swgpu_sdma_va(w + 1), bytes = (w[4] & 0x3fffff & ~(unit - 1)) + unit;

	if (unit > 4 || w[0] >> 16 & 0x3fff || w[4] >> 22)
		return swgpu_sdma_refuse(q, "an SDMA fill with options that are not supported");
	if (!swgpu_tlb_ok(&q->tlb, va, bytes, SWGPU_WRITE))
		return swgpu_queue_memory_fault(q, va, true, "an SDMA fill");
	fill_bytes(va, bytes, w[3], unit);
	return SWGPU_PROGRESS_MADE;
}
