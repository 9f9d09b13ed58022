/*
 * host-renderer/transport/virgl/resource.h - resources that we answer for.
 *
 * Blobs of our contexts are files of the renderer, and nobody else's. Guest blobs, which a monitor
 * names before it says for whom they are, are remembered with the guest's pages that they consist
 * of, and the real library has them, too, if it is there.
 */
#ifndef VT_VIRGL_RESOURCE_H
#define VT_VIRGL_RESOURCE_H

/* Forgets all resources. Where a monitor still has one of them mapped, it finds zeroes from here
 * on. Under the device's lock. */
void vt_virgl_resources_clear_locked(void);

#endif
