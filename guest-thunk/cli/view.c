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

/* Writes what the renderer at VTHUNK_SOCKET has. */
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

int vt_view_write(const char *socket, const char *folder)
{
	const char *old = getenv("VTHUNK_SOCKET");
	char *kept = old ? strdup(old) : NULL;
	int err = setenv("VTHUNK_SOCKET", socket, 1) < 0 ? -errno : write_tree(folder);

	if (kept)
		setenv("VTHUNK_SOCKET", kept, 1);
	else
		unsetenv("VTHUNK_SOCKET");
	free(kept);
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
		err = vt_view_write(r.socket, folder);
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
		err = vt_view_write(r->socket, ret);
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
