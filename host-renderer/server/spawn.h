/*
 * host-renderer/server/spawn.h - a process of its own for a client: this program again, with a
 * clean environment.
 */
#ifndef VT_SERVER_SPAWN_H
#define VT_SERVER_SPAWN_H

#include <sys/types.h>

#include "host-renderer/server/options.h"

#define VT_SPAWN_FDS 2

/*
 * Starts a process with these nfds files as its files VT_WORKER_FD and up. The child has standard
 * input closed to /dev/null, standard output and error as here, no other file, no
 * variable but those of swgpu and of sanitizers, and an address space whose mappings grow from
 * below, away from where a client has its own. It is killed when this process ends; a device,
 * which has a guest to look after, gets SIGHUP. Returns its pid or -errno.
 */
pid_t vt_spawn(const struct vt_options *o, enum vt_run run, uint64_t context_id, const int *fds,
	       unsigned nfds);

#endif
