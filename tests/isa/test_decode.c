/*
 * tests/isa/test_decode.c - decoder and disassembler against LLVM's words and text (golden/), the
 * shape of micro-operations, and words that are no instructions.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-renderer/swgpu/isa/decode.h"
#include "host-renderer/swgpu/isa/disasm.h"
#include "host-renderer/swgpu/isa/info.h"
#include "tests/support/vt_test.h"

static struct swgpu_uop decode1(uint32_t w0)
{
	struct swgpu_uop u;

	swgpu_decode(&w0, 1, SWGPU_GFX906, &u);
	return u;
}

static struct swgpu_uop decode2(uint32_t w0, uint32_t w1)
{
	const uint32_t words[] = {w0, w1};
	struct swgpu_uop u;

	swgpu_decode(words, 2, SWGPU_GFX906, &u);
	return u;
}

/* Golden lines */

struct golden {
	const char *file;
	unsigned line;
	uint32_t words[SWGPU_MAX_INSN_WORDS + 1]; /* one more, which is not part of it */
	size_t nwords;
	const char *text;
	enum swgpu_gfx gfx;
};

static void check_golden(const struct golden *g, bool *seen)
{
	char text[SWGPU_DISASM_MAX];
	struct swgpu_uop u, cut;

	swgpu_decode(g->words, g->nwords + 1, g->gfx, &u);
	swgpu_disasm(&u, text, sizeof(text));
	VT_ASSERT_MSG(strcmp(text, g->text) == 0, "%s:%u: \"%s\", not \"%s\"", g->file, g->line,
		      text, g->text);
	VT_ASSERT_MSG(u.size == 4 * g->nwords, "%s:%u: size %u", g->file, g->line, u.size);
	swgpu_decode(g->words, g->nwords - 1, g->gfx, &cut);
	VT_ASSERT_MSG(cut.op == SWGPU_OP_INVALID, "%s:%u: decodes when cut off", g->file, g->line);
	seen[u.op] = true;
}

static void check_file(const char *name, bool *seen)
{
	struct golden g = {.file = name, .gfx = SWGPU_GFX906};
	char path[512], line[512];
	FILE *file;

	if (strstr(name, "-gfx900"))
		g.gfx = SWGPU_GFX900;
	snprintf(path, sizeof(path), "%s/%s", GOLDEN_DIR, name);
	file = fopen(path, "r");
	VT_ASSERT_MSG(file, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		char *text = strstr(line, " ; "), *at = line;

		g.line++;
		VT_ASSERT_MSG(text, "%s:%u: no text", name, g.line);
		text[strcspn(text, "\n")] = '\0';
		g.text = text + 3;
		g.nwords = 0;
		while (at < text && g.nwords < SWGPU_MAX_INSN_WORDS)
			g.words[g.nwords++] = (uint32_t)strtoul(at, &at, 16);
		g.words[g.nwords] = 0xbf800000;
		check_golden(&g, seen);
	}
	fclose(file);
	VT_ASSERT_MSG(g.line > 0, "%s is empty", name);
}

/* One test, so that it sees all lines before it asks which rows have none. */
VT_TEST(isa, golden_lines_of_every_row)
{
	static bool seen[SWGPU_OP_COUNT];
	DIR *dir = opendir(GOLDEN_DIR);
	struct dirent *entry;

	VT_ASSERT_MSG(dir, "%s: %s", GOLDEN_DIR, strerror(errno));
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && strcmp(dot, ".txt") == 0 && strcmp(entry->d_name, "census.txt") != 0)
			check_file(entry->d_name, seen);
	}
	closedir(dir);
	for (unsigned op = SWGPU_OP_INVALID + 1; op < SWGPU_OP_COUNT; op++)
		VT_ASSERT_MSG(seen[op], "%s has no golden line", swgpu_op_info(op)->name);
}

static bool has_row(const char *name)
{
	for (unsigned op = SWGPU_OP_INVALID + 1; op < SWGPU_OP_COUNT; op++)
		if (strcmp(swgpu_op_info(op)->name, name) == 0)
			return true;
	return false;
}

VT_TEST(isa, census_has_rows)
{
	FILE *file = fopen(GOLDEN_DIR "/census.txt", "r");
	unsigned count = 0;
	char name[64];

	VT_ASSERT(file);
	while (fscanf(file, "%63s", name) == 1) {
		VT_ASSERT_MSG(has_row(name), "%s has no row", name);
		count++;
	}
	fclose(file);
	VT_ASSERT_EQ(count, 388);
}

/* What the tables say */

