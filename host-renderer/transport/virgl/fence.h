/*
 * host-renderer/transport/virgl/fence.h - fences that have retired, on their way to the monitor.
 *
 * The monitor's functions are called with no lock held, one at a time and in the order in which
 * the fences retired: on any thread where the monitor has asked for that (ASYNC_FENCES), else only
 * when it polls. Any thread.
 */
#ifndef VT_VIRGL_FENCE_H
#define VT_VIRGL_FENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/transport/virgl/abi.h"

/* Where fences go from here on. cbs is the monitor's and stays; NULL: nowhere. */
void vt_virgl_fences_to(void *cookie, const struct vt_virgl_callbacks *cbs, bool async);

/* A fence of a ring of a context has retired, or one of the device. They are told later, by
 * vt_virgl_fences_tell(). */
void vt_virgl_fence_retired(uint32_t ctx_id, uint32_t ring, uint64_t fence_id);
void vt_virgl_device_fence_retired(uint32_t fence_id);

/* Tells the monitor what has retired, if it may be told on this thread: `polled` says that it
 * polls. Calls the monitor. */
void vt_virgl_fences_tell(bool polled);

/* Forgets what was not told. After that no call of the monitor's functions is under way. Blocks
 * while the monitor is being told. */
void vt_virgl_fences_forget(void);

#endif
