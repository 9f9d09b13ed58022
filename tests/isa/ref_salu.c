/* Scalar instructions of the reference (SOP1, SOP2, SOPC, SOPK, SOPP). Source: manual,
 * chapters 12.1 to 12.5. */
#include "tests/isa/ref_expr.h"

#define S0           ref_scalar(w, &u->src[0])
#define S1           ref_scalar(w, &u->src[1])
#define EXEC         swgpu_s64(w, SWGPU_SREG_EXEC)
#define OLD          ref_scalar(w, &u->dst)
#define SCALAR(NAME) static void ref_##NAME(struct swgpu_wave *w, const struct swgpu_uop *u)

static void set(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t x)
{
	if (u->dst.words > 1)
		swgpu_set_s64(w, u->dst.reg, x);
	else
		w->s[u->dst.reg] = (uint32_t)x;
}

/* The result, and SCC. */
static void set_scc(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t x, bool scc)
{
	set(w, u, x);
	w->scc = scc;
}

static uint64_t cut(const struct swgpu_uop *u, uint64_t x)
{
	return u->dst.words > 1 ? x : (uint32_t)x;
}

/* The result, and SCC says whether it is not zero. */
static void set_nz(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t x)
{
	set_scc(w, u, x, cut(u, x) != 0);
}

/* One bit for each group of four bits that are not all 0; stretched to the group again for whole
 * quad mode. */
static uint64_t quads(uint64_t x, bool whole)
{
	uint64_t out = 0;

	for (unsigned i = 0; i < 16; i++)
		if (x >> 4 * i & 15)
			out |= whole ? UINT64_C(15) << 4 * i : UINT64_C(1) << i;
	return out;
}

static uint64_t reverse(uint64_t x, unsigned bits)
{
	uint64_t y = 0;

	for (unsigned i = 0; i < bits; i++)
		y |= (x >> i & 1) << (bits - 1 - i);
	return y;
}

/* Position of the first bit that is `bit`, from bit 0 up; -1 if there is none. */
static uint64_t first_up(uint64_t x, unsigned bits, unsigned bit)
{
	for (unsigned i = 0; i < bits; i++)
		if ((x >> i & 1) == bit)
			return i;
	return UINT64_MAX;
}

/* How many bits from the top down come before the first 1 (or, signed, before the first that
 * differs from the sign). */
static uint64_t first_down(uint64_t x, unsigned bits, bool is_signed)
{
	unsigned sign = x >> (bits - 1) & 1;

	return first_up(reverse(x, bits), bits, is_signed ? !sign : 1);
}

static uint64_t replicate(uint64_t x)
{
	uint64_t y = 0;

	for (unsigned i = 0; i < 32; i++)
		y |= (x >> i & 1) * 3 << 2 * i;
	return y;
}

static uint64_t put_bit(uint64_t x, uint64_t at, unsigned bit)
{
	return (x & ~(UINT64_C(1) << at)) | (uint64_t)bit << at;
}

static void save_exec(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t exec)
{
	uint64_t old = EXEC;

	set(w, u, old);
	swgpu_set_s64(w, SWGPU_SREG_EXEC, exec);
	w->scc = exec != 0;
}

static void write_exec(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t exec)
{
	set(w, u, exec);
	swgpu_set_s64(w, SWGPU_SREG_EXEC, exec);
	w->scc = exec != 0;
}

static void add(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t a, uint64_t b,
		uint64_t carry)
{
	set_scc(w, u, a + b + carry, a + b + carry > UINT32_MAX);
}

static void sub(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t a, uint64_t b,
		uint64_t borrow)
{
	set_scc(w, u, a - b - borrow, b + borrow > a);
}

/* A signed result; SCC says that it did not fit. */
static void set_signed(struct swgpu_wave *w, const struct swgpu_uop *u, int64_t x)
{
	set_scc(w, u, (uint64_t)x, x < INT32_MIN || x > INT32_MAX);
}

static uint64_t field(uint64_t x, uint64_t spec, unsigned bits, bool is_signed)
{
	unsigned at = spec & (bits - 1), width = spec >> 16 & 0x7f;
	int64_t shifted = is_signed ? sext(x, bits) >> at : (int64_t)(x >> at);

	if (width == 0)
		return 0;
	if (width >= 64)
		return (uint64_t)shifted;
	return is_signed ? (uint64_t)sext((uint64_t)shifted, width)
			 : (uint64_t)shifted & ((UINT64_C(1) << width) - 1);
}

static uint64_t bit_field_mask(uint64_t width, uint64_t at, unsigned bits)
{
	return ((UINT64_C(1) << (width & (bits - 1))) - 1) << (at & (bits - 1));
}

/* Hardware registers that a compute shader reads: MODE and the apertures. */
static uint32_t hwreg_read(const struct swgpu_wave *w, unsigned id)
{
	if (id == 1)
		return w->mode;
	if (id == 15)
		return (uint32_t)(w->env->shared_base >> 48 << 16 | w->env->private_base >> 48);
	return 0;
}

static uint32_t hwreg_mask(const struct swgpu_uop *u)
{
	unsigned size = ((uint32_t)u->imm >> 11 & 31) + 1;

	return size == 32 ? UINT32_MAX : (UINT32_C(1) << size) - 1;
}

static void getreg(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	set(w, u, hwreg_read(w, u->imm & 63) >> (u->imm >> 6 & 31) & hwreg_mask(u));
}

static void setreg(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint32_t at = (uint32_t)u->imm >> 6 & 31, mask = hwreg_mask(u) << at;

	if ((u->imm & 63) == 1)
		w->mode = (w->mode & ~mask) | ((uint32_t)S0 << at & mask);
}

static void m0(struct swgpu_wave *w, uint32_t mask, uint32_t value)
{
	w->s[SWGPU_SREG_M0] = (w->s[SWGPU_SREG_M0] & ~mask) | value;
}

/* Message 1 is the interrupt; the event is in M0. A compute shader sends no other. */
static void sendmsg(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	if ((u->imm & 15) == 1)
		w->env->interrupt(w->env->user, w->s[SWGPU_SREG_M0] & 0xffffff);
	else
		w->stop = SWGPU_STOP_ILLEGAL;
}

/* Trap 3 is for a debugger; without one the kernel goes on. */
static void trap(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	w->trap_id = u->imm & 255;
	if (w->trap_id != 3)
		w->stop = SWGPU_STOP_TRAP;
}

static void branch(struct swgpu_wave *w, const struct swgpu_uop *u, bool taken)
{
	if (taken)
		w->pc += (uint64_t)(int64_t)u->imm;
}

#define REF(NAME, stmt)  \
	SCALAR(NAME)     \
	{                \
		(void)w; \
		(void)u; \
		stmt;    \
	}
#include "tests/isa/ref_salu.def"
#undef REF

const struct ref_wave_row ref_salu_rows[] = {
#define REF(NAME, stmt) {SWGPU_OP_##NAME, ref_##NAME},
#include "tests/isa/ref_salu.def"
#undef REF
    {0, NULL}};