VT_TEST(isa, rows_are_complete)
{
	for (unsigned op = SWGPU_OP_INVALID + 1; op < SWGPU_OP_COUNT; op++) {
		const struct swgpu_op_info *info = swgpu_op_info(op);

		VT_ASSERT_MSG(info->name && info->enc != SWGPU_ENC_NONE, "row %u", op);
		VT_ASSERT_MSG(info->type < SWGPU_TYPE_COUNT, "%s", info->name);
	}
	for (unsigned fmt = SWGPU_FMT_X + 1; fmt < SWGPU_FMT_COUNT; fmt++)
		VT_ASSERT_MSG(swgpu_fmt_words(fmt) > 0, "format %u", fmt);
	VT_ASSERT(strcmp(swgpu_op_info(SWGPU_OP_COUNT)->name, "(invalid)") == 0);
	VT_ASSERT_EQ(swgpu_fmt_words(SWGPU_FMT_COUNT), 0);
	VT_ASSERT_EQ(swgpu_type_info(SWGPU_TYPE_COUNT)->dst, SWGPU_FMT_X);
}

VT_TEST(isa, gpus)
{
	enum swgpu_gfx gfx = SWGPU_GFX900;

	VT_ASSERT_EQ(swgpu_gfx_by_name("gfx906", &gfx), 0);
	VT_ASSERT_EQ(gfx, SWGPU_GFX906);
	VT_ASSERT_EQ(swgpu_gfx_by_name("gfx9", &gfx), -EINVAL);
	VT_ASSERT_EQ(swgpu_gfx_by_name(NULL, &gfx), -EINVAL);
	VT_ASSERT_EQ(gfx, SWGPU_GFX906);
	VT_ASSERT_EQ(swgpu_gfx_by_mach(0x532, &gfx), 0);
	VT_ASSERT_EQ(gfx, SWGPU_GFX90C);
	VT_ASSERT_EQ(swgpu_gfx_by_mach(0x36, &gfx), -ENOENT);
	VT_ASSERT_EQ(swgpu_gfx_info(SWGPU_GFX90C)->stepping, 12);
	VT_ASSERT_EQ(swgpu_gfx_info((enum swgpu_gfx)77)->mach, 0x2f);
}

static unsigned op_on(enum swgpu_gfx gfx, uint32_t w0, uint32_t w1)
{
	const uint32_t words[] = {w0, w1};
	struct swgpu_uop u;

	swgpu_decode(words, 2, gfx, &u);
	return u.op;
}

VT_TEST(isa, gpus_differ)
{
	const uint32_t fmac = 0x76020501, mix[] = {0xd3a04000, 0x1c0e0501};

	VT_ASSERT_EQ(op_on(SWGPU_GFX906, fmac, 0), SWGPU_OP_V_FMAC_F32);
	VT_ASSERT_EQ(op_on(SWGPU_GFX900, fmac, 0), SWGPU_OP_INVALID);
	VT_ASSERT_EQ(op_on(SWGPU_GFX906, mix[0], mix[1]), SWGPU_OP_V_FMA_MIX_F32);
	VT_ASSERT_EQ(op_on(SWGPU_GFX900, mix[0], mix[1]), SWGPU_OP_V_MAD_MIX_F32);
	VT_ASSERT_EQ(op_on(SWGPU_GFX90C, mix[0], mix[1]), SWGPU_OP_V_MAD_MIX_F32);
}

/* Micro-operations: what readers rely on beyond the text */

