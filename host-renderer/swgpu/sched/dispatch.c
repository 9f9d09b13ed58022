/*
 * Which workgroup a thread runs next.
 *
 * Invariant: live counts the groups in `aside` and those that threads run; begun groups that fit
 * the bound come before those set aside, so that a group may wait for a later one.
 */
#include "host-renderer/swgpu/sched/dispatch.h"

#include <errno.h>
#include <stdlib.h>

/* Wave instructions: about a millisecond, and about 30 microseconds. */
#define SLICE       50000u
#define SLICE_BRIEF 2000u
/* Slices after which a group that computes makes room for another. */
#define SLICES_A_TURN 8u

/* Work that is left, in time of one thread, for which others are called. */
#define HELP_NS       100000u

#define LIVE_A_THREAD 16u
/* Waves that a compute unit holds, hence workgroups. Programs count on their being there at the
 * same time when they launch groups that wait for each other. */
#define UNIT_WAVES 40u
#define LIVE_BYTES (64ull << 20)

/* What a begun group costs at most. */
static uint64_t group_bytes(const struct swgpu_launch *l)
{
	uint64_t items = (uint64_t)l->group_size[0] * l->group_size[1] * l->group_size[2];
	uint64_t lanes = (items + SWGPU_LANES - 1) / SWGPU_LANES * SWGPU_LANES;

	return l->lds_size + lanes * (l->private_size + 4 * ((l->rsrc1 & 63) + 1) * 4ull);
}

void swgpu_dispatch_init(struct swgpu_dispatch *d, const struct swgpu_launch *launch,
			 const struct swgpu_gate *gate, unsigned max_threads)
{
	uint64_t fit = LIVE_BYTES / (group_bytes(launch) + 1);

	*d = (struct swgpu_dispatch){.launch = launch, .gate = gate, .max_threads = max_threads};
	d->total =
	    (uint64_t)launch->group_count[0] * launch->group_count[1] * launch->group_count[2];
	d->live_max = LIVE_A_THREAD * max_threads;
	if (fit < d->live_max)
		d->live_max = fit > max_threads ? (unsigned)fit : max_threads;
	d->live_limit = UNIT_WAVES * max_threads;
	d->aside_end = &d->aside;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
}

static void free_slots(struct swgpu_slot *slot)
{
	while (slot) {
		struct swgpu_slot *next = slot->next;

		swgpu_group_destroy(slot->group);
		free(slot);
		slot = next;
	}
}

void swgpu_dispatch_fini(struct swgpu_dispatch *d)
{
	free_slots(d->aside);
	free_slots(d->spare);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
}

bool swgpu_dispatch_join(struct swgpu_dispatch *d)
{
	bool ok;

	pthread_mutex_lock(&d->lock);
	ok = d->threads < d->max_threads;
	d->threads += ok;
	pthread_mutex_unlock(&d->lock);
	return ok;
}

