/* Events through the thunk. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "tests/unit/test_swgpu_support.h"

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

VT_TEST(swgpu_event, handles_are_checked)
{
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_SIGNAL};
	HsaEvent forged = {.EventId = 3}, *event = NULL, *memory;

	VT_ASSERT_EQ(hsaKmtCreateEvent(&desc, true, false, &event),
		     HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
	gpu_open();
	VT_ASSERT_EQ(hsaKmtCreateEvent(NULL, true, false, &event), HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtCreateEvent(&desc, true, false, NULL), HSAKMT_STATUS_INVALID_PARAMETER);
	desc.EventType = HSA_EVENTTYPE_MAXID;
	VT_ASSERT_EQ(hsaKmtCreateEvent(&desc, true, false, &event),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtDestroyEvent(NULL), HSAKMT_STATUS_INVALID_HANDLE);
	VT_ASSERT_EQ(hsaKmtSetEvent(&forged), HSAKMT_STATUS_INVALID_HANDLE);
	VT_ASSERT_EQ(hsaKmtWaitOnEvent(&forged, 0), HSAKMT_STATUS_INVALID_HANDLE);
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents(NULL, 1, true, 0), HSAKMT_STATUS_INVALID_HANDLE);
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents(&event, 0, true, 0),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents(&event, 1u << 20, true, 0),
		     HSAKMT_STATUS_INVALID_PARAMETER);
	memory = event_new(HSA_EVENTTYPE_MEMORY, true);
	VT_ASSERT_EQ(hsaKmtSetEvent(memory), HSAKMT_STATUS_ERROR);
	ASSERT_OK(hsaKmtDestroyEvent(memory));
	gpu_close();
}

VT_TEST(swgpu_event, auto_reset_wakes_once)
{
	HsaEvent *event;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_SIGNAL, false);
	VT_ASSERT_EQ(hsaKmtWaitOnEvent(event, 0), HSAKMT_STATUS_WAIT_TIMEOUT);
	VT_ASSERT_EQ(hsaKmtQueryEventState(event), HSAKMT_STATUS_WAIT_TIMEOUT);
	ASSERT_OK(hsaKmtSetEvent(event));
	ASSERT_OK(hsaKmtQueryEventState(event));
	ASSERT_OK(hsaKmtWaitOnEvent(event, 0));
	VT_ASSERT_EQ(hsaKmtWaitOnEvent(event, 0), HSAKMT_STATUS_WAIT_TIMEOUT);
	ASSERT_OK(hsaKmtDestroyEvent(event));
	gpu_close();
}

VT_TEST(swgpu_event, manual_reset_stays)
{
	HsaEvent *event;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_SIGNAL, true);
	ASSERT_OK(hsaKmtSetEvent(event));
	ASSERT_OK(hsaKmtWaitOnEvent(event, 0));
	ASSERT_OK(hsaKmtWaitOnEvent(event, HSA_EVENTTIMEOUT_INFINITE));
	ASSERT_OK(hsaKmtResetEvent(event));
	VT_ASSERT_EQ(hsaKmtWaitOnEvent(event, 0), HSAKMT_STATUS_WAIT_TIMEOUT);
	ASSERT_OK(hsaKmtDestroyEvent(event));
	gpu_close();
}

VT_TEST(swgpu_event, any_and_all)
{
	HsaEvent *event[3];

	gpu_open();
	for (unsigned i = 0; i < 3; i++)
		event[i] = event_new(HSA_EVENTTYPE_SIGNAL, false);
	ASSERT_OK(hsaKmtSetEvent(event[1]));
	/* A wait for all that fails gives back what it has seen. */
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents(event, 3, true, 1), HSAKMT_STATUS_WAIT_TIMEOUT);
	ASSERT_OK(hsaKmtWaitOnMultipleEvents(event, 3, false, 1));
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents(event, 3, false, 1), HSAKMT_STATUS_WAIT_TIMEOUT);
	for (unsigned i = 0; i < 3; i++)
		ASSERT_OK(hsaKmtSetEvent(event[i]));
	ASSERT_OK(hsaKmtWaitOnMultipleEvents(event, 3, true, 0));
	for (unsigned i = 0; i < 3; i++)
		ASSERT_OK(hsaKmtDestroyEvent(event[i]));
	gpu_close();
}

VT_TEST(swgpu_event, times_out_in_time)
{
	HsaEvent *event;
	uint64_t begin;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_SIGNAL, false);
	begin = now_ms();
	VT_ASSERT_EQ(hsaKmtWaitOnEvent(event, 50), HSAKMT_STATUS_WAIT_TIMEOUT);
	VT_ASSERT(now_ms() - begin >= 50);
	ASSERT_OK(hsaKmtDestroyEvent(event));
	gpu_close();
}

static void *set_all(void *arg)
{
	HsaEvent **event = arg;
	struct timespec nap = {0, 20000000};

	for (unsigned i = 0; i < 3; i++) {
		nanosleep(&nap, NULL);
		hsaKmtSetEvent(event[i]);
	}
	return NULL;
}

