/* DS of the reference. Lanes go in ascending order. Source: manual, chapters 11 and 12.13 (LDS
 * instructions). */
#include "tests/isa/ref_expr.h"
#include "tests/isa/ref_memory.h"

enum kind { LOAD, STORE, ATOMIC, LOAD2, STORE2, SWAP2 };

struct ds_row {
	uint16_t op;
	uint8_t kind, bytes, how; /* how: enum ref_how, or enum ref_atomic */
	uint16_t scale;           /* of the offsets, where there are two */
	bool returns;
};

/* Both widths of an operation that also has a returning form. */
#define PAIR(NAME, T32, T64, HOW)                                       \
	{SWGPU_OP_DS_##NAME##_##T32, ATOMIC, 4, HOW, 0, false},         \
	    {SWGPU_OP_DS_##NAME##_RTN_##T32, ATOMIC, 4, HOW, 0, true},  \
	    {SWGPU_OP_DS_##NAME##_##T64, ATOMIC, 8, HOW, 0, false},     \
	{                                                               \
		SWGPU_OP_DS_##NAME##_RTN_##T64, ATOMIC, 8, HOW, 0, true \
	}

static const struct ds_row rows[] = {
    PAIR(ADD, U32, U64, REF_ADD),
    PAIR(SUB, U32, U64, REF_SUB),
    PAIR(RSUB, U32, U64, REF_RSUB),
    PAIR(INC, U32, U64, REF_INC),
    PAIR(DEC, U32, U64, REF_DEC),
    PAIR(MIN, I32, I64, REF_SMIN),
    PAIR(MAX, I32, I64, REF_SMAX),
    PAIR(MIN, U32, U64, REF_UMIN),
    PAIR(MAX, U32, U64, REF_UMAX),
    PAIR(AND, B32, B64, REF_AND),
    PAIR(OR, B32, B64, REF_OR),
    PAIR(XOR, B32, B64, REF_XOR),
    PAIR(MSKOR, B32, B64, REF_MSKOR),
    PAIR(CMPST, B32, B64, REF_CMPSWAP),
    PAIR(CMPST, F32, F64, REF_FCMPSWAP),
    PAIR(MIN, F32, F64, REF_FMIN),
    PAIR(MAX, F32, F64, REF_FMAX),
    {SWGPU_OP_DS_ADD_F32, ATOMIC, 4, REF_FADD, 0, false},
    {SWGPU_OP_DS_ADD_RTN_F32, ATOMIC, 4, REF_FADD, 0, true},
    {SWGPU_OP_DS_WRXCHG_RTN_B32, ATOMIC, 4, REF_SWAP, 0, true},
    {SWGPU_OP_DS_WRXCHG_RTN_B64, ATOMIC, 8, REF_SWAP, 0, true},
    {SWGPU_OP_DS_WRAP_RTN_B32, ATOMIC, 4, REF_WRAP, 0, true},
    {SWGPU_OP_DS_WRXCHG2_RTN_B32, SWAP2, 4, 0, 4, true},
    {SWGPU_OP_DS_WRXCHG2ST64_RTN_B32, SWAP2, 4, 0, 256, true},
    {SWGPU_OP_DS_WRXCHG2_RTN_B64, SWAP2, 8, 0, 8, true},
    {SWGPU_OP_DS_WRXCHG2ST64_RTN_B64, SWAP2, 8, 0, 512, true},
    {SWGPU_OP_DS_WRITE_B8, STORE, 1, REF_ZEXT, 0, false},
    {SWGPU_OP_DS_WRITE_B16, STORE, 2, REF_ZEXT, 0, false},
    {SWGPU_OP_DS_WRITE_B8_D16_HI, STORE, 1, REF_D16_HI, 0, false},
    {SWGPU_OP_DS_WRITE_B16_D16_HI, STORE, 2, REF_D16_HI, 0, false},
    {SWGPU_OP_DS_WRITE_B32, STORE, 4, REF_ZEXT, 0, false},
    {SWGPU_OP_DS_WRITE_B64, STORE, 8, REF_ZEXT, 0, false},
    {SWGPU_OP_DS_WRITE_B96, STORE, 12, REF_ZEXT, 0, false},
    {SWGPU_OP_DS_WRITE_B128, STORE, 16, REF_ZEXT, 0, false},
    {SWGPU_OP_DS_WRITE2_B32, STORE2, 4, 0, 4, false},
    {SWGPU_OP_DS_WRITE2ST64_B32, STORE2, 4, 0, 256, false},
    {SWGPU_OP_DS_WRITE2_B64, STORE2, 8, 0, 8, false},
    {SWGPU_OP_DS_WRITE2ST64_B64, STORE2, 8, 0, 512, false},
    {SWGPU_OP_DS_READ_I8, LOAD, 1, REF_SEXT, 0, true},
    {SWGPU_OP_DS_READ_U8, LOAD, 1, REF_ZEXT, 0, true},
    {SWGPU_OP_DS_READ_I16, LOAD, 2, REF_SEXT, 0, true},
    {SWGPU_OP_DS_READ_U16, LOAD, 2, REF_ZEXT, 0, true},
    {SWGPU_OP_DS_READ_U8_D16, LOAD, 1, REF_D16, 0, true},
    {SWGPU_OP_DS_READ_U8_D16_HI, LOAD, 1, REF_D16_HI, 0, true},
    {SWGPU_OP_DS_READ_I8_D16, LOAD, 1, REF_SEXT_D16, 0, true},
    {SWGPU_OP_DS_READ_I8_D16_HI, LOAD, 1, REF_SEXT_D16_HI, 0, true},
    {SWGPU_OP_DS_READ_U16_D16, LOAD, 2, REF_D16, 0, true},
    {SWGPU_OP_DS_READ_U16_D16_HI, LOAD, 2, REF_D16_HI, 0, true},
    {SWGPU_OP_DS_READ_B32, LOAD, 4, REF_ZEXT, 0, true},
    {SWGPU_OP_DS_READ_B64, LOAD, 8, REF_ZEXT, 0, true},
    {SWGPU_OP_DS_READ_B96, LOAD, 12, REF_ZEXT, 0, true},
    {SWGPU_OP_DS_READ_B128, LOAD, 16, REF_ZEXT, 0, true},
    {SWGPU_OP_DS_READ2_B32, LOAD2, 4, 0, 4, true},
    {SWGPU_OP_DS_READ2ST64_B32, LOAD2, 4, 0, 256, true},
    {SWGPU_OP_DS_READ2_B64, LOAD2, 8, 0, 8, true},
    {SWGPU_OP_DS_READ2ST64_B64, LOAD2, 8, 0, 512, true},
};

static const struct ds_row *row_of(unsigned op)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].op == op)
			return &rows[i];
	return NULL;
}