VT_TEST(isa, constants_have_the_operands_format)
{
	static const struct {
		uint32_t words[2];
		unsigned i;
		uint64_t imm;
	} rows[] = {
	    {{0x3e0004f2, 0}, 0, 0x3c00},                      /* v_add_f16 1.0 */
	    {{0x020004f2, 0}, 0, 0x3f800000},                  /* v_add_f32 1.0 */
	    {{0x4c0004f2, 0}, 0, 0x3f800000},                  /* v_add_u16 1.0: a single */
	    {{0x4c0004c4, 0}, 0, 0xfffffffc},                  /* v_add_u16 -4 */
	    {{0x7e0030f2, 0}, 0, 0x3ff0000000000000},          /* v_ceil_f64 1.0 */
	    {{0x7e0030c1, 0}, 0, 0xffffffffffffffff},          /* v_ceil_f64 -1 */
	    {{0x7e0030ff, 0x12345678}, 0, 0x1234567800000000}, /* v_ceil_f64 literal */
	    {{0xbe8001c1, 0}, 0, 0xffffffffffffffff},          /* s_mov_b64 -1 */
	    {{0xbe8001ff, 0x80000000}, 0, 0x80000000},         /* s_mov_b64 literal */
	    {{0x900280ff, 0x80000000}, 0, 0x80000000},         /* s_ashr_i32 literal, 0 */
	    {{0x9002c1ff, 0x80000000}, 1, 0xffffffff},         /* s_ashr_i32 literal, -1 */
	    {{0x908280ff, 0x80000000}, 0, 0xffffffff80000000}, /* s_ashr_i64: sign-extended */
	    {{0x2e000501, 0x3f800000}, 1, 0x3f800000},         /* v_madmk: K is source 1 */
	    {{0x30000501, 0x3f800000}, 2, 0x3f800000},         /* v_madak: K is source 2 */
	    {{0xd3a02000, 0x040e04f2}, 0, 0x3f800000},         /* v_fma_mix 1.0 as f32 */
	    {{0xd3a02000, 0x0c0e04f2}, 0, 0x3c00},             /* v_fma_mix 1.0 as f16 */
	};

	for (size_t i = 0; i < VT_ARRAY_LEN(rows); i++) {
		struct swgpu_uop u = decode2(rows[i].words[0], rows[i].words[1]);

		VT_ASSERT_MSG(u.src[rows[i].i].kind == SWGPU_OPND_IMM, "row %zu", i);
		VT_ASSERT_MSG(u.src[rows[i].i].imm == rows[i].imm, "row %zu: %#llx", i,
			      (unsigned long long)u.src[rows[i].i].imm);
	}
}

static bool is_reg(const struct swgpu_opnd *o, unsigned kind, unsigned reg, unsigned words)
{
	return o->kind == kind && o->reg == reg && o->words == words;
}

VT_TEST(isa, implicit_operands_are_explicit)
{
	struct swgpu_uop addc = decode1(0x38020503), cmp = decode1(0x7d940503);
	struct swgpu_uop sel = decode1(0x00020503), fmac = decode1(0x76020503);
	struct swgpu_uop fmas = decode2(0xd1e20000, 0x040e0501);

	VT_ASSERT_EQ(addc.op, SWGPU_OP_V_ADDC_CO_U32);
	VT_ASSERT(is_reg(&addc.dst, SWGPU_OPND_VGPR, 1, 1));
	VT_ASSERT(is_reg(&addc.sdst, SWGPU_OPND_SGPR, SWGPU_SREG_VCC, 2));
	VT_ASSERT(is_reg(&addc.src[2], SWGPU_OPND_SGPR, SWGPU_SREG_VCC, 2));
	VT_ASSERT_EQ(cmp.op, SWGPU_OP_V_CMP_EQ_U32);
	VT_ASSERT(is_reg(&cmp.sdst, SWGPU_OPND_SGPR, SWGPU_SREG_VCC, 2));
	VT_ASSERT_EQ(cmp.dst.kind, SWGPU_OPND_NONE);
	VT_ASSERT_EQ(sel.op, SWGPU_OP_V_CNDMASK_B32);
	VT_ASSERT(is_reg(&sel.src[2], SWGPU_OPND_SGPR, SWGPU_SREG_VCC, 2));
	VT_ASSERT_EQ(sel.sdst.kind, SWGPU_OPND_NONE);
	VT_ASSERT_EQ(fmac.op, SWGPU_OP_V_FMAC_F32);
	VT_ASSERT(is_reg(&fmac.src[2], SWGPU_OPND_VGPR, 1, 1));
	VT_ASSERT_EQ(fmas.op, SWGPU_OP_V_DIV_FMAS_F32);
	VT_ASSERT(is_reg(&fmas.src[3], SWGPU_OPND_SGPR, SWGPU_SREG_VCC, 2));
}

