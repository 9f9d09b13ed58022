/* host-renderer/server/worker.h - the process that serves one client. */
#ifndef VT_SERVER_WORKER_H
#define VT_SERVER_WORKER_H

#include "host-renderer/server/options.h"

/* Serves the client on file VT_WORKER_FD until it hangs up. Returns the exit status. */
int vt_worker_run(const struct vt_options *o);

/* Tries the provider and says on standard error what is wrong. Returns the exit status. */
int vt_check_run(const struct vt_options *o);

#endif
