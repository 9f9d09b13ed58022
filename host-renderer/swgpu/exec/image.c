/*
 * Image descriptors, and the instructions that access one texel.
 */
#include "host-renderer/swgpu/exec/image.h"

enum { TYPE_1D = 8, TYPE_2D = 9, TYPE_3D = 10, TYPE_1D_ARRAY = 12, TYPE_2D_ARRAY = 13 };

static uint32_t field(uint32_t word, unsigned first, unsigned bits)
{
	return word >> first & ((1u << bits) - 1);
}

static bool read_type(const uint32_t *words, bool da, struct swgpu_image *m)
{
	uint32_t depth = field(words[4], 0, 13) + 1, type = words[3] >> 28;
	bool array = type == TYPE_1D_ARRAY || type == TYPE_2D_ARRAY;

	switch (type) {
	case TYPE_1D:
	case TYPE_1D_ARRAY: m->dims = 1; break;
	case TYPE_2D:
	case TYPE_2D_ARRAY: m->dims = 2; break;
	case TYPE_3D: m->dims = 3; break;
	default: return false;
	}
	/* Runtimes use one kernel to copy arrays and volumes: the last coordinate is either. */
	m->layer = da && type != TYPE_3D;
	m->size[0] = field(words[2], 0, 14) + 1;
	m->size[1] = m->dims > 1 ? field(words[2], 14, 14) + 1 : 1;
	m->size[2] = m->dims > 2 ? depth : 1;
	m->first_layer = array ? field(words[5], 0, 13) : 0;
	if (m->first_layer >= depth)
		return false;
	m->layers = array && da ? depth - m->first_layer : 1;
	return true;
}

bool swgpu_image_read(const uint32_t *words, bool da, struct swgpu_image *out)
{
	struct swgpu_image m = {.base = (uint64_t)field(words[1], 0, 8) << 40 | (uint64_t)words[0]
										    << 8,
				.sels = field(words[3], 0, 12),
				.pitch = field(words[4], 13, 16) + 1};
	bool levels = field(words[3], 12, 8), compressed = field(words[6], 21, 1);

	if (levels || compressed || !read_type(words, da, &m) || m.pitch < m.size[0] ||
	    !swgpu_texel_format(field(words[1], 20, 6), field(words[1], 26, 4), &m.format))
		return false;
	*out = m;
	return true;
}

uint64_t swgpu_image_texel(const struct swgpu_image *m, uint32_t x, uint32_t y, uint32_t z)
{
	uint64_t row = (uint64_t)(m->first_layer + z) * m->size[1] + y;

	return (m->base + (row * m->pitch + x) * m->format.bytes) & 0xffffffffffff;
}

static bool reach(struct swgpu_wave *w, const struct swgpu_image *m, uint64_t va, unsigned access)
{
	if (swgpu_tlb_ok(w->tlb, va, m->format.bytes, access))
		return true;
	w->stop = SWGPU_STOP_MEMORY;
	w->fault_va = va;
	w->fault_write = access == SWGPU_WRITE;
	return false;
}

bool swgpu_image_fetch(struct swgpu_wave *w, const struct swgpu_image *m, uint64_t va,
		       uint32_t texel[4])
{
	if (!reach(w, m, va, SWGPU_READ))
		return false;
	swgpu_texel_load(&m->format, swgpu_va_host(va), texel);
	return true;
}

bool swgpu_image_begin(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned more,
		       struct swgpu_image *out)
{
	if (swgpu_image_read(&w->s[u->src[SWGPU_SRC_BASE].reg], u->flags & SWGPU_UOP_DA, out) &&
	    u->src[SWGPU_SRC_ADDR].reg + out->dims + out->layer + more <= w->nvgpr)
		return true;
	w->stop = SWGPU_STOP_ILLEGAL;
	return false;
}

