/*
 * Small kernels for the tests of AQL queues.
 */
#ifndef TEST_SWGPU_KERNELS_H
#define TEST_SWGPU_KERNELS_H

#include "tests/unit/test_swgpu_support.h"

/* Assembled for gfx906; s[0:1] kernarg, s2 workgroup, v0 work-item. */

/* out[64 * group + item] = 64 * group + item + 1 */
static const uint32_t __attribute__((unused)) code_store[] = {
    0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
    0xd1fd0001, 0x04010c02, /* v_lshl_add_u32 v1, s2, 6, v0 */
    0x24040282,             /* v_lshlrev_b32_e32 v2, 2, v1 */
    0x68020281,             /* v_add_u32_e32 v1, 1, v1 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xdc708000, 0x00040102, /* global_store_dword v2, v1, s[4:5] */
    0xbf810000,             /* s_endpgm */
};

/* Until *flag is not 0. */
static const uint32_t __attribute__((unused)) code_spin[] = {
    0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xc0020182, 0x00000000, /* s_load_dword s6, s[4:5], 0x0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xbf068006,             /* s_cmp_eq_u32 s6, 0 */
    0xbf85fffb,             /* s_cbranch_scc1 -5 */
    0xbf810000,             /* s_endpgm */
};

/* The same, asleep most of the time. */
static const uint32_t __attribute__((unused)) code_sleep[] = {
    0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xbf8e0001,             /* s_sleep 1 */
    0xc0020182, 0x00000000, /* s_load_dword s6, s[4:5], 0x0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xbf068006,             /* s_cmp_eq_u32 s6, 0 */
    0xbf85fffa,             /* s_cbranch_scc1 -6 */
    0xbf810000,             /* s_endpgm */
};

/* Each workgroup counts itself, then spins until all have. */
static const uint32_t __attribute__((unused)) code_meet[] = {
    0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
    0xc00201c0, 0x00000008, /* s_load_dword s7, s[0:1], 0x8 */
    0x7e020280,             /* v_mov_b32_e32 v1, 0 */
    0x7e040281,             /* v_mov_b32_e32 v2, 1 */
    0xbefe0181,             /* s_mov_b64 exec, 1 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xdd088000, 0x00040201, /* global_atomic_add v1, v2, s[4:5] */
    0xc0020182, 0x00000000, /* s_load_dword s6, s[4:5], 0x0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xbf0a0706,             /* s_cmp_lt_u32 s6, s7 */
    0xbf85fffb,             /* s_cbranch_scc1 -5 */
    0xbf810000,             /* s_endpgm */
};

static const uint32_t __attribute__((unused)) code_trap[] = {0xbf920002, 0xbf810000}; /* s_trap 2 */
static const uint32_t __attribute__((unused))
code_illegal[] = {0xffffffff, 0xbf810000};                                    /* nothing */
static const uint32_t __attribute__((unused)) code_for_ever[] = {0xbf82ffff}; /* s_branch -1 */

/* Raises the event whose number is in the kernarg segment. */
static const uint32_t __attribute__((unused)) code_interrupt[] = {
    0xc0020180, 0x00000000, /* s_load_dword s6, s[0:1], 0x0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xbefc0006,             /* s_mov_b32 m0, s6 */
    0xbf800000,             /* s_nop 0 */
    0xbf900001,             /* s_sendmsg sendmsg(MSG_INTERRUPT) */
    0xbf810000,             /* s_endpgm */
};

#define KERNEL(code) kernel_new(code, VT_ARRAY_LEN(code))

/* A kernarg segment of one pointer. */
static inline uint64_t *kernarg_of(const void *p)
{
	uint64_t *kernarg = gpu_alloc(64);

	kernarg[0] = (uintptr_t)p;
	return kernarg;
}

static inline void put_barrier(struct test_queue *q, unsigned type, amd_signal_t *done,
			       amd_signal_t *const *deps, unsigned n)
{
	hsa_barrier_and_packet_t p = aql_barrier(type, done, deps, n);

	aql_put(q, &p);
}

static inline void put_dispatch(struct test_queue *q, const void *object, uint32_t groups,
				void *kernarg, amd_signal_t *done)
{
	hsa_kernel_dispatch_packet_t p = aql_dispatch(object, groups, 64, kernarg, done);

	aql_put(q, &p);
}

#endif
