/*
 * exec/gws.h - global wave sync: counters on which waves of different workgroups wait for each
 * other. A queue that has been given them owns one set.
 *
 * Source: "AMD Vega Instruction Set Architecture", chapter 12.13 (DS_GWS_*).
 */
#ifndef SWGPU_EXEC_GWS_H
#define SWGPU_EXEC_GWS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define SWGPU_GWS_COUNT 64

struct swgpu_gws {
	pthread_mutex_t lock;
	struct {
		int64_t counter;
		uint32_t turn;       /* goes up when all who wait are let go */
	} resource[SWGPU_GWS_COUNT]; /* guarded by lock */
};

void swgpu_gws_init(struct swgpu_gws *gws);
void swgpu_gws_fini(struct swgpu_gws *gws);

/* `id` below is any number; it is taken modulo SWGPU_GWS_COUNT. None blocks; all are thread-safe.
 */

/* Barrier: `value` + 1 waves are to come. Semaphore: there is none to take. */
void swgpu_gws_set(struct swgpu_gws *gws, unsigned id, uint32_t value);

/* A wave comes to the barrier. Returns true if it was the last: all go on, and the next barrier is
 * for `value` + 1 waves. Otherwise it waits until swgpu_gws_turn is not *ret_turn any more. */
bool swgpu_gws_arrive(struct swgpu_gws *gws, unsigned id, uint32_t value, uint32_t *ret_turn);
uint32_t swgpu_gws_turn(struct swgpu_gws *gws, unsigned id);

/* Semaphore: adds n, takes one (true) or finds none (false), lets all go who wait. */
void swgpu_gws_give(struct swgpu_gws *gws, unsigned id, uint32_t n);
bool swgpu_gws_take(struct swgpu_gws *gws, unsigned id, uint32_t *ret_turn);
void swgpu_gws_release(struct swgpu_gws *gws, unsigned id);

#endif
