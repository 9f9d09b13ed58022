/*
 * exec/valu_bits.c - logic, shifts, bit fields, byte selection.
 * Source: "AMD Vega Instruction Set Architecture", chapters 12.7, 12.8 and 12.12; "Vega 7nm ISA"
 * for v_xnor_b32.
 */
#include "host-renderer/swgpu/exec/valu_loop.h"
#include "host-renderer/swgpu/exec/valu_wide.h"

VALU1_AS(v_not_b32, INT, B32, B32, ~a)
VALU2_AS(v_and_b32, INT, B32, B32, B32, (a & b))
VALU2_AS(v_or_b32, INT, B32, B32, B32, a | b)
VALU2_AS(v_xor_b32, INT, B32, B32, B32, a ^ b)
VALU2_AS(v_xnor_b32, INT, B32, B32, B32, ~(a ^ b))
VALU3_AS(v_and_or_b32, INT, B32, B32, B32, B32, (a & b) | c)
VALU3_AS(v_or3_b32, INT, B32, B32, B32, B32, a | b | c)
VALU3_AS(v_lshl_or_b32, INT, B32, B32, B32, B32, a << (b & 31) | c)

VALU2_AS(v_lshlrev_b32, INT, B32, B32, B32, b << (a & 31))
VALU2_AS(v_lshrrev_b32, INT, B32, B32, B32, b >> (a & 31))
VALU2_AS(v_ashrrev_i32, INT, B32, B32, I32, b >> (a & 31))
#define LEFT(a, n)  ((a) << (n))
#define RIGHT(a, n) ((a) >> (n))
/* A logical shift and no 64-bit arithmetic one, which vector units before AVX-512 do not have. */
#define SIGN(a)            (0 - ((a) >> 63))
#define RIGHT_SIGNED(a, n) ((((a) ^ SIGN(a)) >> (n)) ^ SIGN(a))

VALU_WIDE_SHIFT(v_lshlrev_b64, LEFT)
VALU_WIDE_SHIFT(v_lshrrev_b64, RIGHT)
VALU_WIDE_SHIFT(v_ashrrev_i64, RIGHT_SIGNED)

static inline uint32_t op_v_bfe_i32(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t field = (uint32_t)((int32_t)a >> (b & 31)), width = c & 31;
	uint32_t spare = (32 - width) & 31;

	return width ? (uint32_t)((int32_t)(field << spare) >> spare) : 0;
}

VALU3_AS(v_bfe_u32, INT, B32, B32, B32, B32, a >> (b & 31) & ((1u << (c & 31)) - 1))
VALU3(v_bfe_i32, INT, B32, B32, B32, B32)
VALU3_AS(v_bfi_b32, INT, B32, B32, B32, B32, (a & b) | (~a & c))
VALU2_AS(v_bfm_b32, INT, B32, B32, B32, ((1u << (a & 31)) - 1) << (b & 31))

static inline uint32_t op_v_bfrev_b32(uint32_t a)
{
	a = (a >> 1 & 0x55555555) | (a & 0x55555555) << 1;
	a = (a >> 2 & 0x33333333) | (a & 0x33333333) << 2;
	a = (a >> 4 & 0x0f0f0f0f) | (a & 0x0f0f0f0f) << 4;
	a = (a >> 8 & 0x00ff00ff) | (a & 0x00ff00ff) << 8;
	return a >> 16 | a << 16;
}

/* Zero bits above the highest one; -1 where there is none. */
static inline uint32_t op_v_ffbh_u32(uint32_t a)
{
	uint32_t below = a;

	below |= below >> 1;
	below |= below >> 2;
	below |= below >> 4;
	below |= below >> 8;
	below |= below >> 16;
	return a ? valu_popcount(~below) : 0xffffffff;
}

/* Bits equal to the sign above the first that differs; -1 where none does. */
static inline uint32_t op_v_ffbh_i32(uint32_t a)
{
	return op_v_ffbh_u32(a ^ -(a >> 31));
}

static inline uint32_t op_v_ffbl_b32(uint32_t a)
{
	return a ? valu_popcount((a & -a) - 1) : 0xffffffff;
}

VALU1(v_bfrev_b32, INT, B32, B32)
VALU1(v_ffbh_u32, INT, B32, B32)
VALU1(v_ffbh_i32, INT, B32, B32)
VALU1(v_ffbl_b32, INT, B32, B32)
VALU2_AS(v_bcnt_u32_b32, INT, B32, B32, B32, valu_popcount(a) + b)

static inline uint64_t pair(uint32_t hi, uint32_t lo)
{
	return (uint64_t)hi << 32 | lo;
}

VALU3_AS(v_alignbit_b32, INT, B32, B32, B32, B32, pair(a, b) >> (c & 31))
VALU3_AS(v_alignbyte_b32, INT, B32, B32, B32, B32, pair(a, b) >> (c & 3) * 8)

/* One byte of v_perm_b32: 0..7 a byte of b, then a; 8..11 the sign of byte 1, 3, 5 or 7; 12 zero,
 * from 13 on ones. */
static inline uint32_t perm_byte(uint32_t a, uint32_t b, uint32_t sel)
{
	uint32_t byte = (sel & 4 ? a : b) >> (sel & 3) * 8 & 0xff;
	uint32_t sign = (uint32_t)((int32_t)((sel & 2 ? a : b) << (~sel & 1) * 16) >> 31) & 0xff;
	uint32_t constant = sel == 12 ? 0 : 0xff;

	return sel < 8 ? byte : sel < 12 ? sign : constant;
}

static inline uint32_t op_v_perm_b32(uint32_t a, uint32_t b, uint32_t c)
{
	return perm_byte(a, b, c & 0xff) | perm_byte(a, b, c >> 8 & 0xff) << 8 |
	       perm_byte(a, b, c >> 16 & 0xff) << 16 | perm_byte(a, b, c >> 24) << 24;
}

VALU3(v_perm_b32, INT, B32, B32, B32, B32)

/* Average of each byte; the low bit of c's byte rounds up. */
static inline uint32_t op_v_lerp_u8(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t even = ((a & 0x00ff00ff) + (b & 0x00ff00ff) + (c & 0x00010001)) >> 1 & 0x00ff00ff;
	uint32_t odd = (a >> 8 & 0x00ff00ff) + (b >> 8 & 0x00ff00ff) + (c >> 8 & 0x00010001);

	return even | (odd >> 1 & 0x00ff00ff) << 8;
}

VALU3(v_lerp_u8, INT, B32, B32, B32, B32)
