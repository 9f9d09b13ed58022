/* host-renderer/server/options.h - what the command line of vthunkd says. */
#ifndef VT_SERVER_OPTIONS_H
#define VT_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/object/ctx.h"
#include "proto/base/log.h"

enum vt_run {
	VT_RUN_DAEMON,
	VT_RUN_WORKER, /* serve the client on file VT_WORKER_FD */
	VT_RUN_CHECK,  /* try the provider and exit */
	VT_RUN_VHOST,  /* be a device: listen on file VT_WORKER_FD, control pages in the next */
};

#define VT_WORKER_FD 3

struct vt_options {
	enum vt_run run;
	char socket[108];
	bool socket_named;        /* by --socket; else it is the default */
	char vhost_user[108];     /* or empty */
	uint64_t hostmem_bytes;   /* a power of two */
	const char *device, *gfx; /* of argv; gfx may be NULL */
	struct vt_limits limits;
	uint32_t max_clients;
	enum vt_log_level log_level;
	bool exit_with_parent;
	int ready_fd;        /* or -1 */
	uint64_t context_id; /* of a worker */
};

/*
 * Reads the command line. --help and --version print and exit with 0; what is wrong is said on
 * standard error and ends the program with 2.
 */
void vt_options_parse(struct vt_options *o, int argc, char **argv);

/* Room for the arguments of a worker and their text. */
struct vt_worker_args {
	char *argv[20];
	char text[12][64];
	unsigned num, num_texts;
};

/* The command line that gives a worker (or a check, or a device) the same options. Borrows from o.
 */
void vt_options_for_worker(const struct vt_options *o, enum vt_run run, uint64_t context_id,
			   struct vt_worker_args *args);

#endif
