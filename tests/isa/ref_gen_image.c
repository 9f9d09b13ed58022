/*
 * Trials for MIMG: small images of all formats and shapes somewhere in memory, coordinates in and
 * around them. What is computed from coordinates of samplers is exact: they are multiples of a
 * sixteenth of a texel.
 */
#include "tests/isa/ref_gen_mem.h"
#include "tests/isa/ref_image.h"

#define SELS(x, y, z, w) ((x) | (y) << 3 | (z) << 6 | (w) << 9)

struct shape {
	uint32_t type, size[3], layers, first, pitch;
	const struct ref_format *format;
	unsigned number;
	bool normalized, sampler, linear;
};

void ref_gen_vary_image(struct swgpu_uop *u)
{
	u->src[SWGPU_SRC_ADDR].reg = 200;
	u->src[SWGPU_SRC_ADDR].words = 10; /* as many as any has */
	u->src[SWGPU_SRC_BASE].reg = 8;
	if (u->src[SWGPU_SRC_OFFSET].kind == SWGPU_OPND_SGPR)
		u->src[SWGPU_SRC_OFFSET].reg = 16;
}

static unsigned pick(struct ref_trial *t, unsigned n)
{
	return (unsigned)(ref_random(&t->random) >> 20) % n;
}

static void choose_format(struct ref_trial *t, const struct swgpu_uop *u, struct shape *s)
{
	static const uint8_t numbers[] = {0, 1, 2, 3, 4, 5, 7, 9};
	unsigned words = u->src[SWGPU_SRC_DATA].words;

	if (u->op >= SWGPU_OP_IMAGE_ATOMIC_SWAP && u->op <= SWGPU_OP_IMAGE_ATOMIC_DEC) {
		if (u->op == SWGPU_OP_IMAGE_ATOMIC_CMPSWAP)
			words /= 2;
		s->format = ref_format_find(words == 1 ? 4 : 11);
		s->number = 4;
		return;
	}
	do {
		s->format = &ref_formats[pick(t, ref_format_count)];
		s->number = numbers[pick(t, sizeof(numbers))];
	} while (!ref_format_has(s->format, s->number));
}

static struct shape choose_shape(struct ref_trial *t, const struct swgpu_uop *u)
{
	static const uint8_t types[] = {9, 13, 8, 10, 12};
	bool gather = u->op == SWGPU_OP_IMAGE_GATHER4_LZ;
	struct shape s = {.type = types[pick(t, gather ? 2 : 5)],
			  .sampler = u->src[SWGPU_SRC_OFFSET].kind == SWGPU_OPND_SGPR};

	choose_format(t, u, &s);
	s.linear = s.sampler && pick(t, 2);
	s.normalized = s.sampler && !(u->flags & SWGPU_UOP_UNORM) && pick(t, 2);
	for (unsigned i = 0; i < 3; i++)
		s.size[i] = s.normalized ? 1u << pick(t, 4) : 1 + pick(t, i ? 6 : 12);
	if (s.type == 8 || s.type == 12)
		s.size[1] = 1;
	if (s.type != 10)
		s.size[2] = 1;
	s.layers = s.type >= 12 ? 1 + pick(t, 3) : 1;
	s.first = s.type >= 12 ? pick(t, 2) : 0;
	s.pitch = s.size[0] + pick(t, 4);
	return s;
}

