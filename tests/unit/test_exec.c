/*
 * The run loop, groups and launches: kernels assembled with llvm-mc for gfx906, a row for each
 * engine.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/test_exec_support.h"

/* clang-format off */
static const uint32_t loop_code[] = {
	0xbe840080, /* s_mov_b32 s4, 0 */
	0xb0050064, /* s_movk_i32 s5, 0x64 */
	0x80048304, /* s_add_u32 s4, s4, 3 */
	0x80858105, /* s_sub_u32 s5, s5, 1 */
	0xbf078005, /* s_cmp_lg_u32 s5, 0 */
	0xbf85fffc, /* s_cbranch_scc1 65532 */
	0xc0060080, 0x00000000, /* s_load_dwordx2 s[2:3], s[0:1], 0x0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xc0420101, 0x00000000, /* s_store_dword s4, s[2:3], 0x0 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, loop_with_branch, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, loop_code, 64);
	out = gpu_alloc(4);
	k.args[0] = (uintptr_t)out;
	kernel_run_all(&k);
	VT_ASSERT_EQ(*out, 300);
	kernel_fini(&k);
}

/* Wherever the slices end, the result is that of one run. */
VT_TEST_ROWS(exec, resumes_at_any_instruction, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, loop_code, 64);
	out = gpu_alloc(4);
	k.args[0] = (uintptr_t)out;
	for (uint64_t budget = 1; budget < 9; budget++) {
		*out = 0;
		VT_ASSERT_EQ(kernel_run(&k, 0, budget, NULL), SWGPU_RUN_DONE);
		VT_ASSERT_EQ(*out, 300);
	}
	kernel_fini(&k);
}

/* Each work-item's id to LDS, a barrier, and back from the other end. */
/* clang-format off */
static const uint32_t lds_code[] = {
	0x24020082, /* v_lshlrev_b32_e32 v1, 2, v0 */
	0xd81a0000, 0x00000001, /* ds_write_b32 v1, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xbf8a0000, /* s_barrier */
	0x2a0400ff, 0x0000007f, /* v_xor_b32_e32 v2, 0x7f, v0 */
	0x24040482, /* v_lshlrev_b32_e32 v2, 2, v2 */
	0xd86c0000, 0x03000002, /* ds_read_b32 v3, v2 */
	0xc0060080, 0x00000000, /* s_load_dwordx2 s[2:3], s[0:1], 0x0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc708000, 0x00020301, /* global_store_dword v1, v3, s[2:3] */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, lds_and_barrier, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, lds_code, 128);
	out = gpu_alloc(128 * 4);
	k.args[0] = (uintptr_t)out;
	for (uint64_t budget = 1; budget < 100; budget += 7) {
		memset(out, 0, 128 * 4);
		VT_ASSERT_EQ(kernel_run(&k, 0, budget, NULL), SWGPU_RUN_DONE);
		for (uint32_t i = 0; i < 128; i++)
			VT_ASSERT_EQ(out[i], 127 - i);
	}
	kernel_fini(&k);
}

/* 3 groups of 70 in a grid of 150: the last one has 10 work-items, the second wave of a group 6. */
/* clang-format off */
static const uint32_t edge_code[] = {
	0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
	0xbe8600ff, 0x00000046, /* s_mov_b32 s6, 0x46 */
	0x7e020202, /* v_mov_b32_e32 v1, s2 */
	0xd2850001, 0x00000d01, /* v_mul_lo_u32 v1, v1, s6 */
	0x68020101, /* v_add_u32_e32 v1, v1, v0 */
	0x24020282, /* v_lshlrev_b32_e32 v1, 2, v1 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc708000, 0x00040001, /* global_store_dword v1, v0, s[4:5] */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, partial_groups_and_waves, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, edge_code, 70);
	out = gpu_alloc(256 * 4);
	memset(out, 0xff, 256 * 4);
	k.args[0] = (uintptr_t)out;
	k.launch.grid_size[0] = 150;
	k.launch.group_count[0] = 3;
	kernel_run_all(&k);
	for (uint32_t i = 0; i < 256; i++)
		VT_ASSERT_EQ(out[i], i < 150 ? i % 70 : UINT32_MAX);
	kernel_fini(&k);
}

