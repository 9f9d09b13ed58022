/*
 * SOP2: scalar operations with two sources.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.1 (results and SCC).
 */
#include "host-renderer/swgpu/exec/scalar.h"

#define A32 sread32(w, &u->src[0])
#define B32 sread32(w, &u->src[1])
#define A64 sread64(w, &u->src[0])
#define B64 sread64(w, &u->src[1])

static void put_add(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t sum)
{
	swrite32(w, u, (uint32_t)sum);
	w->scc = sum >> 32 & 1; /* carry or borrow */
}

static void put_logic32(struct swgpu_wave *w, const struct swgpu_uop *u, uint32_t value)
{
	swrite32(w, u, value);
	w->scc = value != 0;
}

static void put_logic64(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t value)
{
	swrite64(w, u, value);
	w->scc = value != 0;
}

SCALAR(s_add_u32)
{
	put_add(w, u, (uint64_t)A32 + B32);
}

SCALAR(s_sub_u32)
{
	put_add(w, u, (uint64_t)A32 - B32);
}

SCALAR(s_addc_u32)
{
	put_add(w, u, (uint64_t)A32 + B32 + w->scc);
}

SCALAR(s_subb_u32)
{
	put_add(w, u, (uint64_t)A32 - B32 - w->scc);
}

SCALAR(s_add_i32)
{
	int32_t sum;

	w->scc = __builtin_add_overflow((int32_t)A32, (int32_t)B32, &sum);
	swrite32(w, u, (uint32_t)sum);
}

SCALAR(s_sub_i32)
{
	int32_t difference;

	w->scc = __builtin_sub_overflow((int32_t)A32, (int32_t)B32, &difference);
	swrite32(w, u, (uint32_t)difference);
}

/* SCC says whether the first source was taken. */
#define SELECT(name, type, op)                              \
	SCALAR(name)                                        \
	{                                                   \
		type a = (type)A32;                         \
		type b = (type)B32;                         \
                                                            \
		w->scc = a op b;                            \
		swrite32(w, u, (uint32_t)(w->scc ? a : b)); \
	}

SELECT(s_min_i32, int32_t, <)
SELECT(s_min_u32, uint32_t, <)
SELECT(s_max_i32, int32_t, >=)
SELECT(s_max_u32, uint32_t, >=)

SCALAR(s_cselect_b32)
{
	swrite32(w, u, w->scc ? A32 : B32);
}

SCALAR(s_cselect_b64)
{
	swrite64(w, u, w->scc ? A64 : B64);
}

#define LOGIC(name, expr)                  \
	SCALAR(s_##name##_b32)             \
	{                                  \
		uint32_t a = A32, b = B32; \
                                           \
		put_logic32(w, u, expr);   \
	}                                  \
	SCALAR(s_##name##_b64)             \
	{                                  \
		uint64_t a = A64, b = B64; \
                                           \
		put_logic64(w, u, expr);   \
	}

LOGIC(and, a &b)
LOGIC(or, a | b)
LOGIC(xor, a ^ b)
LOGIC(andn2, a & ~b)
LOGIC(orn2, a | ~b)
LOGIC(nand, ~(a &b))
LOGIC(nor, ~(a | b))
LOGIC(xnor, ~(a ^ b))

SCALAR(s_lshl_b32)
{
	put_logic32(w, u, A32 << (B32 & 31));
}

SCALAR(s_lshl_b64)
{
	put_logic64(w, u, A64 << (B32 & 63));
}

SCALAR(s_lshr_b32)
{
	put_logic32(w, u, A32 >> (B32 & 31));
}

SCALAR(s_lshr_b64)
{
	put_logic64(w, u, A64 >> (B32 & 63));
}

SCALAR(s_ashr_i32)
{
	put_logic32(w, u, (uint32_t)((int32_t)A32 >> (B32 & 31)));
}

SCALAR(s_ashr_i64)
{
	put_logic64(w, u, (uint64_t)((int64_t)A64 >> (B32 & 63)));
}

/* The low `width` bits; all of them from 64 on. */
static uint64_t mask_of(unsigned width)
{
	return width >= 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
}

SCALAR(s_bfm_b32)
{
	swrite32(w, u, (uint32_t)(mask_of(A32 & 31) << (B32 & 31)));
}

SCALAR(s_bfm_b64)
{
	swrite64(w, u, mask_of(A32 & 63) << (B32 & 63));
}

SCALAR(s_mul_i32)
{
	swrite32(w, u, A32 * B32);
}

SCALAR(s_mul_hi_u32)
{
	swrite32(w, u, (uint32_t)((uint64_t)A32 * B32 >> 32));
}

SCALAR(s_mul_hi_i32)
{
	swrite32(w, u, (uint32_t)((int64_t)(int32_t)A32 * (int32_t)B32 >> 32));
}

/* Bit fields: the second source holds the offset in its low bits and the width in 22:16. */

SCALAR(s_bfe_u32)
{
	uint32_t field = B32;

	put_logic32(w, u, (A32 >> (field & 31)) & (uint32_t)mask_of(field >> 16 & 127));
}

SCALAR(s_bfe_u64)
{
	uint32_t field = B32;

	put_logic64(w, u, (A64 >> (field & 63)) & mask_of(field >> 16 & 127));
}

/* The low `width` bits of value as a signed number. */
static int64_t sign_extend(int64_t value, unsigned width)
{
	if (width == 0)
		return 0;
	if (width >= 64)
		return value;
	return (int64_t)((uint64_t)value << (64 - width)) >> (64 - width);
}

SCALAR(s_bfe_i32)
{
	uint32_t field = B32;
	int64_t value = (int32_t)A32;

	put_logic32(w, u, (uint32_t)sign_extend(value >> (field & 31), field >> 16 & 127));
}

SCALAR(s_bfe_i64)
{
	uint32_t field = B32;
	int64_t value = (int64_t)A64;

	put_logic64(w, u, (uint64_t)sign_extend(value >> (field & 63), field >> 16 & 127));
}

SCALAR(s_absdiff_i32)
{
	uint32_t difference = A32 - B32;

	put_logic32(w, u, difference >> 31 ? 0 - difference : difference);
}

#define SHIFT_ADD(n)                                         \
	SCALAR(s_lshl##n##_add_u32)                          \
	{                                                    \
		uint64_t sum = ((uint64_t)A32 << (n)) + B32; \
                                                             \
		swrite32(w, u, (uint32_t)sum);               \
		w->scc = sum > UINT32_MAX;                   \
	}

SHIFT_ADD(1)
SHIFT_ADD(2)
SHIFT_ADD(3)
SHIFT_ADD(4)

SCALAR(s_pack_ll_b32_b16)
{
	swrite32(w, u, (A32 & 0xffff) | B32 << 16);
}

SCALAR(s_pack_lh_b32_b16)
{
	swrite32(w, u, (A32 & 0xffff) | (B32 & 0xffff0000));
}

SCALAR(s_pack_hh_b32_b16)
{
	swrite32(w, u, A32 >> 16 | (B32 & 0xffff0000));
}
