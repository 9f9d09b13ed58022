/*
 * Addresses for memory operations. Lanes get places in patterns that programs have (in a row, all
 * the same, scattered) and that a fast path may get wrong (a row that ends where memory ends, lanes
 * that do not run pointing nowhere).
 */
#include "host-renderer/swgpu/isa/info.h"
#include "tests/isa/ref_gen_mem.h"
#include "tests/isa/ref_image.h"
#include "tests/isa/ref_memory.h"

#define PLACES  2048 /* where the lanes' places begin, so that an offset can be taken off */
#define PLACE   16   /* bytes each */
#define OUTSIDE (REF_MEMORY_SIZE + 8192)

enum pattern { SCATTERED, COLLIDING, IN_A_ROW, BACKWARDS, ALL_ONE, TO_THE_END, PATTERNS };

static unsigned enc_of(const struct swgpu_uop *u)
{
	return swgpu_op_info(u->op)->enc;
}

bool ref_gen_is_memory(const struct swgpu_uop *u)
{
	unsigned enc = enc_of(u);

	return enc == SWGPU_ENC_DS || enc == SWGPU_ENC_FLAT || enc == SWGPU_ENC_MUBUF ||
	       enc == SWGPU_ENC_SMEM || enc == SWGPU_ENC_MIMG;
}

static bool overlap(const struct swgpu_opnd *a, const struct swgpu_opnd *b)
{
	return a->kind == b->kind && (a->kind == SWGPU_OPND_VGPR || a->kind == SWGPU_OPND_SGPR) &&
	       a->reg < b->reg + b->words && b->reg < a->reg + a->words;
}

/* Address and data must be set apart from each other; a destination may be any of them. */
static void separate(struct swgpu_uop *u)
{
	struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR], *base = &u->src[SWGPU_SRC_BASE];

	for (unsigned i = 1; i < 4; i++)
		if (addr->kind == SWGPU_OPND_VGPR && overlap(addr, &u->src[i]))
			addr->reg = 248;
	if (overlap(base, &u->src[SWGPU_SRC_OFFSET]))
		u->src[SWGPU_SRC_OFFSET].reg = 100;
	if (overlap(base, &u->src[SWGPU_SRC_DATA]))
		u->src[SWGPU_SRC_DATA].reg = 64;
}

static void vary_ds(struct ref_trial *t, struct swgpu_uop *u)
{
	struct ref_access a = ref_ds_access(u->op);
	uint64_t x = ref_random(&t->random);

	if (!a.bytes)
		u->imm = (uint16_t)(u->op == SWGPU_OP_DS_SWIZZLE_B32 ? x : x & 0xffc);
	else if (!a.scale)
		u->imm = (int32_t)(x % 64 * PLACE);
	else if (a.load)
		u->imm = (int32_t)(x % 16 | x % 15 << 8);
	else if (a.scale == a.bytes)
		u->imm = (int32_t)(x % 2 * 64 | (2 + x / 2 % 2) * 64 << 8);
	else
		u->imm = (int32_t)(x % 4 | (4 + x / 4 % 4) << 8);
}

void ref_gen_vary_memory(struct ref_trial *t, struct swgpu_uop *u)
{
	uint64_t x = ref_random(&t->random);

	if (enc_of(u) == SWGPU_ENC_MIMG) {
		ref_gen_vary_image(u);
		return;
	}
	separate(u);
	switch (enc_of(u)) {
	case SWGPU_ENC_DS: vary_ds(t, u); break;
	case SWGPU_ENC_SMEM: u->imm = (int32_t)(x % 256 * 4); break;
	case SWGPU_ENC_MUBUF:
		u->imm = (int32_t)(x % 8 * 8);
		if (u->src[SWGPU_SRC_OFFSET].kind == SWGPU_OPND_IMM)
			u->src[SWGPU_SRC_OFFSET].imm = x >> 8 & 1 ? 0 : 64;
		break;
	default:
		if (swgpu_op_info(u->op)->seg == SWGPU_SEG_GLOBAL)
			u->imm = (int32_t)(x % 4096) - 2048;
		else
			u->imm = x % 16;
	}
}

