/*
 * thunk/event.h - what other chapters need of events.
 */
#ifndef SWGPU_THUNK_EVENT_H
#define SWGPU_THUNK_EVENT_H

#include "host-renderer/swgpu/thunk/thunk.h"

/* Frees every HsaEvent that the program has not destroyed. */
void swgpu_thunk_free_events(struct swgpu_thunk *t);

#endif
