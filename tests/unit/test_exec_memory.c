/*
 * Memory instructions: kernels assembled with llvm-mc for gfx906, a row for each engine.
 */
#include <pthread.h>

#include "tests/unit/test_exec_support.h"

/* One dword of private memory, seen through the buffer, as SCRATCH, as FLAT and by its swizzled
 * place. */
/* clang-format off */
static const uint32_t scratch_code[] = {
	0x80660806, /* s_add_u32 flat_scratch_lo, s6, s8 */
	0x82678007, /* s_addc_u32 flat_scratch_hi, s7, 0 */
	0x80000800, /* s_add_u32 s0, s0, s8 */
	0x82018001, /* s_addc_u32 s1, s1, 0 */
	0x680200ff, 0x00000064, /* v_add_u32_e32 v1, 0x64, v0 */
	0xe0700004, 0x80000100, /* buffer_store_dword v1, off, s[0:3], 0 offset:4 */
	0x7e040284, /* v_mov_b32_e32 v2, 4 */
	0xe0501000, 0x80000a02, /* buffer_load_dword v10, v2, s[0:3], 0 offen */
	0xdc504000, 0x0b7f0002, /* scratch_load_dword v11, v2, off */
	0xb889780f, /* s_getreg_b32 s9, hwreg(HW_REG_SH_MEM_BASES, 0, 16) */
	0x8e099009, /* s_lshl_b32 s9, s9, 16 */
	0x7e0c0284, /* v_mov_b32_e32 v6, 4 */
	0x7e0e0209, /* v_mov_b32_e32 v7, s9 */
	0xdc500000, 0x0c000006, /* flat_load_dword v12, v[6:7] */
	0x7e1002ff, 0x0000005a, /* v_mov_b32_e32 v8, 0x5a */
	0xdc600002, 0x00000806, /* flat_store_byte v[6:7], v8 offset:2 */
	0xdc505ffe, 0x0f7f0002, /* scratch_load_dword v15, v2, off offset:-2 */
	0xb00a0100, /* s_movk_i32 s10, 0x100 */
	0xe0500000, 0x0a000d00, /* buffer_load_dword v13, off, s[0:3], s10 */
	0xc0060302, 0x00000000, /* s_load_dwordx2 s[12:13], s[4:5], 0x0 */
	0xbf8c0070, /* s_waitcnt vmcnt(0) lgkmcnt(0) */
	0x241c0085, /* v_lshlrev_b32_e32 v14, 5, v0 */
	0xdc7c8000, 0x000c0a0e, /* global_store_dwordx4 v14, v[10:13], s[12:13] */
	0xdc708010, 0x000c0f0e, /* global_store_dword v14, v15, s[12:13] offset:16 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec_memory, private_memory, engine_count())
{
	struct kernel k;
	uint32_t *out;

	for (uint32_t items = 64; items >= 33; items -= 31) { /* all lanes, and some */
		KERNEL_INIT(&k, row, scratch_code, items);
		out = gpu_alloc(64 * 32);
		k.args[0] = (uintptr_t)out;
		k.launch.properties = SWGPU_KD_PRIVATE_SEGMENT_BUFFER | SWGPU_KD_KERNARG_PTR |
				      SWGPU_KD_FLAT_SCRATCH_INIT;
		k.launch.rsrc2 = 1 | 8 << 1;
		k.launch.private_size = 64;
		for (unsigned again = 0; again < 2; again++)
			kernel_run_all(&k);
		for (uint32_t i = 0; i < items; i++) {
			uint32_t value = 0x64 + i, with_byte = (value & 0xff00ffff) | 0x5a0000;

			VT_ASSERT_EQ(out[8 * i], value);
			VT_ASSERT_EQ(out[8 * i + 1], value);
			VT_ASSERT_EQ(out[8 * i + 2], value);
			VT_ASSERT_EQ(out[8 * i + 3], with_byte);
			VT_ASSERT_EQ(out[8 * i + 4], value << 16); /* from 2 bytes before */
		}
		kernel_fini(&k);
	}
}

