/*
 * MUBUF with conversion: one element of the format that the descriptor names, to and from floats or
 * integers in registers. Buffers that OpenCL makes images of are read and written so. Source: "AMD
 * Vega Instruction Set Architecture", chapters 8.1.5 (descriptor) and 12.14.
 */
#include "host-renderer/swgpu/exec/buffer.h"
#include "host-renderer/swgpu/exec/texel.h"

struct typed {
	struct buffer b;
	struct swgpu_texel_format format;
	uint32_t sels;
	uint64_t index[SWGPU_LANES], offset[SWGPU_LANES];
};

/* False: nothing to do, or the wave has stopped. In a descriptor that adds the lane's number, the
 * format's bits are the stride's; and what is typed is never swizzled by those who make buffers. */
static bool begin(struct swgpu_wave *w, const struct swgpu_uop *u, struct typed *t)
{
	uint32_t word = w->s[u->src[SWGPU_SRC_BASE].reg + 3];

	if (!swgpu_exec_mask(w))
		return false;
	t->sels = word & 0xfff;
	if (!buffer_get(w, u, &t->b) || t->b.swizzled || t->b.by_lane ||
	    !swgpu_texel_format(word >> 15 & 15, word >> 12 & 7, &t->format)) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return false;
	}
	buffer_lanes(w, u, &t->b, t->index, t->offset);
	return true;
}

/* The lane's element in this process; NULL where it is outside of the buffer or, with the wave
 * stopped, not mapped. */
static uint8_t *element(struct swgpu_wave *w, const struct typed *t, uint64_t lane, unsigned access)
{
	uint64_t va;

	if (buffer_outside(&t->b, t->index[lane], t->offset[lane] + t->format.bytes))
		return NULL;
	va = buffer_address(&t->b, t->index[lane], t->offset[lane]) & 0xffffffffffff;
	if (swgpu_tlb_ok(w->tlb, va, t->format.bytes, access))
		return swgpu_va_host(va);
	w->stop = SWGPU_STOP_MEMORY;
	w->fault_va = va;
	w->fault_write = access == SWGPU_WRITE;
	return NULL;
}

static void load(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned n, bool d16)
{
	uint32_t(*dst)[SWGPU_LANES] = &w->v[u->dst.reg];
	struct typed t;

	if (!begin(w, u, &t))
		return;
	FOR_LANES (lane, swgpu_exec_mask(w)) {
		uint32_t texel[4] = {0}, channel[4];
		const uint8_t *at = element(w, &t, lane, SWGPU_READ);

		if (w->stop != SWGPU_STOP_NONE)
			return;
		if (at)
			swgpu_texel_load(&t.format, at, texel);
		swgpu_texel_select(&t.format, t.sels, texel, channel);
		for (unsigned i = 0; i < n; i++) {
			if (!d16)
				dst[i][lane] = channel[i];
			else if (i % 2)
				dst[i / 2][lane] |= swgpu_texel_to_d16(&t.format, channel[i]) << 16;
			else
				dst[i / 2][lane] = swgpu_texel_to_d16(&t.format, channel[i]);
		}
	}
}

static void store(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned n, bool d16)
{
	uint32_t(*data)[SWGPU_LANES] = &w->v[u->src[SWGPU_SRC_DATA].reg];
	struct typed t;

	if (!begin(w, u, &t))
		return;
	FOR_LANES (lane, swgpu_exec_mask(w)) {
		uint32_t texel[4], channel[4] = {0};
		uint8_t *at = element(w, &t, lane, SWGPU_WRITE);

		if (w->stop != SWGPU_STOP_NONE)
			return;
		for (unsigned i = 0; i < n; i++)
			channel[i] =
			    d16 ? swgpu_texel_from_d16(&t.format, data[i / 2][lane] >> i % 2 * 16)
				: data[i][lane];
		swgpu_texel_unselect(t.sels, channel, texel);
		if (at)
			swgpu_texel_store(&t.format, at, texel);
	}
}

#define ROWS(name, n)                        \
	EXEC(buffer_load_format_##name)      \
	{                                    \
		load(w, u, n, false);        \
	}                                    \
	EXEC(buffer_store_format_##name)     \
	{                                    \
		store(w, u, n, false);       \
	}                                    \
	EXEC(buffer_load_format_d16_##name)  \
	{                                    \
		load(w, u, n, true);         \
	}                                    \
	EXEC(buffer_store_format_d16_##name) \
	{                                    \
		store(w, u, n, true);        \
	}

ROWS(x, 1)
ROWS(xy, 2)
ROWS(xyz, 3)
ROWS(xyzw, 4)
