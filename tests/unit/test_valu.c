/*
 * Forms of vector ALU instructions: modifiers, MODE, lane permutation, partial registers, carries,
 * masks. Every row of the tables against a reference is in tests/isa.
 */
#include <fenv.h>
#include <math.h>

#include "tests/unit/test_valu_support.h"

VT_TEST(valu, clamp_and_output_modifier)
{
	EACH_ENGINE
	{
		struct swgpu_uop u = uop2(SWGPU_OP_V_ADD_F32, vgpr(2, 1), vgpr(0, 1), vgpr(1, 1));

		rows[0][5] = bits32(1.25f);
		rows[0][6] = bits32(-3.0f);
		rows[0][7] = bits32(NAN);
		rows[0][8] = bits32(0.5f);
		u.flags = SWGPU_UOP_CLAMP;
		run(&u);
		VT_ASSERT_EQ(rows[2][5], bits32(1.0f));
		VT_ASSERT_EQ(rows[2][6], 0);
		VT_ASSERT_EQ(rows[2][7], 0);
		VT_ASSERT_EQ(rows[2][8], bits32(0.5f));
		wave.mode &= ~0x100u;
		run(&u);
		VT_ASSERT(float_of(rows[2][7]) != float_of(rows[2][7]));

		u.flags = 0;
		u.omod = 2;
		run(&u);
		VT_ASSERT_EQ(rows[2][5], bits32(1.25f)); /* ignored: IEEE mode, denormals */
		wave.mode = 0;
		run(&u);
		VT_ASSERT_EQ(rows[2][5], bits32(5.0f));
		u.omod = 3;
		u.flags = SWGPU_UOP_CLAMP;
		run(&u);
		VT_ASSERT_EQ(rows[2][5], bits32(0.625f));

		u = uop2(SWGPU_OP_V_SUB_U32, vgpr(2, 1), imm(3), imm(5));
		u.flags = SWGPU_UOP_CLAMP;
		run(&u);
		VT_ASSERT_EQ(rows[2][0], 0);
		u = uop2(SWGPU_OP_V_ADD_I32, vgpr(2, 1), imm(0x7fffffff), imm(5));
		u.flags = SWGPU_UOP_CLAMP;
		run(&u);
		VT_ASSERT_EQ(rows[2][0], 0x7fffffff);
		u = uop2(SWGPU_OP_V_PK_ADD_I16, vgpr(2, 1), imm(0x80007fff), imm(0xffff0001));
		u.flags = SWGPU_UOP_CLAMP;
		run(&u);
		VT_ASSERT_EQ(rows[2][0], 0x80007fff);
	}
}

VT_TEST(valu, mode_rounds_and_flushes)
{
	static const float up = 0x1.000002p0f;

	EACH_ENGINE
	{
		int host = fegetround();

		wave.mode = USUAL_MODE | 1;
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F32, bits32(1.0f), bits32(0x1p-60f)),
			     bits32(up));
		wave.mode = USUAL_MODE | 3;
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F32, bits32(up), bits32(-0x1p-60f)),
			     bits32(1.0f));
		wave.mode = USUAL_MODE | 3 << 2;
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MUL_F16, 0x7bff, 0x4000), 0x7bff);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F32, bits32(1.0f), bits32(0x1.8p-24f)),
			     bits32(up));
		VT_ASSERT_EQ(value1(SWGPU_OP_V_CVT_F16_F32, bits32(0x1.ffep-15f)), 0x03ff);
		VT_ASSERT_EQ(fegetround(), host);

		wave.mode = 0x300 | 0xc0; /* single-precision denormals off */
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F32, 0x80000001, 0x80000000), 0x80000000);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MUL_F32, bits32(0x1p-126f), bits32(0.5f)), 0);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F16, 0x0001, 0x0001), 0x0002);
		wave.mode = 0x300 | 0x30; /* half-precision ones */
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F16, 0x0001, 0x8001), 0x0000);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_MUL_F16, 0x8400, 0x3800), 0x8000);
		VT_ASSERT_EQ(value2(SWGPU_OP_V_ADD_F32, 0x00000001, 0x00000001), 0x00000002);
	}
}

