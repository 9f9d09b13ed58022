/*
 * tests/isa/ref_gen.h - makes trials out of a decoded instruction: varies its form and fills
 * registers and memory addresses with values that are likely to find an error.
 */
#ifndef TESTS_ISA_REF_GEN_H
#define TESTS_ISA_REF_GEN_H

#include "tests/isa/ref_state.h"

/* Does the operation reach LDS or memory? */
bool ref_gen_is_memory(const struct swgpu_uop *u);

/* Is this form one that the predecoder refuses: GDS, loads to LDS? */
bool ref_gen_skips(const struct swgpu_uop *u);

/* Changes a decoded micro-operation into another that the machine also has: other operand kinds,
 * modifiers, selectors, constants. `turn` 0 leaves ALU operations as they are. */
void ref_gen_vary(struct ref_trial *t, struct swgpu_uop *u, unsigned turn);

/* Sets t->was to values for u. Some memory operations get an address that is not mapped. */
void ref_gen_values(struct ref_trial *t, const struct swgpu_uop *u, unsigned turn);

/* A value with `width` bits for an operand with this letter of a shape, see ref_lane.h. */
uint64_t ref_gen_value(uint64_t *random, char fmt);

#endif
