/*
 * The run loop: executes one wave's instructions from predecoded pages.
 *
 * Each instruction is one indirect call. The loop follows branches inside of a page by itself; for
 * all else, and for what has not been decoded, it goes through the view.
 */
#include "host-renderer/swgpu/exec/group_state.h"
#include "host-renderer/swgpu/exec/mode.h"
#include "host-renderer/swgpu/exec/relative.h"
#include "host-renderer/swgpu/isa/info.h"

#define VECTOR_MODES (SWGPU_MODE_GPR_IDX_EN | SWGPU_MODE_VSKIP)

/* The instruction at pc, decoded if need be. False: it is not mapped, and the wave has stopped; or
 * it is past the end of the page. */
static bool fetch(struct swgpu_wave *w, struct swgpu_code_view *view, struct swgpu_code_page *page,
		  size_t slot)
{
	if (slot >= SWGPU_PAGE_SLOTS)
		return false;
	if (swgpu_view_decode(view, page, (unsigned)slot, w->tlb))
		return true;
	w->stop = SWGPU_STOP_MEMORY;
	w->fault_va = page->base + 4 * slot;
	w->fault_write = false;
	return false;
}

/* Until the wave stops, leaves the page, turns a mode on, or has executed `left` instructions.
 * Returns how many are left then; *at is the instruction that was executed last. */
static uint64_t run_page(struct swgpu_wave *w, struct swgpu_code_view *view,
			 struct swgpu_code_page *page, uint64_t left, uint64_t *at)
{
	size_t slot = (w->pc - page->base) / 4;

	do {
		unsigned step = atomic_load_explicit(&page->step[slot], memory_order_acquire);
		const struct swgpu_insn *insn;
		size_t next;

		if (__builtin_expect(!step, 0)) {
			*at = page->base + 4 * slot;
			if (!fetch(w, view, page, slot))
				break;
			continue;
		}
		insn = &page->insn[slot];
		next = slot + (step & SWGPU_STEP_DWORDS);
		w->pc = page->base + 4 * next;
		insn->fn(w, &insn->uop);
		left--;
		if (__builtin_expect(w->stop != SWGPU_STOP_NONE, 0)) {
			*at = page->base + 4 * slot;
			break;
		}
		slot = next;
		if (step & SWGPU_STEP_JUMP) {
			uint64_t offset = w->pc - page->base;

			if (offset >= SWGPU_PAGE_BYTES)
				break;
			slot = offset / 4;
		} else if (step & SWGPU_STEP_MODE && w->mode & VECTOR_MODES) {
			break;
		}
	} while (left);
	return left;
}

/* One instruction where MODE changes what vector instructions do. */
static uint64_t run_moded(struct swgpu_wave *w, struct swgpu_code_view *view,
			  struct swgpu_code_page *page, uint64_t *at)
{
	size_t slot = (w->pc - page->base) / 4;
	const struct swgpu_insn *insn = &page->insn[slot];
	struct swgpu_uop u;
	unsigned enc;

	*at = w->pc;
	if (!atomic_load_explicit(&page->step[slot], memory_order_acquire) &&
	    !fetch(w, view, page, slot))
		return 0;
	u = insn->uop;
	w->pc += u.size;
	enc = swgpu_op_info(u.op)->enc;
	if (enc >= SWGPU_ENC_VOP1 && w->mode & SWGPU_MODE_VSKIP)
		return 1;
	if (enc >= SWGPU_ENC_VOP1 && enc <= SWGPU_ENC_VOP3P && w->mode & SWGPU_MODE_GPR_IDX_EN &&
	    !swgpu_uop_relative(w, &u))
		return 1;
	insn->fn(w, &u);
	return 1;
}

static void report(struct swgpu_wave *w, struct swgpu_code_view *view, uint64_t pc,
		   struct swgpu_fault *fault)
{
	fault->stop = w->stop;
	fault->pc = pc;
	fault->va = w->fault_va;
	fault->write = w->fault_write;
	fault->trap_id = w->trap_id;
	swgpu_view_describe(view, pc, w->tlb, fault->text, sizeof(fault->text));
}

uint64_t swgpu_wave_run(struct swgpu_wave *w, struct swgpu_code_view *view, uint64_t limit,
			struct swgpu_fault *fault)
{
	uint64_t left = limit, at = w->pc;

	while (left && w->stop == SWGPU_STOP_NONE) {
		struct swgpu_code_page *page;

		w->pc &= ~(uint64_t)3;
		page = swgpu_view_page(view, w->pc);
		if (!page)
			break;
		if (w->mode & VECTOR_MODES)
			left -= run_moded(w, view, page, &at);
		else
			left = run_page(w, view, page, left, &at);
	}
	if (w->stop == SWGPU_STOP_ILLEGAL || w->stop == SWGPU_STOP_MEMORY ||
	    w->stop == SWGPU_STOP_TRAP)
		report(w, view, at, fault);
	return limit - left;
}