/* Bytes from the first place; PLACE apart unless they are in a row. */
static void choose_places(struct ref_trial *t, const struct ref_access *a, enum pattern pattern,
			  uint64_t at[SWGPU_LANES])
{
	uint64_t x = ref_random(&t->random), step = 1 + 2 * (x % 32);
	unsigned spare = PLACE - a->bytes;

	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		uint64_t r = ref_random(&t->random), sub = spare ? r % (spare + 1) : 0;
		uint64_t align =
		    a->atomic || a->bytes >= 4 ? (a->bytes > 4 && !a->atomic ? 4 : a->bytes) : 1;

		at[i] = (i * step + x) % SWGPU_LANES * PLACE + sub / align * align;
		if (pattern == COLLIDING)
			at[i] = r % 8 * PLACE;
		else if (pattern == IN_A_ROW || pattern == TO_THE_END)
			at[i] = (uint64_t)i * a->bytes;
		else if (pattern == BACKWARDS)
			at[i] = (uint64_t)(SWGPU_LANES - 1 - i) * a->bytes;
		else if (pattern == ALL_ONE)
			at[i] = x % 64 * PLACE;
	}
}

static enum pattern choose_pattern(struct ref_trial *t, const struct ref_access *a)
{
	enum pattern pattern = ref_random(&t->random) % PATTERNS;

	/* Which of two places that are one is written first, nobody says. */
	if (a->scale && !a->load)
		return IN_A_ROW;
	return pattern;
}

/* The last places of `size` bytes; lanes that would lie behind do not run. */
static void to_the_end(struct ref_trial *t, const struct ref_access *a, uint64_t at[SWGPU_LANES],
		       uint64_t size)
{
	unsigned n = 1 + ref_random(&t->random) % SWGPU_LANES;
	uint64_t exec = swgpu_s64(&t->was.w, SWGPU_SREG_EXEC);

	for (unsigned i = 0; i < SWGPU_LANES; i++)
		at[i] += size - PLACES - (uint64_t)n * a->bytes;
	if (n < SWGPU_LANES)
		swgpu_set_s64(&t->was.w, SWGPU_SREG_EXEC, exec & ((UINT64_C(1) << n) - 1));
}

static void put(struct ref_trial *t, const struct swgpu_opnd *o, unsigned word, unsigned lane,
		uint64_t x)
{
	if (o->kind == SWGPU_OPND_VGPR)
		t->was.v[o->reg + word][lane] = (uint32_t)x;
}

static void put64(struct ref_trial *t, const struct swgpu_opnd *o, unsigned lane, uint64_t x)
{
	put(t, o, 0, lane, x);
	put(t, o, 1, lane, x >> 32);
}

static bool runs(const struct ref_trial *t, unsigned lane)
{
	return swgpu_s64(&t->was.w, SWGPU_SREG_EXEC) >> lane & 1;
}

static void ds_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	struct ref_access a = ref_ds_access(u->op);
	enum pattern pattern = choose_pattern(t, &a);
	uint64_t at[SWGPU_LANES], off = a.scale ? 0 : (uint64_t)u->imm;
	bool beyond = ref_random(&t->random) % 4 == 0 && !a.scale;

	t->was.w.s[SWGPU_SREG_M0] &= ~UINT32_C(3);
	if (!a.bytes)
		return;
	choose_places(t, &a, pattern, at);
	if (pattern == TO_THE_END && !a.scale)
		to_the_end(t, &a, at, REF_LDS_SIZE);
	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		uint64_t x = ref_random(&t->random);

		if (a.atomic)
			at[i] = at[i] / a.bytes * a.bytes;
		if (beyond && x % 4 == 0)
			at[i] = REF_LDS_SIZE + x / 4 % 1024 * PLACE;
		put(t, &u->src[SWGPU_SRC_ADDR], 0, i, runs(t, i) ? PLACES + at[i] - off : x);
	}
}

