/*
 * Global wave sync: the workgroups of one launch meet, again and again, though there are more of
 * them than threads.
 */
#include <stdlib.h>

#include "tests/unit/test_swgpu_kernels.h"

#define ROUNDS 8

/* Resource 3 is for as many waves as the kernarg segment's word at 16 says, and one. */
static const uint32_t code_gws_init[] = {
    0xc0020200, 0x00000010, /* s_load_dword s8, s[0:1], 0x10 */
    0xbefc0080,             /* s_mov_b32 m0, 0 */
    0xbefe0181,             /* s_mov_b64 exec, 1 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0x7e040208,             /* v_mov_b32_e32 v2, s8 */
    0xd9330003, 0x00000002, /* ds_gws_init v2 offset:3 gds */
    0xbf8c0070,             /* s_waitcnt vmcnt(0) lgkmcnt(0) */
    0xbf810000,             /* s_endpgm */
};

/* ROUNDS times: counts itself at kernarg[0], meets, writes what it finds there to
 * kernarg[1][group][round], meets. */
static const uint32_t code_gws_meet[] = {
    0xc00a0100, 0x00000000, /* s_load_dwordx4 s[4:7], s[0:1], 0x0 */
    0xc0020200, 0x00000010, /* s_load_dword s8, s[0:1], 0x10 */
    0xbefc0080,             /* s_mov_b32 m0, 0 */
    0xbefe0181,             /* s_mov_b64 exec, 1 */
    0x7e000280,             /* v_mov_b32_e32 v0, 0 */
    0x7e020281,             /* v_mov_b32_e32 v1, 1 */
    0xbe890080,             /* s_mov_b32 s9, 0 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0x7e040208,             /* v_mov_b32_e32 v2, s8 */
    0xdd088000, 0x00040100, /* global_atomic_add v0, v1, s[4:5] */
    0xbf8c0f70,             /* s_waitcnt vmcnt(0) */
    0xd93b0003, 0x00000002, /* ds_gws_barrier v2 offset:3 gds */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0xc0020282, 0x00000000, /* s_load_dword s10, s[4:5], 0x0 */
    0x8e0b8302,             /* s_lshl_b32 s11, s2, 3 */
    0x800b090b,             /* s_add_u32 s11, s11, s9 */
    0x8e0b820b,             /* s_lshl_b32 s11, s11, 2 */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0x7e06020a,             /* v_mov_b32_e32 v3, s10 */
    0x7e00020b,             /* v_mov_b32_e32 v0, s11 */
    0xdc708000, 0x00060300, /* global_store_dword v0, v3, s[6:7] */
    0x7e000280,             /* v_mov_b32_e32 v0, 0 */
    0xbf8c0f70,             /* s_waitcnt vmcnt(0) */
    0xd93b0003, 0x00000002, /* ds_gws_barrier v2 offset:3 gds */
    0xbf8cc07f,             /* s_waitcnt lgkmcnt(0) */
    0x80098109,             /* s_add_u32 s9, s9, 1 */
    0xbf0a8809,             /* s_cmp_lt_u32 s9, 8 */
    0xbf85ffe8,             /* s_cbranch_scc1 loop */
    0xbf810000,             /* s_endpgm */
};

static void open_with_units(struct test_queue *q)
{
	setenv("SWGPU_CUS", "2", 1);
	gpu_open();
	aql_open(q);
}

/* As many groups as two compute units hold. */
VT_TEST(swgpu_gws, groups_of_a_launch_meet)
{
	enum { GROUPS = 80 };
	struct test_queue q;
	amd_signal_t *done;
	uint64_t *kernarg;
	uint32_t *out;
	HSAuint32 first = 99;

	open_with_units(&q);
	ASSERT_OK(hsaKmtAllocQueueGWS(q.res.QueueId, 64, &first));
	VT_ASSERT_EQ(first, 0);
	out = gpu_alloc(GROUPS * ROUNDS * 4);
	kernarg = kernarg_of(gpu_alloc(64));
	kernarg[1] = (uintptr_t)out;
	kernarg[2] = GROUPS - 1;
	done = signal_new(2, NULL);
	put_dispatch(&q, KERNEL(code_gws_init), 1, kernarg, done);
	put_dispatch(&q, KERNEL(code_gws_meet), GROUPS, kernarg, done);
	VT_ASSERT(becomes(&done->value, 0, SOON_MS));
	for (unsigned i = 0; i < GROUPS * ROUNDS; i++)
		VT_ASSERT_EQ(out[i], GROUPS * (i % ROUNDS + 1));
	gpu_close();
}

/* A queue that was given none, or whose counters were taken away. */
VT_TEST(swgpu_gws, is_an_illegal_instruction_without)
{
	struct test_queue q;
	uint64_t *kernarg;

	open_with_units(&q);
	ASSERT_OK(hsaKmtAllocQueueGWS(q.res.QueueId, 1, NULL));
	ASSERT_OK(hsaKmtAllocQueueGWS(q.res.QueueId, 0, NULL));
	kernarg = kernarg_of(NULL);
	put_dispatch(&q, KERNEL(code_gws_init), 1, kernarg, NULL);
	VT_ASSERT(becomes(&q.inactive->value, 0x40000000, SOON_MS));
	gpu_close();
}

VT_TEST(swgpu_gws, wrong_arguments)
{
	struct test_queue q, s;
	HSAuint32 first;

	open_with_units(&q);
	sdma_open(&s);
	VT_ASSERT_EQ(hsaKmtAllocQueueGWS(0, 1, &first), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtAllocQueueGWS(q.res.QueueId, 65, &first),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtAllocQueueGWS(s.res.QueueId, 1, &first),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT(hsaKmtAllocQueueGWS(q.res.QueueId + 1000, 1, &first) != HSAKMT_STATUS_SUCCESS);
	gpu_close();
}
