/* tests/isa/ref_gen_mem.h - the part of ref_gen that is about memory operations. Private to
 * ref_gen*.c. */
#ifndef TESTS_ISA_REF_GEN_MEM_H
#define TESTS_ISA_REF_GEN_MEM_H

#include "tests/isa/ref_gen.h"

/* Constants and registers such that addresses can be chosen freely. */
void ref_gen_vary_memory(struct ref_trial *t, struct swgpu_uop *u);

/* Sets the registers that hold addresses, bases, offsets and descriptors. */
void ref_gen_addresses(struct ref_trial *t, const struct swgpu_uop *u);

/* The same for MIMG. */
void ref_gen_vary_image(struct swgpu_uop *u);
void ref_gen_image_addresses(struct ref_trial *t, const struct swgpu_uop *u);

#endif