bool swgpu_image_place(const struct swgpu_wave *w, const struct swgpu_uop *u,
		       const struct swgpu_image *m, unsigned lane, bool mip, uint64_t *va)
{
	uint32_t(*addr)[SWGPU_LANES] = &w->v[u->src[SWGPU_SRC_ADDR].reg];
	uint32_t at[3] = {0}, layer = m->layer ? addr[m->dims][lane] : 0;

	for (unsigned i = 0; i < m->dims; i++) {
		at[i] = addr[i][lane];
		if (at[i] >= m->size[i])
			return false;
	}
	if (layer >= m->layers || (mip && addr[m->dims + m->layer][lane]))
		return false;
	*va = swgpu_image_texel(m, at[0], at[1], m->dims == 3 ? at[2] : layer);
	return true;
}

void swgpu_image_put(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_image *m,
		     unsigned lane, const uint32_t channel[4])
{
	uint32_t(*dst)[SWGPU_LANES] = &w->v[u->dst.reg];
	unsigned n = 0;

	for (unsigned i = 0; i < 4; i++) {
		if (!((unsigned)u->imm >> i & 1))
			continue;
		if (!(u->flags & SWGPU_UOP_D16)) {
			dst[n][lane] = channel[i];
		} else {
			uint32_t half = swgpu_texel_to_d16(&m->format, channel[i]);

			dst[n / 2][lane] = n % 2 ? dst[n / 2][lane] | half << 16 : half;
		}
		n++;
	}
}

void swgpu_image_load(struct swgpu_wave *w, const struct swgpu_uop *u, bool mip)
{
	uint64_t exec = swgpu_exec_mask(w), va;
	struct swgpu_image m;

	if (!exec || !swgpu_image_begin(w, u, mip, &m))
		return;
	for (; exec; exec &= exec - 1) {
		unsigned lane = (unsigned)__builtin_ctzll(exec);
		uint32_t texel[4] = {0}, channel[4];

		if (swgpu_image_place(w, u, &m, lane, mip, &va) &&
		    !swgpu_image_fetch(w, &m, va, texel))
			return;
		swgpu_texel_select(&m.format, m.sels, texel, channel);
		swgpu_image_put(w, u, &m, lane, channel);
	}
}

/* A lane's channels; those that dmask does not name are 0. */
static void get(const struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_image *m,
		unsigned lane, uint32_t channel[4])
{
	uint32_t(*data)[SWGPU_LANES] = &w->v[u->src[SWGPU_SRC_DATA].reg];
	unsigned n = 0;

	memset(channel, 0, 4 * sizeof(channel[0]));
	for (unsigned i = 0; i < 4; i++) {
		if (!((unsigned)u->imm >> i & 1))
			continue;
		channel[i] = u->flags & SWGPU_UOP_D16
				 ? swgpu_texel_from_d16(&m->format, data[n / 2][lane] >> n % 2 * 16)
				 : data[n][lane];
		n++;
	}
}

void swgpu_image_store(struct swgpu_wave *w, const struct swgpu_uop *u, bool mip)
{
	uint64_t exec = swgpu_exec_mask(w), va;
	struct swgpu_image m;

	if (!exec || !swgpu_image_begin(w, u, mip, &m))
		return;
	for (; exec; exec &= exec - 1) {
		unsigned lane = (unsigned)__builtin_ctzll(exec);
		uint32_t texel[4], channel[4];

		if (!swgpu_image_place(w, u, &m, lane, mip, &va))
			continue;
		if (!reach(w, &m, va, SWGPU_WRITE))
			return;
		get(w, u, &m, lane, channel);
		swgpu_texel_unselect(m.sels, channel, texel);
		swgpu_texel_store(&m.format, swgpu_va_host(va), texel);
	}
}

/* Width, height, depth or layers, levels; all 0 of a level that is not there. */
void swgpu_image_resinfo(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint32_t(*addr)[SWGPU_LANES] = &w->v[u->src[SWGPU_SRC_ADDR].reg];
	uint64_t exec = swgpu_exec_mask(w);
	struct swgpu_image m;

	if (!exec || !swgpu_image_begin(w, u, 0, &m))
		return;
	for (; exec; exec &= exec - 1) {
		unsigned lane = (unsigned)__builtin_ctzll(exec);
		uint32_t info[4] = {m.size[0], m.size[1], m.dims == 3 ? m.size[2] : m.layers, 1};

		if (addr[0][lane])
			memset(info, 0, sizeof(info));
		swgpu_image_put(w, u, &m, lane, info);
	}
}