/* Address of a lane's place in one of the spaces that FLAT reaches. */
static uint64_t flat_target(const struct ref_trial *t, unsigned space, uint64_t at)
{
	if (space == 1)
		return t->env.shared_base + PLACES + at;
	if (space == 2)
		return t->env.private_base + PLACE + at % (REF_SCRATCH_LANE / 2 - 4 * PLACE);
	return ref_mem_lo + PLACES + at;
}

static void flat_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR], *base = &u->src[SWGPU_SRC_BASE];
	struct ref_access a = ref_mem_access(u->op);
	enum pattern pattern = choose_pattern(t, &a);
	uint64_t x = ref_random(&t->random), at[SWGPU_LANES], from = ref_mem_lo - 4096 - x % 1024;
	bool flat = swgpu_op_info(u->op)->seg == SWGPU_SEG_FLAT,
	     fault = x >> 32 & 15 ? false : true;

	if (base->kind == SWGPU_OPND_SGPR)
		swgpu_set_s64(&t->was.w, base->reg, from);
	choose_places(t, &a, pattern, at);
	if (pattern == TO_THE_END && !flat)
		to_the_end(t, &a, at, REF_MEMORY_SIZE);
	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		uint64_t r = ref_random(&t->random);
		unsigned space = !flat ? 0 : x >> 36 & 1 ? x >> 40 & 3 : r & 3;
		uint64_t target = flat_target(t, space, at[i]) - (uint64_t)(int64_t)u->imm;

		if (fault && r % 16 == 0)
			target = ref_mem_lo + OUTSIDE + r % 4096 * PLACE;
		if (base->kind == SWGPU_OPND_SGPR)
			put(t, addr, 0, i, runs(t, i) ? target - from : r);
		else
			put64(t, addr, i, runs(t, i) ? target : r);
	}
}

static void scratch_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR], *base = &u->src[SWGPU_SRC_BASE];
	struct ref_access a = ref_mem_access(u->op);
	uint64_t same = ref_random(&t->random);

	if (base->kind == SWGPU_OPND_SGPR)
		t->was.w.s[base->reg] = 32 + same % 16 * 4;
	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		uint64_t x = same >> 32 & 1 ? same : ref_random(&t->random);
		uint64_t off = 16 + x % (REF_SCRATCH_LANE / 2);

		if (a.bytes >= 4)
			off &= ~UINT64_C(3);
		put(t, addr, 0, i, runs(t, i) ? off - (uint64_t)(int64_t)u->imm : x);
	}
}

enum buffer { RAW, STRUCTURED, SWIZZLED };

static void describe_buffer(struct ref_trial *t, const struct swgpu_uop *u, enum buffer kind)
{
	uint32_t *d = &t->was.w.s[u->src[SWGPU_SRC_BASE].reg];
	uint64_t base = kind == SWIZZLED ? t->was.w.scratch_va : ref_mem_lo;

	d[0] = (uint32_t)base;
	d[1] = (uint32_t)(base >> 32) & 0xffff;
	d[2] = UINT32_MAX;
	d[3] = 0x00027000;
	if (kind == STRUCTURED)
		d[1] |= 32u << 16;
	if (kind ==
	    SWIZZLED) { /* as the runtime describes scratch: 64 lanes, a dword each in turn */
		d[1] |= 1u << 31;
		d[3] = 1u << 23 | 3u << 21 | 1u << 19;
	}
}

