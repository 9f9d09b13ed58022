/*
 * exec/view.h - predecoded instructions as one kernel sees them. Private to exec/.
 *
 * How an instruction is executed depends on the engine, and whether it is legal on the number of
 * VGPRs; a view is the predecoded code for one pair of these. Code is kept in pages of 4 KiB of
 * machine code, with a slot for each dword, so that a slot's index is the address and a branch
 * needs no look-up while it stays in the page.
 *
 * A view is reference-counted; the code cache drops its own reference at a flush, so a view that is
 * no longer current lives until the groups that use it have noticed.
 */
#ifndef SWGPU_EXEC_VIEW_H
#define SWGPU_EXEC_VIEW_H

#include <stdatomic.h>
#include <stddef.h>

#include "host-renderer/swgpu/exec/code.h"

#define SWGPU_PAGE_BYTES 4096
#define SWGPU_PAGE_SLOTS (SWGPU_PAGE_BYTES / 4)

/* A slot's step: dwords of the instruction, and what the run loop has to know of it. 0: not decoded
 * yet. */
enum swgpu_step {
	SWGPU_STEP_DWORDS = 0x0f,
	SWGPU_STEP_JUMP = 0x40, /* may write pc */
	SWGPU_STEP_MODE = 0x80, /* may turn on a mode of vector instructions, see mode.h */
};

struct swgpu_insn {
	struct swgpu_uop uop;
	swgpu_exec_fn *fn;
} __attribute__((aligned(64)));

struct swgpu_code_page {
	uint64_t base;
	struct swgpu_code_page *next; /* in its hash bucket */
	/* Those behind the last slot stay 0: running off the end looks like a slot not decoded. */
	_Atomic uint8_t step[SWGPU_PAGE_SLOTS + 3];
	struct swgpu_insn insn[SWGPU_PAGE_SLOTS];
};

struct swgpu_code_view;

/* The current view for a kernel; the caller owns a reference and returns it with swgpu_view_put.
 * NULL: no memory. */
struct swgpu_code_view *swgpu_view_get(struct swgpu_code *code, const struct swgpu_engine *engine,
				       unsigned nvgpr);
void swgpu_view_put(struct swgpu_code_view *view); /* NULL is fine */

/* Whether the code has been flushed since the view was made. */
bool swgpu_view_stale(const struct swgpu_code_view *view);

/* The page that holds pc, made if need be. Thread-safe. NULL: no memory, or too many pages; then
 * the code has been flushed, and the view is stale. */
struct swgpu_code_page *swgpu_view_page(struct swgpu_code_view *view, uint64_t pc);

/* Decodes slot `slot` of page. Thread-safe. Returns false where its memory is not mapped. */
bool swgpu_view_decode(struct swgpu_code_view *view, struct swgpu_code_page *page, unsigned slot,
		       struct swgpu_tlb *tlb);

/* Writes the instruction at pc to out, as text and words: for error messages. */
void swgpu_view_describe(struct swgpu_code_view *view, uint64_t pc, struct swgpu_tlb *tlb,
			 char *out, size_t size);

/* Forgets all code of the cache that the view belongs to. */
void swgpu_view_flush(struct swgpu_code_view *view);

#endif
