/*
 * Atomic operations on memory that other waves, and the program's processors, work on at the same
 * time: each lane's is one atomic operation of this processor. Places are aligned. Source: "AMD
 * Vega Instruction Set Architecture", chapter 12.14 (the operations).
 */
#include "host-renderer/swgpu/exec/vmem.h"

static inline uint32_t data_32(const struct swgpu_wave *w, const struct swgpu_uop *u,
			       unsigned index, uint64_t lane)
{
	return w->v[u->src[SWGPU_SRC_DATA].reg + index][lane];
}

static inline uint64_t data_64(const struct swgpu_wave *w, const struct swgpu_uop *u,
			       unsigned index, uint64_t lane)
{
	const uint32_t(*v)[SWGPU_LANES] =
	    (const uint32_t(*)[SWGPU_LANES]) & w->v[u->src[SWGPU_SRC_DATA].reg + 2 * index];

	return (uint64_t)v[1][lane] << 32 | v[0][lane];
}

/* The value before the operation, if the instruction asks for it. */
static inline void give_32(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t lane,
			   uint32_t value)
{
	if (u->dst.kind == SWGPU_OPND_VGPR)
		w->v[u->dst.reg][lane] = value;
}

static inline void give_64(struct swgpu_wave *w, const struct swgpu_uop *u, uint64_t lane,
			   uint64_t value)
{
	if (u->dst.kind == SWGPU_OPND_VGPR) {
		w->v[u->dst.reg][lane] = (uint32_t)value;
		w->v[u->dst.reg + 1][lane] = (uint32_t)(value >> 32);
	}
}

/* body sets old from what mem points at, x the lane's first operand. */
#define ATOMIC(name, bits, body)                                                             \
	void LANES(atomic_##name##_##bits)(struct swgpu_wave * w, const struct swgpu_uop *u, \
					   const struct swgpu_places *p)                     \
	{                                                                                    \
		typedef uint##bits##_t word;                                                 \
                                                                                             \
		FOR_LANES (lane, p->active) {                                                \
			word *mem = (word *)p->at[lane];                                     \
			word x = data_##bits(w, u, 0, lane);                                 \
			word old;                                                            \
                                                                                             \
			body;                                                                \
			give_##bits(w, u, lane, old);                                        \
		}                                                                            \
		FOR_LANES (lane, p->zero)                                                    \
			give_##bits(w, u, lane, 0);                                          \
	}

#define FETCH(how) old = __atomic_##how(mem, x, __ATOMIC_SEQ_CST)

/* For operations that the processor does not have: next is made from old and x. */
#define RETRY(next)                                                                     \
	old = __atomic_load_n(mem, __ATOMIC_RELAXED);                                   \
	while (!__atomic_compare_exchange_n(mem, &old, (next), false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_RELAXED))                          \
	continue

#define COMPARE_SWAP(bits)                \
	old = data_##bits(w, u, 1, lane); \
	__atomic_compare_exchange_n(mem, &old, x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define ATOMICS(bits)                                                              \
	ATOMIC(swap, bits, FETCH(exchange_n))                                      \
	ATOMIC(add, bits, FETCH(fetch_add))                                        \
	ATOMIC(sub, bits, FETCH(fetch_sub))                                        \
	ATOMIC(and, bits, FETCH(fetch_and))                                        \
	ATOMIC(or, bits, FETCH(fetch_or))                                          \
	ATOMIC(xor, bits, FETCH(fetch_xor))                                        \
	ATOMIC(cmpswap, bits, COMPARE_SWAP(bits))                                  \
	ATOMIC(smin, bits, RETRY((int##bits##_t)x < (int##bits##_t)old ? x : old)) \
	ATOMIC(smax, bits, RETRY((int##bits##_t)x > (int##bits##_t)old ? x : old)) \
	ATOMIC(umin, bits, RETRY(x < old ? x : old))                               \
	ATOMIC(umax, bits, RETRY(x > old ? x : old))                               \
	ATOMIC(inc, bits, RETRY(old >= x ? 0 : old + 1))                           \
	ATOMIC(dec, bits, RETRY(old == 0 || old > x ? x : old - 1))

ATOMICS(32)
ATOMICS(64)
