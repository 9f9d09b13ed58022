/*
 * sched/dispatch.h - one dispatch that is running: which of its workgroups is where. Private to
 * sched/.
 */
#ifndef SWGPU_SCHED_DISPATCH_H
#define SWGPU_SCHED_DISPATCH_H

#include "host-renderer/swgpu/sched/sched.h"

/* A workgroup that has begun, or one that has ended and can be begun anew. */
struct swgpu_slot {
	struct swgpu_group *group;
	struct swgpu_slot *next;
};

struct swgpu_dispatch {
	const struct swgpu_launch *launch;
	const struct swgpu_gate *gate;
	unsigned max_threads;

	pthread_mutex_t lock;    /* guards all that follows, but the atomics */
	pthread_cond_t changed;  /* a thread has put a group back, or ended its work */
	uint64_t next, total;    /* workgroups begun, and all of them */
	uint64_t done;           /* ended */
	unsigned live, live_max; /* begun and not ended; bound */
	unsigned live_limit; /* as many as a GPU's units hold: the most that live_max grows to */
	struct swgpu_slot *aside; /* begun, not running: oldest first */
	struct swgpu_slot **aside_end;
	struct swgpu_slot *spare;
	unsigned threads;    /* that are at work on it */
	unsigned idle_turns; /* turns without progress, all groups together */
	int err;             /* first error; the dispatch is being abandoned */
	struct swgpu_fault fault;

	struct swgpu_dispatch *next_dispatch; /* guarded by the scheduler's lock */
};

enum swgpu_turn {
	SWGPU_TURN_MORE,  /* it has run something; there may be more */
	SWGPU_TURN_IDLE,  /* the groups only sleep */
	SWGPU_TURN_EMPTY, /* nothing to take at present */
};

void swgpu_dispatch_init(struct swgpu_dispatch *d, const struct swgpu_launch *launch,
			 const struct swgpu_gate *gate, unsigned max_threads);

/* No thread works on it. */
void swgpu_dispatch_fini(struct swgpu_dispatch *d);

/* A thread begins to work on d. Returns false where enough do. */
bool swgpu_dispatch_join(struct swgpu_dispatch *d);
void swgpu_dispatch_part(struct swgpu_dispatch *d);

/* Takes one workgroup and runs it for a while; first, for a short while if `brief`. */
enum swgpu_turn swgpu_dispatch_turn(struct swgpu_dispatch *d, struct swgpu_tlb *tlb, bool brief);

/* Whether a thread that came now would find a group that does not only sleep. */
bool swgpu_dispatch_has_work(struct swgpu_dispatch *d);

/* Whether, from what has been done in elapsed_ns, help would be worth the trouble of calling it. */
bool swgpu_dispatch_wants_help(struct swgpu_dispatch *d, uint64_t elapsed_ns);

/* Lets each sleeping group look again before the next SWGPU_TURN_IDLE. */
void swgpu_dispatch_wake(struct swgpu_dispatch *d);

/* Whether it has ended or failed, and nothing can be taken from it any more. */
bool swgpu_dispatch_over(struct swgpu_dispatch *d);

#endif