/* v_mov_b32 v1, v0 with DPP; v0 holds the lane's number + 100, v1 holds 7. */
static void move_dpp(unsigned ctrl, unsigned row_mask, unsigned bank_mask, bool bound_ctrl)
{
	struct swgpu_uop u = uop2(SWGPU_OP_V_MOV_B32, vgpr(1, 1), vgpr(0, 1), imm(0));

	for (unsigned l = 0; l < SWGPU_LANES; l++) {
		rows[0][l] = l + 100;
		rows[1][l] = 7;
	}
	u.flags = SWGPU_UOP_DPP;
	u.dpp =
	    (struct swgpu_dpp){(uint16_t)ctrl, (uint8_t)row_mask, (uint8_t)bank_mask, bound_ctrl};
	run(&u);
}

VT_TEST(valu, dpp)
{
	EACH_ENGINE
	{
		move_dpp(0x111, 0xf, 0xf, false); /* row_shr:1 */
		VT_ASSERT_EQ(rows[1][0], 7);
		VT_ASSERT_EQ(rows[1][1], 100);
		VT_ASSERT_EQ(rows[1][16], 7);
		VT_ASSERT_EQ(rows[1][31], 130);
		move_dpp(0x111, 0xf, 0xf, true);
		VT_ASSERT_EQ(rows[1][16], 0);
		move_dpp(0x108, 0x5, 0xf, true); /* row_shl:8 on rows 0 and 2 */
		VT_ASSERT_EQ(rows[1][0], 108);
		VT_ASSERT_EQ(rows[1][9], 0);
		VT_ASSERT_EQ(rows[1][16], 7);
		move_dpp(0x1b, 0xf, 0x2, false); /* quad_perm:[3,2,1,0] on bank 1 */
		VT_ASSERT_EQ(rows[1][3], 7);
		VT_ASSERT_EQ(rows[1][4], 107);
		VT_ASSERT_EQ(rows[1][22], 121);
		move_dpp(0x142, 0xa, 0xf, false); /* row_bcast:15 to rows 1 and 3 */
		VT_ASSERT_EQ(rows[1][15], 7);
		VT_ASSERT_EQ(rows[1][16], 115);
		VT_ASSERT_EQ(rows[1][40], 7);
		VT_ASSERT_EQ(rows[1][63], 147);
		move_dpp(0x143, 0xc, 0xf, false); /* row_bcast:31 */
		VT_ASSERT_EQ(rows[1][31], 7);
		VT_ASSERT_EQ(rows[1][32], 131);
		VT_ASSERT_EQ(rows[1][63], 131);
		move_dpp(0x138, 0xf, 0xf, false); /* wave_shr:1 */
		VT_ASSERT_EQ(rows[1][0], 7);
		VT_ASSERT_EQ(rows[1][32], 131);
		move_dpp(0x140, 0xf, 0xf, false); /* row_mirror */
		VT_ASSERT_EQ(rows[1][17], 130);
		move_dpp(0x123, 0xf, 0xf, false); /* row_ror:3 */
		VT_ASSERT_EQ(rows[1][1], 114);
		swgpu_set_s64(&wave, SWGPU_SREG_EXEC, ~2ull);
		move_dpp(0x111, 0xf, 0xf, false); /* lane 2 would read lane 1, which is off */
		VT_ASSERT_EQ(rows[1][1], 7);
		VT_ASSERT_EQ(rows[1][2], 7);
		VT_ASSERT_EQ(rows[1][3], 102);
	}
}

