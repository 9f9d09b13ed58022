/*
 * MIMG and MUBUF with formats, of the reference: descriptors as the manual has them (chapter 8),
 * samplers as the OpenCL C specification (2.0, chapter 8.2).
 */
#include "tests/isa/ref_image.h"

#include <math.h>

#include "tests/isa/ref_expr.h"
#include "tests/isa/ref_memory.h"

struct image {
	uint64_t base;
	const struct ref_format *format;
	unsigned number, type, sels;
	unsigned dims, bytes;
	int64_t size[3], layers, first, pitch;
	bool da;
};

static unsigned dims_of(unsigned type)
{
	return type == 8 || type == 12 ? 1 : type == 10 ? 3 : 2;
}

static struct image read_image(const struct swgpu_wave *w, const struct swgpu_uop *u)
{
	const uint32_t *d = &w->s[u->src[SWGPU_SRC_BASE].reg];
	struct image m = {.base = ((uint64_t)(d[1] & 0xff) << 32 | d[0]) << 8,
			  .format = ref_format_find(d[1] >> 20 & 63),
			  .number = d[1] >> 26 & 15,
			  .type = d[3] >> 28,
			  .sels = d[3] & 0xfff,
			  .pitch = (d[4] >> 13 & 0xffff) + 1,
			  .da = u->flags & SWGPU_UOP_DA && d[3] >> 28 != 10};
	int64_t depth = (d[4] & 0x1fff) + 1;

	m.dims = dims_of(m.type);
	m.bytes = ref_format_bytes(m.format);
	m.size[0] = (d[2] & 0x3fff) + 1;
	m.size[1] = m.dims >= 2 ? (d[2] >> 14 & 0x3fff) + 1 : 1;
	m.size[2] = m.dims == 3 ? depth : 1;
	if (m.type == 12 || m.type == 13)
		m.first = d[5] & 0x1fff;
	m.layers = (m.type == 12 || m.type == 13) && m.da ? depth - m.first : 1;
	return m;
}

/* Writes the channels in mask to the destination's registers, as words or as halves. */
static void put(struct swgpu_wave *w, unsigned reg, unsigned lane, unsigned mask, bool d16,
		unsigned number, const uint32_t channel[4])
{
	unsigned n = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t *to = &w->v[reg + (d16 ? n / 2 : n)][lane];

		if (!(mask >> i & 1))
			continue;
		if (!d16)
			*to = channel[i];
		else if (n & 1)
			*to = (*to & 0xffff) | ref_texel_to_16(number, channel[i]) << 16;
		else
			*to = ref_texel_to_16(number, channel[i]);
		n++;
	}
}

static void get(const struct swgpu_wave *w, unsigned reg, unsigned lane, unsigned mask, bool d16,
		unsigned number, uint32_t channel[4])
{
	unsigned n = 0;

	for (unsigned i = 0; i < 4; i++) {
		channel[i] = 0;
		if (!(mask >> i & 1))
			continue;
		channel[i] = d16 ? ref_texel_from_16(
				       number, w->v[reg + n / 2][lane] >> (n & 1) * 16 & 0xffff)
				 : w->v[reg + n][lane];
		n++;
	}
}

static struct ref_place texel_place(const struct image *m, unsigned lane, int64_t x, int64_t y,
				    int64_t z, int64_t layer)
{
	int64_t slice = (m->first + layer + z) * m->size[1] * m->pitch;

	return (struct ref_place){REF_GLOBAL, lane,
				  m->base + (uint64_t)((slice + y * m->pitch + x) * m->bytes)};
}

/* The lane's texel by integer coordinates; false: not in the image. */
static bool by_number(const struct swgpu_wave *w, const struct swgpu_uop *u, const struct image *m,
		      unsigned lane, struct ref_place *p)
{
	unsigned reg = u->src[SWGPU_SRC_ADDR].reg, i;
	int64_t at[3] = {0}, layer = 0;

	for (i = 0; i < m->dims; i++)
		at[i] = (int32_t)w->v[reg + i][lane];
	if (m->da)
		layer = (int32_t)w->v[reg + i++][lane];
	if ((u->op == SWGPU_OP_IMAGE_LOAD_MIP || u->op == SWGPU_OP_IMAGE_STORE_MIP) &&
	    w->v[reg + i][lane] != 0)
		return false;
	for (i = 0; i < 3; i++)
		if (at[i] < 0 || at[i] >= m->size[i])
			return false;
	*p = texel_place(m, lane, at[0], at[1], at[2], layer);
	return layer >= 0 && layer < m->layers;
}

