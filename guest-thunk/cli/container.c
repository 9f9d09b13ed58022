/* bubblewrap's command line for a command in an image. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/container.h"
#include "guest-thunk/cli/container_check.h"
#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/inside.h"
#include "guest-thunk/cli/words.h"

extern char **environ;

#define PATH_INSIDE "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct vt_container {
	const struct vt_options *options;
	struct vt_image_content content;
	char root[PATH_MAX];
	char libraries[PATH_MAX]; /* lib/vthunk of this installation */
	struct vt_words words;
};

static void add_bind(struct vt_container *c, const char *how, const char *from, const char *to)
{
	vt_words_add(&c->words, "%s", how);
	vt_words_add(&c->words, "%s", from);
	vt_words_add(&c->words, "%s", to);
}

static void add_variable(struct vt_container *c, const char *name, const char *value)
{
	vt_words_add(&c->words, "--setenv");
	vt_words_add(&c->words, "%s", name);
	vt_words_add(&c->words, "%s", value);
}

static void add_tmpfs(struct vt_container *c, const char *mode, const char *at)
{
	vt_words_add(&c->words, "--perms");
	vt_words_add(&c->words, "%s", mode);
	vt_words_add(&c->words, "--tmpfs");
	vt_words_add(&c->words, "%s", at);
}

/* An entry of the image's root folder: link is where it leads if it is a link, else NULL. */
static void add_entry(void *arg, const char *name, const char *link)
{
	struct vt_container *c = arg;

	vt_words_add(&c->words, link ? "--symlink" : "--ro-bind");
	if (link)
		vt_words_add(&c->words, "%s", link);
	else
		vt_words_add(&c->words, "%s/%s", c->root, name);
	vt_words_add(&c->words, "/%s", name);
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

	vt_words_add_all(&c->words, fixed);
	err = vt_container_each_entry(c->root, add_entry, c);
	if (err && !c->words.err)
		c->words.err = err;
	vt_words_add(&c->words, "--dev");
	vt_words_add(&c->words, "/dev");
	vt_words_add(&c->words, "--proc");
	vt_words_add(&c->words, "/proc");
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

	vt_words_add(&c->words, "--bind");
	vt_words_add(&c->words, "%.*s", len, bind);
	vt_words_add(&c->words, "%s", colon ? colon + 1 : bind);
}

static void add_callers_variables(struct vt_container *c)
{
	for (char **at = environ; *at; at++) {
		const char *equals = strchr(*at, '=');

		if (!equals || !vt_inside_is_passed(*at))
			continue;
		vt_words_add(&c->words, "--setenv");
		vt_words_add(&c->words, "%.*s", (int)(equals - *at), *at);
		vt_words_add(&c->words, "%s", equals + 1);
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
	vt_words_add(&c->words, "--clearenv");
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

	if (c->words.err)
		return;
	if (pipe(ends) < 0) {
		c->words.err = -errno;
		return;
	}
	if (write(ends[1], text, (size_t)len) != len)
		c->words.err = -EIO;
	close(ends[1]);
	vt_words_add(&c->words, "--ro-bind-data");
	vt_words_add(&c->words, "%d", ends[0]);
	vt_words_add(&c->words, "%s", at);
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
	vt_words_add(&c->words, "--chdir");
	for (size_t i = 0; i < c->options->num_binds; i++) {
		const char *bind = c->options->bind[i], *colon = strchr(bind, ':');
		size_t len = colon ? (size_t)(colon - bind) : strlen(bind);

		if (strncmp(here, bind, len) == 0 && (!here[len] || here[len] == '/')) {
			vt_words_add(&c->words, "%s%s", colon ? colon + 1 : bind, here + len);
			return;
		}
	}
	vt_words_add(&c->words, "/root");
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
	vt_words_fini(&c->words);
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
	vt_words_add(&c->words, "--remount-ro");
	vt_words_add(&c->words, "/");
	add_folder(c);
	/* env(1) tells a command that is not there from one that fails. */
	vt_words_add(&c->words, "/usr/bin/env");
	for (char **at = c->options->command; *at; at++)
		vt_words_add(&c->words, "%s", *at);
	if (c->words.err) {
		vt_say("the command line of the container: %s", strerror(-c->words.err));
		return NULL;
	}
	return c->words.word;
}
