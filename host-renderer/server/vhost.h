/* host-renderer/server/vhost.h - the device of a virtual machine: a process of its own beside the
 * workers, which the daemon starts, and starts again. */
#ifndef VT_SERVER_VHOST_H
#define VT_SERVER_VHOST_H

#include <stdbool.h>
#include <sys/types.h>

#include "host-renderer/server/options.h"
#include "host-renderer/transport/listen.h"

struct vt_vhost;

/* Listens at o->vhost_user and starts the device. Borrows o. Returns 0, or -errno and a sentence in
 * text. */
int vt_vhost_create(const struct vt_options *o, struct vt_vhost **ret, char text[VT_LISTEN_TEXT]);

/* Ends the device, at most a second later, and stops listening. NULL is fine. */
void vt_vhost_destroy(struct vt_vhost *v);

/*
 * A process has ended. If it was the device, its guests are told and, unless the daemon stops or it
 * was the sixth time within a minute, it is started anew on the same socket. Returns whether it
 * was.
 */
bool vt_vhost_ended(struct vt_vhost *v, pid_t pid, int status, bool stop);

/* The device's process: serves on file VT_WORKER_FD, until a signal. Returns the exit status. */
int vt_vhost_run(const struct vt_options *o);

#endif
