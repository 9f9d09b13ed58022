/* bubblewrap's command line for a command in an image. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/container.h"
#include "guest-thunk/cli/container_check.h"
#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/inside.h"

extern char **environ;

#define PATH_INSIDE "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct vt_container {
	const struct vt_options *options;
	struct vt_image_content content;
	char root[PATH_MAX];
	char libraries[PATH_MAX]; /* lib/vthunk of this installation */
	char *arg[1024];          /* owned; NULL behind the last */
	size_t num;
	int err; /* the first error of adding an argument */
};

__attribute__((format(printf, 2, 3))) static void add(struct vt_container *c, const char *fmt, ...)
{
	va_list args;

	if (c->err)
		return;
	if (c->num + 1 == sizeof(c->arg) / sizeof(c->arg[0])) {
		c->err = -E2BIG;
		return;
	}
	va_start(args, fmt);
	if (vasprintf(&c->arg[c->num], fmt, args) < 0) {
		c->arg[c->num] = NULL;
		c->err = -ENOMEM;
	} else {
		c->num++;
	}
	va_end(args);
}

static void add_bind(struct vt_container *c, const char *how, const char *from, const char *to)
{
	add(c, "%s", how);
	add(c, "%s", from);
	add(c, "%s", to);
}

static void add_variable(struct vt_container *c, const char *name, const char *value)
{
	add(c, "--setenv");
	add(c, "%s", name);
	add(c, "%s", value);
}

static void add_tmpfs(struct vt_container *c, const char *mode, const char *at)
{
	add(c, "--perms");
	add(c, "%s", mode);
	add(c, "--tmpfs");
	add(c, "%s", at);
}

/* An entry of the image's root folder: link is where it leads if it is a link, else NULL. */
static void add_entry(void *arg, const char *name, const char *link)
{
	struct vt_container *c = arg;

	add(c, link ? "--symlink" : "--ro-bind");
	if (link)
		add(c, "%s", link);
	else
		add(c, "%s/%s", c->root, name);
	add(c, "/%s", name);
}

static void add_root(struct vt_container *c)
{
	static const char *const fixed[] = {"bwrap",
					    "--die-with-parent",
					    "--unshare-user",
					    "--uid",
					    "0",
					    "--gid",
					    "0",
					    "--unshare-ipc",
					    "--unshare-pid",
					    "--unshare-uts",
					    "--unshare-net",
					    NULL};

	int err;

	for (size_t i = 0; fixed[i]; i++)
		add(c, "%s", fixed[i]);
	err = vt_container_each_entry(c->root, add_entry, c);
	if (err && !c->err)
		c->err = err;
	add(c, "--dev");
	add(c, "/dev");
	add(c, "--proc");
	add(c, "/proc");
	add_tmpfs(c, "1777", "/tmp");
	add_tmpfs(c, "1777", "/var/tmp");
	add_tmpfs(c, "0755", "/run");
	add_tmpfs(c, "0755", "/home");
	add_tmpfs(c, "0755", "/mnt");
	add_tmpfs(c, "0700", "/root");
}

/* DIR or DIR:DIR; it was checked. */
static void add_asked_bind(struct vt_container *c, const char *bind)
{
	const char *colon = strchr(bind, ':');
	int len = colon ? (int)(colon - bind) : (int)strlen(bind);

	add(c, "--bind");
	add(c, "%.*s", len, bind);
	add(c, "%s", colon ? colon + 1 : bind);
}

/* Whether the command gets the variable of the caller's: those that ROCm, its libraries, the
 * software GPU and terminals read. */
static bool is_passed(const char *variable)
{
	static const char *const passed[] = {"TERM=", "LANG=", "LC_",   "TZ=",      "HSA_",
					     "HIP_",  "ROCR_", "ROCM_", "ROCBLAS_", "AMD_",
					     "GPU_",  "CL_",   "GGML_", "SWGPU_",   "VTHUNK_LOG="};

	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (strncmp(variable, passed[i], strlen(passed[i])) == 0)
			return true;
	return false;
}

static void add_callers_variables(struct vt_container *c)
{
	for (char **at = environ; *at; at++) {
		const char *equals = strchr(*at, '=');

		if (!equals || !is_passed(*at))
			continue;
		add(c, "--setenv");
		add(c, "%.*s", (int)(equals - *at), *at);
		add(c, "%s", equals + 1);
	}
}

static void take_mount(void *arg, const char *from, const char *to, bool writable)
{
	add_bind(arg, writable ? "--bind" : "--ro-bind", from, to);
}

static void take_variable(void *arg, const char *name, const char *value)
{
	add_variable(arg, name, value);
}

