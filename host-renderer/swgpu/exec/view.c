/*
 * Views of the predecoded code, and the cache that hands them out.
 *
 * Readers take no lock: a page is published by its bucket's pointer, a slot by its step. Both are
 * written under the view's lock and never change afterwards. A flush replaces views, it does not
 * change them.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "host-renderer/swgpu/exec/plain.h"
#include "host-renderer/swgpu/exec/view.h"
#include "host-renderer/swgpu/isa/decode.h"
#include "host-renderer/swgpu/isa/disasm.h"
#include "host-renderer/swgpu/isa/info.h"

#define BUCKETS 256
/* 16 MiB of machine code. A slot is 32 times as large as its instruction, so that code that jumps
 * about in all memory would otherwise make the cache outgrow it; beyond, all is forgotten and
 * begins anew. */
#define MAX_PAGES 4096

struct swgpu_code_view {
	struct swgpu_code *code;
	const struct swgpu_engine *engine;
	unsigned nvgpr;
	uint64_t generation;
	atomic_uint refs;
	struct swgpu_code_view *next; /* in the code's list; guarded by code->lock */

	pthread_mutex_t lock;
	unsigned pages; /* guarded by lock */
	_Atomic(struct swgpu_code_page *) bucket[BUCKETS];
};

struct swgpu_code {
	enum swgpu_gfx gfx;
	_Atomic uint64_t generation; /* counts flushes */
	pthread_mutex_t lock;
	struct swgpu_code_view *views; /* of the current generation; guarded by lock */
};

int swgpu_code_create(struct swgpu_code **out, const char *gfx)
{
	struct swgpu_code *code = calloc(1, sizeof(*code));
	int err;

	if (!code)
		return -ENOMEM;
	err = swgpu_gfx_by_name(gfx, &code->gfx);
	if (err) {
		free(code);
		return err;
	}
	pthread_mutex_init(&code->lock, NULL);
	*out = code;
	return 0;
}

void swgpu_code_destroy(struct swgpu_code *code)
{
	if (!code)
		return;
	swgpu_code_flush(code);
	pthread_mutex_destroy(&code->lock);
	free(code);
}

void swgpu_code_flush(struct swgpu_code *code)
{
	struct swgpu_code_view *view, *next;

	pthread_mutex_lock(&code->lock);
	view = code->views;
	code->views = NULL;
	atomic_fetch_add_explicit(&code->generation, 1, memory_order_release);
	pthread_mutex_unlock(&code->lock);
	for (; view; view = next) {
		next = view->next;
		swgpu_view_put(view);
	}
}

static struct swgpu_code_view *view_create(struct swgpu_code *code,
					   const struct swgpu_engine *engine, unsigned nvgpr)
{
	struct swgpu_code_view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->code = code;
	view->engine = engine;
	view->nvgpr = nvgpr;
	atomic_init(&view->refs, 1);
	pthread_mutex_init(&view->lock, NULL);
	return view;
}

static void view_destroy(struct swgpu_code_view *view)
{
	for (unsigned i = 0; i < BUCKETS; i++) {
		struct swgpu_code_page *page =
		    atomic_load_explicit(&view->bucket[i], memory_order_relaxed);

		while (page) {
			struct swgpu_code_page *next = page->next;

			free(page);
			page = next;
		}
	}
	pthread_mutex_destroy(&view->lock);
	free(view);
}

struct swgpu_code_view *swgpu_view_get(struct swgpu_code *code, const struct swgpu_engine *engine,
				       unsigned nvgpr)
{
	struct swgpu_code_view *view;

	pthread_mutex_lock(&code->lock);
	for (view = code->views; view; view = view->next)
		if (view->engine == engine && view->nvgpr == nvgpr)
			break;
	if (!view) {
		view = view_create(code, engine, nvgpr);
		if (view) {
			view->generation =
			    atomic_load_explicit(&code->generation, memory_order_relaxed);
			view->next = code->views;
			code->views = view;
		}
	}
	if (view)
		atomic_fetch_add_explicit(&view->refs, 1, memory_order_relaxed);
	pthread_mutex_unlock(&code->lock);
	return view;
}

void swgpu_view_put(struct swgpu_code_view *view)
{
	if (view && atomic_fetch_sub_explicit(&view->refs, 1, memory_order_acq_rel) == 1)
		view_destroy(view);
}

bool swgpu_view_stale(const struct swgpu_code_view *view)
{
	return view->generation !=
	       atomic_load_explicit(&view->code->generation, memory_order_acquire);
}

void swgpu_view_flush(struct swgpu_code_view *view)
{
	swgpu_code_flush(view->code);
}

static struct swgpu_code_page *find(struct swgpu_code_page *page, uint64_t base)
{
	while (page && page->base != base)
		page = page->next;
	return page;
}

static struct swgpu_code_page *page_create(uint64_t base, struct swgpu_code_page *next)
{
	struct swgpu_code_page *page = aligned_alloc(64, sizeof(*page));

	if (!page)
		return NULL;
	page->base = base;
	page->next = next;
	for (unsigned i = 0; i < sizeof(page->step) / sizeof(page->step[0]); i++)
		atomic_init(&page->step[i], 0);
	return page;
}

