/*
 * FLAT, GLOBAL, SCRATCH, MUBUF and SMEM of the reference. Lanes go in ascending order.
 * Source: manual, chapters 8 (scalar memory), 9 (vector memory: address calculation of buffers), 10
 * (FLAT).
 */
#include "tests/isa/ref_image.h"
#include "tests/isa/ref_memory.h"

enum family { FLAT, GLOBAL, SCRATCH, BUFFER };
enum kind { LOAD, STORE, ATOMIC };

struct mem_row {
	uint16_t op;
	uint8_t family, kind, bytes, how; /* how: enum ref_how, or enum ref_atomic */
};

#define MOVES(FAMILY, F)                                                          \
	{SWGPU_OP_##F##_LOAD_UBYTE, FAMILY, LOAD, 1, REF_ZEXT},                   \
	    {SWGPU_OP_##F##_LOAD_SBYTE, FAMILY, LOAD, 1, REF_SEXT},               \
	    {SWGPU_OP_##F##_LOAD_USHORT, FAMILY, LOAD, 2, REF_ZEXT},              \
	    {SWGPU_OP_##F##_LOAD_SSHORT, FAMILY, LOAD, 2, REF_SEXT},              \
	    {SWGPU_OP_##F##_LOAD_DWORD, FAMILY, LOAD, 4, REF_ZEXT},               \
	    {SWGPU_OP_##F##_LOAD_DWORDX2, FAMILY, LOAD, 8, REF_ZEXT},             \
	    {SWGPU_OP_##F##_LOAD_DWORDX3, FAMILY, LOAD, 12, REF_ZEXT},            \
	    {SWGPU_OP_##F##_LOAD_DWORDX4, FAMILY, LOAD, 16, REF_ZEXT},            \
	    {SWGPU_OP_##F##_LOAD_UBYTE_D16, FAMILY, LOAD, 1, REF_D16},            \
	    {SWGPU_OP_##F##_LOAD_UBYTE_D16_HI, FAMILY, LOAD, 1, REF_D16_HI},      \
	    {SWGPU_OP_##F##_LOAD_SBYTE_D16, FAMILY, LOAD, 1, REF_SEXT_D16},       \
	    {SWGPU_OP_##F##_LOAD_SBYTE_D16_HI, FAMILY, LOAD, 1, REF_SEXT_D16_HI}, \
	    {SWGPU_OP_##F##_LOAD_SHORT_D16, FAMILY, LOAD, 2, REF_D16},            \
	    {SWGPU_OP_##F##_LOAD_SHORT_D16_HI, FAMILY, LOAD, 2, REF_D16_HI},      \
	    {SWGPU_OP_##F##_STORE_BYTE, FAMILY, STORE, 1, REF_ZEXT},              \
	    {SWGPU_OP_##F##_STORE_BYTE_D16_HI, FAMILY, STORE, 1, REF_D16_HI},     \
	    {SWGPU_OP_##F##_STORE_SHORT, FAMILY, STORE, 2, REF_ZEXT},             \
	    {SWGPU_OP_##F##_STORE_SHORT_D16_HI, FAMILY, STORE, 2, REF_D16_HI},    \
	    {SWGPU_OP_##F##_STORE_DWORD, FAMILY, STORE, 4, REF_ZEXT},             \
	    {SWGPU_OP_##F##_STORE_DWORDX2, FAMILY, STORE, 8, REF_ZEXT},           \
	    {SWGPU_OP_##F##_STORE_DWORDX3, FAMILY, STORE, 12, REF_ZEXT},          \
	{                                                                         \
		SWGPU_OP_##F##_STORE_DWORDX4, FAMILY, STORE, 16, REF_ZEXT         \
	}

#define ATOMIC_PAIR(FAMILY, F, NAME, HOW)                                 \
	{SWGPU_OP_##F##_ATOMIC_##NAME, FAMILY, ATOMIC, 4, HOW},           \
	{                                                                 \
		SWGPU_OP_##F##_ATOMIC_##NAME##_X2, FAMILY, ATOMIC, 8, HOW \
	}

#define ATOMICS(FAMILY, F)                                                                    \
	ATOMIC_PAIR(FAMILY, F, SWAP, REF_SWAP), ATOMIC_PAIR(FAMILY, F, CMPSWAP, REF_CMPSWAP), \
	    ATOMIC_PAIR(FAMILY, F, ADD, REF_ADD), ATOMIC_PAIR(FAMILY, F, SUB, REF_SUB),       \
	    ATOMIC_PAIR(FAMILY, F, SMIN, REF_SMIN), ATOMIC_PAIR(FAMILY, F, UMIN, REF_UMIN),   \
	    ATOMIC_PAIR(FAMILY, F, SMAX, REF_SMAX), ATOMIC_PAIR(FAMILY, F, UMAX, REF_UMAX),   \
	    ATOMIC_PAIR(FAMILY, F, AND, REF_AND), ATOMIC_PAIR(FAMILY, F, OR, REF_OR),         \
	    ATOMIC_PAIR(FAMILY, F, XOR, REF_XOR), ATOMIC_PAIR(FAMILY, F, INC, REF_INC),       \
	    ATOMIC_PAIR(FAMILY, F, DEC, REF_DEC)

static const struct mem_row rows[] = {
    MOVES(FLAT, FLAT),   MOVES(GLOBAL, GLOBAL),   MOVES(SCRATCH, SCRATCH), MOVES(BUFFER, BUFFER),
    ATOMICS(FLAT, FLAT), ATOMICS(GLOBAL, GLOBAL), ATOMICS(BUFFER, BUFFER),
};

static const struct mem_row *row_of(unsigned op)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].op == op)
			return &rows[i];
	return NULL;
}

/* FLAT and GLOBAL: a 64-bit address a lane, or a scalar base and a 32-bit offset a lane. */
static uint64_t flat_address(const struct swgpu_wave *w, const struct swgpu_uop *u, unsigned lane)
{
	uint32_t v[2] = {0};
	const struct swgpu_opnd *base = &u->src[SWGPU_SRC_BASE];

	ref_get_words(w, &u->src[SWGPU_SRC_ADDR], lane, v, base->kind == SWGPU_OPND_NONE ? 2 : 1);
	if (base->kind != SWGPU_OPND_NONE)
		return swgpu_s64(w, base->reg) + v[0] + (uint64_t)(int64_t)u->imm;
	return ((uint64_t)v[1] << 32 | v[0]) + (uint64_t)(int64_t)u->imm;
}

static struct ref_place flat_place(const struct swgpu_wave *w, const struct swgpu_uop *u,
				   unsigned lane)
{
	struct ref_place p = {REF_GLOBAL, lane, flat_address(w, u, lane)};

	if (p.address >> 32 == w->env->shared_base >> 32)
		p = (struct ref_place){REF_LDS, lane, (uint32_t)p.address};
	else if (p.address >> 32 == w->env->private_base >> 32)
		p = (struct ref_place){REF_PRIVATE, lane, (uint32_t)p.address};
	return p;
}

static struct ref_place scratch_place(const struct swgpu_wave *w, const struct swgpu_uop *u,
				      unsigned lane)
{
	const struct swgpu_opnd *base = &u->src[SWGPU_SRC_BASE];
	uint32_t v = 0, s = base->kind == SWGPU_OPND_NONE ? 0 : (uint32_t)ref_scalar(w, base);

	ref_get_words(w, &u->src[SWGPU_SRC_ADDR], lane, &v, 1);
	return (struct ref_place){REF_PRIVATE, lane, (uint32_t)(v + s + (uint32_t)u->imm)};
}

/* Address of byte `at` of a buffer access; a swizzled buffer interleaves the lanes' dwords. */
static struct ref_place buffer_place(const struct swgpu_wave *w, const struct swgpu_uop *u,
				     unsigned lane, unsigned at)
{
	const uint32_t *d = &w->s[u->src[SWGPU_SRC_BASE].reg];
	uint64_t base = d[0] | (uint64_t)(d[1] & 0xffff) << 32, stride = d[1] >> 16 & 0x3fff;
	uint64_t index_stride = UINT64_C(8) << (d[3] >> 21 & 3), index, offset;
	bool swizzled = d[1] >> 31, add_tid = d[3] >> 23 & 1, idxen = u->flags & SWGPU_UOP_IDXEN;
	uint32_t v[2] = {0};

	if (u->flags & (SWGPU_UOP_IDXEN | SWGPU_UOP_OFFEN))
		ref_get_words(w, &u->src[SWGPU_SRC_ADDR], lane, v, u->src[SWGPU_SRC_ADDR].words);
	if (add_tid)
		stride |= (uint64_t)(d[3] >> 15 & 15) << 14;
	index = (idxen ? v[0] : 0) + (add_tid ? lane : 0);
	offset = (u->flags & SWGPU_UOP_OFFEN ? v[idxen] : 0) + (uint32_t)u->imm + at;
	if (swizzled)
		offset = (index / index_stride * stride + offset / 4 * 4) * index_stride +
			 index % index_stride * 4 + offset % 4;
	else
		offset += index * stride;
	return (struct ref_place){REF_GLOBAL, lane,
				  base + ref_scalar(w, &u->src[SWGPU_SRC_OFFSET]) + offset};
}

/* Where byte `at` of the access is; `at` is 0 or the start of a further dword. */
static struct ref_place place(const struct swgpu_wave *w, const struct swgpu_uop *u,
			      const struct mem_row *row, unsigned lane, unsigned at)
{
	struct ref_place p;

	if (row->family == BUFFER)
		return buffer_place(w, u, lane, at);
	p = row->family == SCRATCH  ? scratch_place(w, u, lane)
	    : row->family == GLOBAL ? (struct ref_place){REF_GLOBAL, lane, flat_address(w, u, lane)}
				    : flat_place(w, u, lane);
	p.address += at;
	return p;
}

static bool load(struct swgpu_wave *w, const struct swgpu_uop *u, const struct mem_row *row,
		 unsigned lane)
{
	uint32_t data[4] = {0}, old;

	if (row->bytes < 4) {
		if (!ref_read(w, place(w, u, row, lane, 0), data, row->bytes))
			return false;
		ref_get_words(w, &u->dst, lane, &old, 1);
		data[0] = ref_extend(row->how, row->bytes, data[0], old);
		ref_put_words(w, &u->dst, lane, data, 1);
		return true;
	}
	for (unsigned i = 0; i < row->bytes / 4u; i++)
		if (!ref_read(w, place(w, u, row, lane, 4 * i), &data[i], 4))
			return false;
	ref_put_words(w, &u->dst, lane, data, row->bytes / 4);
	return true;
}

static bool store(struct swgpu_wave *w, const struct swgpu_uop *u, const struct mem_row *row,
		  unsigned lane)
{
	uint32_t data[4] = {0};

	ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, data, row->bytes < 4 ? 1 : row->bytes / 4);
	if (row->how == REF_D16_HI)
		data[0] >>= 16;
	if (row->bytes < 4)
		return ref_write(w, place(w, u, row, lane, 0), data, row->bytes);
	for (unsigned i = 0; i < row->bytes / 4u; i++)
		if (!ref_write(w, place(w, u, row, lane, 4 * i), &data[i], 4))
			return false;
	return true;
}

static bool atomic(struct swgpu_wave *w, const struct swgpu_uop *u, const struct mem_row *row,
		   unsigned lane)
{
	struct ref_place p = place(w, u, row, lane, 0);
	uint32_t data[4] = {0};
	uint64_t old = 0, a = 0, b = 0, result;

	ref_get_words(w, &u->src[SWGPU_SRC_DATA], lane, data,
		      row->bytes / 4 * (row->how == REF_CMPSWAP ? 2 : 1));
	memcpy(&a, data, row->bytes);
	memcpy(&b, data + row->bytes / 4, row->bytes);
	if (!ref_read(w, p, &old, row->bytes))
		return false;
	result = ref_atomic(row->how, row->bytes, old, a, b);
	ref_write(w, p, &result, row->bytes);
	memcpy(data, &old, sizeof(old));
	if (u->flags & SWGPU_UOP_GLC)
		ref_put_words(w, &u->dst, lane, data, row->bytes / 4);
	return true;
}

static void vector_memory(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	const struct mem_row *row = row_of(u->op);
	uint64_t exec = swgpu_s64(w, SWGPU_SREG_EXEC);
	bool ok = true;

	for (unsigned lane = 0; lane < SWGPU_LANES && ok; lane++) {
		if (!(exec >> lane & 1))
			continue;
		if (row->kind == LOAD)
			ok = load(w, u, row, lane);
		else if (row->kind == STORE)
			ok = store(w, u, row, lane);
		else
			ok = atomic(w, u, row, lane);
	}
}

/* Address of a scalar access. A buffer's descriptor says how many bytes there are; beyond, reads
 * are 0 and writes are dropped. */
static uint64_t scalar_address(const struct swgpu_wave *w, const struct swgpu_uop *u,
			       uint64_t *offset)
{
	const struct swgpu_opnd *soffset = &u->src[SWGPU_SRC_OFFSET];
	uint64_t base = swgpu_s64(w, u->src[SWGPU_SRC_BASE].reg);

	*offset = (uint64_t)(int64_t)u->imm;
	if (soffset->kind != SWGPU_OPND_NONE)
		*offset += ref_scalar(w, soffset);
	if (u->src[SWGPU_SRC_BASE].words == 4)
		base &= UINT64_C(0xffffffffffff);
	return base;
}

static void scalar_memory(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned words,
			  bool write)
{
	bool buffer = u->src[SWGPU_SRC_BASE].words == 4;
	uint64_t offset, base = scalar_address(w, u, &offset);
	uint32_t data[16] = {0};

	for (unsigned i = 0; i < words; i++) {
		struct ref_place p = {REF_GLOBAL, 0,
				      ((base & ~UINT64_C(3)) + (offset & ~UINT64_C(3))) + 4 * i};

		if (buffer &&
		    (offset & ~UINT64_C(3)) + 4 * i + 4 > w->s[u->src[SWGPU_SRC_BASE].reg + 2])
			continue;
		if (write ? !ref_write(w, p, &w->s[u->src[SWGPU_SRC_DATA].reg + i], 4)
			  : !ref_read(w, p, &data[i], 4))
			return;
	}
	if (!write)
		memcpy(&w->s[u->dst.reg], data, 4 * words);
}

static void clock_time(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	swgpu_set_s64(w, u->dst.reg, w->env->clock(w->env->user));
}

static void nothing(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	(void)w;
	(void)u;
}

#define SCALAR(n, write)                                                                  \
	static void scalar_##write##_##n(struct swgpu_wave *w, const struct swgpu_uop *u) \
	{                                                                                 \
		scalar_memory(w, u, n, write);                                            \
	}
SCALAR(1, 0)
SCALAR(2, 0)
SCALAR(4, 0)
SCALAR(8, 0)
SCALAR(16, 0)
SCALAR(1, 1)
SCALAR(2, 1)
SCALAR(4, 1)

static const struct ref_wave_row others[] = {
    {SWGPU_OP_S_LOAD_DWORD, scalar_0_1},
    {SWGPU_OP_S_LOAD_DWORDX2, scalar_0_2},
    {SWGPU_OP_S_LOAD_DWORDX4, scalar_0_4},
    {SWGPU_OP_S_LOAD_DWORDX8, scalar_0_8},
    {SWGPU_OP_S_LOAD_DWORDX16, scalar_0_16},
    {SWGPU_OP_S_BUFFER_LOAD_DWORD, scalar_0_1},
    {SWGPU_OP_S_BUFFER_LOAD_DWORDX2, scalar_0_2},
    {SWGPU_OP_S_BUFFER_LOAD_DWORDX4, scalar_0_4},
    {SWGPU_OP_S_BUFFER_LOAD_DWORDX8, scalar_0_8},
    {SWGPU_OP_S_BUFFER_LOAD_DWORDX16, scalar_0_16},
    {SWGPU_OP_S_STORE_DWORD, scalar_1_1},
    {SWGPU_OP_S_STORE_DWORDX2, scalar_1_2},
    {SWGPU_OP_S_STORE_DWORDX4, scalar_1_4},
    {SWGPU_OP_S_BUFFER_STORE_DWORD, scalar_1_1},
    {SWGPU_OP_S_BUFFER_STORE_DWORDX2, scalar_1_2},
    {SWGPU_OP_S_BUFFER_STORE_DWORDX4, scalar_1_4},
    {SWGPU_OP_S_DCACHE_INV, nothing},
    {SWGPU_OP_S_DCACHE_WB, nothing},
    {SWGPU_OP_S_DCACHE_INV_VOL, nothing},
    {SWGPU_OP_S_DCACHE_WB_VOL, nothing},
    {SWGPU_OP_S_MEMTIME, clock_time},
    {SWGPU_OP_S_MEMREALTIME, clock_time},
    {SWGPU_OP_BUFFER_WBINVL1, nothing},
    {SWGPU_OP_BUFFER_WBINVL1_VOL, nothing},
};

ref_wave_fn *ref_mem_find(unsigned op)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].op == op)
			return others[i].fn;
	return row_of(op) ? vector_memory : ref_image_find(op);
}

struct ref_access ref_mem_access(unsigned op)
{
	const struct mem_row *row = row_of(op);

	if (!row && ref_image_find(op)) /* an element of any format */
		return (struct ref_access){16, 0, true, false};
	if (!row)
		return (struct ref_access){0};
	return (struct ref_access){row->bytes, 0, row->kind == LOAD, row->kind == ATOMIC};
}