static uint32_t address(const struct swgpu_wave *w, const struct swgpu_uop *u, unsigned lane)
{
	uint32_t a;

	ref_get_words(w, &u->src[SWGPU_SRC_ADDR], lane, &a, 1);
	return a;
}

static struct ref_place lds(unsigned lane, uint64_t a)
{
	return (struct ref_place){REF_LDS, lane, a};
}

/* Two places, a scaled offset each. */
static void two(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ds_row *row,
		unsigned lane)
{
	uint32_t base = address(w, u, lane), out[4] = {0}, in[2][2] = {{0}};
	unsigned n = row->bytes / 4;

	ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, in[0], row->kind == LOAD2 ? 0 : n);
	ref_get_words(w, &u->src[SWGPU_SRC_DATA1], lane, in[1], row->kind == LOAD2 ? 0 : n);
	for (unsigned i = 0; i < 2; i++)
		ref_read(w, lds(lane, base + (uint64_t)(u->imm >> 8 * i & 255) * row->scale),
			 out + n * i, row->bytes);
	for (unsigned i = 0; i < 2 && row->kind != LOAD2; i++)
		ref_write(w, lds(lane, base + (uint64_t)(u->imm >> 8 * i & 255) * row->scale),
			  in[i], row->bytes);
	if (row->returns)
		ref_put_words(w, &u->dst, lane, out, 2 * n);
}