VT_TEST_ROWS(exec_memory, private_memory_ends, engine_count())
{
	struct swgpu_fault fault;
	struct kernel k;

	KERNEL_INIT(&k, row, scratch_code, 64);
	k.launch.properties =
	    SWGPU_KD_PRIVATE_SEGMENT_BUFFER | SWGPU_KD_KERNARG_PTR | SWGPU_KD_FLAT_SCRATCH_INIT;
	k.launch.rsrc2 = 1 | 8 << 1;
	k.launch.private_size = 0;
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, &fault), SWGPU_RUN_FAULT);
	VT_ASSERT_EQ(fault.stop, SWGPU_STOP_MEMORY);
	VT_ASSERT_EQ(fault.pc, k.launch.entry + 6 * 4);
	VT_ASSERT(fault.write);
	kernel_fini(&k);
}

/* Lane 5 of 64 loads from the second argument. */
/* clang-format off */
static const uint32_t fault_code[] = {
	0xc00a0100, 0x00000000, /* s_load_dwordx4 s[4:7], s[0:1], 0x0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0x7e020204, /* v_mov_b32_e32 v1, s4 */
	0x7e040205, /* v_mov_b32_e32 v2, s5 */
	0x7e060206, /* v_mov_b32_e32 v3, s6 */
	0x7e080207, /* v_mov_b32_e32 v4, s7 */
	0x7d940085, /* v_cmp_eq_u32_e32 vcc, 5, v0 */
	0x00020701, /* v_cndmask_b32_e32 v1, v1, v3, vcc */
	0x00040902, /* v_cndmask_b32_e32 v2, v2, v4, vcc */
	0xdc508000, 0x057f0001, /* global_load_dword v5, v[1:2], off */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

/* All lanes store 16 bytes behind the second argument. */
/* clang-format off */
static const uint32_t store_fault_code[] = {
	0xc00a0100, 0x00000000, /* s_load_dwordx4 s[4:7], s[0:1], 0x0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0x7e020206, /* v_mov_b32_e32 v1, s6 */
	0x7e040207, /* v_mov_b32_e32 v2, s7 */
	0xdc708010, 0x007f0501, /* global_store_dword v[1:2], v5, off offset:16 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec_memory, fault_has_address_and_kind, engine_count())
{
	struct swgpu_fault fault;
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, fault_code, 64);
	out = gpu_alloc(4096);
	k.args[0] = (uintptr_t)out;
	k.args[1] = (uintptr_t)out + 4094; /* half of it is outside */
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, &fault), SWGPU_RUN_FAULT);
	VT_ASSERT_EQ(fault.stop, SWGPU_STOP_MEMORY);
	VT_ASSERT_EQ(fault.va, k.args[1]);
	VT_ASSERT(!fault.write);
	VT_ASSERT_MSG(strstr(fault.text, "global_load_dword"), "%s", fault.text);
	kernel_fini(&k);

	KERNEL_INIT(&k, row, store_fault_code, 64);
	k.args[1] = 0xdead0000;
	VT_ASSERT_EQ(kernel_run(&k, 0, UINT64_MAX, &fault), SWGPU_RUN_FAULT);
	VT_ASSERT_EQ(fault.stop, SWGPU_STOP_MEMORY);
	VT_ASSERT_EQ(fault.va, 0xdead0010);
	VT_ASSERT(fault.write);
	kernel_fini(&k);
}

