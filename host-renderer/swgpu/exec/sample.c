/*
 * Reading an image through a sampler.
 *
 * Each coordinate becomes one texel (nearest) or two with a weight (linear), or none: the border.
 * Weights are computed in single precision; hardware has eight bits of them.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 8.2.6 (sampler descriptor); the formulas
 * are those of the OpenCL C 2.0 specification, chapter 8.2.
 */
#include <math.h>

#include "host-renderer/swgpu/exec/image.h"
#include "host-renderer/swgpu/exec/valu_lane.h"

enum clamp {
	CLAMP_WRAP,
	CLAMP_MIRROR,
	CLAMP_LAST_TEXEL,
	CLAMP_MIRROR_ONCE_LAST_TEXEL,
	CLAMP_HALF_BORDER,
	CLAMP_MIRROR_ONCE_HALF_BORDER,
	CLAMP_BORDER,
	CLAMP_MIRROR_ONCE_BORDER,
};

struct sampler {
	uint8_t clamp[3]; /* enum clamp */
	bool texels;      /* coordinates are in texels, not 0..1 */
	bool linear, truncates;
	float border[4];
};

#define NO_TEXEL UINT32_MAX

/* The texels that one coordinate chooses. */
struct taps {
	uint32_t at[2]; /* NO_TEXEL: the border */
	float weight;   /* of the second */
};

static uint32_t field(uint32_t word, unsigned first, unsigned bits)
{
	return word >> first & ((1u << bits) - 1);
}

static bool clamp_ok(unsigned clamp)
{
	return clamp != CLAMP_HALF_BORDER && clamp != CLAMP_MIRROR_ONCE_HALF_BORDER;
}

/* With one level and no sizes to compare, magnifying and reducing must be the same; the border must
 * be one of the three colours that need no table. */
static bool read_sampler(const uint32_t *words, bool texels, struct sampler *s)
{
	uint32_t magnify = field(words[2], 20, 2), reduce = field(words[2], 22, 2);
	uint32_t border = words[3] >> 30;

	if (magnify != reduce || magnify > 1 || border > 2 || field(words[2], 24, 2))
		return false;
	for (unsigned i = 0; i < 3; i++) {
		s->clamp[i] = (uint8_t)field(words[0], 3 * i, 3);
		if (!clamp_ok(s->clamp[i]))
			return false;
	}
	s->texels = texels || field(words[0], 15, 1);
	s->linear = magnify;
	s->truncates = field(words[0], 27, 1);
	for (unsigned i = 0; i < 4; i++)
		s->border[i] = border == 2 || (border == 1 && i == 3) ? 1.0f : 0.0f;
	return true;
}

/* A coordinate in texels, folded into the image as far as that is done before rounding. */
static float unfold(float c, float size, unsigned clamp, bool texels)
{
	if (texels) {
		bool fold =
		    clamp == CLAMP_MIRROR_ONCE_LAST_TEXEL || clamp == CLAMP_MIRROR_ONCE_BORDER;

		return fold ? fabsf(c) : c;
	}
	switch (clamp) {
	case CLAMP_WRAP: return (c - floorf(c)) * size;
	/* Two images' width; resolve() folds the left one, whose texels begin at the other edge. */
	case CLAMP_MIRROR: return (c - 2.0f * rintf(0.5f * c)) * size;
	case CLAMP_MIRROR_ONCE_LAST_TEXEL:
	case CLAMP_MIRROR_ONCE_BORDER: return fabsf(c) * size;
	default: return c * size;
	}
}

static uint32_t resolve(int32_t i, int32_t size, unsigned clamp)
{
	bool inside = i >= 0 && i < size;
	int32_t fold;

	if (inside)
		return (uint32_t)i;
	switch (clamp) {
	case CLAMP_WRAP: return (uint32_t)((i % size + size) % size);
	case CLAMP_MIRROR:
		fold = (i % (2 * size) + 2 * size) % (2 * size);
		return (uint32_t)(fold < size ? fold : 2 * size - 1 - fold);
	case CLAMP_BORDER: return NO_TEXEL;
	case CLAMP_MIRROR_ONCE_BORDER: return i < 0 ? 0 : NO_TEXEL;
	default: return i < 0 ? 0 : (uint32_t)size - 1;
	}
}

static struct taps take(float c, uint32_t size, unsigned clamp, const struct sampler *s,
			bool linear)
{
	const float far = 0x1p30f;
	float u = unfold(c, (float)size, clamp, s->texels) - (linear ? 0.5f : 0.0f);
	/* The nearest is looked for by places of 1/256: libraries pass a texel's very edge. */
	float low = floorf(linear || s->truncates ? u : rintf(u * 256.0f) / 256.0f);
	struct taps t;
	int32_t i;

	low = low != low ? 0.0f : low < -far ? -far : low > far ? far : low;
	i = (int32_t)low;
	t.at[0] = resolve(i, (int32_t)size, clamp);
	t.at[1] = linear ? resolve(i + 1, (int32_t)size, clamp) : t.at[0];
	t.weight = linear ? u - low : 0.0f;
	return t;
}

/* What a sample instruction needs of one lane. */
struct lane {
	struct taps tap[3];
	uint32_t layer;
};

static void get_lane(const struct swgpu_wave *w, const struct swgpu_image *m,
		     const struct sampler *s, unsigned reg, unsigned lane, bool linear,
		     struct lane *out)
{
	float layer = m->layer ? rintf(valu_f32(w->v[reg + m->dims][lane])) : 0.0f;

