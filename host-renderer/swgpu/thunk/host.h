/*
 * thunk/host.h - the host as node 0 of the topology describes it.
 */
#ifndef SWGPU_THUNK_HOST_H
#define SWGPU_THUNK_HOST_H

#include "host-renderer/swgpu/thunk/thunk.h"

#define SWGPU_HOST_CACHES 4u

/* The processor's model name, cut to fit, or "CPU". */
void swgpu_host_name(char *ret, size_t size);

/* Fills in up to SWGPU_HOST_CACHES caches of processor 0; returns how many, at least one. */
unsigned swgpu_host_caches(HsaCacheProperties *ret);

unsigned swgpu_host_processors(void);

/* The fastest that processor 0 can be, in MHz. */
unsigned swgpu_host_mhz(void);

#endif