VT_TEST(isa, memory_operands_have_their_places)
{
	struct swgpu_uop u = decode2(0xdd858000, 0x06020201);

	VT_ASSERT_EQ(u.op, SWGPU_OP_GLOBAL_ATOMIC_CMPSWAP_X2);
	VT_ASSERT(is_reg(&u.dst, SWGPU_OPND_VGPR, 6, 2));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_ADDR], SWGPU_OPND_VGPR, 1, 1));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_DATA], SWGPU_OPND_VGPR, 2, 4));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_BASE], SWGPU_OPND_SGPR, 2, 2));
	VT_ASSERT_EQ(swgpu_uop_vgprs(&u), 8);

	u = decode2(0xe05c3010, 0x05000001); /* buffer_load_dwordx4, idxen and offen */
	VT_ASSERT(is_reg(&u.dst, SWGPU_OPND_VGPR, 0, 4));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_ADDR], SWGPU_OPND_VGPR, 1, 2));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_BASE], SWGPU_OPND_SGPR, 0, 4));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_OFFSET], SWGPU_OPND_SGPR, 5, 1));
	VT_ASSERT_EQ(u.src[SWGPU_SRC_DATA].kind, SWGPU_OPND_NONE);
	VT_ASSERT_EQ(u.imm, 16);

	u = decode2(0xdc509ff8, 0x007f0001); /* global_load_dword, offset -8 */
	VT_ASSERT_EQ(u.imm, -8);
	u = decode2(0xd86e0403, 0x00000001); /* ds_read2_b32 */
	VT_ASSERT_EQ(u.imm, 0x403);
	u = decode2(0xc0420041, 0x001ffff0); /* s_store_dword */
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_DATA], SWGPU_OPND_SGPR, 1, 1));
	VT_ASSERT(is_reg(&u.src[SWGPU_SRC_BASE], SWGPU_OPND_SGPR, 2, 2));
	VT_ASSERT_EQ(u.imm, -16);
}

VT_TEST(isa, immediates)
{
	VT_ASSERT_EQ(decode1(0xbf82fffe).imm, -8);     /* s_branch: bytes */
	VT_ASSERT_EQ(decode1(0xb004fffd).imm, -3);     /* s_movk_i32 */
	VT_ASSERT_EQ(decode1(0xb404fff0).imm, 0xfff0); /* s_cmpk_eq_u32 */
	VT_ASSERT_EQ(decode1(0xb903f801).imm, 0xf801); /* s_setreg_b32: the field as it is */
	VT_ASSERT_EQ(decode1(0xbf110900).imm, 9);      /* s_set_gpr_idx_on */
}

VT_TEST(isa, text_is_cut_to_its_buffer)
{
	struct swgpu_uop u = decode1(0x02020503);
	char text[12] = "###########";
	size_t whole = swgpu_disasm(&u, NULL, 0);

	VT_ASSERT_EQ(whole, strlen("v_add_f32_e32 v1, v3, v2"));
	VT_ASSERT_EQ(swgpu_disasm(&u, text, 8), whole);
	VT_ASSERT(memcmp(text, "v_add_f\0###", 12) == 0);
	u.op = SWGPU_OP_INVALID;
	swgpu_disasm(&u, text, sizeof(text));
	VT_ASSERT(strcmp(text, "(invalid)") == 0);
}

/* Words that are no instructions */

static const struct {
	uint32_t words[2];
	const char *why;
} invalid[] = {
    {{0xbe810100, 0}, "s_mov_b64 s[1:2]: misaligned"},
    {{0xbe800103, 0}, "s_mov_b64 of s[3:4]: misaligned"},
    {{0xbefd0080, 0}, "register 125"},
    {{0xbefc0180, 0}, "a pair from m0"},
    {{0xc00a1900, 0}, "s_load_dwordx4 to s[100:103]: leaves the SGPRs"},
    {{0xc0121601, 0}, "s_load_dwordx16 to s[88:103]: leaves the SGPRs"},
    {{0xbe8000d2, 0}, "source code 210"},
    {{0xbe8000fe, 0}, "lds_direct in a scalar instruction"},
    {{0xbe801d81, 0}, "s_setpc_b64 of a constant"},
    {{0xd1010000, 0x000000ff}, "a literal in VOP3"},
    {{0xd1010000, 0x000000fa}, "DPP's code in VOP3"},
    {{0xd11c0000, 0x04060301}, "a VGPR as carry-in"},
    {{0xd1340100, 0x00020301}, "abs of an integer"},
    {{0xd1010800, 0x00020301}, "op_sel where there is none"},
    {{0xd13f0000, 0}, "no such VOP3 opcode"},
    {{0xd1170000, 0x00020301}, "v_madmk has no VOP3 form"},
    {{0x7e0202fa, 0xff014402}, "no such DPP control"},
    {{0x7e0202fa, 0xff011002}, "row_shr by 0"},
    {{0x7c8404fa, 0xff00e402}, "DPP of a compare"},
    {{0x7e0202f9, 0x00070702}, "SDWA select 7"},
    {{0x7e0202f9, 0x00061e02}, "SDWA dst_unused 3"},
    {{0x7e0030f9, 0x00060602}, "SDWA of a 64-bit operation"},
    {{0x7e0004ff, 0}, "v_readfirstlane_b32 of a literal"},
    {{0xd8d80000, 0xff000001}, "ds_read_b64 to v[255:256]"},
    {{0xe0501000, 0x80800001}, "TFE"},
    {{0xe0711000, 0x80000001}, "a store from LDS"},
    {{0xdc501000, 0x007f0001}, "flat with a 13th bit of offset"},
    {{0xdc50c000, 0x007f0001}, "FLAT segment 3"},
    {{0xd4000000, 0}, "VINTRP"},
    {{0xf0008100, 0}, "MIMG: addresses of 16 bits"},
    {{0xf0010100, 0}, "MIMG: TFE"},
    {{0xf0480200, 0}, "MIMG: an atomic on the second component"},
    {{0xf11c0300, 0}, "MIMG: a gather of two components"},
    {{0xd9320000, 0}, "ds_gws_init without gds"},
    {{0xc4000000, 0}, "EXP"},
    {{0xe8000000, 0}, "MTBUF"},
};

