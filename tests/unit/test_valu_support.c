#include "tests/unit/test_valu_support.h"

uint32_t rows[ROWS][SWGPU_LANES] __attribute__((aligned(64)));
struct swgpu_wave wave;
const struct swgpu_engine *engine;

/* Nothing here touches memory. */
bool swgpu_tlb_miss(struct swgpu_tlb *tlb, uint64_t va, uint64_t len, unsigned access)
{
	(void)tlb;
	(void)va;
	(void)len;
	(void)access;
	return false;
}

bool next_engine(unsigned i)
{
	engine = swgpu_engine_at(i);
	memset(rows, 0, sizeof(rows));
	memset(&wave, 0, sizeof(wave));
	wave.v = rows;
	wave.nvgpr = ROWS;
	wave.mode = USUAL_MODE;
	swgpu_set_s64(&wave, SWGPU_SREG_EXEC, ~0ull);
	return engine;
}

uint32_t random32(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

uint64_t random64(void)
{
	return (uint64_t)random32() << 32 | random32();
}

uint32_t bits32(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, 4);
	return bits;
}

float float_of(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, 4);
	return f;
}

uint64_t bits64(double f)
{
	uint64_t bits;

	memcpy(&bits, &f, 8);
	return bits;
}

double double_of(uint64_t bits)
{
	double f;

	memcpy(&f, &bits, 8);
	return f;
}

struct swgpu_opnd vgpr(unsigned reg, unsigned words)
{
	return (struct swgpu_opnd){.kind = SWGPU_OPND_VGPR,
				   .reg = (uint16_t)reg,
				   .words = (uint8_t)words,
				   .sel = SWGPU_SEL_DWORD};
}

struct swgpu_opnd sgpr(unsigned reg, unsigned words)
{
	struct swgpu_opnd o = vgpr(reg, words);

	o.kind = SWGPU_OPND_SGPR;
	return o;
}

struct swgpu_opnd imm(uint64_t value)
{
	return (struct swgpu_opnd){
	    .kind = SWGPU_OPND_IMM, .words = 1, .imm = value, .sel = SWGPU_SEL_DWORD};
}

struct swgpu_opnd negated(struct swgpu_opnd o)
{
	o.neg = 1;
	return o;
}

struct swgpu_uop uop3(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b,
		      struct swgpu_opnd c)
{
	return (struct swgpu_uop){.op = (uint16_t)op, .dst = dst, .src = {a, b, c}, .op_sel_hi = 7};
}

struct swgpu_uop uop2(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b)
{
	return uop3(op, dst, a, b, (struct swgpu_opnd){.kind = SWGPU_OPND_NONE});
}

void run(const struct swgpu_uop *u)
{
	engine->fn[u->op](&wave, u);
}

void run3(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b,
	  struct swgpu_opnd c)
{
	struct swgpu_uop u = uop3(op, dst, a, b, c);

	run(&u);
}

void run2(unsigned op, struct swgpu_opnd dst, struct swgpu_opnd a, struct swgpu_opnd b)
{
	struct swgpu_uop u = uop2(op, dst, a, b);

	run(&u);
}

uint32_t value2(unsigned op, uint32_t a, uint32_t b)
{
	run2(op, vgpr(ROWS - 1, 1), imm(a), imm(b));
	return rows[ROWS - 1][17];
}

uint32_t value1(unsigned op, uint32_t a)
{
	return value2(op, a, 0);
}

void put64(unsigned reg, unsigned lane, uint64_t value)
{
	rows[reg][lane] = (uint32_t)value;
	rows[reg + 1][lane] = (uint32_t)(value >> 32);
}

uint64_t get64(unsigned reg, unsigned lane)
{
	return (uint64_t)rows[reg + 1][lane] << 32 | rows[reg][lane];
}
