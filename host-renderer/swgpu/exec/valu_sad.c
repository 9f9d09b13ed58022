/*
 * exec/valu_sad.c - sums of absolute differences.
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.12.
 *
 * The sum of four bytes and the accumulator is made in 64 bits, so that the clamp bit can saturate
 * it.
 */
#include "host-renderer/swgpu/exec/valu_loop.h"

static inline uint32_t distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

static inline uint32_t byte(uint32_t x, unsigned i)
{
	return x >> 8 * i & 0xff;
}

static inline uint32_t sad_u8(uint32_t a, uint32_t b)
{
	return distance(byte(a, 0), byte(b, 0)) + distance(byte(a, 1), byte(b, 1)) +
	       distance(byte(a, 2), byte(b, 2)) + distance(byte(a, 3), byte(b, 3));
}

/* A byte of b that is 0 is left out. */
static inline uint32_t masked(uint32_t a, uint32_t b, unsigned i)
{
	return byte(b, i) ? distance(byte(a, i), byte(b, i)) : 0;
}

static inline uint32_t msad_u8(uint32_t a, uint32_t b)
{
	return masked(a, b, 0) + masked(a, b, 1) + masked(a, b, 2) + masked(a, b, 3);
}

static inline uint32_t sad_u16(uint32_t a, uint32_t b)
{
	return distance(a & 0xffff, b & 0xffff) + distance(a >> 16, b >> 16);
}

static inline uint32_t sat_u32(uint64_t x)
{
	return x > UINT32_MAX ? UINT32_MAX : (uint32_t)x;
}

VALU3_CLAMP(v_sad_u8, B32, B32, B32, B32, sad_u8(a, b) + c, sat_u32((uint64_t)sad_u8(a, b) + c))
VALU3_CLAMP(v_sad_hi_u8, B32, B32, B32, B32, (sad_u8(a, b) << 16) + c,
	    sat_u32(((uint64_t)sad_u8(a, b) << 16) + c))
VALU3_CLAMP(v_sad_u16, B32, B32, B32, B32, sad_u16(a, b) + c, sat_u32((uint64_t)sad_u16(a, b) + c))
VALU3_CLAMP(v_sad_u32, B32, B32, B32, B32, distance(a, b) + c,
	    sat_u32((uint64_t)distance(a, b) + c))
VALU3_CLAMP(v_msad_u8, B32, B32, B32, B32, msad_u8(a, b) + c, sat_u32((uint64_t)msad_u8(a, b) + c))

/* Four sums of 16 bits, of a's bytes from 0, 1, 2 and 3 on. */
#define QUAD(name, sad, limit)                                                               \
	static inline uint64_t name(uint64_t a, uint32_t b, uint64_t c)                      \
	{                                                                                    \
		uint64_t all = 0;                                                            \
		for (unsigned i = 0; i < 4; i++) {                                           \
			uint32_t old = (uint32_t)(c >> 16 * i & 0xffff);                     \
			uint32_t sum = sad((uint32_t)(a >> 8 * i), b) + old;                 \
			all |= (uint64_t)(sum > (limit) ? (limit) : sum & 0xffff) << 16 * i; \
		}                                                                            \
		return all;                                                                  \
	}

QUAD(qsad, sad_u8, UINT32_MAX)
QUAD(qsad_sat, sad_u8, 0xffffu)
QUAD(mqsad, msad_u8, UINT32_MAX)
QUAD(mqsad_sat, msad_u8, 0xffffu)

VALU3_CLAMP(v_qsad_pk_u16_u8, B64, B64, B32, B64, qsad(a, b, c), qsad_sat(a, b, c))
VALU3_CLAMP(v_mqsad_pk_u16_u8, B64, B64, B32, B64, mqsad(a, b, c), mqsad_sat(a, b, c))

/* Word `part` of the 128-bit accumulator of lane `lane`. */
static uint32_t accumulator(const struct swgpu_wave *w, const struct swgpu_opnd *o, unsigned part,
			    unsigned lane)
{
	switch ((enum swgpu_opnd_kind)o->kind) {
	case SWGPU_OPND_VGPR: return w->v[o->reg + part][lane];
	case SWGPU_OPND_SGPR: return w->s[o->reg + part];
	case SWGPU_OPND_IMM: return part < 2 ? (uint32_t)(o->imm >> 32 * part) : 0;
	case SWGPU_OPND_NONE:
	case SWGPU_OPND_SPECIAL: break;
	}
	return 0;
}

/* Four sums of 32 bits: the one result of four registers. */
EXEC(v_mqsad_u32_u8)
{
	struct valu x;
	struct valu_row sum[4];
	const uint32_t *mask = swgpu_wave_mask(w);
	uint32_t(*d)[SWGPU_LANES] = w->v + u->dst.reg;

	valu_begin(&x, w, u, VALU_B64, VALU_INT);
	const struct valu_src s0 = valu_fetch(&x, 0, VALU_B64), s1 = valu_fetch(&x, 1, VALU_B32);

	for (unsigned part = 0; part < 4; part++) {
		VALU_LANES(lane)
		{
			uint64_t all = (uint64_t)msad_u8((uint32_t)(VALU_LD_B64(s0) >> 8 * part),
							 s1.lo[lane]) +
				       accumulator(w, &u->src[2], part, lane);

			sum[part].lane[lane] =
			    u->flags & SWGPU_UOP_CLAMP ? sat_u32(all) : (uint32_t)all;
		}
	}
	for (unsigned part = 0; part < 4; part++)
		VALU_LANES(i)
	d[part][i] = (sum[part].lane[i] & mask[i]) | (d[part][i] & ~mask[i]);
}
