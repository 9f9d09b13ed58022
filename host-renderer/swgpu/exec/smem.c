/*
 * SMEM: scalar loads and stores, through addresses or buffer descriptors, and the clock.
 * Source: "AMD Vega Instruction Set Architecture", chapters 7 and 12.6.
 *
 * There are no caches, so that their invalidation and write-back have nothing to do.
 */
#include "host-renderer/swgpu/exec/scalar.h"

#define NOTHING(name)    \
	SCALAR(name)     \
	{                \
		(void)w; \
		(void)u; \
	}

NOTHING(s_dcache_inv)
NOTHING(s_dcache_inv_vol)
NOTHING(s_dcache_wb)
NOTHING(s_dcache_wb_vol)

SCALAR(s_memtime)
{
	swrite64(w, u, w->env->clock(w->env->user));
}

SCALAR(s_memrealtime)
{
	swrite64(w, u, w->env->clock(w->env->user));
}

/* Bytes from the base; the two low bits of the sum with the base do not count. */
static uint64_t offset_of(const struct swgpu_wave *w, const struct swgpu_uop *u)
{
	uint64_t offset = (uint64_t)(int64_t)u->imm;

	if (u->src[SWGPU_SRC_OFFSET].kind != SWGPU_OPND_NONE)
		offset += sread32(w, &u->src[SWGPU_SRC_OFFSET]);
	return offset;
}

static bool reach(struct swgpu_wave *w, uint64_t va, unsigned words, unsigned access)
{
	if (swgpu_tlb_ok(w->tlb, va, 4 * words, access))
		return true;
	w->stop = SWGPU_STOP_MEMORY;
	w->fault_va = va;
	w->fault_write = access == SWGPU_WRITE;
	return false;
}

static void load(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned words)
{
	uint64_t base = sread64(w, &u->src[SWGPU_SRC_BASE]);
	uint64_t va = (base + offset_of(w, u)) & ~(uint64_t)3;

	if (reach(w, va, words, SWGPU_READ))
		memcpy(&w->s[u->dst.reg], swgpu_va_host(va), 4 * words);
}

static void store(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned words)
{
	uint64_t base = sread64(w, &u->src[SWGPU_SRC_BASE]);
	uint64_t va = (base + offset_of(w, u)) & ~(uint64_t)3;

	if (reach(w, va, words, SWGPU_WRITE))
		memcpy(swgpu_va_host(va), &w->s[u->src[SWGPU_SRC_DATA].reg], 4 * words);
}

/* Base of the buffer descriptor, and how many of `words` dwords from the offset on are inside of
 * the buffer. */
static uint64_t buffer(const struct swgpu_wave *w, const struct swgpu_uop *u, unsigned *words)
{
	const uint32_t *srd = &w->s[u->src[SWGPU_SRC_BASE].reg];
	uint64_t stride = srd[1] >> 16 & 0x3fff;
	uint64_t size = (stride ? stride : 1) * srd[2];
	uint64_t offset = offset_of(w, u) & ~(uint64_t)3;
	uint64_t room = offset < size ? (size - offset) / 4 : 0;

	if (room < *words)
		*words = (unsigned)room;
	return (((uint64_t)(srd[1] & 0xffff) << 32 | srd[0]) + offset) & ~(uint64_t)3;
}

static void buffer_load(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned words)
{
	unsigned inside = words;
	uint64_t va = buffer(w, u, &inside);
	uint32_t value[16] = {0};

	if (inside && !reach(w, va, inside, SWGPU_READ))
		return;
	if (inside)
		memcpy(value, swgpu_va_host(va), 4 * inside);
	memcpy(&w->s[u->dst.reg], value, 4 * words);
}

static void buffer_store(struct swgpu_wave *w, const struct swgpu_uop *u, unsigned words)
{
	uint64_t va = buffer(w, u, &words);

	if (words && reach(w, va, words, SWGPU_WRITE))
		memcpy(swgpu_va_host(va), &w->s[u->src[SWGPU_SRC_DATA].reg], 4 * words);
}

#define MOVE(name, how, words)    \
	SCALAR(name)              \
	{                         \
		how(w, u, words); \
	}

MOVE(s_load_dword, load, 1)
MOVE(s_load_dwordx2, load, 2)
MOVE(s_load_dwordx4, load, 4)
MOVE(s_load_dwordx8, load, 8)
MOVE(s_load_dwordx16, load, 16)
MOVE(s_store_dword, store, 1)
MOVE(s_store_dwordx2, store, 2)
MOVE(s_store_dwordx4, store, 4)
MOVE(s_buffer_load_dword, buffer_load, 1)
MOVE(s_buffer_load_dwordx2, buffer_load, 2)
MOVE(s_buffer_load_dwordx4, buffer_load, 4)
MOVE(s_buffer_load_dwordx8, buffer_load, 8)
MOVE(s_buffer_load_dwordx16, buffer_load, 16)
MOVE(s_buffer_store_dword, buffer_store, 1)
MOVE(s_buffer_store_dwordx2, buffer_store, 2)
MOVE(s_buffer_store_dwordx4, buffer_store, 4)