/* 100 rounds of four atomics by all lanes. */
/* clang-format off */
static const uint32_t atomic_code[] = {
	0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
	0xb0060064, /* s_movk_i32 s6, 0x64 */
	0x7e020280, /* v_mov_b32_e32 v1, 0 */
	0x7e040281, /* v_mov_b32_e32 v2, 1 */
	0x7e0802c1, /* v_mov_b32_e32 v4, -1 */
	0x7e0a0281, /* v_mov_b32_e32 v5, 1 */
	0x6a0c00a8, /* v_sub_u32_e32 v6, 40, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdd088000, 0x00040201, /* global_atomic_add v1, v2, s[4:5] */
	0xdd888008, 0x00040401, /* global_atomic_add_x2 v1, v[4:5], s[4:5] offset:8 */
	0xdd108010, 0x00040601, /* global_atomic_smin v1, v6, s[4:5] offset:16 */
	0xdd2d8014, 0x03040401, /* global_atomic_inc v3, v1, v4, s[4:5] offset:20 glc */
	0x80868106, /* s_sub_u32 s6, s6, 1 */
	0xbf078006, /* s_cmp_lg_u32 s6, 0 */
	0xbf85fff5, /* s_cbranch_scc1 65525 */
	0x240e0682, /* v_lshlrev_b32_e32 v7, 2, v3 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

struct atomics {
	struct kernel *k;
	enum swgpu_run run;
};

static void *run_atomics(void *arg)
{
	struct atomics *a = arg;
	struct kernel k = *a->k;

	for (unsigned i = 0; i < 10; i++)
		a->run = kernel_run(&k, 0, UINT64_MAX, NULL);
	return NULL;
}

VT_TEST_ROWS(exec_memory, atomics_from_two_threads, engine_count())
{
	struct kernel k;
	struct atomics a[2] = {{.k = &k}, {.k = &k}};
	pthread_t thread[2];
	const uint64_t times = 2 * 10 * 128 * 100;
	uint32_t *out;

	KERNEL_INIT(&k, row, atomic_code, 128);
	out = gpu_alloc(64);
	k.args[0] = (uintptr_t)out;
	for (unsigned i = 0; i < 2; i++)
		VT_ASSERT_EQ(pthread_create(&thread[i], NULL, run_atomics, &a[i]), 0);
	for (unsigned i = 0; i < 2; i++) {
		VT_ASSERT_EQ(pthread_join(thread[i], NULL), 0);
		VT_ASSERT_EQ(a[i].run, SWGPU_RUN_DONE);
	}
	VT_ASSERT_EQ(out[0], times);
	VT_ASSERT_EQ(*(uint64_t *)&out[2], times * 0x1ffffffff);
	VT_ASSERT_EQ((int32_t)out[4], 40 - 127);
	VT_ASSERT_EQ(out[5], times);
	kernel_fini(&k);
}

/* Each lane's address is the first argument plus its dword in the second; every width goes to the
 * third. */
/* clang-format off */
static const uint32_t loads_code[] = {
	0xc00a0100, 0x00000000, /* s_load_dwordx4 s[4:7], s[0:1], 0x0 */
	0xc0060200, 0x00000010, /* s_load_dwordx2 s[8:9], s[0:1], 0x10 */
	0x24020082, /* v_lshlrev_b32_e32 v1, 2, v0 */
	0x7e2202c1, /* v_mov_b32_e32 v17, -1 */
	0x7e2402c1, /* v_mov_b32_e32 v18, -1 */
	0x7e2602c1, /* v_mov_b32_e32 v19, -1 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc508000, 0x02060001, /* global_load_dword v2, v1, s[6:7] */
	0x7e060205, /* v_mov_b32_e32 v3, s5 */
	0xbf8c0f70, /* s_waitcnt vmcnt(0) */
	0x32040404, /* v_add_co_u32_e32 v2, vcc, s4, v2 */
	0x38060680, /* v_addc_co_u32_e32 v3, vcc, 0, v3, vcc */
	0xdc508000, 0x047f0002, /* global_load_dword v4, v[2:3], off */
	0xdc548000, 0x057f0002, /* global_load_dwordx2 v[5:6], v[2:3], off */
	0xdc588000, 0x077f0002, /* global_load_dwordx3 v[7:9], v[2:3], off */
	0xdc5c0000, 0x0a000002, /* flat_load_dwordx4 v[10:13], v[2:3] */
	0xdc408000, 0x0e7f0002, /* global_load_ubyte v14, v[2:3], off */
	0xdc448000, 0x0f7f0002, /* global_load_sbyte v15, v[2:3], off */
	0xdc4c0000, 0x10000002, /* flat_load_sshort v16, v[2:3] */
	0xdc908000, 0x117f0002, /* global_load_short_d16 v17, v[2:3], off */
	0xdc8c8000, 0x127f0002, /* global_load_sbyte_d16_hi v18, v[2:3], off */
	0xdc480002, 0x13000002, /* flat_load_ushort v19, v[2:3] offset:2 */
	0x24020086, /* v_lshlrev_b32_e32 v1, 6, v0 */
	0xbf8c0f70, /* s_waitcnt vmcnt(0) */
	0xdc7c8000, 0x00080401, /* global_store_dwordx4 v1, v[4:7], s[8:9] */
	0xdc7c8010, 0x00080801, /* global_store_dwordx4 v1, v[8:11], s[8:9] offset:16 */
	0xdc7c8020, 0x00080c01, /* global_store_dwordx4 v1, v[12:15], s[8:9] offset:32 */
	0xdc788030, 0x00081001, /* global_store_dwordx3 v1, v[16:18], s[8:9] offset:48 */
	0xdc68803c, 0x00081301, /* global_store_short v1, v19, s[8:9] offset:60 */
	0xdc64803e, 0x00081201, /* global_store_byte_d16_hi v1, v18, s[8:9] offset:62 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

static uint32_t pattern_offset(unsigned pattern, uint32_t lane)
{
	switch (pattern) {
	case 0: return 4 * lane;
	case 1: return 16 * lane;
	case 2: return 8 * lane;
	case 3: return 4 * (63 - lane);
	case 4: return 40;
	case 5: return lane * 37 % 64 * 13 + 1;
	default: return lane;
	}
}

static void check_lane(const uint8_t *in, const uint8_t *out, uint32_t offset)
{
	const uint8_t *at = in + offset;
	uint32_t expect[16] = {0};
	int16_t half;

	memcpy(&expect[0], at, 4);
	memcpy(&expect[1], at, 8);
	memcpy(&expect[3], at, 12);
	memcpy(&expect[6], at, 16);
	memcpy(&half, at, 2);
	expect[10] = at[0];
	expect[11] = (uint32_t)(int8_t)at[0];
	expect[12] = (uint32_t)half;
	expect[13] = 0xffff0000 | (uint16_t)half;
	expect[14] = 0xffff | (uint32_t)(int8_t)at[0] << 16;
	memcpy(&expect[15], at + 2, 2);
	expect[15] |= (uint32_t)at[0] << 16;
	VT_ASSERT(!memcmp(out, expect, 64));
}

VT_TEST_ROWS(exec_memory, loads_and_stores, engine_count())
{
	struct kernel k;
	uint8_t *in, *out;
	uint32_t *offsets;

	for (unsigned n = 0; n < 14; n++) {
		uint32_t items = n % 2 ? 41 : 64;

		KERNEL_INIT(&k, row, loads_code, items);
		in = gpu_alloc(2048);
		offsets = gpu_alloc(256);
		out = gpu_alloc(4096);
		for (unsigned i = 0; i < 2048; i++)
			in[i] = (uint8_t)(i * 37 + i / 256 * 11 + 128);
		for (uint32_t lane = 0; lane < 64; lane++)
			offsets[lane] = pattern_offset(n / 2, lane);
		k.args[0] = (uintptr_t)in;
		k.args[1] = (uintptr_t)offsets;
		k.args[2] = (uintptr_t)out;
		kernel_run_all(&k);
		for (uint32_t lane = 0; lane < items; lane++)
			check_lane(in, out + 64 * lane, offsets[lane]);
		for (unsigned i = 64 * items; i < 4096; i++)
			VT_ASSERT_EQ(out[i], 0);
		kernel_fini(&k);
	}
}

/* Lane l has 100 + l; lanes 31 and up are off. */
/* clang-format off */
static const uint32_t permute_code[] = {
	0xc00a0100, 0x00000000, /* s_load_dwordx4 s[4:7], s[0:1], 0x0 */
	0x24020082, /* v_lshlrev_b32_e32 v1, 2, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc508000, 0x02040001, /* global_load_dword v2, v1, s[4:5] */
	0xbefe01ff, 0x7fffffff, /* s_mov_b64 exec, 0x7fffffff */
	0x680600ff, 0x00000064, /* v_add_u32_e32 v3, 0x64, v0 */
	0xd87c0000, 0x04000302, /* ds_permute_b32 v4, v2, v3 */
	0xd87e0000, 0x05000302, /* ds_bpermute_b32 v5, v2, v3 */
	0xd87a401f, 0x06000003, /* ds_swizzle_b32 v6, v3 offset:swizzle(SWAP,16) */
	0xd87a801b, 0x07000003, /* ds_swizzle_b32 v7, v3 offset:swizzle(QUAD_PERM,3,2,1,0) */
	0xd87a0445, 0x08000003, /* ds_swizzle_b32 v8, v3 offset:swizzle(BITMASK_PERM,"00p1i") */
	0x24020085, /* v_lshlrev_b32_e32 v1, 5, v0 */
	0xdc7c8000, 0x00060401, /* global_store_dwordx4 v1, v[4:7], s[6:7] */
	0xdc708010, 0x00060801, /* global_store_dword v1, v8, s[6:7] offset:16 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

static uint32_t visible(uint32_t lane)
{
	return lane < 31 ? 100 + lane : 0;
}

VT_TEST_ROWS(exec_memory, data_between_lanes, engine_count())
{
	struct kernel k;
	uint32_t *addr, *out, pushed[64] = {0};

	KERNEL_INIT(&k, row, permute_code, 64);
	addr = gpu_alloc(256);
	out = gpu_alloc(64 * 32);
	for (uint32_t lane = 0; lane < 64; lane++)
		addr[lane] = lane * 3 * 4 + lane % 4 + 256 * (lane % 2);
	k.args[0] = (uintptr_t)addr;
	k.args[1] = (uintptr_t)out;
	kernel_run_all(&k);
	for (uint32_t lane = 0; lane < 31; lane++)
		pushed[lane * 3 % 64] = 100 + lane;
	for (uint32_t lane = 0; lane < 64; lane++) {
		const uint32_t *got = &out[8 * lane];
		uint32_t on = lane < 31;

		VT_ASSERT_EQ(got[0], on * pushed[lane]);
		VT_ASSERT_EQ(got[1], on * visible(lane * 3 % 64));
		VT_ASSERT_EQ(got[2], on * visible(lane ^ 16));
		VT_ASSERT_EQ(got[3], on * visible(lane ^ 3));
		VT_ASSERT_EQ(got[4], on * visible(((lane & 5) | 2) ^ 1));
	}
	kernel_fini(&k);
}

/* LDS through FLAT and DS; what is out of bounds is 0. */
/* clang-format off */
static const uint32_t flat_lds_code[] = {
	0xc0060100, 0x00000000, /* s_load_dwordx2 s[4:5], s[0:1], 0x0 */
	0xbe8601eb, /* s_mov_b64 s[6:7], src_shared_base */
	0x7e040207, /* v_mov_b32_e32 v2, s7 */
	0x24020082, /* v_lshlrev_b32_e32 v1, 2, v0 */
	0xdc700000, 0x00000001, /* flat_store_dword v[1:2], v0 */
	0x7e060281, /* v_mov_b32_e32 v3, 1 */
	0xdd090000, 0x04000301, /* flat_atomic_add v4, v[1:2], v3 glc */
	0xd86c0000, 0x05000001, /* ds_read_b32 v5, v1 */
	0xd8400000, 0x06000301, /* ds_add_rtn_u32 v6, v1, v3 */
	0x7e0202ff, 0x00010000, /* v_mov_b32_e32 v1, 0x10000 */
	0xd86c0000, 0x07000001, /* ds_read_b32 v7, v1 */
	0xd81a0000, 0x00000301, /* ds_write_b32 v1, v3 */
	0xdc500000, 0x08000001, /* flat_load_dword v8, v[1:2] */
	0x24020085, /* v_lshlrev_b32_e32 v1, 5, v0 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xdc7c8000, 0x00040401, /* global_store_dwordx4 v1, v[4:7], s[4:5] */
	0xdc708010, 0x00040801, /* global_store_dword v1, v8, s[4:5] offset:16 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec_memory, flat_reaches_lds, engine_count())
{
	struct kernel k;
	uint32_t *out;

	KERNEL_INIT(&k, row, flat_lds_code, 64);
	out = gpu_alloc(64 * 32);
	k.args[0] = (uintptr_t)out;
	kernel_run_all(&k);
	for (uint32_t lane = 0; lane < 64; lane++) {
		VT_ASSERT_EQ(out[8 * lane], lane);
		VT_ASSERT_EQ(out[8 * lane + 1], lane + 1);
		VT_ASSERT_EQ(out[8 * lane + 2], lane + 1);
		VT_ASSERT_EQ(out[8 * lane + 3], 0);
		VT_ASSERT_EQ(out[8 * lane + 4], 0);
	}
	kernel_fini(&k);
}

/* A raw buffer of 10 dwords: loads, a store and an atomic by 64 lanes. */
/* clang-format off */
static const uint32_t buffer_code[] = {
	0xc00a0100, 0x00000000, /* s_load_dwordx4 s[4:7], s[0:1], 0x0 */
	0xc0060200, 0x00000010, /* s_load_dwordx2 s[8:9], s[0:1], 0x10 */
	0x24020082, /* v_lshlrev_b32_e32 v1, 2, v0 */
	0x7e0402c1, /* v_mov_b32_e32 v2, -1 */
	0xbe8a0084, /* s_mov_b32 s10, 4 */
	0xbf8cc07f, /* s_waitcnt lgkmcnt(0) */
	0xe0501000, 0x80010201, /* buffer_load_dword v2, v1, s[4:7], 0 offen */
	0xe05c1000, 0x0a010301, /* buffer_load_dwordx4 v[3:6], v1, s[4:7], s10 offen */
	0x680e00ff, 0x00000064, /* v_add_u32_e32 v7, 0x64, v0 */
	0xe0701008, 0x80010701, /* buffer_store_dword v7, v1, s[4:7], 0 offen offset:8 */
	0x7e100281, /* v_mov_b32_e32 v8, 1 */
	0xe1085000, 0x80010801, /* buffer_atomic_add v8, v1, s[4:7], 0 offen glc */
	0x24020085, /* v_lshlrev_b32_e32 v1, 5, v0 */
	0xbf8c0f70, /* s_waitcnt vmcnt(0) */
	0xdc7c8000, 0x00080201, /* global_store_dwordx4 v1, v[2:5], s[8:9] */
	0xdc708010, 0x00080601, /* global_store_dword v1, v6, s[8:9] offset:16 */
	0xdc708014, 0x00080801, /* global_store_dword v1, v8, s[8:9] offset:20 */
	0xbf810000, /* s_endpgm */
};
/* clang-format on */

VT_TEST_ROWS(exec_memory, buffers_have_bounds, engine_count())
{
	struct kernel k;
	uint32_t *in, *out, old[64] = {0};

	KERNEL_INIT(&k, row, buffer_code, 64);
	in = gpu_alloc(256);
	out = gpu_alloc(64 * 32);
	for (uint32_t i = 0; i < 64; i++)
		in[i] = 1000 + i;
	k.args[0] = (uintptr_t)in;
	k.args[1] = 40 | (uint64_t)0x00020000 << 32;
	k.args[2] = (uintptr_t)out;
	kernel_run_all(&k);
	for (uint32_t i = 0; i < 10; i++)
		old[i] = 1000 + i;
	for (uint32_t lane = 0; lane < 60; lane++) {
		uint32_t stored = lane >= 2 && lane < 10 ? 0x64 + lane - 2 : old[lane];

		VT_ASSERT_EQ(out[8 * lane], old[lane]);
		for (uint32_t i = 0; i < 4; i++)
			VT_ASSERT_EQ(out[8 * lane + 1 + i], old[lane + 1 + i]);
		VT_ASSERT_EQ(out[8 * lane + 5], stored);
		VT_ASSERT_EQ(in[lane], lane < 10 ? stored + 1 : 1000 + lane);
	}
	kernel_fini(&k);
}
