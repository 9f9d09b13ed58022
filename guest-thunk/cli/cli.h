/*
 * guest-thunk/cli/cli.h - what the files of the vthunk program share.
 */
#ifndef VT_GUEST_CLI_CLI_H
#define VT_GUEST_CLI_CLI_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "guest-thunk/transport/transport.h"

/* Exit statuses of `vthunk run` that are not the command's, as those of env(1). */
enum {
	VT_EXIT_FAILED = 125,         /* vthunk itself failed */
	VT_EXIT_NOT_EXECUTABLE = 126, /* the command cannot be executed */
	VT_EXIT_NOT_FOUND = 127,      /* there is no such command */
	VT_EXIT_SIGNAL = 128,         /* plus the signal's number: the command was ended by it */
};

#define VT_BINDS_MAX 32

/* What the options say; the strings are the arguments themselves. */
struct vt_options {
	const char *device, *gfx, *socket; /* NULL: not given */
	const char *image;                 /* for run; NULL: the command runs on this system */
	const char *vhost_user;     /* for vm: where the renderer is a device; NULL: nowhere */
	unsigned long long hostmem; /* of that device, bytes */
	bool direct, stats, json;
	const char *output, *view;      /* for cdi; NULL: not given */
	const char *bind[VT_BINDS_MAX]; /* DIR or DIR:DIR */
	size_t num_binds;
	char **command; /* NULL-terminated; NULL: none */
};

/* Reads the arguments behind the subcommand's name (args[0]). Returns 0, 1: help was printed, or
 * -EINVAL after saying what is wrong. */
int vt_options_parse_run(int num, char **args, struct vt_options *ret);
int vt_options_parse_info(int num, char **args, struct vt_options *ret);
int vt_options_parse_cdi(int num, char **args, struct vt_options *ret);

/* Prints "vthunk: " and the message. */
void vt_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Where the parts of this installation are: ret = the folder above bin/, with `below` behind it.
 * Returns 0 or -errno. */
int vt_path(char ret[PATH_MAX], const char *below);

/* A renderer to use: one that runs, or one of our own. */
struct vt_renderer {
	char socket[108];            /* sun_path; "": it is behind a render node, in a guest */
	char node[VT_NODE_PATH_MAX]; /* of that; else "" */
	char folder[PATH_MAX];       /* private; "": none */
	pid_t pid;                   /* ours; 0: somebody else's */
};

/* Makes a private folder (mode 0700) for what this run needs. Returns 0 or -errno after saying why.
 */
int vt_renderer_make_folder(struct vt_renderer *r);

/*
 * Finds the renderer that the options ask for, or starts one. Blocks until it listens, some seconds
 * at most. Returns 0 or -errno after saying why. r is to be ended with vt_renderer_end() in any
 * case.
 */
int vt_renderer_find(const struct vt_options *o, struct vt_renderer *r);

/* Finds the renderer at socket or, if that is NULL, at the first of the usual places: one that runs
 * already. Returns 0 or -errno after saying why. Nothing is to be ended. */
int vt_renderer_find_running(const char *socket, struct vt_renderer *r);

/* The socket's path or the node's. */
const char *vt_renderer_place(const struct vt_renderer *r);

/* Sets this process's environment so that the library finds this renderer. Returns 0 or -errno
 * after saying why. */
int vt_renderer_set_variables(const struct vt_renderer *r);

/* Ends our own renderer, waits for it, and removes the folder. */
void vt_renderer_end(struct vt_renderer *r);

/* Sets this process's environment for the command. r is not looked at with --direct. Returns 0 or
 * -errno after saying why. */
int vt_environment_set(const struct vt_options *o, const struct vt_renderer *r);

/*
 * Writes the files under which tools find the GPUs (guest-thunk/view/tree.h) to a folder below
 * r->folder, which it makes if need be: those of the renderer r, or with --direct of the device.
 * Blocks, some 50 ms. Returns 0, with the folder's path or, where the machine's own files are
 * right, nothing in ret; or -errno after saying why. A folder is to be removed with
 * vt_view_destroy(), which takes "" as well, before vt_renderer_end().
 */
#define VT_VIEW_FOLDER   "view"
#define VT_VIEW_PATH_MAX (PATH_MAX + 8)
int vt_view_create(const struct vt_options *o, struct vt_renderer *r, char ret[VT_VIEW_PATH_MAX]);
void vt_view_destroy(const char *path);

/* Writes these files of the renderer below the folder, which must exist and have none of them.
 * Returns 0 or -errno; then some may be there. */
int vt_view_write(const struct vt_renderer *r, const char *folder);

/* Makes a folder and those above it, as far as they are not there. Returns 0 or -errno. */
int vt_make_folders(const char *path);

/* Prints what the processes of a run have appended to the file (client/stats.h) as tables on
 * standard error. */
void vt_stats_print(const char *path);

/* The subcommands. Return the exit status. */
int vt_cmd_run(const struct vt_options *o);
int vt_cmd_info(const struct vt_options *o);
int vt_cmd_cdi(const struct vt_options *o);

#endif