static void atomic(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ds_row *row,
		   unsigned lane)
{
	struct ref_place p = lds(lane, address(w, u, lane) + (uint64_t)(uint32_t)u->imm);
	uint32_t in[2][2] = {{0}}, out[2] = {0};
	uint64_t a = 0, b = 0, old = 0, result;
	unsigned n = row->bytes / 4;
	bool compares = row->how == REF_CMPSWAP || row->how == REF_FCMPSWAP;

	ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, in[0], n);
	ref_get_words(w, &u->src[SWGPU_SRC_DATA1], lane, in[1],
		      u->src[SWGPU_SRC_DATA1].kind ? n : 0);
	memcpy(&a, in[0], 8);
	memcpy(&b, in[1], 8);
	ref_read(w, p, &old, row->bytes);
	result = compares ? ref_atomic(row->how, row->bytes, old, b, a)
			  : ref_atomic(row->how, row->bytes, old, a, b);
	ref_write(w, p, &result, row->bytes);
	memcpy(out, &old, 8);
	if (row->returns)
		ref_put_words(w, &u->dst, lane, out, n);
}

static void one(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ds_row *row,
		unsigned lane)
{
	struct ref_place p = lds(lane, address(w, u, lane) + (uint64_t)(uint32_t)u->imm);
	unsigned n = row->bytes < 4 ? 1 : row->bytes / 4;
	uint32_t data[4] = {0}, old;

	if (row->kind == STORE) {
		ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, data, n);
		if (row->how == REF_D16_HI)
			data[0] >>= 16;
		ref_write(w, p, data, row->bytes);
		return;
	}
	ref_read(w, p, data, row->bytes);
	ref_get_words(w, &u->dst, lane, &old, 1);
	if (row->bytes < 4)
		data[0] = ref_extend(row->how, row->bytes, data[0], old);
	ref_put_words(w, &u->dst, lane, data, n);
}

static void ds(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	const struct ds_row *row = row_of(u->op);
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (row->kind >= LOAD2)
			two(w, u, row, lane);
		else if (row->kind == ATOMIC)
			atomic(w, u, row, lane);
		else
			one(w, u, row, lane);
	}
}

/* Sets each running lane's result to what lane from[lane] has, or 0 if that does not run. */
static void gather(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned src,
		   const unsigned from[SWGPU_LANES])
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);
	uint32_t in[SWGPU_LANES];

	memcpy(in, w->v[u->src[src].reg], sizeof(in));
	for (unsigned lane = 0; lane < SWGPU_LANES; lane++)
		if (exec >> lane & 1)
			w->v[u->dst.reg][lane] = exec >> from[lane] & 1 ? in[from[lane]] : 0;
}

static unsigned swizzle_lane(uint32_t offset, unsigned i)
{
	uint32_t and = offset & 31, or = offset >> 5 & 31, xor = offset >> 10 & 31;
	uint32_t rotate = or ;

	if (offset >= 0xe000)
		return i; /* see swizzle() */
	if (offset >= 0xc000) {
		if (offset >> 10 & 1)
			rotate = -rotate;
		return ((i & and) | ((i + rotate) & ~and&31)) | (i & 32);
	}
	if (offset & 0x8000)
		return (i & ~3u) + (offset >> 2 * (i & 3) & 3);
	return ((((i & 31) & and) | or) ^ xor) | (i & 32);
}

/* The order of a fast Fourier transform: bits reversed, as far as the mask lets. */
static unsigned fft_lane(uint32_t mask, unsigned i)
{
	unsigned reversed = 0;

	for (unsigned bit = 0; bit < 5; bit++)
		reversed |= (i >> bit & 1) << (4 - bit);
	return reversed >> count_ones(mask & 31) | (i & mask & 31) | (i & 32);
}

static void swizzle(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint32_t offset = (uint32_t)u->imm & 0xffff;
	unsigned from[SWGPU_LANES];

	for (unsigned i = 0; i < SWGPU_LANES; i++)
		from[i] = offset >= 0xe000 ? fft_lane(offset & 31, i) : swizzle_lane(offset, i);
	gather(w, u, SWGPU_SRC_ADDR, from);
}