#define FOR_RUNNING(lane)                                   \
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) \
		if (swgpu_s64(w, SWGPU_SREG_EXEC) >> lane & 1)

static void load(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	struct image m = read_image(w, u);

	FOR_RUNNING(lane)
	{
		uint32_t texel[4] = {0}, channel[4];
		uint8_t bytes[16];
		struct ref_place p;

		if (by_number(w, u, &m, lane, &p)) {
			if (!ref_read(w, p, bytes, m.bytes))
				return;
			ref_texel_unpack(m.format, m.number, bytes, texel);
		}
		ref_texel_select(m.sels, m.number, texel, channel);
		put(w, u->dst.reg, lane, (unsigned)u->imm, u->flags & SWGPU_UOP_D16, m.number,
		    channel);
	}
}

static void store(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	struct image m = read_image(w, u);

	FOR_RUNNING(lane)
	{
		uint32_t texel[4], channel[4];
		uint8_t bytes[16];
		struct ref_place p;

		if (!by_number(w, u, &m, lane, &p))
			continue;
		get(w, u->src[SWGPU_SRC_DATA].reg, lane, (unsigned)u->imm, u->flags & SWGPU_UOP_D16,
		    m.number, channel);
		ref_texel_unselect(m.sels, channel, texel);
		ref_texel_pack(m.format, m.number, texel, bytes);
		if (!ref_write(w, p, bytes, m.bytes))
			return;
	}
}

static void resinfo(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	struct image m = read_image(w, u);

	FOR_RUNNING(lane)
	{
		bool first = w->v[u->src[SWGPU_SRC_ADDR].reg][lane] == 0;
		uint32_t info[4] = {(uint32_t)m.size[0], (uint32_t)m.size[1],
				    (uint32_t)(m.dims == 3 ? m.size[2] : m.layers), 1};

		for (unsigned i = 0; i < 4 && !first; i++)
			info[i] = 0;
		put(w, u->dst.reg, lane, (unsigned)u->imm, false, m.number, info);
	}
}

static void atomic(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	static const uint8_t kinds[] = {REF_SWAP, REF_CMPSWAP, REF_ADD,  REF_SUB, REF_SMIN,
					REF_UMIN, REF_SMAX,    REF_UMAX, REF_AND, REF_OR,
					REF_XOR,  REF_INC,     REF_DEC};
	unsigned kind = kinds[u->op - SWGPU_OP_IMAGE_ATOMIC_SWAP];
	struct image m = read_image(w, u);

	FOR_RUNNING(lane)
	{
		uint32_t data[4];
		uint64_t old = 0, a = 0, b = 0, now;
		struct ref_place p;

		if (by_number(w, u, &m, lane, &p)) {
			ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, data,
				      u->src[SWGPU_SRC_DATA].words);
			memcpy(&a, data, m.bytes);
			memcpy(&b, data + m.bytes / 4, m.bytes);
			if (!ref_read(w, p, &old, m.bytes))
				return;
			now = ref_atomic(kind, m.bytes, old, a, b);
			ref_write(w, p, &now, m.bytes);
		}
		memcpy(data, &old, sizeof(old));
		if (u->flags & SWGPU_UOP_GLC)
			ref_put_words(w, &u->dst, lane, data, m.bytes / 4);
	}
}

struct sampler {
	unsigned mode[3];
	bool texels, linear;
	float border[4];
};

static struct sampler read_sampler(const struct swgpu_wave *w, const struct swgpu_uop *u)
{
	const uint32_t *d = &w->s[u->src[SWGPU_SRC_OFFSET].reg];
	float rgb = d[3] >> 30 == 2, alpha = d[3] >> 30 != 0;

