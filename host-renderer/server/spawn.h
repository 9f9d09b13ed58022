/*
 * host-renderer/server/spawn.h - a process of its own for a client: this program again, with a
 * clean environment.
 */
#ifndef VT_SERVER_SPAWN_H
#define VT_SERVER_SPAWN_H

#include <sys/types.h>

#include "host-renderer/server/options.h"

/*
 * Starts a worker on the client's socket, or a check (client -1). The child has standard input
 * closed to /dev/null, standard output and error as here, no other file than the socket, no
 * variable but those of swgpu and of sanitizers, and an address space whose mappings grow from
 * below, away from where a client has its own. It is killed when this process ends. Returns its pid
 * or -errno.
 */
pid_t vt_spawn(const struct vt_options *o, enum vt_run run, uint64_t context_id, int client);

#endif
