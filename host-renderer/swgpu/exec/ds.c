/* DS: loads and stores. */
#include "host-renderer/swgpu/exec/ds.h"

static void access(struct swgpu_wave *w, const struct swgpu_uop *u, swgpu_vmem_move *move,
		   uint32_t bytes)
{
	struct swgpu_places p;

	ds_places(w, u, &p, bytes, (uint32_t)u->imm, u->dst.kind == SWGPU_OPND_VGPR);
	move(w, u, &p);
}

#define ROW(name, mover, bytes)                    \
	EXEC(ds_##name)                            \
	{                                          \
		access(w, u, LANES(mover), bytes); \
	}

ROW(read_b32, load_b32, 4)
ROW(read_b64, load_b64, 8)
ROW(read_b96, load_b96, 12)
ROW(read_b128, load_b128, 16)
ROW(read_u8, load_u8, 1)
ROW(read_i8, load_i8, 1)
ROW(read_u16, load_u16, 2)
ROW(read_i16, load_i16, 2)
ROW(read_u8_d16, load_u8_lo, 1)
ROW(read_u8_d16_hi, load_u8_hi, 1)
ROW(read_i8_d16, load_i8_lo, 1)
ROW(read_i8_d16_hi, load_i8_hi, 1)
ROW(read_u16_d16, load_u16_lo, 2)
ROW(read_u16_d16_hi, load_u16_hi, 2)
ROW(write_b8, store_b8, 1)
ROW(write_b8_d16_hi, store_b8_hi, 1)
ROW(write_b16, store_b16, 2)
ROW(write_b16_d16_hi, store_b16_hi, 2)
ROW(write_b32, store_b32, 4)
ROW(write_b64, store_b64, 8)
ROW(write_b96, store_b96, 12)
ROW(write_b128, store_b128, 16)

/* Two elements: the second offset counts in units like the first; the second load goes to the
 * registers behind the first one's, the second store has registers of its own. The addresses may be
 * in a result's register. */
static void twice(struct swgpu_wave *w, const struct swgpu_uop *u, swgpu_vmem_move *move,
		  uint32_t bytes, uint32_t unit, uint32_t second_word)
{
	uint32_t offset0 = (uint32_t)u->imm & 0xff, offset1 = (uint32_t)u->imm >> 8 & 0xff;
	bool load = u->dst.kind == SWGPU_OPND_VGPR;
	struct swgpu_places p[2];

	ds_places(w, u, &p[0], bytes, offset0 * unit, load);
	ds_places(w, u, &p[1], bytes, offset1 * unit, load);
	p[1].word = second_word;
	move(w, u, &p[0]);
	move(w, u, &p[1]);
}

/* From the first store's register to the second's; modulo 2^32, as places have it. */
static uint32_t to_data1(const struct swgpu_uop *u)
{
	return (uint32_t)u->src[SWGPU_SRC_DATA1].reg - u->src[SWGPU_SRC_DATA].reg;
}

#define TWICE(name, mover, bytes, unit, second)                 \
	EXEC(ds_##name)                                         \
	{                                                       \
		twice(w, u, LANES(mover), bytes, unit, second); \
	}

TWICE(read2_b32, load_b32, 4, 4, 1)
TWICE(read2st64_b32, load_b32, 4, 4 * 64, 1)
TWICE(read2_b64, load_b64, 8, 8, 2)
TWICE(read2st64_b64, load_b64, 8, 8 * 64, 2)
TWICE(write2_b32, store_b32, 4, 4, to_data1(u))
TWICE(write2st64_b32, store_b32, 4, 4 * 64, to_data1(u))
TWICE(write2_b64, store_b64, 8, 8, to_data1(u))
TWICE(write2st64_b64, store_b64, 8, 8 * 64, to_data1(u))

/* A dword for each lane from M0 on. */
static void by_lane(struct swgpu_wave *w, const struct swgpu_uop *u, swgpu_vmem_move *move)
{
	uint64_t base = (w->s[SWGPU_SREG_M0] & 0xffff) + (uint32_t)u->imm;
	struct swgpu_places p;

	vmem_begin(&p, 0);
	FOR_LANES (lane, swgpu_exec_mask(w)) {
		if (base + 4 * lane + 4 <= w->lds_size)
			p.active |= (uint64_t)1 << lane;
		else
			p.zero |= (uint64_t)1 << lane;
		p.at[lane] = (uint64_t)w->lds + base + 4 * lane;
	}
	move(w, u, &p);
}

EXEC(ds_read_addtid_b32)
{
	by_lane(w, u, LANES(load_b32));
}

EXEC(ds_write_addtid_b32)
{
	by_lane(w, u, LANES(store_b32));
}

/* Adds to (or takes from) a counter the number of lanes that run; all of them get what it was. */
static void count(struct swgpu_wave *w, const struct swgpu_uop *u, bool up)
{
	uint64_t exec = swgpu_exec_mask(w);
	uint32_t at = (w->s[SWGPU_SREG_M0] & 0xffff) + (uint32_t)u->imm, old = 0, now;
	uint32_t lanes = (uint32_t)__builtin_popcountll(exec);

	if (exec && at + 4 <= w->lds_size) {
		memcpy(&old, w->lds + at, sizeof(old));
		now = up ? old + lanes : old - lanes;
		memcpy(w->lds + at, &now, sizeof(now));
	}
	FOR_LANES (lane, exec)
		w->v[u->dst.reg][lane] = old;
}

EXEC(ds_append)
{
	count(w, u, true);
}

EXEC(ds_consume)
{
	count(w, u, false);
}

EXEC(ds_nop)
{
	(void)w;
	(void)u;
}