/* The events are never set at the same moment: each wakes the waiter and resets itself. */
VT_TEST(swgpu_event, all_may_come_one_by_one)
{
	HsaEvent *event[3];
	pthread_t thread;

	gpu_open();
	for (unsigned i = 0; i < 3; i++)
		event[i] = event_new(HSA_EVENTTYPE_SIGNAL, false);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, set_all, event), 0);
	ASSERT_OK(hsaKmtWaitOnMultipleEvents(event, 3, true, SOON_MS));
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents(event, 3, false, 0), HSAKMT_STATUS_WAIT_TIMEOUT);
	pthread_join(thread, NULL);
	for (unsigned i = 0; i < 3; i++)
		ASSERT_OK(hsaKmtDestroyEvent(event[i]));
	gpu_close();
}

static void *wait_long(void *arg)
{
	return (void *)(uintptr_t)hsaKmtWaitOnEvent(arg, HSA_EVENTTIMEOUT_INFINITE);
}

VT_TEST(swgpu_event, closing_ends_waits)
{
	struct timespec nap = {0, 20000000};
	HsaEvent *event;
	pthread_t thread;
	void *status = NULL;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_SIGNAL, false);
	VT_ASSERT_EQ(pthread_create(&thread, NULL, wait_long, event), 0);
	nanosleep(&nap, NULL);
	gpu_close();
	VT_ASSERT_EQ(pthread_join(thread, &status), 0);
	VT_ASSERT((uintptr_t)status == HSAKMT_STATUS_WAIT_FAILURE ||
		  (uintptr_t)status == HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED);
}

VT_TEST(swgpu_event, are_4096_and_can_be_reused)
{
	static HsaEvent *event[4096];
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_SIGNAL};
	HsaEvent *more;

	gpu_open();
	for (unsigned i = 0; i < 4096; i++) {
		event[i] = event_new(HSA_EVENTTYPE_SIGNAL, false);
		VT_ASSERT(event[i]->EventData.HWData2 != 0);
	}
	VT_ASSERT(hsaKmtCreateEvent(&desc, false, false, &more) != HSAKMT_STATUS_SUCCESS);
	ASSERT_OK(hsaKmtDestroyEvent(event[17]));
	ASSERT_OK(hsaKmtCreateEvent(&desc, false, false, &event[17]));
	ASSERT_OK(hsaKmtSetEvent(event[4095]));
	ASSERT_OK(hsaKmtWaitOnMultipleEvents(event, 4096, false, 0));
	gpu_close();
}

/* --- ages --- */

VT_TEST(swgpu_event, age_grows_with_every_set)
{
	uint64_t age = 1;
	HsaEvent *event;

	gpu_open();
	event = event_new(HSA_EVENTTYPE_SIGNAL, true);
	VT_ASSERT_EQ(hsaKmtWaitOnEvent_Ext(event, 0, &age), HSAKMT_STATUS_WAIT_TIMEOUT);
	ASSERT_OK(hsaKmtSetEvent(event));
	ASSERT_OK(hsaKmtWaitOnEvent_Ext(event, 0, &age));
	VT_ASSERT_EQ(age, 2);
	ASSERT_OK(hsaKmtResetEvent(event));
	VT_ASSERT_EQ(hsaKmtWaitOnEvent_Ext(event, 0, &age), HSAKMT_STATUS_WAIT_TIMEOUT);
	VT_ASSERT_EQ(age, 2);
	ASSERT_OK(hsaKmtDestroyEvent(event));
	gpu_close();
}

VT_TEST(swgpu_event, older_age_ends_a_wait)
{
	uint64_t age[2] = {1, 1};
	HsaEvent *event[2];

	gpu_open();
	event[0] = event_new(HSA_EVENTTYPE_SIGNAL, false);
	event[1] = event_new(HSA_EVENTTYPE_SIGNAL, false);
	ASSERT_OK(hsaKmtSetEvent(event[1]));
	ASSERT_OK(hsaKmtWaitOnEvent(event[1], 0));
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents_Ext(event, 2, true, 0, age),
		     HSAKMT_STATUS_WAIT_TIMEOUT);
	VT_ASSERT_EQ(age[1], 1);
	ASSERT_OK(hsaKmtWaitOnMultipleEvents_Ext(event, 2, false, 0, age));
	VT_ASSERT_EQ(age[0], 1);
	VT_ASSERT_EQ(age[1], 2);
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents_Ext(event, 2, false, 0, age),
		     HSAKMT_STATUS_WAIT_TIMEOUT);
	age[1] = 0;
	VT_ASSERT_EQ(hsaKmtWaitOnMultipleEvents_Ext(event, 2, false, 0, age),
		     HSAKMT_STATUS_WAIT_TIMEOUT);
	ASSERT_OK(hsaKmtDestroyEvent(event[0]));
	ASSERT_OK(hsaKmtDestroyEvent(event[1]));
	gpu_close();
}
