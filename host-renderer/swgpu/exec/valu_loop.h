/*
 * exec/valu_loop.h - turns a pure function of one lane's values into the function that executes an
 *instruction.
 *
 *	static inline float op_v_add_f32(float a, float b)
 *	{
 *		return a + b;
 *	}
 *	VALU2(v_add_f32, ROUND, F32, F32, F32)
 *
 * VALUn(name, mode, result format, source formats...) calls op_<name>; VALUn_AS calls an expression
 *of the values a, b, c, of `lane`, and of `ieee`, the MODE bit. Formats, and the C type that an
 *operation sees: B32 uint32_t, I32 int32_t, F32 float, B64 uint64_t, I64 int64_t, F64 double B16
 *uint32_t (upper half 0), I16 int32_t (sign-extended), F16 float PB16, PF16 uint32_t with two
 *halves; M64 uint32_t, 0 or ~0; MIX float Results also: B16K, F16K, F16H (see valu_rows.h). Result
 *types are as those of sources.
 */
#ifndef SWGPU_EXEC_VALU_LOOP_H
#define SWGPU_EXEC_VALU_LOOP_H

#include "host-renderer/swgpu/exec/valu_rows.h"

/* What enum valu_fmt calls a format. */
#define VALU_FMT_B32    VALU_B32
#define VALU_FMT_I32    VALU_B32
#define VALU_FMT_F32    VALU_F32
#define VALU_FMT_B16    VALU_B16
#define VALU_FMT_I16    VALU_B16
#define VALU_FMT_F16    VALU_F16
#define VALU_FMT_B16K   VALU_B16K
#define VALU_FMT_F16K   VALU_F16K
#define VALU_FMT_F16H   VALU_F16H
#define VALU_FMT_B64    VALU_B64
#define VALU_FMT_I64    VALU_B64
#define VALU_FMT_F64    VALU_F64
#define VALU_FMT_PB16   VALU_PB16
#define VALU_FMT_PF16   VALU_PF16
#define VALU_FMT_MIX    VALU_MIX
#define VALU_FMT_M64    VALU_M64

#define VALU_LD_B32(s)  ((s).lo[lane])
#define VALU_LD_I32(s)  ((int32_t)(s).lo[lane])
#define VALU_LD_F32(s)  valu_f32((s).lo[lane])
#define VALU_LD_B16(s)  ((s).lo[lane] & 0xffff)
#define VALU_LD_I16(s)  ((int32_t)((s).lo[lane] << 16) >> 16)
#define VALU_LD_F16(s)  valu_from_f16((s).lo[lane])
#define VALU_LD_B64(s)  ((uint64_t)(s).hi[lane] << 32 | (s).lo[lane])
#define VALU_LD_I64(s)  ((int64_t)VALU_LD_B64(s))
#define VALU_LD_F64(s)  valu_f64(VALU_LD_B64(s))
#define VALU_LD_PB16(s) ((s).lo[lane])
#define VALU_LD_PF16(s) ((s).lo[lane])
#define VALU_LD_MIX(s)  valu_f32((s).lo[lane])
#define VALU_LD_M64(s)  ((s).lo[lane])

static inline void valu_put64(const struct valu_dst *d, unsigned lane, uint64_t value)
{
	d->lo[lane] = (uint32_t)value;
	d->hi[lane] = (uint32_t)(value >> 32);
}

#define VALU_ST_B32(d, value)  ((d).lo[lane] = (uint32_t)(value))
#define VALU_ST_I32(d, value)  ((d).lo[lane] = (uint32_t)(value))
#define VALU_ST_F32(d, value)  ((d).lo[lane] = valu_b32(value))
#define VALU_ST_B16(d, value)  ((d).lo[lane] = (uint32_t)(value)&0xffff)
#define VALU_ST_I16(d, value)  VALU_ST_B16(d, value)
#define VALU_ST_F16(d, value)  ((d).lo[lane] = valu_to_f16(value))
#define VALU_ST_B16K(d, value) VALU_ST_B16(d, value)
#define VALU_ST_F16K(d, value) VALU_ST_F16(d, value)
#define VALU_ST_F16H(d, value) VALU_ST_F16(d, value)
#define VALU_ST_B64(d, value)  valu_put64(&(d), lane, (uint64_t)(value))
#define VALU_ST_I64(d, value)  valu_put64(&(d), lane, (uint64_t)(value))
#define VALU_ST_F64(d, value)  valu_put64(&(d), lane, valu_b64(value))
#define VALU_ST_PB16(d, value) VALU_ST_B32(d, value)
#define VALU_ST_PF16(d, value) VALU_ST_B32(d, value)

#define VALU_IEEE              const uint32_t ieee __attribute__((unused)) = w->mode >> 9 & 1