/* Stores s0..s19 and v0..v3 as the kernel finds them. */
/* clang-format off */
static const uint32_t registers_code[] = {
	0xc0060504, 0x00000000, /* s_load_dwordx2 s[20:21], s[8:9], 0x0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xc04a000a, 0x00000000, /* s_store_dwordx4 s[0:3], s[20:21], 0x0 */
	0xc04a010a, 0x00000010, /* s_store_dwordx4 s[4:7], s[20:21], 0x10 */
	0xc04a020a, 0x00000020, /* s_store_dwordx4 s[8:11], s[20:21], 0x20 */
	0xc04a030a, 0x00000030, /* s_store_dwordx4 s[12:15], s[20:21], 0x30 */
	0xc04a040a, 0x00000040, /* s_store_dwordx4 s[16:19], s[20:21], 0x40 */
	0x7e06020f, /* v_mov_b32_e32 v3, s15 */
	0x24080084, /* v_lshlrev_b32_e32 v4, 4, v0 */
	0xd1fd0004, 0x04110d01, /* v_lshl_add_u32 v4, v1, 6, v4 */
	0xd1fd0004, 0x04110f02, /* v_lshl_add_u32 v4, v2, 7, v4 */
	0xdc7c8100, 0x00140004, /* global_store_dwordx4 v4, v[0:3], s[20:21] offset:256 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

static void check_registers(const struct swgpu_launch *launch, const uint64_t *s)
{
	const uint32_t *word = (const uint32_t *)s;

	VT_ASSERT_EQ(s[0] >> 63, 1); /* a swizzled buffer */
	VT_ASSERT_EQ(s[2], launch->dispatch_va);
	VT_ASSERT_EQ(s[3], launch->queue_va);
	VT_ASSERT_EQ(s[4], launch->kernarg_va);
	VT_ASSERT_EQ(s[5], launch->dispatch_id);
	VT_ASSERT_EQ(s[6], s[0] & 0xffffffffffff); /* flat scratch begins where the buffer does */
	VT_ASSERT_EQ(word[14], 40);
	VT_ASSERT_EQ(word[15], 1);
	VT_ASSERT_EQ(word[16], 2);
	VT_ASSERT_EQ(word[17], 3);
	VT_ASSERT_EQ(word[18], 1u << 31 | 1); /* the first of 1 wave */
	VT_ASSERT_EQ(word[19], 0);
}

VT_TEST_ROWS(exec, initial_registers, engine_count())
{
	struct swgpu_group *group;
	struct kernel k;
	uint64_t *out;

	KERNEL_INIT(&k, row, registers_code, 4);
	out = gpu_alloc(1024);
	k.args[0] = (uintptr_t)out;
	k.launch.properties = 0x7f;
	k.launch.rsrc2 = 1 | 15 << 1 | 0xf << 7 | 2 << 11;
	k.launch.private_size = 40;
	k.launch.dispatch_va = 0x111111111111;
	k.launch.queue_va = 0x222222222222;
	k.launch.dispatch_id = 0x3333333333333333;
	for (unsigned i = 0; i < 3; i++) {
		k.launch.group_size[i] = i ? 2 : 4;
		k.launch.grid_size[i] = 100;
	}
	VT_ASSERT_EQ(swgpu_group_create(&group, &k.launch), 0);
	swgpu_group_start(group, 1, 2, 3);
	VT_ASSERT_EQ(swgpu_group_run(group, &k.tlb, 1000), SWGPU_RUN_DONE);
	swgpu_group_destroy(group);
	check_registers(&k.launch, out);
	for (uint32_t i = 0; i < 16; i++) {
		const uint32_t *v = (const uint32_t *)&out[32 + 2 * i];

		VT_ASSERT_EQ(v[0], i % 4);
		VT_ASSERT_EQ(v[1], i / 4 % 2);
		VT_ASSERT_EQ(v[2], i / 8);
		VT_ASSERT_EQ(v[3], 1);
	}
	kernel_fini(&k);
}

/* clang-format off */
static const uint32_t illegal_code[] = {
	0xbf800000, /* s_nop 0 */
	0x7ec80281, /* v_mov_b32_e32 v100, 1 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

/* A register that the wave does not have, and words that are no instruction. */
VT_TEST_ROWS(exec, illegal_instruction_is_named, engine_count())
{
	struct swgpu_fault fault;
	struct kernel k;

	KERNEL_INIT(&k, row, illegal_code, 64);
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, &fault), SWGPU_RUN_FAULT);
	VT_ASSERT_EQ(fault.stop, SWGPU_STOP_ILLEGAL);
	VT_ASSERT_EQ(fault.pc, k.launch.entry + 4);
	VT_ASSERT_MSG(strstr(fault.text, "v_mov_b32"), "%s", fault.text);
	k.code[1] = 0xf0000000; /* an image instruction */
	swgpu_code_flush(k.launch.code);
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, &fault), SWGPU_RUN_FAULT);
	VT_ASSERT_EQ(fault.stop, SWGPU_STOP_ILLEGAL);
	VT_ASSERT_MSG(strstr(fault.text, "f0000000"), "%s", fault.text);
	kernel_fini(&k);
}

