/*
 * tests/unit/test_valu_support.h - runs single vector ALU micro-operations on each engine that the
 * processor has.
 */
#ifndef TEST_VALU_SUPPORT_H
#define TEST_VALU_SUPPORT_H

#include "host-renderer/swgpu/exec/wave.h"
#include "tests/support/vt_test.h"

#define USUAL_MODE 0x3f0 /* nearest even, denormals, dx10_clamp, ieee */
#define ROWS       24
#define VCC        SWGPU_SREG_VCC

/* The wave, its registers, and the engine that runs it. */
extern uint32_t rows[ROWS][SWGPU_LANES];
extern struct swgpu_wave wave;
extern const struct swgpu_engine *engine;

/* Runs the body once for each engine that the processor has, on a wave with fresh registers. */
#define EACH_ENGINE for (unsigned i_ = 0; next_engine(i_); i_++)

bool next_engine(unsigned i);

/* The same numbers in every run. */
uint32_t random32(void);
uint64_t random64(void);

uint32_t bits32(float f);
float float_of(uint32_t bits);
uint64_t bits64(double f);
double double_of(uint64_t bits);

struct swgpu_opnd vgpr(unsigned reg, unsigned words);
struct swgpu_opnd sgpr(unsigned reg, unsigned words);
struct swgpu_opnd imm(uint64_t value);
struct swgpu_opnd negated(struct swgpu_opnd o);

/* A micro-operation with two or three sources; the caller changes what is special. */
struct swgpu_uop uop3(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b,
		      struct swgpu_opnd c);
struct swgpu_uop uop2(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b);

void run(const struct swgpu_uop *u);
void run3(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b,
	  struct swgpu_opnd c);
void run2(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b);

/* The one result of an operation on constants; changes the last register. */
uint32_t value2(unsigned op, uint32_t a, uint32_t b);
uint32_t value1(unsigned op, uint32_t a);

/* A 64-bit value in a pair of registers. */
void put64(unsigned reg, unsigned lane, uint64_t value);
uint64_t get64(unsigned reg, unsigned lane);

#endif