/* One lane after the other. */
#define VALU_BODY1(D, A, expr)                                         \
	VALU_IVDEP                                                     \
	VALU_LANES(lane)                                               \
	{                                                              \
		const __typeof__(VALU_LD_##A(s0)) a = VALU_LD_##A(s0); \
		VALU_ST_##D(d, (expr));                                \
	}

#define VALU_BODY2(D, A, B, expr)                                      \
	VALU_IVDEP                                                     \
	VALU_LANES(lane)                                               \
	{                                                              \
		const __typeof__(VALU_LD_##A(s0)) a = VALU_LD_##A(s0); \
		const __typeof__(VALU_LD_##B(s1)) b = VALU_LD_##B(s1); \
		VALU_ST_##D(d, (expr));                                \
	}

#define VALU_BODY3(D, A, B, C, expr)                                   \
	VALU_IVDEP                                                     \
	VALU_LANES(lane)                                               \
	{                                                              \
		const __typeof__(VALU_LD_##A(s0)) a = VALU_LD_##A(s0); \
		const __typeof__(VALU_LD_##B(s1)) b = VALU_LD_##B(s1); \
		const __typeof__(VALU_LD_##C(s2)) c = VALU_LD_##C(s2); \
		VALU_ST_##D(d, (expr));                                \
	}

/* Sources s0, s1, s2 of the general way, and of the fast one. */
#define VALU_FETCH1(A) const struct valu_src s0 = valu_fetch(&x, 0, VALU_FMT_##A)
#define VALU_FETCH2(A, B) \
	VALU_FETCH1(A);   \
	const struct valu_src s1 = valu_fetch(&x, 1, VALU_FMT_##B)
#define VALU_FETCH3(A, B, C) \
	VALU_FETCH2(A, B);   \
	const struct valu_src s2 = valu_fetch(&x, 2, VALU_FMT_##C)

#define VALU_PLAIN1(A)      \
	struct valu_row t0; \
	const struct valu_src s0 = valu_plain_src(w, u, 0, VALU_FMT_##A, &t0)
#define VALU_PLAIN2(A, B)   \
	VALU_PLAIN1(A);     \
	struct valu_row t1; \
	const struct valu_src s1 = valu_plain_src(w, u, 1, VALU_FMT_##B, &t1)
#define VALU_PLAIN3(A, B, C) \
	VALU_PLAIN2(A, B);   \
	struct valu_row t2;  \
	const struct valu_src s2 = valu_plain_src(w, u, 2, VALU_FMT_##C, &t2)

/* An instruction in both ways: for what swgpu_uop_mark() has marked the fast one. fetch and plain
 * give each its sources; general and fast are the loops that make d of them. */
#define VALU_WAYS(name, mode, D, fetch, plain, general, fast)                 \
	VALU_SLOW(name)                                                       \
	{                                                                     \
		VALU_IEEE;                                                    \
		struct valu x;                                                \
		valu_begin(&x, w, u, VALU_FMT_##D, VALU_##mode);              \
		fetch;                                                        \
		const struct valu_dst d = valu_dst(&x, VALU_FMT_##D);         \
		general;                                                      \
		valu_end(&x, VALU_FMT_##D);                                   \
	}                                                                     \
	EXEC(name)                                                            \
	{                                                                     \
		VALU_IEEE;                                                    \
		VALU_ELSE_SLOW(name, VALU_FMT_##D, VALU_##mode);              \
		plain;                                                        \
		const struct valu_dst d = valu_plain_dst(w, u, VALU_FMT_##D); \
		fast;                                                         \
	}

#define VALU1_AS(name, mode, D, A, expr)                                                 \
	VALU_WAYS(name, mode, D, VALU_FETCH1(A), VALU_PLAIN1(A), VALU_BODY1(D, A, expr), \
		  VALU_BODY1(D, A, expr))

#define VALU2_AS(name, mode, D, A, B, expr)                                                       \
	VALU_WAYS(name, mode, D, VALU_FETCH2(A, B), VALU_PLAIN2(A, B), VALU_BODY2(D, A, B, expr), \
		  VALU_BODY2(D, A, B, expr))

#define VALU3_AS(name, mode, D, A, B, C, expr)                               \
	VALU_WAYS(name, mode, D, VALU_FETCH3(A, B, C), VALU_PLAIN3(A, B, C), \
		  VALU_BODY3(D, A, B, C, expr), VALU_BODY3(D, A, B, C, expr))

#define VALU1(name, mode, D, A)       VALU1_AS(name, mode, D, A, op_##name(a))
#define VALU2(name, mode, D, A, B)    VALU2_AS(name, mode, D, A, B, op_##name(a, b))
#define VALU3(name, mode, D, A, B, C) VALU3_AS(name, mode, D, A, B, C, op_##name(a, b, c))

/* Integer operations that can saturate: `sat` instead of `expr` with the clamp bit, which no marked
 * instruction has. */
#define VALU_EITHER(body, body_sat)                       \
	if (VALU_LIKELY(!(u->flags & SWGPU_UOP_CLAMP))) { \
		body                                      \
	} else {                                          \
		body_sat                                  \
	}

#define VALU2_CLAMP(name, D, A, B, expr, sat)                                       \
	VALU_WAYS(name, INT, D, VALU_FETCH2(A, B), VALU_PLAIN2(A, B),               \
		  VALU_EITHER(VALU_BODY2(D, A, B, expr), VALU_BODY2(D, A, B, sat)), \
		  VALU_BODY2(D, A, B, expr))

#define VALU3_CLAMP(name, D, A, B, C, expr, sat)                                          \
	VALU_WAYS(name, INT, D, VALU_FETCH3(A, B, C), VALU_PLAIN3(A, B, C),               \
		  VALU_EITHER(VALU_BODY3(D, A, B, C, expr), VALU_BODY3(D, A, B, C, sat)), \
		  VALU_BODY3(D, A, B, C, expr))

#endif
