/*
 * tests/isa/ref.h - the plain reference: what each instruction does, written from the manual, one
 * lane after the other.
 *
 * It shares with the software GPU only the shape of its data (micro-operation, wave) and none of
 * its code, so that an error has to be made twice to go unseen. It is slow and says what it means.
 *
 * Source: "AMD Vega Instruction Set Architecture" and "Vega 7nm ISA" reference guides, chapters 4
 * to 12; where these are silent on a detail, the pseudo-code of the "CDNA3 ISA" guide, whose
 * instructions are the same.
 */
#ifndef TESTS_ISA_REF_H
#define TESTS_ISA_REF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host-renderer/swgpu/exec/wave.h"

/* Other results for one lane that are as good as the reference's. */
struct ref_slack {
	bool any; /* the manual does not say: not compared, nor is the lane's bit of the mask result
		   */
	unsigned ulp;    /* an approximation: as many units in the last place off */
	unsigned alts;   /* used entries of alt */
	uint64_t alt[8]; /* results instead, as raw bits of the result's format */
};

/* How the result of a vector instruction is to be compared with another's. */
struct ref_result {
	bool vector;    /* the fields below are valid: one result a lane in uop.dst */
	char fmt;       /* of the result, see ref_lane.h; 0: none */
	unsigned shift; /* first bit of the result in its register: 0, 8, 16 or 24 */
	unsigned width; /* bits of it that are written as the result: 8, 16, 32, 64 or 128 */
	struct ref_slack slack[SWGPU_LANES];
};

enum ref_status {
	REF_DONE,
	REF_ABSENT,  /* there is no reference for the operation: a gap */
	REF_REFUSED, /* known not to be implemented: must stop the wave as an illegal instruction */
};

/* Executes u on w, w->pc already being the address of the next instruction. Memory is accessed
 * directly; `w->tlb` is not used: [ref_mem_lo, ref_mem_hi) is what is mapped. */
enum ref_status ref_exec(struct swgpu_wave *w, const struct swgpu_uop *u, struct ref_result *res);

/* What ref_exec would return for the operation. */
enum ref_status ref_status_of(unsigned op);

/* The shape of a vector operation, e.g. "f=ff" (see ref_lane.h); NULL for any other. */
const char *ref_shape(unsigned op);

/* Does the operation round, flush denormals and scale as MODE says (tested for arithmetic only)? */
bool ref_obeys_mode(unsigned op);

/* Is `got` as good a result as `want`? Both are whole register contents of one lane (128 bits at
 * most). */
bool ref_close(const struct ref_result *res, unsigned lane, const uint32_t want[4],
	       const uint32_t got[4]);

extern uint64_t ref_mem_lo, ref_mem_hi;

#endif
