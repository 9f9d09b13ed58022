/*
 * guest-thunk/cli/container.h - a command in an image, by bubblewrap.
 *
 * In the container the image is read-only; /tmp, /var/tmp, /run, /home, /mnt and root's home are
 * empty and writable; of the host there is nothing but what inside.h lists, and the
 * folders that are asked for. The command is root of a user namespace with that one user.
 */
#ifndef VT_GUEST_CLI_CONTAINER_H
#define VT_GUEST_CLI_CONTAINER_H

#include "guest-thunk/cli/cli.h"

/* The command line that runs o->command in the image. */
struct vt_container;

/*
 * Looks at the image, and for whether containers can be made here, before anything is started.
 * Returns 0 or -errno after saying why in one line.
 */
int vt_container_create(const struct vt_options *o, struct vt_container **ret);
void vt_container_destroy(struct vt_container *c);

/*
 * Completes the command line for a renderer (NULL with --direct), a folder
 * with the view's tree and a file for the statistics (either may be NULL). The result lives as long
 * as c and is to be executed once. Returns NULL after saying why.
 */
char **vt_container_command(struct vt_container *c, const struct vt_renderer *r, const char *view,
			    const char *stats);

#endif