VT_TEST(valu, sdwa)
{
	EACH_ENGINE
	{
		struct swgpu_uop u = uop2(SWGPU_OP_V_ADD_U32, vgpr(2, 1), vgpr(0, 1), vgpr(1, 1));

		rows[0][9] = 0x1280f634;
		rows[1][9] = 0x00000003;
		rows[2][9] = 0xa1b2c3d4;
		u.flags = SWGPU_UOP_SDWA;
		u.dst_sel = SWGPU_SEL_WORD_1;
		u.dst_unused = 2;
		u.src[0].sel = SWGPU_SEL_BYTE_2;
		run(&u);
		VT_ASSERT_EQ(rows[2][9], 0x0083c3d4);
		u.src[0].sext = 1;
		run(&u);
		VT_ASSERT_EQ(rows[2][9], 0xff83c3d4);
		u.dst_sel = SWGPU_SEL_BYTE_1;
		u.dst_unused = 1;
		run(&u);
		VT_ASSERT_EQ(rows[2][9], 0xffff8300);
		u.dst_unused = 0;
		u.src[0].sel = SWGPU_SEL_WORD_0;
		run(&u);
		VT_ASSERT_EQ(rows[2][9], 0x00003700);

		u = uop2(SWGPU_OP_V_ADD_F16, vgpr(2, 1), vgpr(0, 1), vgpr(0, 1));
		rows[0][9] = 0x4000bc00; /* 2, -1 */
		u.flags = SWGPU_UOP_SDWA;
		u.dst_sel = SWGPU_SEL_DWORD;
		u.src[0].sel = SWGPU_SEL_WORD_0;
		u.src[1].sel = SWGPU_SEL_WORD_1;
		u.src[0].abs = u.src[1].neg = 1;
		run(&u);
		VT_ASSERT_EQ(rows[2][9], 0xbc00);

		u = uop2(SWGPU_OP_V_CMP_EQ_U32, vgpr(0, 0), vgpr(0, 1), imm(0xbc));
		u.flags = SWGPU_UOP_SDWA;
		u.src[0].sel = SWGPU_SEL_BYTE_1;
		u.sdst = sgpr(VCC, 2);
		run(&u);
		VT_ASSERT_EQ(swgpu_s64(&wave, VCC), 1 << 9);
	}
}

VT_TEST(valu, carries_make_wide_sums)
{
	EACH_ENGINE for (unsigned round = 0; round < 50; round++)
	{
		uint64_t a[SWGPU_LANES], b[SWGPU_LANES], exec = random64();
		struct swgpu_uop lo =
		    uop2(SWGPU_OP_V_ADD_CO_U32, vgpr(4, 1), vgpr(0, 1), vgpr(2, 1));
		struct swgpu_uop hi =
		    uop3(SWGPU_OP_V_ADDC_CO_U32, vgpr(5, 1), vgpr(1, 1), vgpr(3, 1), sgpr(VCC, 2));

		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			a[l] = random64();
			b[l] = l & 1 ? ~a[l] + (l >> 1) : random64();
			put64(0, l, a[l]);
			put64(2, l, b[l]);
		}
		swgpu_set_s64(&wave, SWGPU_SREG_EXEC, exec);
		swgpu_set_s64(&wave, VCC, ~0ull);
		lo.sdst = hi.sdst = sgpr(VCC, 2);
		run(&lo);
		run(&hi);
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			bool on = exec >> l & 1, carry = on && a[l] + b[l] < a[l];

			if (on)
				VT_ASSERT_EQ(get64(4, l), a[l] + b[l]);
			VT_ASSERT_EQ(swgpu_s64(&wave, VCC) >> l & 1, carry);
		}
		lo.op = SWGPU_OP_V_SUBREV_CO_U32;
		hi.op = SWGPU_OP_V_SUBBREV_CO_U32;
		run(&lo);
		run(&hi);
		for (unsigned l = 0; l < SWGPU_LANES; l++) {
			if (!(exec >> l & 1))
				continue;
			VT_ASSERT_EQ(get64(4, l), b[l] - a[l]);
			VT_ASSERT_EQ(swgpu_s64(&wave, VCC) >> l & 1, b[l] < a[l]);
		}
	}
}

VT_TEST(valu, wide_multiply_add_carries)
{
	EACH_ENGINE for (unsigned l = 0; l < 40; l++)
	{
		uint32_t a = random32(), b = random32();
		uint64_t c = l & 1 ? random64() : 0 - (uint64_t)a * b + l;
		struct swgpu_uop u =
		    uop3(SWGPU_OP_V_MAD_U64_U32, vgpr(0, 2), sgpr(4, 1), imm(b), vgpr(2, 2));
		unsigned __int128 wide = (unsigned __int128)((uint64_t)a * b) + c;
		__int128 sum = (__int128)((int64_t)(int32_t)a * (int32_t)b) + (int64_t)c;

		wave.s[4] = a;
		put64(2, l, c);
		u.sdst = sgpr(VCC, 2);
		run(&u);
		VT_ASSERT_EQ(get64(0, l), (uint64_t)wide);
		VT_ASSERT_EQ(swgpu_s64(&wave, VCC) >> l & 1, (uint64_t)(wide >> 64));
		u.op = SWGPU_OP_V_MAD_I64_I32;
		run(&u);
		VT_ASSERT_EQ(get64(0, l), (uint64_t)sum);
		VT_ASSERT_EQ(swgpu_s64(&wave, VCC) >> l & 1, (uint64_t)(sum >> 64) & 1);
	}
}

