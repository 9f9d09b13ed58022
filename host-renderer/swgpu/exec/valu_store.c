/*
 * exec/valu_store.c - results of vector ALU instructions that are more than a write of the whole
 * row.
 *
 * Order of what happens to a result, as on hardware: output modifier, denormal flushing, clamp,
 * SDWA or half-register placement, EXEC.
 */
#include "host-renderer/swgpu/exec/valu_rows.h"

#define MODE_OUT_DENORM32 0x20u
#define MODE_OUT_DENORM16 0x80u /* and 64 */
#define MODE_DX10_CLAMP   0x100u
#define MODE_IEEE         0x200u

/* What the modifiers and MODE make of a float result. */
struct finish {
	float scale;   /* output modifier; 1 where it is ignored */
	bool flush;    /* denormals become zero */
	bool clamp;    /* to 0..1 */
	bool nan_is_0; /* clamp makes a NaN 0 */
};

/* The output modifier is ignored in IEEE mode and where results may be denormal. */
static struct finish finish_of(const struct valu *x, enum valu_fmt fmt)
{
	static const float scale[4] = {1.0f, 2.0f, 4.0f, 0.5f};
	uint32_t mode = x->w->mode;
	bool flush = !(mode & (fmt == VALU_F32 ? MODE_OUT_DENORM32 : MODE_OUT_DENORM16));

	return (struct finish){
	    .scale = flush && !(mode & MODE_IEEE) ? scale[x->u->omod & 3] : 1.0f,
	    .flush = flush,
	    .clamp = x->u->flags & SWGPU_UOP_CLAMP,
	    .nan_is_0 = mode & MODE_DX10_CLAMP,
	};
}

static inline float finish32(float f, const struct finish *how, uint32_t least_normal)
{
	if (how->scale != 1.0f)
		f *= how->scale;
	if (how->flush && (valu_b32(f) & 0x7fffffff) < least_normal)
		f = valu_f32(valu_b32(f) & 0x80000000);
	if (how->scale != 1.0f)
		f = f == 0.0f ? 0.0f
			      : f; /* the modifier leaves no -0, nor what flushing makes one */
	if (how->clamp && (f == f || how->nan_is_0))
		f = f > 0.0f ? (f < 1.0f ? f : 1.0f) : 0.0f;
	return f;
}

static inline uint32_t finish16(uint32_t half, const struct finish *how)
{
	return valu_to_f16(finish32(valu_from_f16(half), how, 0x38800000 /* 2^-14 */));
}

static inline double finish64(double f, const struct finish *how)
{
	if (how->scale != 1.0f)
		f *= (double)how->scale;
	if (how->flush && (valu_b64(f) & INT64_MAX) < 0x0010000000000000)
		f = valu_f64(valu_b64(f) & ~(uint64_t)INT64_MAX);
	if (how->scale != 1.0f)
		f = f == 0.0 ? 0.0 : f;
	if (how->clamp && (f == f || how->nan_is_0))
		f = f > 0.0 ? (f < 1.0 ? f : 1.0) : 0.0;
	return f;
}

static void finish(struct valu *x, enum valu_fmt fmt)
{
	struct finish how = finish_of(x, fmt);
	uint32_t *lo = x->out[0].lane, *hi = x->out[1].lane;

	if (how.scale == 1.0f && !how.flush && !how.clamp)
		return;
	if (fmt == VALU_F32) {
		VALU_LANES(i)
		lo[i] = valu_b32(finish32(valu_f32(lo[i]), &how, 0x00800000));
	} else if (fmt == VALU_F64) {
		VALU_LANES(i)
		{
			uint64_t bits =
			    valu_b64(finish64(valu_f64((uint64_t)hi[i] << 32 | lo[i]), &how));

			lo[i] = (uint32_t)bits;
			hi[i] = (uint32_t)(bits >> 32);
		}
	} else if (fmt == VALU_PF16) {
		VALU_LANES(i)
		lo[i] = finish16(lo[i], &how) | finish16(lo[i] >> 16, &how) << 16;
	} else {
		VALU_LANES(i)
		lo[i] = finish16(lo[i], &how);
	}
}

/* SDWA: the result's low part to where dst_sel says, and what becomes of the rest of the register.
 */
static void place_part(const struct swgpu_uop *u, uint32_t *row, const uint32_t *old)
{
	unsigned sel = u->dst_sel;
	unsigned shift = sel == SWGPU_SEL_WORD_1 ? 16 : sel < SWGPU_SEL_WORD_0 ? sel * 8 : 0;
	unsigned spare = sel < SWGPU_SEL_WORD_0 ? 24 : sel < SWGPU_SEL_DWORD ? 16 : 0;
	uint32_t part = 0xffffffffu >> spare << shift;

	VALU_LANES(i)
	{
		uint32_t zero = row[i] << spare >> spare << shift;
		uint32_t sign = (uint32_t)((int32_t)(row[i] << spare) >> spare) << shift;

		row[i] = u->dst_unused == 0   ? zero
			 : u->dst_unused == 1 ? sign
					      : zero | (old[i] & ~part);
	}
}

/* 16-bit results that leave the register's other half alone. */
static void place_half(uint32_t *row, const uint32_t *old, bool high)
{
	if (high) {
		VALU_LANES(i)
		row[i] = row[i] << 16 | (old[i] & 0xffff);
	} else {
		VALU_LANES(i)
		row[i] = (row[i] & 0xffff) | (old[i] & 0xffff0000);
	}
}

static void blend(uint32_t *to, const uint32_t *from, const uint32_t *mask)
{
	VALU_IVDEP
	VALU_LANES(i)
	to[i] = (from[i] & mask[i]) | (to[i] & ~mask[i]);
}

static const uint32_t *mask_row(struct valu *x)
{
	uint32_t *row = x->tmp[0][0].lane;

	if (x->exec == swgpu_exec_mask(x->w))
		return swgpu_wave_mask(x->w);
	VALU_LANES(i)
	row[i] = -(uint32_t)(x->exec >> i & 1);
	return row;
}

void VALU_FN(store)(struct valu *x, enum valu_fmt fmt)
{
	const struct swgpu_uop *u = x->u;
	uint32_t(*v)[SWGPU_LANES] = x->w->v + u->dst.reg;
	uint32_t *lo = x->out[0].lane;

	if (valu_fmt_float(fmt))
		finish(x, fmt);
	if (valu_fmt_keeps(fmt))
		place_half(lo, v[0], fmt == VALU_F16H || u->op_sel & 8);
	if (u->flags & SWGPU_UOP_SDWA && u->dst_sel != SWGPU_SEL_DWORD)
		place_part(u, lo, v[0]);
	const uint32_t *mask = mask_row(x);

	blend(v[0], lo, mask);
	if (valu_fmt_wide(fmt))
		blend(v[1], x->out[1].lane, mask);
}
