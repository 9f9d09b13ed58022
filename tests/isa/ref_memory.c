/* Single accesses and atomic operations of the reference. */
#include "tests/isa/ref_expr.h"
#include "tests/isa/ref_memory.h"

uint64_t ref_mem_lo, ref_mem_hi;

/* Where byte i of the place is; NULL: nowhere. */
static uint8_t *byte_at(struct swgpu_wave *w, struct ref_place p, unsigned i)
{
	uint64_t a = p.address + i;

	switch (p.space) {
	case REF_LDS: return a < w->lds_size ? w->lds + a : NULL;
	case REF_PRIVATE:
		a = swgpu_s64(w, SWGPU_SREG_FLAT_SCRATCH) + a / 4 * 256 + p.lane * 4 + a % 4;
		break;
	case REF_GLOBAL: break;
	}
	if (a >= w->scratch_va && a - w->scratch_va < w->scratch_size)
		return w->scratch + (a - w->scratch_va);
	return a >= ref_mem_lo && a < ref_mem_hi ? (uint8_t *)(uintptr_t)a : NULL;
}

static bool mapped(struct swgpu_wave *w, struct ref_place p, unsigned n, bool write)
{
	if (p.space == REF_LDS || (byte_at(w, p, 0) && byte_at(w, p, n - 1)))
		return true;
	w->stop = SWGPU_STOP_MEMORY;
	w->fault_va = p.address;
	w->fault_write = write;
	return false;
}

/* Does the whole access lie in LDS? One that does not has no effect. */
static bool inside(const struct swgpu_wave *w, struct ref_place p, unsigned n)
{
	return p.space != REF_LDS || (n <= w->lds_size && p.address <= w->lds_size - n);
}

bool ref_read(struct swgpu_wave *w, struct ref_place p, void *to, unsigned n)
{
	memset(to, 0, n);
	if (!mapped(w, p, n, false))
		return false;
	for (unsigned i = 0; i < n && inside(w, p, n); i++)
		((uint8_t *)to)[i] = *byte_at(w, p, i);
	return true;
}

bool ref_write(struct swgpu_wave *w, struct ref_place p, const void *from, unsigned n)
{
	if (!mapped(w, p, n, true))
		return false;
	for (unsigned i = 0; i < n && inside(w, p, n); i++)
		*byte_at(w, p, i) = ((const uint8_t *)from)[i];
	return true;
}

static uint64_t float_op(enum ref_atomic op, unsigned width, uint64_t old, uint64_t data,
			 uint64_t data2)
{
	bool less = ref_value(data, width) < ref_value(old, width);
	bool more = ref_value(data, width) > ref_value(old, width);

	switch ((int)op) {
	case REF_FADD: return ref_b32(F32(old) + F32(data));
	case REF_FMIN: return less ? data : old;
	case REF_FMAX: return more ? data : old;
	default: return ref_value(old, width) == ref_value(data2, width) ? data : old;
	}
}

static uint64_t integer_op(enum ref_atomic op, unsigned width, uint64_t old, uint64_t data,
			   uint64_t data2)
{
	int64_t sold = sext(old, width), sdata = sext(data, width);

	switch ((int)op) {
	case REF_SWAP: return data;
	case REF_CMPSWAP: return old == data2 ? data : old;
	case REF_ADD: return old + data;
	case REF_SUB: return old - data;
	case REF_RSUB: return data - old;
	case REF_SMIN: return sdata < sold ? data : old;
	case REF_UMIN: return data < old ? data : old;
	case REF_SMAX: return sdata > sold ? data : old;
	case REF_UMAX: return data > old ? data : old;
	case REF_AND: return old & data;
	case REF_OR: return old | data;
	case REF_XOR: return old ^ data;
	case REF_INC: return old >= data ? 0 : old + 1;
	case REF_DEC: return old == 0 || old > data ? data : old - 1;
	case REF_MSKOR: return (old & ~data) | data2;
	case REF_WRAP: return old >= data ? old - data : old + data2;
	}
	return old;
}

uint64_t ref_atomic(enum ref_atomic op, unsigned bytes, uint64_t old, uint64_t data, uint64_t data2)
{
	if (op == REF_FADD || op == REF_FMIN || op == REF_FMAX || op == REF_FCMPSWAP)
		return float_op(op, 8 * bytes, old, data, data2);
	return integer_op(op, 8 * bytes, old, data, data2);
}

uint32_t ref_extend(enum ref_how how, unsigned bytes, uint32_t value, uint32_t old)
{
	if (how == REF_SEXT || how == REF_SEXT_D16 || how == REF_SEXT_D16_HI)
		value = (uint32_t)sext(value, 8 * bytes);
	if (how == REF_D16 || how == REF_SEXT_D16)
		return (old & 0xffff0000) | (value & 0xffff);
	if (how == REF_D16_HI || how == REF_SEXT_D16_HI)
		return (old & 0xffff) | value << 16;
	return value;
}

void ref_get_words(const struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned lane,
		   uint32_t *to, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = o->kind == SWGPU_OPND_VGPR ? w->v[o->reg + i][lane] : 0;
}

void ref_put_words(struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned lane,
		   const uint32_t *from, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		w->v[o->reg + i][lane] = from[i];
}
