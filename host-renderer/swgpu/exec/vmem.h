/*
 * exec/vmem.h - vector memory instructions, in two steps: find out where each lane's data is
 * (global.c, flat.c, mubuf.c, private.c, ds.c), then move it (vmem_move.c, vmem_atomic.c,
 * ds_atomic.c). Compiled once for each lane build.
 *
 * The first step checks all lanes in an address space before any of them moves. The predecoder has
 * refused GDS and accesses straight to LDS.
 */
#ifndef SWGPU_EXEC_VMEM_H
#define SWGPU_EXEC_VMEM_H

#include "host-renderer/swgpu/exec/lanes.h"

/* A name of the lane build that a file is compiled for. */
#define LANES(name) SWGPU_CAT(swgpu_vmem_##name##_, SWGPU_LANE_BUILD)

/* Where the lanes' data is. */
struct swgpu_places {
	uint64_t active; /* lanes that access memory */
	uint64_t zero;   /* lanes that are out of bounds: a load gives them 0 */
	/* Not NULL: all lanes are active, and at[] is not valid, because they are one after the
	 * other from block on, or (loads only) all read what is at same. */
	uint8_t *block;
	const uint8_t *same;
	uint32_t step; /* from one dword of a lane to its next: 4, more where memory is swizzled */
	uint32_t word; /* added, modulo 2^32, to the number of the operand's first register */
	uint64_t at[SWGPU_LANES]; /* addresses in this process */
};

/* Everything but at[], which is large. */
static inline void vmem_begin(struct swgpu_places *p, uint64_t active)
{
	p->active = active;
	p->zero = 0;
	p->block = NULL;
	p->same = NULL;
	p->step = 4;
	p->word = 0;
}

/* Moves data between u's registers and checked places. */
typedef void swgpu_vmem_move(struct swgpu_wave *w, const struct swgpu_uop *u,
			     const struct swgpu_places *p);

/* Unaligned words. */
typedef uint16_t swgpu_u16 __attribute__((aligned(1), may_alias));
typedef uint32_t swgpu_u32 __attribute__((aligned(1), may_alias));
typedef uint64_t swgpu_u64 __attribute__((aligned(1), may_alias));

/* The rows that all kinds of vector memory have: X(end of the name, mover, bytes a lane). */
#define VMEM_LOADS(X)                       \
	X(load_ubyte, load_u8, 1)           \
	X(load_sbyte, load_i8, 1)           \
	X(load_ushort, load_u16, 2)         \
	X(load_sshort, load_i16, 2)         \
	X(load_dword, load_b32, 4)          \
	X(load_dwordx2, load_b64, 8)        \
	X(load_dwordx3, load_b96, 12)       \
	X(load_dwordx4, load_b128, 16)      \
	X(load_ubyte_d16, load_u8_lo, 1)    \
	X(load_ubyte_d16_hi, load_u8_hi, 1) \
	X(load_sbyte_d16, load_i8_lo, 1)    \
	X(load_sbyte_d16_hi, load_i8_hi, 1) \
	X(load_short_d16, load_u16_lo, 2)   \
	X(load_short_d16_hi, load_u16_hi, 2)

#define VMEM_STORES(X)                         \
	X(store_byte, store_b8, 1)             \
	X(store_byte_d16_hi, store_b8_hi, 1)   \
	X(store_short, store_b16, 2)           \
	X(store_short_d16_hi, store_b16_hi, 2) \
	X(store_dword, store_b32, 4)           \
	X(store_dwordx2, store_b64, 8)         \
	X(store_dwordx3, store_b96, 12)        \
	X(store_dwordx4, store_b128, 16)