static void describe(struct ref_trial *t, const struct swgpu_uop *u, const struct shape *s)
{
	static const uint16_t sels[] = {SELS(4, 5, 6, 7), SELS(6, 5, 4, 7), SELS(4, 0, 0, 1),
					SELS(4, 4, 4, 4), SELS(0, 0, 0, 4), SELS(5, 6, 7, 4),
					SELS(4, 0, 0, 5), SELS(6, 5, 4, 1)};
	uint32_t *d = &t->was.w.s[u->src[SWGPU_SRC_BASE].reg];
	uint32_t slices = s->type == 10 ? s->size[2] : s->first + s->layers;
	uint32_t bytes = slices * s->size[1] * s->pitch * ref_format_bytes(s->format);
	uint32_t units = (REF_MEMORY_SIZE - bytes) / 256;
	uint64_t base = ref_mem_lo / 256 + (pick(t, 8) ? pick(t, units + 1) : 63);

	d[0] = (uint32_t)base;
	d[1] = (uint32_t)(base >> 32) | (uint32_t)s->format->code << 20 | s->number << 26;
	d[2] = (s->size[0] - 1) | (s->size[1] - 1) << 14;
	d[3] = sels[pick(t, 8)] | pick(t, 32) << 20 | s->type << 28;
	d[4] = (slices - 1) | (s->pitch - 1) << 13;
	d[5] = s->first;
	d[6] = d[7] = 0;
}

static void describe_sampler(struct ref_trial *t, const struct swgpu_uop *u, const struct shape *s)
{
	static const uint8_t modes[] = {0, 1, 2, 3, 6, 7};
	uint32_t *d = &t->was.w.s[u->src[SWGPU_SRC_OFFSET].reg];

	d[0] = (uint32_t)(modes[pick(t, 6)] | modes[pick(t, 6)] << 3 | modes[pick(t, 6)] << 6) |
	       (uint32_t)!s->normalized << 15;
	d[1] = 4095u << 12;
	d[2] = (uint32_t)s->linear << 20 | (uint32_t)s->linear << 22;
	d[3] = pick(t, 3) << 30;
}

/* Float texels that can be added: no infinities and NaNs, in any of the formats. */
static void tame_memory(struct ref_trial *t)
{
	const uint32_t top = 0x40004000 | 1u << 9 | 1u << 10 | 1u << 20 | 1u << 21 | 1u << 31;
	uint32_t word;

	for (size_t i = 0; i < REF_MEMORY_SIZE; i += sizeof(word)) {
		memcpy(&word, t->was.memory + i, sizeof(word));
		word &= ~top;
		memcpy(t->was.memory + i, &word, sizeof(word));
	}
	memcpy(t->memory, t->was.memory, REF_MEMORY_SIZE);
}

static uint32_t float_bits(double x)
{
	float f = (float)x;
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

/* A coordinate from half an image before to half behind. */
static uint32_t coordinate(struct ref_trial *t, const struct shape *s, unsigned i)
{
	double place;

	if (!s->sampler)
		return pick(t, s->size[i] + 2) - (pick(t, 4) ? 0 : 1);
	place = pick(t, 32 * s->size[i]) / 16.0 - s->size[i] / 2.0;
	return float_bits(s->normalized ? place / s->size[i] : place);
}

void ref_gen_image_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	struct shape s = choose_shape(t, u);
	unsigned dims = s.type == 10 ? 3 : s.type == 8 || s.type == 12 ? 1 : 2, reg;
	unsigned slopes = u->op == SWGPU_OP_IMAGE_SAMPLE_D ? 2 * dims : 0;

	describe(t, u, &s);
	if (s.sampler)
		describe_sampler(t, u, &s);
	if (s.number == 7 && s.linear)
		tame_memory(t);
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		if (!(swgpu_s64(&t->was.w, SWGPU_SREG_EXEC) >> lane & 1))
			continue;
		reg = u->src[SWGPU_SRC_ADDR].reg + slopes;
		for (unsigned i = 0; i < dims; i++)
			t->was.v[reg++][lane] = coordinate(t, &s, i);
		if (u->flags & SWGPU_UOP_DA && s.type != 10)
			t->was.v[reg++][lane] =
			    s.sampler ? float_bits(pick(t, 4 * s.layers + 6) / 4.0 - 0.5)
				      : pick(t, s.layers + 2) - (pick(t, 4) ? 0 : 1);
		t->was.v[reg][lane] = pick(t, 4) ? 0 : 1; /* a level, where there is one */
		if (u->op == SWGPU_OP_IMAGE_GET_RESINFO)
			t->was.v[u->src[SWGPU_SRC_ADDR].reg][lane] = pick(t, 2);
	}
}