/* Predecoded code is kept until it is flushed; falling off mapped code is a memory fault. */
/* clang-format off */
static const uint32_t step_code[] = {
	0xbe840081, /* s_mov_b32 s4, 1 */
	0xc0060080, 0x00000000, /* s_load_dwordx2 s[2:3], s[0:1], 0x0 */
	0xc0420101, 0x00000000, /* s_store_dword s4, s[2:3], 0x0 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, code_is_kept_until_flushed, engine_count())
{
	struct swgpu_fault fault;
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, step_code, 64);
	out = gpu_alloc(4);
	k.args[0] = (uintptr_t)out;
	kernel_run_all(&k);
	VT_ASSERT_EQ(*out, 1);
	k.code[0] = 0xbe840082; /* s_mov_b32 s4, 2 */
	kernel_run_all(&k);
	VT_ASSERT_EQ(*out, 1);
	swgpu_code_flush(k.launch.code);
	kernel_run_all(&k);
	VT_ASSERT_EQ(*out, 2);

	for (unsigned i = 0; i < 1024; i++)
		k.code[i] = 0xbf800000; /* s_nop 0 */
	swgpu_code_flush(k.launch.code);
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, &fault), SWGPU_RUN_FAULT);
	VT_ASSERT_EQ(fault.stop, SWGPU_STOP_MEMORY);
	VT_ASSERT_EQ(fault.va, k.launch.entry + 4096);
	VT_ASSERT(!fault.write);
	kernel_fini(&k);
}

/* clang-format off */
static const uint32_t sleep_code[] = {
	0xbefc0087, /* s_mov_b32 m0, 7 */
	0xbf900001, /* s_sendmsg sendmsg(MSG_INTERRUPT) */
	0xbf8e0001, /* s_sleep 1 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, sleep_lets_others_run_and_messages_arrive, engine_count())
{
	struct kernel k;

	KERNEL_INIT(&k, row, sleep_code, 64);
	atomic_store(&last_interrupt, 0);
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, NULL), SWGPU_RUN_IDLE);
	VT_ASSERT_EQ(atomic_load(&last_interrupt), 7);
	kernel_fini(&k);
}

/* clang-format off */
static const uint32_t index_code[] = {
	0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
	0x7e02028a, /* v_mov_b32_e32 v1, 10 */
	0x7e040294, /* v_mov_b32_e32 v2, 20 */
	0x7e06029e, /* v_mov_b32_e32 v3, 30 */
	0xbe860082, /* s_mov_b32 s6, 2 */
	0xbf110106, /* s_set_gpr_idx_on s6, gpr_idx(SRC0) */
	0x7e080301, /* v_mov_b32_e32 v4, v1 */
	0xbf9d0008, /* s_set_gpr_idx_mode gpr_idx(DST) */
	0x7e080301, /* v_mov_b32_e32 v4, v1 */
	0xbf9c0000, /* s_set_gpr_idx_off */
	0x7e0a0301, /* v_mov_b32_e32 v5, v1 */
	0x240e0084, /* v_lshlrev_b32_e32 v7, 4, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc788000, 0x00040407, /* global_store_dwordx3 v7, v[4:6], s[4:5] */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, relative_registers, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, index_code, 64);
	out = gpu_alloc(64 * 16);
	k.args[0] = (uintptr_t)out;
	kernel_run_all(&k);
	for (unsigned i = 0; i < 64; i++) {
		VT_ASSERT_EQ(out[4 * i], 30);     /* v4 = v[1 + 2] */
		VT_ASSERT_EQ(out[4 * i + 1], 10); /* v5 = v1, once the index is off */
		VT_ASSERT_EQ(out[4 * i + 2], 10); /* v[4 + 2] = v1 */
	}
	kernel_fini(&k);
}