#define VMEM_ATOMICS_(X, suffix, bits, bytes)                   \
	X(atomic_swap##suffix, atomic_swap_##bits, bytes)       \
	X(atomic_cmpswap##suffix, atomic_cmpswap_##bits, bytes) \
	X(atomic_add##suffix, atomic_add_##bits, bytes)         \
	X(atomic_sub##suffix, atomic_sub_##bits, bytes)         \
	X(atomic_smin##suffix, atomic_smin_##bits, bytes)       \
	X(atomic_umin##suffix, atomic_umin_##bits, bytes)       \
	X(atomic_smax##suffix, atomic_smax_##bits, bytes)       \
	X(atomic_umax##suffix, atomic_umax_##bits, bytes)       \
	X(atomic_and##suffix, atomic_and_##bits, bytes)         \
	X(atomic_or##suffix, atomic_or_##bits, bytes)           \
	X(atomic_xor##suffix, atomic_xor_##bits, bytes)         \
	X(atomic_inc##suffix, atomic_inc_##bits, bytes)         \
	X(atomic_dec##suffix, atomic_dec_##bits, bytes)
#define VMEM_ATOMICS(X)          VMEM_ATOMICS_(X, , 32, 4) VMEM_ATOMICS_(X, _x2, 64, 8)

#define MOVER(name, move, bytes) swgpu_vmem_move LANES(move);
VMEM_LOADS(MOVER)
VMEM_STORES(MOVER)
VMEM_ATOMICS(MOVER)
#undef MOVER

/* What an instruction does to memory, beside the move. */
enum swgpu_vmem_kind { SWGPU_VMEM_LOAD, SWGPU_VMEM_STORE, SWGPU_VMEM_ATOMIC };

struct swgpu_vmem_op {
	swgpu_vmem_move *move;
	uint32_t bytes; /* a lane */
	enum swgpu_vmem_kind kind;
};

static inline unsigned vmem_access(const struct swgpu_vmem_op *op)
{
	return op->kind == SWGPU_VMEM_LOAD    ? SWGPU_READ
	       : op->kind == SWGPU_VMEM_STORE ? SWGPU_WRITE
					      : SWGPU_READ | SWGPU_WRITE;
}

static inline void vmem_fault(struct swgpu_wave *w, uint64_t va, const struct swgpu_vmem_op *op)
{
	w->stop = SWGPU_STOP_MEMORY;
	w->fault_va = va;
	w->fault_write = op->kind != SWGPU_VMEM_LOAD;
}

/* The lanes of mask, from the lowest on; `lane` is its number in the body. */
#define FOR_LANES(lane, mask)                   \
	for (uint64_t left_ = (mask), lane = 0; \
	     left_ && (lane = (uint64_t)__builtin_ctzll(left_), true); left_ &= left_ - 1)

/* Turns p->at, which holds a GPU address for each lane of p->active, into checked places with step
 * 4. False: a lane faulted, and the wave has stopped. */
bool LANES(check)(struct swgpu_wave *w, struct swgpu_places *p, const struct swgpu_vmem_op *op);

/* Does op on private memory: lane l of p->active at byte p->at[l] of its own, where the wave's
 * begins at GPU address base. Any alignment will do. */
void LANES(private)(struct swgpu_wave *w, const struct swgpu_uop *u, struct swgpu_places *p,
		    uint64_t base, const struct swgpu_vmem_op *op);

/* The same where all lanes are active and at the same dword of their own. False: that is not so, or
 * it is not inside of private memory; nothing has been done. */
bool LANES(private_rows)(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t base,
			 uint64_t byte, const struct swgpu_vmem_op *op);

/* Does op at GPU addresses that are known to be in memory: the lanes' 64-bit registers, or a scalar
 * base and 32-bit registers, plus the instruction's offset. */
void LANES(global)(struct swgpu_wave *w, const struct swgpu_uop *u, const struct swgpu_vmem_op *op);

/* Whether each lane's value is the lane's before it plus stride. */
static inline bool vmem_in_order(const uint32_t *lo, uint32_t stride)
{
	uint32_t differ = 0;

	for (uint32_t lane = 0; lane < SWGPU_LANES; lane++)
		differ |= lo[lane] ^ (lo[0] + lane * stride);
	return differ == 0;
}

#endif
