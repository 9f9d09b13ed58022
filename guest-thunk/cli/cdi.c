/*
 * vthunk cdi: a specification for the Container Device Interface, which tells container runtimes
 * what a container with the GPU gets.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest-thunk/cli/cdi_files.h"
#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/inside.h"

/* The first with names of devices that begin with a digit; later ones read it, too. */
#define CDI_VERSION "0.5.0"
#define CDI_KIND    "vthunk.dev/gpu"

/* The image is not known: neither what else it has registered, nor its PATH. These places are
 * looked at first or in any case. */
#define REGISTRATION "/etc/OpenCL/vendors/" VT_INSIDE_REGISTRATION
#define LSMOD        "/usr/local/sbin/lsmod"

/* A containerEdits object that grows. */
struct edits {
	json_t *env, *mounts; /* owned */
	int err;              /* the first error */
};

static void add_mount(void *arg, const char *from, const char *to, bool writable)
{
	struct edits *e = arg;
	json_t *mount =
	    json_pack("{s:s, s:s, s:[s, s, s, s]}", "hostPath", from, "containerPath", to,
		      "options", writable ? "rw" : "ro", "nosuid", "nodev", "rbind");

	if (json_array_append_new(e->mounts, mount) == 0 || e->err)
		return;
	e->err = -EILSEQ;
	vt_say("%s: a path in a specification must be UTF-8", from);
}

static void add_variable(void *arg, const char *name, const char *value)
{
	struct edits *e = arg;

	if (json_array_append_new(e->env, json_sprintf("%s=%s", name, value)) < 0 && !e->err) {
		e->err = -ENOMEM;
		vt_say("out of memory");
	}
}

/* Consumes what is in e. Returns NULL after an error, which was said. */
static json_t *finish(struct edits *e)
{
	json_t *object = json_pack("{s:o, s:o}", "env", e->env, "mounts", e->mounts);

	if (!object && !e->err)
		vt_say("out of memory");
	if (!e->err)
		return object;
	json_decref(object);
	return NULL;
}

/* What any device of this vthunk needs. */
static json_t *common_edits(const char *folder)
{
	struct edits e = {json_array(), json_array(), 0};
	const struct vt_inside_taker to = {add_mount, add_variable, &e};
	char libraries[PATH_MAX], path[PATH_MAX + 32];
	int err = vt_path(libraries, "lib/vthunk");

	if (err) {
		vt_say("vthunk's libraries: %s", strerror(-err));
		e.err = err;
		return finish(&e);
	}
	vt_inside_list_libraries(libraries, "guest", true, true, &to);
	snprintf(path, sizeof(path), "%s/view/bin/lsmod", libraries);
	add_mount(&e, path, LSMOD, false);
	if (vt_inside_has_opencl(libraries)) {
		snprintf(path, sizeof(path), "%s/" VT_INSIDE_REGISTRATION, folder);
		add_mount(&e, path, REGISTRATION, false);
	}
	return finish(&e);
}

static json_t *device_edits(const char *folder, const char *socket)
{
	struct edits e = {json_array(), json_array(), 0};
	const struct vt_inside_taker to = {add_mount, add_variable, &e};
	char view[PATH_MAX + 16];

	snprintf(view, sizeof(view), "%s/" VT_CDI_VIEW, folder);
	vt_inside_list_renderer(socket, view, NULL, &to);
	return finish(&e);
}

/* Returns NULL after saying why. */
static char *compose(const char *folder, const char *socket)
{
	json_t *common = common_edits(folder), *all;
	json_t *device = common ? device_edits(folder, socket) : NULL;
	char *text = NULL;

	if (device) {
		all = json_pack("{s:s, s:s, s:O, s:[{s:s, s:O}, {s:s, s:O}]}", "cdiVersion",
				CDI_VERSION, "kind", CDI_KIND, "containerEdits", common, "devices",
				"name", "0", "containerEdits", device, "name", "all",
				"containerEdits", device);
		text = all ? json_dumps(all, JSON_INDENT(2)) : NULL;
		json_decref(all);
		if (!text)
			vt_say("out of memory");
	}
	json_decref(common);
	json_decref(device);
	return text;
}

static int put_out(const char *text)
{
	if (puts(text) >= 0 && fflush(stdout) == 0)
		return 0;
	vt_say("standard output: %s", strerror(errno));
	return -EIO;
}

static int put(const char *output, const char *text)
{
	char *line;
	int err;

	if (!output)
		return put_out(text);
	if (asprintf(&line, "%s\n", text) < 0) {
		vt_say("out of memory");
		return -ENOMEM;
	}
	err = vt_cdi_files_replace(output, line);
	free(line);
	return err;
}

int vt_cmd_cdi(const struct vt_options *o)
{
	char folder[PATH_MAX], socket[PATH_MAX];
	struct vt_renderer r = {.pid = 0};
	char *text;
	int err;

	umask(022); /* a container's users read what is written here */
	if (vt_renderer_find_running(o->socket, &r))
		return VT_EXIT_FAILED;
	if (!realpath(r.socket, socket)) {
		vt_say("%s: %s", r.socket, strerror(errno));
		return VT_EXIT_FAILED;
	}
	if (vt_cdi_files_create(o->view, &r, folder))
		return VT_EXIT_FAILED;
	text = compose(folder, socket);
	err = text ? put(o->output, text) : -EINVAL;
	free(text);
	return err ? VT_EXIT_FAILED : EXIT_SUCCESS;
}