/* A format for instructions that convert, and an end of the buffer that some lanes are behind. */
static void describe_elements(struct ref_trial *t, const struct swgpu_uop *u)
{
	uint32_t *d = &t->was.w.s[u->src[SWGPU_SRC_BASE].reg];
	const struct ref_format *f;
	uint64_t x = ref_random(&t->random);
	unsigned number;

	do {
		uint64_t r = ref_random(&t->random);

		f = &ref_formats[r % ref_format_count];
		number = r >> 32 & 7;
	} while (f->code > 15 || number == 6 || !ref_format_has(f, number));
	d[2] = x & 1 ? UINT32_MAX : d[1] >> 16 ? 64 + x % 64 : PLACES + x % 1024;
	d[3] = (x & 2 ? 4 | 5 << 3 | 6 << 6 | 7 << 9 : 6 | 5 << 3 | 4 << 6 | 1 << 9) |
	       number << 12 | (uint32_t)f->code << 15;
}

static void buffer_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	const struct swgpu_opnd *addr = &u->src[SWGPU_SRC_ADDR],
				*soffset = &u->src[SWGPU_SRC_OFFSET];
	struct ref_access a = ref_mem_access(u->op);
	bool idxen = u->flags & SWGPU_UOP_IDXEN, offen = u->flags & SWGPU_UOP_OFFEN;
	enum buffer kind = ref_random(&t->random) % 3;
	uint64_t at[SWGPU_LANES], align = a.atomic || a.bytes < 4 ? a.bytes : 4;

	if (!a.bytes)
		return;
	if (kind == SWIZZLED && (a.atomic || idxen || ref_image_find(u->op)))
		kind = RAW;
	describe_buffer(t, u, kind);
	if (ref_image_find(u->op))
		describe_elements(t, u);
	if (soffset->kind == SWGPU_OPND_SGPR)
		t->was.w.s[soffset->reg] = kind == SWIZZLED ? 256 : 32;
	choose_places(t, &a, choose_pattern(t, &a), at);
	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		uint64_t x = ref_random(&t->random), off = kind == RAW ? at[i] + PLACES : x % 16;

		if (kind == SWIZZLED)
			off = x % 96;
		off = (off + (uint64_t)u->imm) / align * align - (uint64_t)u->imm;
		if (!runs(t, i))
			off = x >> 32;
		if (idxen)
			put(t, addr, 0, i, runs(t, i) ? 64 + at[i] / PLACE : x);
		if (offen)
			put(t, addr, idxen, i, off);
	}
}

static void scalar_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	const struct swgpu_opnd *base = &u->src[SWGPU_SRC_BASE],
				*soffset = &u->src[SWGPU_SRC_OFFSET];
	uint64_t x = ref_random(&t->random), va = ref_mem_lo + PLACES + x % 512 * 4;

	if (base->kind != SWGPU_OPND_SGPR)
		return;
	if (soffset->kind == SWGPU_OPND_SGPR)
		t->was.w.s[soffset->reg] = (uint32_t)(x >> 32) % 256 * 4;
	swgpu_set_s64(&t->was.w, base->reg, va);
	if (base->words == 4) {
		t->was.w.s[base->reg + 2] = (uint32_t)(x >> 40) % 2048;
		t->was.w.s[base->reg + 3] = 0x00027000;
	} else if (x >> 60 == 0) {
		swgpu_set_s64(&t->was.w, base->reg, ref_mem_lo + OUTSIDE);
	}
}

void ref_gen_addresses(struct ref_trial *t, const struct swgpu_uop *u)
{
	switch (enc_of(u)) {
	case SWGPU_ENC_DS: ds_addresses(t, u); break;
	case SWGPU_ENC_MUBUF: buffer_addresses(t, u); break;
	case SWGPU_ENC_SMEM: scalar_addresses(t, u); break;
	case SWGPU_ENC_MIMG: ref_gen_image_addresses(t, u); break;
	default:
		if (swgpu_op_info(u->op)->seg == SWGPU_SEG_SCRATCH)
			scratch_addresses(t, u);
		else
			flat_addresses(t, u);
	}
}