static void bpermute(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	unsigned from[SWGPU_LANES];

	for (unsigned i = 0; i < SWGPU_LANES; i++)
		from[i] = (w->v[u->src[SWGPU_SRC_ADDR].reg][i] + (uint32_t)u->imm) / 4 % 64;
	gather(w, u, SWGPU_SRC_DATA, from);
}

/* Pushes; where two lanes push to one, the higher wins. */
static void permute(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);
	uint32_t out[SWGPU_LANES] = {0};

	for (unsigned i = 0; i < SWGPU_LANES; i++)
		if (exec >> i & 1)
			out[(w->v[u->src[SWGPU_SRC_ADDR].reg][i] + (uint32_t)u->imm) / 4 % 64] =
			    w->v[u->src[SWGPU_SRC_DATA].reg][i];
	for (unsigned i = 0; i < SWGPU_LANES; i++)
		if (exec >> i & 1)
			w->v[u->dst.reg][i] = out[i];
}

/* Addressed by the lane's number: M0 and the offset are the base. */
static void addtid(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);
	uint64_t base = ((uint32_t)u->imm & 0xffff) + (w->s[SWGPU_SREG_M0] & 0xffff);

	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		if (!(exec >> i & 1))
			continue;
		if (u->op == SWGPU_OP_DS_READ_ADDTID_B32)
			ref_read(w, lds(i, base + 4 * i), &w->v[u->dst.reg][i], 4);
		else
			ref_write(w, lds(i, base + 4 * i), &w->v[u->src[SWGPU_SRC_DATA].reg][i], 4);
	}
}

/* Two neighbouring words; each is replaced where the data's highest bit is set, by the data without
 * it. */
static void condxchg32(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);

	for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {
		uint64_t a = (address(w, u, lane) + (uint32_t)u->imm) & 0xfff8;
		uint32_t data[2], old[2];

		if (!(exec >> lane & 1))
			continue;
		ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, data, 2);
		for (unsigned i = 0; i < 2; i++) {
			ref_read(w, lds(lane, a + 4 * i), &old[i], 4);
			data[i] = data[i] >> 31 ? data[i] & 0x7fffffff : old[i];
			ref_write(w, lds(lane, a + 4 * i), &data[i], 4);
		}
		ref_put_words(w, &u->dst, lane, old, 2);
	}
}

/* A counter at M0 and the offset goes up or down by one for each running lane; they get its value
 * before that. */
static void counter(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);
	struct ref_place p =
	    lds(0, (w->s[SWGPU_SREG_M0] & 0xffff) + (uint64_t)((uint32_t)u->imm & 0xffff));
	uint32_t was, is;

	ref_read(w, p, &was, 4);
	is = was;
	for (unsigned i = 0; i < SWGPU_LANES; i++) {
		if (!(exec >> i & 1))
			continue;
		is += u->op == SWGPU_OP_DS_APPEND ? 1 : UINT32_MAX;
		w->v[u->dst.reg][i] = was;
	}
	ref_write(w, p, &is, 4);
}

static void nop(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	(void)w;
	(void)u;
}

ref_wave_fn *ref_ds_find(unsigned op)
{
	switch (op) {
	case SWGPU_OP_DS_NOP: return nop;
	case SWGPU_OP_DS_SWIZZLE_B32: return swizzle;
	case SWGPU_OP_DS_PERMUTE_B32: return permute;
	case SWGPU_OP_DS_BPERMUTE_B32: return bpermute;
	case SWGPU_OP_DS_READ_ADDTID_B32:
	case SWGPU_OP_DS_WRITE_ADDTID_B32: return addtid;
	case SWGPU_OP_DS_CONDXCHG32_RTN_B64: return condxchg32;
	case SWGPU_OP_DS_APPEND:
	case SWGPU_OP_DS_CONSUME: return counter;
	default: return row_of(op) ? ds : NULL;
	}
}

struct ref_access ref_ds_access(unsigned op)
{
	const struct ds_row *row = row_of(op);

	if (op == SWGPU_OP_DS_CONDXCHG32_RTN_B64)
		return (struct ref_access){8, 0, false, true};
	if (!row)
		return (struct ref_access){0};
	return (struct ref_access){row->bytes, row->scale, row->kind == LOAD || row->kind == LOAD2,
				   row->kind == ATOMIC};
}