	return (struct sampler){{d[0] & 7, d[0] >> 3 & 7, d[0] >> 6 & 7},
				u->flags & SWGPU_UOP_UNORM || d[0] >> 15 & 1,
				d[2] >> 20 & 1,
				{rgb, rgb, rgb, alpha}};
}

/* Texel number i of n by the addressing mode; -1: the border. */
static int64_t address(int64_t i, int64_t n, unsigned mode)
{
	bool out = i < 0 || i >= n;

	switch (mode) {
	case 0: return ((i % n) + n) % n;
	case 1: i = ((i % (2 * n)) + 2 * n) % (2 * n); return i >= n ? 2 * n - 1 - i : i;
	case 6: return out ? -1 : i;
	case 7: return i >= n ? -1 : i < 0 ? 0 : i;
	default: return i < 0 ? 0 : i >= n ? n - 1 : i;
	}
}

/* The place in texels that coordinate c stands for. */
static double texel_coordinate(const struct sampler *s, float c, int64_t n, unsigned mode)
{
	double x = c;

	if (mode == 3 || mode == 7)
		x = fabs(x);
	if (s->texels)
		return x;
	if (mode == 0)
		x -= floor(x);
	if (mode == 1)
		x -= 2 * nearbyint(0.5 * x);
	return x * (double)n;
}

static bool sample_texel(struct swgpu_wave *w, const struct image *m, const struct sampler *s,
			 unsigned lane, const int64_t at[3], int64_t layer, uint32_t texel[4])
{
	uint8_t bytes[16];

	for (unsigned i = 0; i < 3; i++) {
		if (at[i] >= 0)
			continue;
		for (unsigned c = 0; c < 4; c++)
			texel[c] = ref_texel_one(m->number) == 1 ? (uint32_t)s->border[c]
								 : ref_b32(s->border[c]);
		return true;
	}
	if (!ref_read(w, texel_place(m, lane, at[0], at[1], at[2], layer), bytes, m->bytes))
		return false;
	ref_texel_unpack(m->format, m->number, bytes, texel);
	return true;
}

/* One lane: the texels are visited in the order of their addresses, so that sums are rounded the
 * same way. */
static bool sample_lane(struct swgpu_wave *w, const struct swgpu_uop *u, const struct image *m,
			const struct sampler *s, unsigned lane, uint32_t channel[4])
{
	bool four = u->op == SWGPU_OP_IMAGE_GATHER4_LZ;
	bool linear = four || (s->linear && !ref_texel_integer(m->number));
	static const unsigned turn[4] = {3, 2, 0, 1};
	unsigned reg = u->src[SWGPU_SRC_ADDR].reg;
	int64_t low[3] = {0}, layer = 0;
	float part[3] = {0}, sum[4] = {0};
	uint32_t texel[4] = {0};

	if (u->op == SWGPU_OP_IMAGE_SAMPLE_D)
		reg += 2 * m->dims;
	for (unsigned i = 0; i < m->dims; i++) {
		double c = texel_coordinate(s, F32(w->v[reg + i][lane]), m->size[i], s->mode[i]) -
			   (linear ? 0.5 : 0);

		if (!linear)
			c = nearbyint(c * 256) / 256;
		low[i] = (int64_t)floor(c);
		part[i] = (float)(c - floor(c));
	}
	if (m->da)
		layer = (int64_t)nearbyintf(F32(w->v[reg + m->dims][lane]));
	layer = layer < 0 ? 0 : layer >= m->layers ? m->layers - 1 : layer;
	for (unsigned k = 0; k < (linear ? 1u << m->dims : 1); k++) {
		int64_t at[3];
		float weight = 1;

		for (unsigned i = 0; i < 3; i++) {
			at[i] = i < m->dims ? address(low[i] + (k >> i & 1), m->size[i], s->mode[i])
					    : 0;
			if (linear && i < m->dims)
				weight *= k >> i & 1 ? part[i] : 1 - part[i];
		}
		if (weight == 0 && !four)
			continue;
		if (!sample_texel(w, m, s, lane, at, layer, texel))
			return false;
		if (four) {
			uint32_t c[4];

			ref_texel_select(m->sels, m->number, texel, c);
			channel[turn[k]] = c[__builtin_ctz((unsigned)u->imm)];
		}
		for (unsigned i = 0; i < 4; i++)
			sum[i] += weight * F32(texel[i]);
	}
	if (four)
		return true;
	for (unsigned i = 0; i < 4 && linear; i++)
		texel[i] = ref_b32(sum[i]);
	ref_texel_select(m->sels, m->number, texel, channel);
	return true;
}

