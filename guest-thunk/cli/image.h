/*
 * guest-thunk/cli/image.h - root file systems: where they are kept, what they hold.
 *
 * An image is a folder with a root file system. Those that `vthunk image make` makes are in the
 * cache and have a name; any other is given by its path.
 */
#ifndef VT_GUEST_CLI_IMAGE_H
#define VT_GUEST_CLI_IMAGE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* How the ROCm runtime of an image reaches the thunk. */
enum vt_thunk_kind {
	VT_THUNK_NONE,   /* there is no runtime */
	VT_THUNK_SHARED, /* it links libhsakmt.so.1 (ROCr to 6.2) */
	VT_THUNK_STATIC, /* it has the thunk in itself, nothing can take its place (6.3, 6.4) */
	VT_THUNK_DTIF,   /* it has, but loads libdtif.so if it is asked to (from 7.0 on) */
};

/* What an image holds. */
struct vt_image_content {
	enum vt_thunk_kind thunk;
	char runtime[PATH_MAX]; /* libhsa-runtime64.so.1, as a path in the image; "": none */
	unsigned version;       /* its minor version: 13 in ROCm 6.1, 18 in 7.2; 0: not known */
	bool opencl;            /* AMD's OpenCL runtime is there */
};

/* The folder of the images with a name: dir, or if that is NULL the one in the user's cache.
 * Returns 0 or -errno after saying why. */
int vt_image_folder(const char *dir, char ret[PATH_MAX]);

/* Whether it is a name that an image can have: it is part of paths. */
bool vt_image_is_name(const char *text);

/* The absolute path of an image, given by its name or, with a slash in it, by its path.
 * Returns 0 or -errno after saying why. */
int vt_image_find(const char *image, char ret[PATH_MAX]);

/* Looks into the image at root. Returns 0 or -errno after saying why; without ROCm it is a success,
 * too. */
int vt_image_look(const char *root, struct vt_image_content *ret);

/* Whether file, a program's name (looked for in PATH's usual folders) or path in the image, has
 * text in it. A file that cannot be read has not. */
bool vt_image_file_has(const char *root, const char *file, const char *text);

/* Where the file or folder `path` of the image is on this system, behind all links, of which none
 * leads out of the image. Returns 0 or -errno. */
int vt_image_resolve(const char *root, const char *path, char ret[PATH_MAX]);

/* Sees to it that the folder `name` is in the folder `parent` of the image. Returns 0 or -errno. */
int vt_image_make_folder(const char *root, const char *parent, const char *name);

/*
 * Finds a function of the thunk that the image's runtime, of the kind VT_THUNK_SHARED, wants and
 * the library at `ours` does not have. Returns 0 with its name in ret ("": there is none) or -errno
 * after saying why.
 */
int vt_image_missing_call(const char *root, const struct vt_image_content *content,
			  const char *ours, char ret[128]);

/* The subcommand; args[0] is its name. Returns the exit status. */
int vt_cmd_image(int num, char **args);

#endif
