/* The counters of global wave sync. */
#include "host-renderer/swgpu/exec/gws.h"

#include <string.h>

void swgpu_gws_init(struct swgpu_gws *gws)
{
	memset(gws, 0, sizeof(*gws));
	pthread_mutex_init(&gws->lock, NULL);
}

void swgpu_gws_fini(struct swgpu_gws *gws)
{
	pthread_mutex_destroy(&gws->lock);
}

void swgpu_gws_set(struct swgpu_gws *gws, unsigned id, uint32_t value)
{
	pthread_mutex_lock(&gws->lock);
	gws->resource[id % SWGPU_GWS_COUNT].counter = value;
	pthread_mutex_unlock(&gws->lock);
}

bool swgpu_gws_arrive(struct swgpu_gws *gws, unsigned id, uint32_t value, uint32_t *ret_turn)
{
	bool last;

	id %= SWGPU_GWS_COUNT;
	pthread_mutex_lock(&gws->lock);
	*ret_turn = gws->resource[id].turn;
	last = gws->resource[id].counter <= 0;
	if (last) {
		gws->resource[id].counter = value;
		gws->resource[id].turn++;
	} else {
		gws->resource[id].counter--;
	}
	pthread_mutex_unlock(&gws->lock);
	return last;
}

uint32_t swgpu_gws_turn(struct swgpu_gws *gws, unsigned id)
{
	uint32_t turn;

	pthread_mutex_lock(&gws->lock);
	turn = gws->resource[id % SWGPU_GWS_COUNT].turn;
	pthread_mutex_unlock(&gws->lock);
	return turn;
}

void swgpu_gws_give(struct swgpu_gws *gws, unsigned id, uint32_t n)
{
	pthread_mutex_lock(&gws->lock);
	gws->resource[id % SWGPU_GWS_COUNT].counter += n;
	pthread_mutex_unlock(&gws->lock);
}

bool swgpu_gws_take(struct swgpu_gws *gws, unsigned id, uint32_t *ret_turn)
{
	bool got;

	id %= SWGPU_GWS_COUNT;
	pthread_mutex_lock(&gws->lock);
	*ret_turn = gws->resource[id].turn;
	got = gws->resource[id].counter > 0;
	gws->resource[id].counter -= got;
	pthread_mutex_unlock(&gws->lock);
	return got;
}

void swgpu_gws_release(struct swgpu_gws *gws, unsigned id)
{
	pthread_mutex_lock(&gws->lock);
	gws->resource[id % SWGPU_GWS_COUNT].turn++;
	pthread_mutex_unlock(&gws->lock);
}
