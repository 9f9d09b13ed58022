/*
 * proto/abi/signals.h - what a provider may offer beyond the thunk's ABI.
 *
 * A renderer must tell its client of every signal. With the ABI alone a thread of it has to wake
 * for each of them, in case that the client sleeps. A provider that exports this function calls
 * back instead, where it sets the event. swgpu does; AMD's library does not, and is waited for.
 */
#ifndef VT_ABI_SIGNALS_H
#define VT_ABI_SIGNALS_H

#include "proto/abi/thunk.h"

#define VT_TELL_SIGNALS_NAME "vthunkTellSignals"

/*
 * Has the provider call fn(arg, id) whenever an event of type HSA_EVENTTYPE_SIGNAL is set, whether
 * it was set before or not; id is its EventId. Once, after hsaKmtOpenKFD and before the first event
 * is made. fn is called on any thread, at most one at a time, and calls no function of the
 * provider; it is not called for an event any more once hsaKmtDestroyEvent has returned. Returns
 * SUCCESS, or KERNEL_IO_CHANNEL_NOT_OPENED.
 */
#pragma GCC visibility push(default)
HSAKMT_STATUS vthunkTellSignals(void (*fn)(void *arg, HSAuint32 id), void *arg);
#pragma GCC visibility pop

#endif