	for (unsigned i = 0; i < 3; i++)
		out->tap[i] = i < m->dims ? take(valu_f32(w->v[reg + i][lane]), m->size[i],
						 s->clamp[i], s, linear)
					  : (struct taps){{0, 0}, 0.0f};
	out->layer = !(layer > 0.0f)             ? 0
		     : layer >= (float)m->layers ? m->layers - 1
						 : (uint32_t)layer;
}

/* The texel of one choice a coordinate (bit i of `which`). */
static bool fetch(struct swgpu_wave *w, const struct swgpu_image *m, const struct sampler *s,
		  const struct lane *l, unsigned which, uint32_t texel[4])
{
	uint32_t x = l->tap[0].at[which & 1], y = l->tap[1].at[which >> 1 & 1],
		 z = l->tap[2].at[which >> 2 & 1];

	if (x == NO_TEXEL || y == NO_TEXEL || z == NO_TEXEL) {
		for (unsigned i = 0; i < 4; i++)
			texel[i] = swgpu_texel_is_integer(&m->format) ? (uint32_t)s->border[i]
								      : valu_b32(s->border[i]);
		return true;
	}
	return swgpu_image_fetch(w, m, swgpu_image_texel(m, x, y, m->dims == 3 ? z : l->layer),
				 texel);
}

/* The sum of up to eight texels by their weights. */
static bool blend(struct swgpu_wave *w, const struct swgpu_image *m, const struct sampler *s,
		  const struct lane *l, uint32_t texel[4])
{
	float sum[4] = {0};

	for (unsigned which = 0; which < 1u << m->dims; which++) {
		float weight = 1.0f;

		for (unsigned i = 0; i < m->dims; i++)
			weight *= which >> i & 1 ? l->tap[i].weight : 1.0f - l->tap[i].weight;
		if (weight == 0.0f)
			continue;
		if (!fetch(w, m, s, l, which, texel))
			return false;
		for (unsigned i = 0; i < 4; i++)
			sum[i] += weight * valu_f32(texel[i]);
	}
	for (unsigned i = 0; i < 4; i++)
		texel[i] = valu_b32(sum[i]);
	return true;
}

/* One component of the four texels around the place, in the order in which shaders expect them. */
static bool gather(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_image *m,
		   const struct sampler *s, const struct lane *l, uint32_t out[4])
{
	static const uint8_t order[4] = {2, 3, 1, 0};
	unsigned component = (unsigned)__builtin_ctz((unsigned)u->imm);
	uint32_t texel[4], channel[4];

	for (unsigned i = 0; i < 4; i++) {
		if (!fetch(w, m, s, l, order[i], texel))
			return false;
		swgpu_texel_select(&m->format, m->sels, texel, channel);
		out[i] = channel[component];
	}
	return true;
}

static void sample_gather(struct swgpu_wave *w, const struct swgpu_uop *u,
			  const struct swgpu_image *m, const struct sampler *s)
{
	struct swgpu_uop all = *u;
	struct lane l;
	uint32_t channel[4];

	all.imm = 15;
	for (uint64_t exec = swgpu_exec_mask(w); exec; exec &= exec - 1) {
		unsigned lane = (unsigned)__builtin_ctzll(exec);

		get_lane(w, m, s, u->src[SWGPU_SRC_ADDR].reg, lane, true, &l);
		if (!gather(w, u, m, s, &l, channel))
			return;
		swgpu_image_put(w, &all, m, lane, channel);
	}
}

static void sample(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_image *m,
		   const struct sampler *s, unsigned reg)
{
	/* Integers are not blended. */
	bool linear = s->linear && !swgpu_texel_is_integer(&m->format);
	uint32_t texel[4] = {0}, channel[4];
	struct lane l;

	for (uint64_t exec = swgpu_exec_mask(w); exec; exec &= exec - 1) {
		unsigned lane = (unsigned)__builtin_ctzll(exec);

		get_lane(w, m, s, reg, lane, linear, &l);
		if (!(linear ? blend(w, m, s, &l, texel) : fetch(w, m, s, &l, 0, texel)))
			return;
		swgpu_texel_select(&m->format, m->sels, texel, channel);
		swgpu_image_put(w, u, m, lane, channel);
	}
}

void swgpu_image_sample(struct swgpu_wave *w, const struct swgpu_uop *u, enum swgpu_sample how)
{
	unsigned before, after = how == SWGPU_SAMPLE_LEVEL;
	struct swgpu_image m;
	struct sampler s;

	if (!swgpu_exec_mask(w) || !swgpu_image_begin(w, u, after, &m))
		return;
	before = how == SWGPU_SAMPLE_SLOPE ? 2 * m.dims : 0;
	if (u->src[SWGPU_SRC_ADDR].reg + before + m.dims + m.layer > w->nvgpr ||
	    (how == SWGPU_SAMPLE_GATHER && m.dims != 2) ||
	    !read_sampler(&w->s[u->src[SWGPU_SRC_OFFSET].reg], u->flags & SWGPU_UOP_UNORM, &s)) {
		w->stop = SWGPU_STOP_ILLEGAL;
		return;
	}
	if (how == SWGPU_SAMPLE_GATHER)
		sample_gather(w, u, &m, &s);
	else
		sample(w, u, &m, &s, u->src[SWGPU_SRC_ADDR].reg + before);
}