VT_TEST_ROWS(isa, invalid_words, VT_ARRAY_LEN(invalid))
{
	struct swgpu_uop u = decode2(invalid[row].words[0], invalid[row].words[1]);
	char text[SWGPU_DISASM_MAX];

	swgpu_disasm(&u, text, sizeof(text));
	VT_ASSERT_MSG(u.op == SWGPU_OP_INVALID && u.size == 4, "%s: %s", invalid[row].why, text);
}

VT_TEST(isa, nothing_to_decode)
{
	struct swgpu_uop u;

	swgpu_decode(NULL, 0, SWGPU_GFX906, &u);
	VT_ASSERT_EQ(u.op, SWGPU_OP_INVALID);
	VT_ASSERT_EQ(u.size, 0);
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 32);
}

static void check_operand(const struct swgpu_opnd *o, uint32_t w0, uint32_t w1)
{
	bool fits = true;

	if (o->kind == SWGPU_OPND_VGPR)
		fits = o->reg + o->words <= 256;
	else if (o->kind == SWGPU_OPND_SGPR)
		fits = o->reg + o->words <= SWGPU_SREG_COUNT && o->reg != 125;
	else if (o->kind == SWGPU_OPND_SPECIAL)
		fits = o->reg <= SWGPU_SPECIAL_LDS_DIRECT;
	VT_ASSERT_MSG(fits && (o->kind == SWGPU_OPND_NONE || o->words >= 1), "%08x %08x", w0, w1);
}

static void check_random(const uint32_t *words, size_t nwords, enum swgpu_gfx gfx)
{
	uint32_t w0 = words[0], w1 = nwords > 1 ? words[1] : 0;
	char text[SWGPU_DISASM_MAX];
	struct swgpu_uop u;

	memset(&u, 0xa5, sizeof(u));
	swgpu_decode(words, nwords, gfx, &u);
	VT_ASSERT_MSG(u.op < SWGPU_OP_COUNT && u.size >= 4 && u.size <= 4 * nwords,
		      "%08x %08x: size %u", w0, w1, u.size);
	check_operand(&u.dst, w0, w1);
	check_operand(&u.sdst, w0, w1);
	for (unsigned i = 0; i < 4; i++)
		check_operand(&u.src[i], w0, w1);
	VT_ASSERT(swgpu_uop_vgprs(&u) <= 256);
	if (w0 % 8 == 0)
		VT_ASSERT(swgpu_disasm(&u, text, sizeof(text)) < sizeof(text));
}

/* Buffers of exactly the given size, so that a sanitizer sees a word read past the end. */
VT_TEST(isa, random_words)
{
	static const uint32_t prefixes[] = {0xbe800000, 0xc0000000, 0xd0000000, 0xd1000000,
					    0xd3800000, 0xd8000000, 0xdc000000, 0xe0000000,
					    0x7e0000f9, 0x7e0000fa, 0x000000f9, 0x7c0000f9};
	uint32_t *one = malloc(sizeof(*one)), *two = malloc(2 * sizeof(*two));
	uint64_t state = 906;

	VT_ASSERT(one && two);
	for (unsigned n = 0; n < 1000000; n++) {
		uint32_t prefix = prefixes[n % VT_ARRAY_LEN(prefixes)];
		enum swgpu_gfx gfx = (enum swgpu_gfx)(n % SWGPU_GFX_COUNT);

		two[0] = next_random(&state);
		two[1] = next_random(&state);
		if (n & 1)
			two[0] = (two[0] & 0x01ffff00) | prefix;
		one[0] = two[0];
		check_random(two, 2, gfx);
		check_random(one, 1, gfx);
	}
	free(one);
	free(two);
}