void swgpu_dispatch_part(struct swgpu_dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	d->threads--;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

static bool may_begin_locked(const struct swgpu_dispatch *d)
{
	return d->next < d->total && d->live < d->live_max;
}

bool swgpu_dispatch_has_work(struct swgpu_dispatch *d)
{
	bool yes;

	pthread_mutex_lock(&d->lock);
	yes = !d->err && (may_begin_locked(d) || (d->aside && d->idle_turns < d->live));
	pthread_mutex_unlock(&d->lock);
	return yes;
}

bool swgpu_dispatch_wants_help(struct swgpu_dispatch *d, uint64_t elapsed_ns)
{
	bool yes;

	pthread_mutex_lock(&d->lock);
	yes = !d->err && (d->next < d->total || d->aside) &&
	      (!d->done || elapsed_ns / d->done > HELP_NS / (d->total - d->done));
	pthread_mutex_unlock(&d->lock);
	return yes;
}

void swgpu_dispatch_wake(struct swgpu_dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	d->idle_turns = 0;
	pthread_mutex_unlock(&d->lock);
}

bool swgpu_dispatch_over(struct swgpu_dispatch *d)
{
	bool yes;

	pthread_mutex_lock(&d->lock);
	yes = d->err || d->done == d->total;
	pthread_mutex_unlock(&d->lock);
	return yes;
}

/* A group to run, and in *ret_index the number to begin it with, or UINT64_MAX if it has begun. */
static struct swgpu_slot *take(struct swgpu_dispatch *d, uint64_t *ret_index)
{
	struct swgpu_slot *slot = NULL;

	*ret_index = UINT64_MAX;
	pthread_mutex_lock(&d->lock);
	if (!d->err && may_begin_locked(d)) {
		slot = d->spare ? d->spare : calloc(1, sizeof(*slot));
		if (slot) {
			d->spare = slot->next;
			*ret_index = d->next++;
			d->live++;
		} else {
			d->err = -ENOMEM;
		}
	} else if (!d->err && d->aside) {
		slot = d->aside;
		d->aside = slot->next;
		if (!d->aside)
			d->aside_end = &d->aside;
	}
	if (slot)
		slot->next = NULL;
	pthread_mutex_unlock(&d->lock);
	return slot;
}

static void fail_locked(struct swgpu_dispatch *d, int err)
{
	if (!d->err)
		d->err = err;
}

/* All that have begun wait: perhaps for one that has not. Returns true if there can be more. */
static bool grow_locked(struct swgpu_dispatch *d)
{
	if (d->next == d->total || d->live < d->live_max || d->live_max >= d->live_limit)
		return false;
	d->live_max = 2 * d->live_max < d->live_limit ? 2 * d->live_max : d->live_limit;
	d->idle_turns = 0;
	return true;
}

/* Returns a group after its turn. */
static enum swgpu_turn put(struct swgpu_dispatch *d, struct swgpu_slot *slot, enum swgpu_run how)
{
	enum swgpu_turn turn = SWGPU_TURN_MORE;

	pthread_mutex_lock(&d->lock);
	if (how == SWGPU_RUN_AGAIN || how == SWGPU_RUN_IDLE) {
		*d->aside_end = slot;
		d->aside_end = &slot->next;
	} else {
		slot->next = d->spare;
		d->spare = slot;
		d->live--;
		d->done += how == SWGPU_RUN_DONE;
	}
	if (how == SWGPU_RUN_FAULT) {
		if (!d->err)
			d->fault = *swgpu_group_fault(slot->group);
		fail_locked(d, -EFAULT);
	}
	if (how != SWGPU_RUN_IDLE)
		d->idle_turns = 0;
	else if (++d->idle_turns >= d->live && !grow_locked(d))
		turn = SWGPU_TURN_IDLE;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	return turn;
}

static int begin(struct swgpu_dispatch *d, struct swgpu_slot *slot, uint64_t index)
{
	const uint32_t *n = d->launch->group_count;
	int err = slot->group ? 0 : swgpu_group_create(&slot->group, d->launch);

	if (err < 0)
		return err;
	swgpu_group_start(slot->group, (uint32_t)(index % n[0]), (uint32_t)(index / n[0] % n[1]),
			  (uint32_t)(index / n[0] / n[1]));
	return 0;
}

static void give_up(struct swgpu_dispatch *d, struct swgpu_slot *slot, int err)
{
	pthread_mutex_lock(&d->lock);
	fail_locked(d, err);
	slot->next = d->spare;
	d->spare = slot;
	d->live--;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

enum swgpu_turn swgpu_dispatch_turn(struct swgpu_dispatch *d, struct swgpu_tlb *tlb, bool brief)
{
	enum swgpu_run how = SWGPU_RUN_AGAIN;
	uint64_t index;
	struct swgpu_slot *slot = take(d, &index);
	int err;

	if (!slot)
		return SWGPU_TURN_EMPTY;
	if (index != UINT64_MAX) {
		err = begin(d, slot, index);
		if (err < 0) {
			give_up(d, slot, err);
			return SWGPU_TURN_EMPTY;
		}
	}
	for (unsigned i = 0; how == SWGPU_RUN_AGAIN && i < SLICES_A_TURN; i++) {
		if (swgpu_gate_busy(d->gate))
			break;
		how = swgpu_group_run(slot->group, tlb, brief ? SLICE_BRIEF : SLICE);
		if (brief)
			break;
	}
	return put(d, slot, how);
}