/* clang-format off */
static const uint32_t skip_code[] = {
	0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
	0xbe860081, /* s_mov_b32 s6, 1 */
	0xbe870080, /* s_mov_b32 s7, 0 */
	0x7e020285, /* v_mov_b32_e32 v1, 5 */
	0xbf108006, /* s_setvskip s6, 0 */
	0x7e020286, /* v_mov_b32_e32 v1, 6 */
	0xd81a0000, 0x00000101, /* ds_write_b32 v1, v1 */
	0xbf108007, /* s_setvskip s7, 0 */
	0x24040082, /* v_lshlrev_b32_e32 v2, 2, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc708000, 0x00040102, /* global_store_dword v2, v1, s[4:5] */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, vector_instructions_are_skipped, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, skip_code, 64);
	out = gpu_alloc(256);
	k.args[0] = (uintptr_t)out;
	kernel_run_all(&k);
	for (unsigned i = 0; i < 64; i++)
		VT_ASSERT_EQ(out[i], 5);
	kernel_fini(&k);
}

/* The second wave ends without having come to the barrier. */
/* clang-format off */
static const uint32_t early_code[] = {
	0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
	0x7e0c0500, /* v_readfirstlane_b32 s6, v0 */
	0xbf078006, /* s_cmp_lg_u32 s6, 0 */
	0xbf850005, /* s_cbranch_scc1 5 */
	0xbf8a0000, /* s_barrier */
	0x24040082, /* v_lshlrev_b32_e32 v2, 2, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc708000, 0x00040002, /* global_store_dword v2, v0, s[4:5] */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, barrier_does_not_wait_for_the_dead, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, early_code, 128);
	out = gpu_alloc(512);
	k.args[0] = (uintptr_t)out;
	kernel_run_all(&k);
	for (unsigned i = 0; i < 128; i++)
		VT_ASSERT_EQ(out[i], i < 64 ? i : 0);
	kernel_fini(&k);
}

/* The first wave spins without sleeping until the second, which sleeps at first, has written. */
/* clang-format off */
static const uint32_t spin_code[] = {
	0x7e0c0500, /* v_readfirstlane_b32 s6, v0 */
	0x7e020280, /* v_mov_b32_e32 v1, 0 */
	0x7e040281, /* v_mov_b32_e32 v2, 1 */
	0xbf078006, /* s_cmp_lg_u32 s6, 0 */
	0xbf850007, /* s_cbranch_scc1 7 */
	0xd86c0000, 0x03000001, /* ds_read_b32 v3, v1 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0x7e0e0503, /* v_readfirstlane_b32 s7, v3 */
	0xbf068007, /* s_cmp_eq_u32 s7, 0 */
	0xbf85fffa, /* s_cbranch_scc1 65530 */
	0xbf810000, /* s_endpgm */
	0xbf8e0001, /* s_sleep 1 */
	0xbf8e0001, /* s_sleep 1 */
	0xd81a0000, 0x00000201, /* ds_write_b32 v1, v2 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec, spinning_waves_take_turns, engine_count())
{
	struct kernel k;

	KERNEL_INIT(&k, row, spin_code, 128);
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, NULL), SWGPU_RUN_DONE);
	kernel_fini(&k);
}

VT_TEST(exec, kernel_objects)
{
	struct swgpu_launch launch;
	struct kernel k;
	uint8_t *object = gpu_alloc(256);
	uint32_t rsrc[2] = {0x00ac0041, 0x90};
	int64_t offset = 128;
	uint16_t properties = 8;

	memset(&launch, 0, sizeof(launch));
	memcpy(object + 16, &offset, 8);
	memcpy(object + 48, rsrc, 8);
	memcpy(object + 56, &properties, 2);
	KERNEL_INIT(&k, 0, step_code, 64);
	VT_ASSERT_EQ(swgpu_launch_read(&launch, (uintptr_t)object, &k.tlb), 0);
	VT_ASSERT_EQ(launch.entry, (uintptr_t)object + 128);
	VT_ASSERT_EQ(launch.rsrc1, rsrc[0]);
	VT_ASSERT_EQ(launch.rsrc2, rsrc[1]);
	VT_ASSERT_EQ(launch.properties, 8);
	VT_ASSERT_EQ(swgpu_launch_read(&launch, (uintptr_t)object + 4096, &k.tlb), -EFAULT);
	k.launch.group_size[0] = 1025;
	VT_ASSERT_EQ(swgpu_launch_check(&k.launch, &k.tlb), -EINVAL);
	k.launch.group_size[0] = 64;
	k.launch.properties |= SWGPU_KD_WAVE32;
	VT_ASSERT_EQ(swgpu_launch_check(&k.launch, &k.tlb), -ENOEXEC);
	kernel_fini(&k);
}
