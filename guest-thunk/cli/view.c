/* vthunk run: the files under which tools find the GPUs, for the time of a run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/client/session.h"
#include "guest-thunk/view/tree.h"

/* Writes what the renderer has that the environment names. */
static int write_tree(const char *folder)
{
	struct vt_session *s;
	int err = vt_session_open();

	if (err)
		return err;
	s = vt_session_get();
	err = s ? vt_view_tree_write(folder, &s->topology) : -ENOTCONN;
	if (s)
		vt_session_put(s);
	vt_session_close();
	return err;
}

static void put_back(const char *variable, char *value)
{
	if (value)
		setenv(variable, value, 1);
	else
		unsetenv(variable);
	free(value);
}

static char *copy_of(const char *variable)
{
	const char *value = getenv(variable);

	return value ? strdup(value) : NULL;
}

int vt_view_write(const struct vt_renderer *r, const char *folder)
{
	char *socket = copy_of("VTHUNK_SOCKET"), *node = copy_of("VTHUNK_RENDER_NODE");
	int err = vt_renderer_set_variables(r);

	if (!err)
		err = write_tree(folder);
	put_back("VTHUNK_SOCKET", socket);
	put_back("VTHUNK_RENDER_NODE", node);
	return err;
}

/* Without a renderer there is one for the moment, on the same device. */
static int write_tree_directly(const struct vt_options *o, const char *folder)
{
	struct vt_options own = *o;
	struct vt_renderer r = {.pid = 0};
	int err;

	own.socket = NULL;
	if (!own.device)
		own.device = "swgpu";
	err = vt_renderer_find(&own, &r);
	if (!err)
		err = vt_view_write(&r, folder);
	vt_renderer_end(&r);
	return err;
}

int vt_view_create(const struct vt_options *o, struct vt_renderer *r, char ret[VT_VIEW_PATH_MAX])
{
	int err;

	if (o->direct && o->device && strcmp(o->device, "kfd") == 0)
		return 0; /* the machine's own files tell of it */
	err = vt_renderer_make_folder(r);
	if (err)
		return err;
	snprintf(ret, VT_VIEW_PATH_MAX, "%s/" VT_VIEW_FOLDER, r->folder);
	if (mkdir(ret, 0755) < 0)
		err = -errno;
	else if (o->direct)
		err = write_tree_directly(o, ret);
	else
		err = vt_view_write(r, ret);
	if (err) {
		vt_say("tools will not see the GPU: %s", strerror(-err));
		vt_view_destroy(ret);
		ret[0] = '\0';
	}
	return err;
}

void vt_view_destroy(const char *path)
{
	if (!path[0])
		return;
	vt_view_tree_remove(path);
	rmdir(path);
}
