/*
 * host-renderer/transport/virgl/device.h - the virtio-gpu device of this process, our half of it.
 *
 * libvirglrenderer has one renderer a process, and so have we: one bridge, made at the first of our
 * contexts. device.c has the contexts, resource.c the resources; both are guarded by the device's
 * lock, which is never held while the real library or the monitor is called. A context id or a
 * resource id is ours or the real library's, never both, but for guest blobs (resource.h).
 */
#ifndef VT_VIRGL_DEVICE_H
#define VT_VIRGL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/transport/virtgpu/bridge.h"

/* A symbol that only our library exports. */
#define VT_VIRGL_MARK "vthunk_virgl"

/* Everything of the device is used between these two. Unlocking tells the monitor of fences that
 * have retired meanwhile, if it may be told now. */
void vt_virgl_lock(void);
void vt_virgl_unlock(void);

/* The bridge, if ctx_id is a context of ours, else NULL. Only for use under the lock. */
struct vt_bridge *vt_virgl_bridge_locked(uint32_t ctx_id);

/* Whether it is. Takes the lock. */
bool vt_virgl_is_ours(uint32_t ctx_id);

#endif
