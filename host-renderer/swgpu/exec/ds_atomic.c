/* DS: atomic operations, with and without the value before. */
#include "host-renderer/swgpu/exec/ds.h"

static inline uint32_t data_32(const struct swgpu_wave *w, const struct swgpu_opnd *o,
			       uint64_t lane)
{
	return w->v[o->reg][lane];
}

static inline uint64_t data_64(const struct swgpu_wave *w, const struct swgpu_opnd *o,
			       uint64_t lane)
{
	return (uint64_t)w->v[o->reg + 1][lane] << 32 | w->v[o->reg][lane];
}

static inline void give_32(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned word,
			   uint64_t lane, uint32_t x)
{
	if (u->dst.kind == SWGPU_OPND_VGPR)
		w->v[u->dst.reg + word][lane] = x;
}

static inline void give_64(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned word,
			   uint64_t lane, uint64_t x)
{
	give_32(w, u, word, lane, (uint32_t)x);
	give_32(w, u, word + 1, lane, (uint32_t)(x >> 32));
}

static inline float f_32(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static inline double f_64(uint64_t bits)
{
	double f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static inline uint32_t bits_of(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

/* Two rows: m is the value in memory, x and y the lane's operands, next what memory becomes. */
#define RMW(name, type, bits, next)                                                        \
	static void name##_##type(struct swgpu_wave *w, const struct swgpu_uop *u)         \
	{                                                                                  \
		struct swgpu_places p;                                                     \
                                                                                           \
		ds_places(w, u, &p, bits / 8, (uint32_t)u->imm, false);                    \
		FOR_LANES (lane, p.active) {                                               \
			swgpu_u##bits *mem = place(&p, lane, bits / 8);                    \
			uint##bits##_t x = data_##bits(w, &u->src[SWGPU_SRC_DATA], lane);  \
			uint##bits##_t y = data_##bits(w, &u->src[SWGPU_SRC_DATA1], lane); \
			uint##bits##_t m = *mem;                                           \
                                                                                           \
			(void)y;                                                           \
			*mem = (next);                                                     \
			give_##bits(w, u, 0, lane, m);                                     \
		}                                                                          \
		FOR_LANES (lane, p.zero)                                                   \
			give_##bits(w, u, 0, lane, 0);                                     \
	}                                                                                  \
	EXEC(ds_##name##_rtn_##type)                                                       \
	{                                                                                  \
		name##_##type(w, u);                                                       \
	}
#define RMW2(name, type, bits, next) \
	RMW(name, type, bits, next)  \
	EXEC(ds_##name##_##type)     \
	{                            \
		name##_##type(w, u); \
	}

static inline void *place(const struct swgpu_places *p, uint64_t lane, unsigned bytes)
{
	return p->block ? (void *)(p->block + lane * bytes) : (void *)p->at[lane];
}

#define INTEGER(bits)                                                         \
	RMW2(add, u##bits, bits, m + x)                                       \
	RMW2(sub, u##bits, bits, m - x)                                       \
	RMW2(rsub, u##bits, bits, x - m)                                      \
	RMW2(inc, u##bits, bits, m >= x ? 0 : m + 1)                          \
	RMW2(dec, u##bits, bits, m == 0 || m > x ? x : m - 1)                 \
	RMW2(min, i##bits, bits, (int##bits##_t)x < (int##bits##_t)m ? x : m) \
	RMW2(max, i##bits, bits, (int##bits##_t)x > (int##bits##_t)m ? x : m) \
	RMW2(min, u##bits, bits, x < m ? x : m)                               \
	RMW2(max, u##bits, bits, x > m ? x : m)                               \
	RMW2(and, b##bits, bits, m &x)                                        \
	RMW2(or, b##bits, bits, m | x)                                        \
	RMW2(xor, b##bits, bits, m ^ x)                                       \
	RMW2(mskor, b##bits, bits, (m & ~x) | y)                              \
	RMW2(cmpst, b##bits, bits, m == x ? y : m)                            \
	RMW(wrxchg, b##bits, bits, x)

INTEGER(32)
INTEGER(64)
RMW(wrap, b32, 32, m >= x ? m - x : m + y)

#define FLOATING(bits)                                              \
	RMW2(min, f##bits, bits, f_##bits(x) < f_##bits(m) ? x : m) \
	RMW2(max, f##bits, bits, f_##bits(x) > f_##bits(m) ? x : m) \
	RMW2(cmpst, f##bits, bits, f_##bits(m) == f_##bits(x) ? y : m)

FLOATING(32)
FLOATING(64)
RMW2(add, f32, 32, bits_of(f_32(m) + f_32(x)))

/* Two exchanges at two offsets; the second lane to reach a place gets what the first one wrote. All
 * data is read before any result is given: a result may be where the other data is. */
#define EXCHANGE2(name, bits, unit)                                                     \
	EXEC(name)                                                                      \
	{                                                                               \
		uint32_t offset[2] = {((uint32_t)u->imm & 0xff) * (unit),               \
				      ((uint32_t)u->imm >> 8 & 0xff) * (unit)};         \
		uint##bits##_t data[2][SWGPU_LANES];                                    \
		struct swgpu_places p[2];                                               \
                                                                                        \
		for (unsigned i = 0; i < 2; i++)                                        \
			ds_places(w, u, &p[i], bits / 8, offset[i], false);             \
		for (unsigned lane = 0; lane < SWGPU_LANES; lane++) {                   \
			data[0][lane] = data_##bits(w, &u->src[SWGPU_SRC_DATA], lane);  \
			data[1][lane] = data_##bits(w, &u->src[SWGPU_SRC_DATA1], lane); \
		}                                                                       \
		for (unsigned i = 0; i < 2; i++) {                                      \
			FOR_LANES (lane, p[i].active) {                                 \
				swgpu_u##bits *mem = place(&p[i], lane, bits / 8);      \
				uint##bits##_t m = *mem;                                \
                                                                                        \
				*mem = data[i][lane];                                   \
				give_##bits(w, u, i *(bits / 32), lane, m);             \
			}                                                               \
			FOR_LANES (lane, p[i].zero)                                     \
				give_##bits(w, u, i *(bits / 32), lane, 0);             \
		}                                                                       \
	}

EXCHANGE2(ds_wrxchg2_rtn_b32, 32, 4)
EXCHANGE2(ds_wrxchg2st64_rtn_b32, 32, 4 * 64)
EXCHANGE2(ds_wrxchg2_rtn_b64, 64, 8)
EXCHANGE2(ds_wrxchg2st64_rtn_b64, 64, 8 * 64)

/* Two dwords at an aligned address; each is exchanged if bit 31 of its data is set, which is not
 * written. */
EXEC(ds_condxchg32_rtn_b64)
{
	const struct swgpu_opnd *data = &u->src[SWGPU_SRC_DATA];
	const uint32_t *addr = w->v[u->src[SWGPU_SRC_ADDR].reg];

	FOR_LANES (lane, swgpu_exec_mask(w)) {
		uint64_t at = (addr[lane] + (uint32_t)u->imm) & ~7u;
		uint64_t x = data_64(w, data, lane), m = 0;

		if (at + 8 <= w->lds_size) {
			memcpy(&m, w->lds + at, 8);
			for (unsigned i = 0; i < 2; i++)
				if (x >> (32 * i + 31) & 1)
					*(swgpu_u32 *)(w->lds + at + 4 * i) =
					    (uint32_t)(x >> 32 * i) & INT32_MAX;
		}
		give_64(w, u, 0, lane, m);
	}
}
