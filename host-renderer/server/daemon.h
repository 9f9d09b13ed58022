/* host-renderer/server/daemon.h - the process that listens. */
#ifndef VT_SERVER_DAEMON_H
#define VT_SERVER_DAEMON_H

#include "host-renderer/server/options.h"

/*
 * Checks the provider, listens, and gives each client a worker, until SIGTERM or SIGINT. Returns
 * the exit status.
 */
int vt_daemon_run(const struct vt_options *o);

#endif