struct swgpu_code_page *swgpu_view_page(struct swgpu_code_view *view, uint64_t pc)
{
	uint64_t base = pc & ~(uint64_t)(SWGPU_PAGE_BYTES - 1);
	_Atomic(struct swgpu_code_page *) *bucket =
	    &view->bucket[base / SWGPU_PAGE_BYTES % BUCKETS];
	struct swgpu_code_page *head = atomic_load_explicit(bucket, memory_order_acquire),
			       *page = find(head, base);

	if (page)
		return page;
	pthread_mutex_lock(&view->lock);
	head = atomic_load_explicit(bucket, memory_order_relaxed);
	page = find(head, base);
	if (!page && view->pages < MAX_PAGES) {
		page = page_create(base, head);
		if (page) {
			view->pages++;
			atomic_store_explicit(bucket, page, memory_order_release);
		}
	}
	pthread_mutex_unlock(&view->lock);
	if (!page)
		swgpu_code_flush(view->code);
	return page;
}

static void illegal(struct swgpu_wave *w, const struct swgpu_uop *u)
{
	(void)u;
	w->stop = SWGPU_STOP_ILLEGAL;
}

static bool reads(const struct swgpu_uop *u, unsigned special)
{
	for (unsigned i = 0; i < 4; i++)
		if (u->src[i].kind == SWGPU_OPND_SPECIAL && u->src[i].reg == special)
			return true;
	return false;
}

/* What is decoded but not executed here: graphics, GDS, accesses past the wave's registers. */
static bool refused(const struct swgpu_code_view *view, const struct swgpu_uop *u)
{
	return u->op == SWGPU_OP_INVALID || swgpu_uop_vgprs(u) > view->nvgpr ||
	       u->flags & SWGPU_UOP_LDS ||
	       (u->flags & SWGPU_UOP_GDS && !(swgpu_op_info(u->op)->traits & SWGPU_TRAIT_GWS)) ||
	       reads(u, SWGPU_SPECIAL_LDS_DIRECT) || reads(u, SWGPU_SPECIAL_POPS_EXITING_WAVE_ID);
}

static unsigned step_of(const struct swgpu_uop *u)
{
	const struct swgpu_op_info *info = swgpu_op_info(u->op);
	unsigned step = u->size / 4;

	if ((info->traits & SWGPU_TRAIT_IMM_KIND) == SWGPU_TRAIT_BRANCH)
		return step | SWGPU_STEP_JUMP;
	switch (u->op) {
	case SWGPU_OP_S_SETPC_B64:
	case SWGPU_OP_S_SWAPPC_B64: return step | SWGPU_STEP_JUMP;
	case SWGPU_OP_S_SETVSKIP:
	case SWGPU_OP_S_SET_GPR_IDX_ON:
	case SWGPU_OP_S_SETREG_B32:
	case SWGPU_OP_S_SETREG_IMM32_B32: return step | SWGPU_STEP_MODE;
	default: return step;
	}
}

static void decode(const struct swgpu_code_view *view, const uint32_t *words, unsigned n,
		   struct swgpu_code_page *page, unsigned slot)
{
	struct swgpu_insn *insn = &page->insn[slot];

	swgpu_decode(words, n, view->code->gfx, &insn->uop);
	swgpu_uop_mark(&insn->uop);
	insn->fn = refused(view, &insn->uop) ? NULL : view->engine->fn[insn->uop.op];
	if (!insn->fn)
		insn->fn = illegal;
	atomic_store_explicit(&page->step[slot], (uint8_t)step_of(&insn->uop),
			      memory_order_release);
}

/* Reads the words at pc that are mapped. Returns how many. */
static unsigned read_words(struct swgpu_tlb *tlb, uint64_t pc, uint32_t *words)
{
	unsigned n = 0;

	while (n < SWGPU_MAX_INSN_WORDS && swgpu_tlb_ok(tlb, pc + 4 * n, 4, SWGPU_READ)) {
		memcpy(&words[n], swgpu_va_host(pc + 4 * n), 4);
		n++;
	}
	return n;
}

bool swgpu_view_decode(struct swgpu_code_view *view, struct swgpu_code_page *page, unsigned slot,
		       struct swgpu_tlb *tlb)
{
	uint32_t words[SWGPU_MAX_INSN_WORDS];
	unsigned n = read_words(tlb, page->base + 4 * slot, words);

	if (!n)
		return false;
	pthread_mutex_lock(&view->lock);
	if (!atomic_load_explicit(&page->step[slot], memory_order_relaxed))
		decode(view, words, n, page, slot);
	pthread_mutex_unlock(&view->lock);
	return true;
}

void swgpu_view_describe(struct swgpu_code_view *view, uint64_t pc, struct swgpu_tlb *tlb,
			 char *out, size_t size)
{
	uint32_t words[SWGPU_MAX_INSN_WORDS] = {0};
	unsigned n = read_words(tlb, pc, words);
	struct swgpu_uop u;
	size_t len;

	swgpu_decode(words, n, view->code->gfx, &u);
	if (u.op == SWGPU_OP_INVALID) {
		snprintf(out, size, n < 2 ? "%08x" : "%08x %08x", words[0], words[1]);
		return;
	}
	len = swgpu_disasm(&u, out, size);
	if (len < size)
		snprintf(out + len, size - len, u.size == 4 ? " (%08x)" : " (%08x %08x)", words[0],
			 words[1]);
}