static void sample(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	struct image m = read_image(w, u);
	struct sampler s = read_sampler(w, u);
	unsigned mask = u->op == SWGPU_OP_IMAGE_GATHER4_LZ ? 15 : (unsigned)u->imm;

	FOR_RUNNING(lane)
	{
		uint32_t channel[4];

		if (!sample_lane(w, u, &m, &s, lane, channel))
			return;
		put(w, u->dst.reg, lane, mask, u->flags & SWGPU_UOP_D16, m.number, channel);
	}
}

/* MUBUF with formats: how many channels, from the operation's place in the table. */
static void buffer(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	const uint32_t *d = &w->s[u->src[SWGPU_SRC_BASE].reg];
	const struct ref_format *f = ref_format_find(d[3] >> 15 & 15);
	unsigned opcode = u->op - SWGPU_OP_BUFFER_LOAD_FORMAT_X, number = d[3] >> 12 & 7;
	unsigned mask = (2u << opcode % 4) - 1, bytes = ref_format_bytes(f);
	bool d16 = opcode >= 8, write = opcode & 4, idxen = u->flags & SWGPU_UOP_IDXEN;
	uint64_t stride = d[1] >> 16 & 0x3fff, base = d[0] | (uint64_t)(d[1] & 0xffff) << 32,
		 soffset = ref_scalar(w, &u->src[SWGPU_SRC_OFFSET]);

	FOR_RUNNING(lane)
	{
		unsigned reg = u->src[SWGPU_SRC_ADDR].reg;
		uint64_t index = idxen ? w->v[reg][lane] : 0;
		uint64_t offset =
		    (u->flags & SWGPU_UOP_OFFEN ? w->v[reg + idxen][lane] : 0) + (uint64_t)u->imm;
		bool out = idxen && stride ? index >= d[2]
					   : index * stride + offset + soffset + bytes > d[2];
		struct ref_place p = {REF_GLOBAL, lane, base + soffset + index * stride + offset};
		uint32_t texel[4] = {0}, channel[4];
		uint8_t raw[16];

		if (write) {
			get(w, u->src[SWGPU_SRC_DATA].reg, lane, mask, d16, number, channel);
			ref_texel_unselect(d[3] & 0xfff, channel, texel);
			ref_texel_pack(f, number, texel, raw);
			if (!out && !ref_write(w, p, raw, bytes))
				return;
			continue;
		}
		if (!out) {
			if (!ref_read(w, p, raw, bytes))
				return;
			ref_texel_unpack(f, number, raw, texel);
		}
		ref_texel_select(d[3] & 0xfff, number, texel, channel);
		put(w, u->dst.reg, lane, mask, d16, number, channel);
	}
}

ref_wave_fn *ref_image_find(unsigned op)
{
	if (op >= SWGPU_OP_BUFFER_LOAD_FORMAT_X && op <= SWGPU_OP_BUFFER_STORE_FORMAT_D16_XYZW)
		return buffer;
	if (op >= SWGPU_OP_IMAGE_ATOMIC_SWAP && op <= SWGPU_OP_IMAGE_ATOMIC_DEC)
		return atomic;
	switch (op) {
	case SWGPU_OP_IMAGE_LOAD:
	case SWGPU_OP_IMAGE_LOAD_MIP: return load;
	case SWGPU_OP_IMAGE_STORE:
	case SWGPU_OP_IMAGE_STORE_MIP: return store;
	case SWGPU_OP_IMAGE_GET_RESINFO: return resinfo;
	case SWGPU_OP_IMAGE_SAMPLE:
	case SWGPU_OP_IMAGE_SAMPLE_D:
	case SWGPU_OP_IMAGE_SAMPLE_L:
	case SWGPU_OP_IMAGE_SAMPLE_LZ:
	case SWGPU_OP_IMAGE_GATHER4_LZ: return sample;
	default: return NULL;
	}
}