static void add_variables(struct vt_container *c)
{
	add(c, "--clearenv");
	add_variable(c, "LANG", "C.UTF-8");
	add_callers_variables(c);
	add_variable(c, "HOME", "/root");
	add_variable(c, "USER", "root");
	add_variable(c, "PATH", VT_INSIDE_PROGRAMS ":" PATH_INSIDE);
	add_variable(c, "container", "vthunk");
	if (c->options->direct && c->options->gfx)
		add_variable(c, "SWGPU_GFX", c->options->gfx);
}

/* bubblewrap reads the text from a descriptor, which it inherits. */
static void add_file(struct vt_container *c, const char *text, const char *at)
{
	int ends[2];
	ssize_t len = (ssize_t)strlen(text);

	if (c->err)
		return;
	if (pipe(ends) < 0) {
		c->err = -errno;
		return;
	}
	if (write(ends[1], text, (size_t)len) != len)
		c->err = -EIO;
	close(ends[1]);
	add(c, "--ro-bind-data");
	add(c, "%d", ends[0]);
	add(c, "%s", at);
}

static void bind_driver(void *arg, const char *from, const char *to)
{
	add_bind(arg, "--ro-bind", from, to);
}

/* Ours in the place of AMD's, and all others that the image has. */
static void add_opencl(struct vt_container *c)
{
	/* A runtime that has been told to load libdtif.so needs no driver to put it there. */
	if (c->content.thunk == VT_THUNK_DTIF || !vt_inside_has_opencl(c->libraries))
		return;
	add_file(c, VT_INSIDE_REGISTRATION_TEXT, VT_INSIDE_VENDORS "/" VT_INSIDE_REGISTRATION);
	add_variable(c, "OCL_ICD_VENDORS", VT_INSIDE_VENDORS);
	vt_container_each_driver(c->root, VT_INSIDE_VENDORS, bind_driver, c);
}

/* The render node behind which the renderer is, in a guest. */
static void add_node(struct vt_container *c, const char *node)
{
	add_bind(c, "--dev-bind", node, node);
	add_variable(c, "VTHUNK_RENDER_NODE", node);
}

/* The folder that stands for the current one, if one of those bound holds it; else the home. */
static void add_folder(struct vt_container *c)
{
	char here[PATH_MAX];

	if (!getcwd(here, sizeof(here)))
		here[0] = '\0';
	add(c, "--chdir");
	for (size_t i = 0; i < c->options->num_binds; i++) {
		const char *bind = c->options->bind[i], *colon = strchr(bind, ':');
		size_t len = colon ? (size_t)(colon - bind) : strlen(bind);

		if (strncmp(here, bind, len) == 0 && (!here[len] || here[len] == '/')) {
			add(c, "%s%s", colon ? colon + 1 : bind, here + len);
			return;
		}
	}
	add(c, "/root");
}

int vt_container_create(const struct vt_options *o, struct vt_container **ret)
{
	struct vt_container *c = calloc(1, sizeof(*c));
	int err;

	if (!c) {
		vt_say("out of memory");
		return -ENOMEM;
	}
	c->options = o;
	err = vt_path(c->libraries, "lib/vthunk");
	if (!err)
		err = vt_image_find(o->image, c->root);
	if (!err)
		err = vt_container_check_image(o, c->root, c->libraries, &c->content);
	if (!err)
		err = vt_container_check_bwrap();
	if (err)
		vt_container_destroy(c);
	else
		*ret = c;
	return err;
}

void vt_container_destroy(struct vt_container *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->num; i++)
		free(c->arg[i]);
	free(c);
}

char **vt_container_command(struct vt_container *c, const struct vt_renderer *r, const char *view,
			    const char *stats)
{
	const struct vt_inside_taker to = {take_mount, take_variable, c};
	bool dtif = c->content.thunk == VT_THUNK_DTIF;

	add_root(c);
	add_variables(c);
	vt_inside_list_libraries(c->libraries, c->options->direct ? "swgpu" : "guest", !dtif, dtif,
				 &to);
	vt_inside_list_renderer(r && r->socket[0] ? r->socket : NULL, view, stats, &to);
	if (r && r->node[0])
		add_node(c, r->node);
	if (r)
		add_opencl(c);
	for (size_t i = 0; i < c->options->num_binds; i++)
		add_asked_bind(c, c->options->bind[i]);
	add(c, "--remount-ro");
	add(c, "/");
	add_folder(c);
	/* env(1) tells a command that is not there from one that fails. */
	add(c, "/usr/bin/env");
	for (char **at = c->options->command; *at; at++)
		add(c, "%s", *at);
	if (c->err) {
		vt_say("the command line of the container: %s", strerror(-c->err));
		return NULL;
	}
	return c->arg;
}
