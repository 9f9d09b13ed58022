/*
 * tests/isa/ref_state.h - a wave with everything it can reach, three times: as it was, as the
 * reference left it, and as an engine left it.
 *
 * Invariant between two trials: all three are equal, and memory is as `memory` has it.
 */
#ifndef TESTS_ISA_REF_STATE_H
#define TESTS_ISA_REF_STATE_H

#include "tests/isa/ref.h"

#define REF_VGPRS        256
#define REF_LDS_SIZE     16384
#define REF_SCRATCH_LANE 256
#define REF_MEMORY_SIZE  16384

struct ref_state {
	struct swgpu_wave w;
	uint32_t v[REF_VGPRS][SWGPU_LANES] __attribute__((aligned(64)));
	uint8_t lds[REF_LDS_SIZE];
	uint8_t scratch[REF_SCRATCH_LANE * SWGPU_LANES];
	uint8_t memory[REF_MEMORY_SIZE]; /* what the GPU's memory held after the run */
	uint32_t event;                  /* the last that was raised */
};

struct ref_trial {
	struct ref_state was, want, got;
	struct ref_result result;
	struct swgpu_env env;
	struct swgpu_vm *vm;
	struct swgpu_tlb tlb;
	uint8_t *memory; /* mapped to the GPU: REF_MEMORY_SIZE bytes */
	uint32_t event;
	uint64_t random;
};

/* Makes a trial with random registers. NULL if there is no memory. The calling thread is in
 * swgpu_tlb_enter until ref_trial_destroy. */
struct ref_trial *ref_trial_create(uint64_t seed);
void ref_trial_destroy(struct ref_trial *t);

/* Takes `was` over to the other two: scalar state, and the VGPRs that u names. With `memory`, LDS,
 * private and GPU memory too. */
void ref_trial_arm(struct ref_trial *t, const struct swgpu_uop *u, bool memory);

/* Runs the reference and says what there is of it. */
enum ref_status ref_trial_reference(struct ref_trial *t, const struct swgpu_uop *u, bool memory);
void ref_trial_engine(struct ref_trial *t, const struct swgpu_uop *u, const struct swgpu_engine *e,
		      bool memory);

/* Compares what the two left behind. Returns true if it is the same, else writes what is not. */
bool ref_trial_equal(const struct ref_trial *t, const struct swgpu_uop *u, bool memory, char *text,
		     size_t size);

/* Random numbers: the same for the same seed, everywhere. */
uint64_t ref_random(uint64_t *state);

#endif
