/*
 * What every instruction computes: each engine of this processor against the plain reference, on
 * the machine code of the golden lines and on variations of it, with random and edge values, with
 * all, some, one and no lane running.
 *
 * ISA_SEED in the environment replays a run, ISA_TURNS sets how often each line is tried, ISA_ONLY
 * names one mnemonic.
 */
#include <stdio.h>
#include <stdlib.h>

#include "host-renderer/swgpu/exec/plain.h"
#include "host-renderer/swgpu/isa/decode.h"
#include "host-renderer/swgpu/isa/info.h"
#include "tests/isa/ref_gen.h"
#include "tests/support/vt_test.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TURNS 16
#else
#define TURNS 48
#endif
#define SEED 0x5eed2026u

static const struct table {
	const char *file;
	enum swgpu_gfx gfx;
} tables[] = {
    {"sop1", SWGPU_GFX906},    {"sop2", SWGPU_GFX906},  {"sopc", SWGPU_GFX906},
    {"sopk", SWGPU_GFX906},    {"sopp", SWGPU_GFX906},  {"smem", SWGPU_GFX906},
    {"vop1", SWGPU_GFX906},    {"vop2", SWGPU_GFX906},  {"vopc", SWGPU_GFX906},
    {"vop3", SWGPU_GFX906},    {"vop3p", SWGPU_GFX906}, {"vop3p-gfx900", SWGPU_GFX900},
    {"ds", SWGPU_GFX906},      {"flat", SWGPU_GFX906},  {"global", SWGPU_GFX906},
    {"scratch", SWGPU_GFX906}, {"mubuf", SWGPU_GFX906}, {"mimg", SWGPU_GFX906},
};

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

/* Every row of the instruction tables has a reference, or is known to be refused. */
VT_TEST(semantics, every_row_has_a_reference)
{
	for (unsigned op = 1; op < SWGPU_OP_COUNT; op++)
		VT_ASSERT_MSG(ref_status_of(op) != REF_ABSENT, "%s has no reference",
			      swgpu_op_info(op)->name);
}

struct run {
	struct ref_trial *trial;
	const struct swgpu_engine *engines[8]; /* up to a NULL */
	enum swgpu_gfx gfx;
	uint64_t seed;
	unsigned turns;
	const char *only;
	size_t trials, failures;
	uint16_t failed_op; /* reported once for each operation */
	bool tried[SWGPU_OP_COUNT];
};

static void report(struct run *run, const struct swgpu_uop *u, const char *engine, unsigned turn,
		   const char *line, const char *text)
{
	run->failures++;
	if (run->failed_op == u->op)
		return;
	run->failed_op = u->op;
	fprintf(stderr, "%s: ISA_SEED=%#llx turn %u: %s  %s\n", engine,
		(unsigned long long)run->seed, turn, line, text);
}

static void check_engine(struct run *run, const struct swgpu_uop *u, const struct swgpu_engine *e,
			 enum ref_status status, unsigned turn, const char *line)
{
	struct ref_trial *t = run->trial;
	bool memory = ref_gen_is_memory(u);
	char text[600] = "";

	ref_trial_engine(t, u, e, memory);
	if (status == REF_REFUSED) {
		if (t->got.w.stop != SWGPU_STOP_ILLEGAL)
			report(run, u, e->name, turn, line, "is refused here, but not there");
	} else if (!ref_trial_equal(t, u, memory, text, sizeof(text))) {
		report(run, u, e->name, turn, line, text);
	}
}

static void try_once(struct run *run, const struct swgpu_uop *decoded, unsigned turn,
		     const char *line)
{
	struct ref_trial *t = run->trial;
	struct swgpu_uop u = *decoded, marked;
	const struct swgpu_engine *e;
	enum ref_status status;
	bool memory = ref_gen_is_memory(&u);

	ref_gen_vary(t, &u, turn);
	ref_gen_values(t, &u, turn);
	ref_trial_arm(t, &u, memory);
	status = ref_trial_reference(t, &u, memory);
	marked = u;
	swgpu_uop_mark(&marked);
	for (unsigned i = 0; (e = run->engines[i]); i++) {
		check_engine(run, &u, e, status, turn, line);
		if (marked.flags != u.flags)
			check_engine(run, &marked, e, status, turn, line);
	}
	ref_trial_arm(t, &u, memory);
	run->trials++;
}

/* "words... ; text" */
static void try_line(struct run *run, char *line)
{
	char *text = strchr(line, ';'), *at = line, *end;
	struct swgpu_uop u;
	uint32_t words[4];
	size_t n = 0;

	if (!text)
		return;
	line[strcspn(line, "\n")] = 0;
	while (n < VT_ARRAY_LEN(words) && at < text &&
	       (words[n] = (uint32_t)strtoul(at, &end, 16), end != at)) {
		at = end;
		n++;
	}
	swgpu_decode(words, n, run->gfx, &u);
	if (u.op == SWGPU_OP_INVALID) {
		fprintf(stderr, "not decoded: %s\n", line);
		run->failures++;
		return;
	}
	if (ref_gen_skips(&u) || (run->only && strcmp(run->only, swgpu_op_info(u.op)->name)))
		return;
	run->tried[u.op] = true;
	run->trial->random = run->seed ^ (uint64_t)words[0] << 32;
	for (unsigned turn = 0; turn < run->turns; turn++)
		try_once(run, &u, turn, text + 2);
}

/* Every operation of the encodings that the file has was tried: those of gfx906, or those that it
 * does not have. */
static void check_all_tried(const struct run *run)
{
	bool encodings[SWGPU_ENC_MIMG + 1][SWGPU_SEG_GLOBAL + 1] = {{false}};
	for (unsigned op = 1; op < SWGPU_OP_COUNT; op++)
		if (run->tried[op])
			encodings[swgpu_op_info(op)->enc][swgpu_op_info(op)->seg] = true;
	for (unsigned op = 1; op < SWGPU_OP_COUNT && !run->only; op++) {
		const struct swgpu_op_info *info = swgpu_op_info(op);
		bool meant = !(info->traits & SWGPU_TRAIT_NOT_GFX906) == (run->gfx == SWGPU_GFX906);

		VT_ASSERT_MSG(run->tried[op] || !meant || !encodings[info->enc][info->seg],
			      "%s was not tried", info->name);
	}
	VT_ASSERT_MSG(run->trials > 0 || run->only, "nothing was tried");
}

VT_TEST_ROWS(semantics, engines_agree_with_the_reference, VT_ARRAY_LEN(tables))
{
	struct run run = {.gfx = tables[row].gfx,
			  .seed = from_environment("ISA_SEED", SEED),
			  .turns = (unsigned)from_environment("ISA_TURNS", TURNS),
			  .only = getenv("ISA_ONLY")};
	char path[512], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIR, tables[row].file);
	file = fopen(path, "r");
	VT_ASSERT_MSG(file != NULL, "%s cannot be read", path);
	for (unsigned i = 0; i + 1 < VT_ARRAY_LEN(run.engines); i++)
		if (!(run.engines[i] = swgpu_engine_at(i)))
			break;
	run.trial = ref_trial_create(run.seed);
	VT_ASSERT_MSG(run.trial != NULL, "no memory");
	while (fgets(line, sizeof(line), file))
		try_line(&run, line);
	fclose(file);
	ref_trial_destroy(run.trial);
	VT_ASSERT_MSG(run.failures == 0, "%s: %zu of %zu trials differ, ISA_SEED=%#llx",
		      tables[row].file, run.failures, run.trials, (unsigned long long)run.seed);
	check_all_tried(&run);
}
