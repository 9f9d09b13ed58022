/*
 * guest-thunk/cli/container_check.h - what stands in the way of a container. Each refusal is one
 * line.
 */
#ifndef VT_GUEST_CLI_CONTAINER_CHECK_H
#define VT_GUEST_CLI_CONTAINER_CHECK_H

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/image.h"

/* Whether the image can be served by the libraries in that folder. Returns 0 with its content in
 * ret, or -errno after saying why not. */
int vt_container_check_image(const struct vt_options *o, const char *root, const char *libraries,
			     struct vt_image_content *ret);

/* Whether bubblewrap is there and may make namespaces: it is tried. Returns 0 or -errno after
 * saying why not. */
int vt_container_check_bwrap(void);

/* Calls fn(arg, FILE, to/NAME) for each registration of an OpenCL driver in the
 * image but AMD's. */
typedef void vt_bind_fn(void *arg, const char *from, const char *to);
void vt_container_each_driver(const char *root, const char *to, vt_bind_fn *fn, void *arg);

/*
 * Calls fn for each entry of the image's root folder that a container has from there: not for those
 * that it has its own of (/dev, /tmp, ...). link: where it leads if it is a symbolic link, else
 * NULL. Returns 0, or -errno if the image's root folder cannot be read.
 *
 * The container's own root is a folder of its own, so that what is bound can be anywhere.
 */
typedef void vt_entry_fn(void *arg, const char *name, const char *link);
int vt_container_each_entry(const char *root, vt_entry_fn *fn, void *arg);

#endif
