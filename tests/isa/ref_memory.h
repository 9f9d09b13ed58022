/*
 * tests/isa/ref_memory.h - what the reference's DS, FLAT, MUBUF and SMEM share: single accesses and
 * atomic operations.
 */
#ifndef TESTS_ISA_REF_MEMORY_H
#define TESTS_ISA_REF_MEMORY_H

#include "tests/isa/ref_lane.h"

enum ref_space {
	REF_GLOBAL,
	REF_LDS,     /* address: byte in the group's LDS */
	REF_PRIVATE, /* address: byte in the lane's private memory */
};

struct ref_place {
	enum ref_space space;
	unsigned lane;
	uint64_t address;
};

enum ref_how {
	REF_ZEXT, /* loads: the rest of the register is 0 */
	REF_SEXT,
	REF_D16,      /* to bits 15:0, the rest stays */
	REF_D16_HI,   /* to (stores: from) bits 31:16 */
	REF_SEXT_D16, /* a byte, sign-extended to 16 bits */
	REF_SEXT_D16_HI,
};

enum ref_atomic {
	REF_NOT_ATOMIC,
	REF_SWAP,
	REF_CMPSWAP, /* FLAT, MUBUF: new value first, then what to compare with; DS: the other way
			round */
	REF_ADD,
	REF_SUB,
	REF_RSUB,
	REF_SMIN,
	REF_UMIN,
	REF_SMAX,
	REF_UMAX,
	REF_AND,
	REF_OR,
	REF_XOR,
	REF_INC,
	REF_DEC,
	REF_MSKOR,
	REF_FADD,
	REF_FMIN,
	REF_FMAX,
	REF_FCMPSWAP,
	REF_WRAP,
};

/* n <= 16 bytes. False, with the wave stopped, where the place is not mapped. What is outside of
 * LDS reads 0 and swallows writes. */
bool ref_read(struct swgpu_wave *w, struct ref_place p, void *to, unsigned n);
bool ref_write(struct swgpu_wave *w, struct ref_place p, const void *from, unsigned n);

/* What memory holds after the operation on `old`. `bytes`: 4 or 8; data2 is the value to compare
 * with (CMPSWAP). */
uint64_t ref_atomic(enum ref_atomic op, unsigned bytes, uint64_t old, uint64_t data,
		    uint64_t data2);

/* A loaded value of `bytes` bytes in a register that held `old`. */
uint32_t ref_extend(enum ref_how how, unsigned bytes, uint32_t value, uint32_t old);

/* Words first .. of a vector operand in one lane. */
void ref_get_words(const struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned lane,
		   uint32_t *to, unsigned n);
void ref_put_words(struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned lane,
		   const uint32_t *from, unsigned n);

/* What a generator of addresses has to know of an operation. */
struct ref_access {
	unsigned bytes; /* of one access; 0: it has no address of its own */
	unsigned scale; /* of each of two offsets; 0: one offset in bytes */
	bool load;      /* changes nothing */
	bool atomic;    /* must be aligned */
};

struct ref_access ref_ds_access(unsigned op);
struct ref_access ref_mem_access(unsigned op);

#endif
