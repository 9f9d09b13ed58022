/*
 * tests/isa/ref_lane.h - what a reference function sees of one lane, and the tables of such
 * functions.
 *
 * A row is REF(NAME, shape, flags, statement). The shape says which operands there are, as
 * "result=sources", a letter each: h s   16 bits, a float or an integer       p P   two of them in
 * one register f i   32 bits                              d l   64 bits          q   128 bits x 32
 * bits that are an f32 or hold an f16 (mixed precision) c     as a result: the mask, one bit a lane
 *   m     as third source: the lane's bit of a mask     v   as fourth source: the lane's bit of VCC
 */
#ifndef TESTS_ISA_REF_LANE_H
#define TESTS_ISA_REF_LANE_H

#include "tests/isa/ref.h"
#include "tests/isa/ref_fp.h"

enum ref_flag {
	REF_KEEP =
	    1 << 0, /* 16-bit result: the other half of the register stays (else it is cleared) */
	REF_HIGH = 1 << 1, /* 16-bit result: goes to bits 31:16 */
	REF_EXEC = 1 << 2, /* the mask result goes to EXEC too */
	REF_MODE =
	    1 << 3, /* rounds and flushes denormals as MODE says, and has the output modifier */
};

struct ref_lane {
	/* Sources after sel, abs and neg, in the low bits; hi: bits 127:64. */
	uint64_t s[3], s_hi[3];
	/* In: what the destination held. Out: the result. */
	uint64_t d, d_hi;
	bool cin;  /* bit of the mask source */
	bool cout; /* bit of the mask result */
	unsigned lane;
	bool ieee;
	bool clamp;
	const struct swgpu_uop *u;
	struct ref_slack slack;
};

typedef void ref_fn(struct ref_lane *l);

struct ref_row {
	uint16_t op;
	const char *shape;
	unsigned flags;
	ref_fn *fn;
};

/* Rows that are about more than one lane. */
typedef void ref_wave_fn(struct swgpu_wave *w, const struct swgpu_uop *u);

struct ref_wave_row {
	uint16_t op;
	ref_wave_fn *fn;
};

/* The tables; each ends with op 0. */
extern const struct ref_row ref_vop1_rows[], ref_vop2_rows[], ref_vopc_rows[], ref_vop3_rows[],
    ref_vop3p_rows[];
extern const struct ref_wave_row ref_salu_rows[];

/* The function of a DS, or other memory operation; NULL if it is none. */
ref_wave_fn *ref_ds_find(unsigned op);
ref_wave_fn *ref_mem_find(unsigned op);

/* Runs a row of the first kind over the wave. */
void ref_vector(struct swgpu_wave *w, const struct swgpu_uop *u, const struct ref_row *row,
		struct ref_result *res);

/* A 32-bit or 64-bit scalar source. */
uint64_t ref_scalar(const struct swgpu_wave *w, const struct swgpu_opnd *o);

/* Width of a shape's letter in bits. */
unsigned ref_width(char fmt);
/* Is it a float, or two of them? */
bool ref_is_float(char fmt);

/* Says that `bits` would be as good a result. */
static inline void ref_or(struct ref_lane *l, uint64_t bits)
{
	l->slack.alt[l->slack.alts++] = bits;
}

/* The result is an approximation of fn(A) in the hardware, as much as `ulp` off, with denormals
 * flushed before and after or not. */
void ref_approx(struct ref_lane *l, unsigned width, long double (*fn)(long double), unsigned ulp);

#endif
