/*
 * The device's process, from outside. The control pages and the listening socket are the daemon's:
 * when a device dies, its guests read in their pages that it has gone, and the next one listens
 * where it did.
 */
#include "host-renderer/server/vhost.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host-renderer/server/spawn.h"
#include "host-renderer/transport/vhost_user/serve.h"
#include "host-renderer/transport/virtgpu/bridge.h"

#define STARTS         5
#define STARTS_SECONDS 60
#define GRACE_MS       1000

struct vt_vhost {
	const struct vt_options *o;
	int listener, control_fd;
	pid_t pid; /* 0: none */
	time_t started[STARTS];
	unsigned next;
};

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int start(struct vt_vhost *v)
{
	int fds[VT_SPAWN_FDS];
	pid_t pid;

	v->control_fd = vt_bridge_control_create();
	if (v->control_fd < 0)
		return v->control_fd;
	fds[0] = v->listener;
	fds[1] = v->control_fd;
	pid = vt_spawn(v->o, VT_RUN_VHOST, 0, fds, 2);
	if (pid < 0) {
		close(v->control_fd);
		v->control_fd = -1;
		return pid;
	}
	v->pid = pid;
	v->started[v->next++ % STARTS] = now() + 1; /* 0: never */
	vt_log(VT_LOG_INFO, 0, "process %d is the device at %s", (int)pid, v->o->vhost_user);
	return 0;
}

int vt_vhost_create(const struct vt_options *o, struct vt_vhost **ret, char text[VT_LISTEN_TEXT])
{
	struct vt_vhost *v = calloc(1, sizeof(*v));
	int err = v ? 0 : -ENOMEM;

	if (!err) {
		v->o = o;
		v->listener = vt_listen(o->vhost_user, SOCK_STREAM, text);
		err = v->listener < 0 ? v->listener : 0;
	}
	if (err) {
		free(v);
		return err;
	}
	err = start(v);
	if (err) {
		snprintf(text, VT_LISTEN_TEXT, "cannot start the device's process: %s",
			 strerror(-err));
		close(v->listener);
		unlink(o->vhost_user);
		free(v);
		return err;
	}
	*ret = v;
	return 0;
}

static void tell_guests(struct vt_vhost *v)
{
	v->pid = 0;
	vt_bridge_control_gone(v->control_fd);
	close(v->control_fd);
	v->control_fd = -1;
}

/* Nobody who connects is left waiting. */
static void stop_listening(struct vt_vhost *v)
{
	if (v->listener < 0)
		return;
	close(v->listener);
	unlink(v->o->vhost_user);
	v->listener = -1;
}

void vt_vhost_destroy(struct vt_vhost *v)
{
	const struct timespec step = {.tv_nsec = 10000000};

	if (!v)
		return;
	stop_listening(v);
	if (v->pid)
		kill(v->pid, SIGTERM);
	for (int ms = 0; v->pid && ms < GRACE_MS; ms += 10) {
		if (waitpid(v->pid, NULL, WNOHANG) == v->pid)
			tell_guests(v);
		else
			nanosleep(&step, NULL);
	}
	if (v->pid) {
		kill(v->pid, SIGKILL);
		waitpid(v->pid, NULL, 0);
		tell_guests(v);
	}
	free(v);
}

static bool too_often(const struct vt_vhost *v)
{
	time_t oldest = v->started[v->next % STARTS];

	return oldest && now() + 1 - oldest < STARTS_SECONDS;
}

bool vt_vhost_ended(struct vt_vhost *v, pid_t pid, int status, bool stop)
{
	int err = -EAGAIN;

	if (pid != v->pid)
		return false;
	tell_guests(v);
	if (stop)
		return true;
	if (WIFSIGNALED(status))
		vt_log(VT_LOG_ERROR, 0, "the device %d ended with signal %d", (int)pid,
		       WTERMSIG(status));
	else
		vt_log(VT_LOG_ERROR, 0, "the device %d ended with status %d", (int)pid,
		       WEXITSTATUS(status));
	if (!too_often(v))
		err = start(v);
	if (err) {
		vt_log(VT_LOG_ERROR, 0, "the device is not started again: %s",
		       err == -EAGAIN ? "it ends too often" : strerror(-err));
		stop_listening(v);
	}
	return true;
}

int vt_vhost_run(const struct vt_options *o)
{
	int err;

	prctl(PR_SET_NAME, "vthunkd-device"); /* else "exe", by which it was started */
	fcntl(VT_WORKER_FD, F_SETFD, FD_CLOEXEC);
	fcntl(VT_WORKER_FD + 1, F_SETFD, FD_CLOEXEC);
	err = vu_serve(VT_WORKER_FD, VT_WORKER_FD + 1, o->socket, o->hostmem_bytes);
	if (err)
		vt_log(VT_LOG_ERROR, 0, "cannot be a device: %s", strerror(-err));
	return err ? 1 : 0;
}
