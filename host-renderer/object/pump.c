/*
 * The pump.
 *
 * It waits for a copy of the list of live events, the first of which is its own, `kick`: setting it
 * makes the pump take a new copy. An event that is removed goes to the list `dying`, and the pump
 * destroys it at a time when it does not wait for it.
 */
#include "host-renderer/object/pump.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "proto/base/log.h"

struct vt_pump {
	pthread_t thread;
	pthread_mutex_t lock;
	const struct vt_provider *p;
	uint64_t ctx_id;
	struct vt_publisher *pub;
	void (*release)(void *arg, struct vt_pumped *e);
	void *arg;
	HsaEvent *kick;

	/* Guarded by lock. */
	bool stop, kicked;
	struct vt_pumped *live[VT_EVENT_SLOTS];
	uint32_t num_live;
	struct vt_pumped *dying;

	/* The pump's own: what it waits for at present. waited[0] is kick. */
	HsaEvent *waited[VT_EVENT_SLOTS + 1];
	uint32_t slot_of[VT_EVENT_SLOTS + 1];
};

static void kick_locked(struct vt_pump *pump)
{
	if (pump->kicked)
		return;
	pump->kicked = true;
	pump->p->SetEvent(pump->kick);
}

/* Publishes all that is signalled among waited[1..n). */
static void publish_all(struct vt_pump *pump, uint32_t n)
{
	bool wake = false;

	for (uint32_t i = 1; i < n; i++) {
		if (pump->p->QueryEventState(pump->waited[i]) != HSAKMT_STATUS_SUCCESS)
			continue;
		pump->p->ResetEvent(pump->waited[i]);
		wake |= vt_publish(pump->pub, pump->slot_of[i], pump->waited[i]);
	}
	if (wake)
		vt_publish_wake(pump->pub);
}

static void bury_locked(struct vt_pump *pump)
{
	while (pump->dying) {
		struct vt_pumped *e = pump->dying;

		pump->dying = e->next;
		pump->p->DestroyEvent(e->event);
		pump->release(pump->arg, e);
	}
}

/* Buries what is dying and copies what is live. Returns how many to wait for, 0 to stop. */
static uint32_t next_round(struct vt_pump *pump)
{
	uint32_t n = 1;

	pthread_mutex_lock(&pump->lock);
	pump->kicked = false;
	pump->p->ResetEvent(pump->kick);
	bury_locked(pump);
	for (uint32_t i = 0; i < pump->num_live; i++, n++) {
		pump->waited[n] = pump->live[i]->event;
		pump->slot_of[n] = pump->live[i]->slot;
	}
	if (pump->stop)
		n = 0;
	pthread_mutex_unlock(&pump->lock);
	return n;
}

static void *pump_main(void *arg)
{
	struct vt_pump *pump = arg;
	const struct timespec pause = {.tv_nsec = 10000000};
	uint32_t n;

	prctl(PR_SET_NAME, "vt-events");
	pump->waited[0] = pump->kick;
	while ((n = next_round(pump))) {
		HSAKMT_STATUS status = pump->p->WaitOnMultipleEvents(pump->waited, n, false,
								     HSA_EVENTTIMEOUT_INFINITE);

		if (status != HSAKMT_STATUS_SUCCESS && status != HSAKMT_STATUS_WAIT_TIMEOUT) {
			vt_log(VT_LOG_ERROR, pump->ctx_id, "waiting for events: %s",
			       vt_err_name(vt_err_from_status(status)));
			nanosleep(&pause, NULL);
		}
		publish_all(pump, n);
	}
	return NULL;
}

int vt_pump_start(const struct vt_provider *p, uint64_t ctx_id, struct vt_publisher *pub,
		  void (*release)(void *arg, struct vt_pumped *e), void *arg, struct vt_pump **ret)
{
	HsaEventDescriptor desc = {.EventType = HSA_EVENTTYPE_SIGNAL};
	struct vt_pump *pump = calloc(1, sizeof(*pump));
	int err;

	if (!pump)
		return -ENOMEM;
	pump->p = p;
	pump->ctx_id = ctx_id;
	pump->pub = pub;
	pump->release = release;
	pump->arg = arg;
	err = vt_err_from_status(p->CreateEvent(&desc, true, false, &pump->kick));
	if (err)
		goto free_pump;
	pthread_mutex_init(&pump->lock, NULL);
	err = -pthread_create(&pump->thread, NULL, pump_main, pump);
	if (err)
		goto destroy_kick;
	*ret = pump;
	return 0;

destroy_kick:
	p->DestroyEvent(pump->kick);
free_pump:
	free(pump);
	return err;
}

void vt_pump_add(struct vt_pump *pump, struct vt_pumped *e)
{
	pthread_mutex_lock(&pump->lock);
	e->index = pump->num_live;
	pump->live[pump->num_live++] = e;
	kick_locked(pump);
	pthread_mutex_unlock(&pump->lock);
}

void vt_pump_remove(struct vt_pump *pump, struct vt_pumped *e)
{
	pthread_mutex_lock(&pump->lock);
	pump->num_live--;
	pump->live[e->index] = pump->live[pump->num_live];
	pump->live[e->index]->index = e->index;
	e->next = pump->dying;
	pump->dying = e;
	kick_locked(pump);
	pthread_mutex_unlock(&pump->lock);
}

void vt_pump_stop(struct vt_pump *pump)
{
	pthread_mutex_lock(&pump->lock);
	pump->stop = true;
	kick_locked(pump);
	pthread_mutex_unlock(&pump->lock);
	pthread_join(pump->thread, NULL);
	pump->p->DestroyEvent(pump->kick);
	free(pump);
}