VT_TEST(valu, half_results_keep_or_clear)
{
	EACH_ENGINE
	{
		struct swgpu_uop u =
		    uop3(SWGPU_OP_V_MAD_U16, vgpr(1, 1), imm(3), vgpr(0, 1), imm(5));

		rows[0][0] = 0x00070002;
		rows[1][0] = rows[2][0] = rows[3][0] = rows[4][0] = 0xaaaabbbb;
		run(&u);
		VT_ASSERT_EQ(rows[1][0], 0xaaaa000b);
		u.op_sel = 2 | 8;
		run(&u);
		VT_ASSERT_EQ(rows[1][0], 0x001a000b);
		run2(SWGPU_OP_V_ADD_U16, vgpr(2, 1), imm(1), imm(2));
		VT_ASSERT_EQ(rows[2][0], 3);
		u = uop3(SWGPU_OP_V_FMA_MIXHI_F16, vgpr(3, 1), imm(bits32(2.0f)), vgpr(5, 1),
			 imm(bits32(1.0f)));
		rows[5][0] = 0x40000000; /* high half 2 */
		u.op_sel_hi = 2;
		u.op_sel = 2;
		u.neg_lo = 1;
		run(&u);
		VT_ASSERT_EQ(rows[3][0], 0xc200bbbb); /* -2 * 2 + 1 */
	}
}

VT_TEST(valu, lanes_and_masks)
{
	EACH_ENGINE
	{
		struct swgpu_uop u = uop2(SWGPU_OP_V_CMP_LT_U32, vgpr(0, 0), imm(9), vgpr(0, 1));

		for (unsigned l = 0; l < SWGPU_LANES; l++)
			rows[0][l] = l;
		swgpu_set_s64(&wave, SWGPU_SREG_EXEC, 0xfffff);
		u.op = SWGPU_OP_V_CMPX_LT_U32;
		u.sdst = sgpr(VCC, 2);
		run(&u);
		VT_ASSERT_EQ(swgpu_s64(&wave, VCC), 0xffc00);
		VT_ASSERT_EQ(swgpu_exec_mask(&wave), 0xffc00);
		run2(SWGPU_OP_V_READFIRSTLANE_B32, sgpr(3, 1), vgpr(0, 1), imm(0));
		VT_ASSERT_EQ(wave.s[3], 10);
		run2(SWGPU_OP_V_READLANE_B32, sgpr(4, 1), vgpr(0, 1), sgpr(3, 1));
		VT_ASSERT_EQ(wave.s[4], 10);
		run2(SWGPU_OP_V_WRITELANE_B32, vgpr(1, 1), imm(77), imm(63));
		VT_ASSERT_EQ(rows[1][63], 77);
		run2(SWGPU_OP_V_MBCNT_LO_U32_B32, vgpr(2, 1), imm(0xffffffff), imm(0));
		run2(SWGPU_OP_V_MBCNT_HI_U32_B32, vgpr(2, 1), imm(0xffffffff), vgpr(2, 1));
		VT_ASSERT_EQ(rows[2][15], 15);
		VT_ASSERT_EQ(rows[2][40], 0);
		swgpu_set_s64(&wave, SWGPU_SREG_EXEC, ~0ull);
		run2(SWGPU_OP_V_MBCNT_LO_U32_B32, vgpr(2, 1), imm(0xffffffff), imm(0));
		run2(SWGPU_OP_V_MBCNT_HI_U32_B32, vgpr(2, 1), imm(0xffffffff), vgpr(2, 1));
		VT_ASSERT_EQ(rows[2][40], 40);
		run3(SWGPU_OP_V_CNDMASK_B32, vgpr(3, 1), imm(5), vgpr(0, 1), sgpr(VCC, 2));
		VT_ASSERT_EQ(rows[3][9], 5);
		VT_ASSERT_EQ(rows[3][10], 10);
		swgpu_set_s64(&wave, SWGPU_SREG_EXEC, 0);
		run2(SWGPU_OP_V_READFIRSTLANE_B32, sgpr(3, 1), vgpr(0, 1), imm(0));
		VT_ASSERT_EQ(wave.s[3], 0);
	}
}
