/*
 * guest-thunk/cli/cdi_files.h - the files that a specification of vthunk cdi names, and how a file
 * is replaced.
 */
#ifndef VT_GUEST_CLI_CDI_FILES_H
#define VT_GUEST_CLI_CDI_FILES_H

#include "guest-thunk/cli/cli.h"

/* In the folder: the view's tree, and the registration of the OpenCL driver. */
#define VT_CDI_VIEW "view"

/*
 * Writes the files for the renderer r to a folder that stays: dir, or if that
 * is NULL one of the user's. The view's folder that is there already stays the same one, and its
 * files change all at once, so that containers which have it see the new ones. Returns 0 with the
 * folder's absolute path in ret, or -errno after saying why.
 */
int vt_cdi_files_create(const char *dir, const struct vt_renderer *r, char ret[PATH_MAX]);

/* Writes a file for all to read, so that there is the old one or all of the new one at any time.
 * Returns 0 or -errno after saying why; then nothing has changed. */
int vt_cdi_files_replace(const char *path, const char *text);

#endif
