/*
 * proto/wire/evpage.h - the shared page of events: the GPU's signals reach waiters without a
 * message.
 *
 * A sealed memfd, made by the renderer: one header, then VT_EVENT_SLOTS slots. The renderer writes
 * a slot whenever the provider's event becomes signalled; whether an event is "set" at present is
 * the client's own business, since only the client waits: set = (sets != the value of sets that the
 * client consumed last), or set by the client itself. So setting, resetting, querying and waiting
 * never make a message.
 *
 * To wait for any or all of several events:
 *   1. ++waiters of each (seq_cst)
 *   2. b = bell (seq_cst); look at every slot (acquire); done if the condition holds
 *   3. futex_wait(&bell, b) (not FUTEX_PRIVATE), and again from 2
 *   4. --waiters of each
 * To publish: fill in the payload; ++sets (seq_cst); if waiters of the event (seq_cst), ++bell and
 * futex_wake(&bell, all). So an event that nobody sleeps on costs no system call, whoever else
 * sleeps.
 *
 * One writer a word: `waiters` is the client's, `sets` and the payload are the renderer's. `bell`
 * alone is counted up by both (atomic add): a client that sets its own event must wake its own
 * waiters; nobody decides by its value.
 */
#ifndef VT_WIRE_EVPAGE_H
#define VT_WIRE_EVPAGE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define VT_EVENT_SLOTS \
	4096u /* as many events as the kernel driver allows a process (KFD_SIGNAL_EVENT_LIMIT) */

struct vt_event_header {
	_Atomic uint32_t bell;
	uint32_t reserved[31];
};
_Static_assert(sizeof(struct vt_event_header) == 128, "wire size");

/*
 * What an event says beyond "set". Of a memory fault (HSA_EVENTTYPE_MEMORY): all fields. Of a
 * hardware exception (HSA_EVENTTYPE_HW_EXCEPTION): node and detail, the 3 words after the node in
 * the thunk's HsaHwException. Others: 0. A second publication may overwrite it at any time.
 */
struct vt_event_payload {
	uint32_t node;
	uint32_t failure; /* HsaAccessAttributeFailure as a word */
	uint64_t va;      /* of a memory fault: the address */
	uint32_t flags;   /* HSA_EVENTID_MEMORYFLAGS */
	uint32_t detail[3];
};
_Static_assert(sizeof(struct vt_event_payload) == 32, "wire size");

struct vt_event_slot {
	_Atomic uint32_t sets;    /* times signalled; wraps */
	_Atomic uint32_t waiters; /* threads that may sleep until it is */
	struct vt_event_payload payload;
	uint64_t reserved[3];
};
_Static_assert(sizeof(struct vt_event_slot) == 64, "wire size");

struct vt_event_page {
	struct vt_event_header header;
	struct vt_event_slot slot[VT_EVENT_SLOTS];
};

#define VT_EVENT_PAGE_BYTES ((sizeof(struct vt_event_page) + 4095u) & ~(size_t)4095u)

#endif
