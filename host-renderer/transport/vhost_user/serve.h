/* host-renderer/transport/vhost_user/serve.h - a virtio-gpu device for QEMU and others, as a
 * backend of vhost-user. */
#ifndef VT_VHOST_SERVE_H
#define VT_VHOST_SERVE_H

#include <stdint.h>

/*
 * Serves front-ends that connect to the listening socket, one after the other; each gets a device
 * without contexts. Contexts of the guest are clients of the renderer at `renderer`. window_bytes,
 * a power of two, is what a guest can have mapped at a time. control_fd is of
 * vt_bridge_control_create(); it stays the caller's, `listener` does not.
 *
 * Until SIGTERM or SIGINT; or SIGHUP, which says that the daemon has died: then the front-end that
 * is there is served on, since QEMU cannot change to another device while it runs, and the guest
 * finds the next renderer that listens at `renderer`; no other one is. Returns 0 or -errno: it
 * cannot start.
 */
int vu_serve(int listener, int control_fd, const char *renderer, uint64_t window_bytes);

#endif
