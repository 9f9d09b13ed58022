/*
 * The daemon: one thread, which never reads from a client and never loads a provider.
 *
 * Invariant: each live worker has one entry in `worker`; its socket is closed here as soon as the
 * worker has it, so that the end of the worker is the end of the connection.
 */
#include "host-renderer/server/daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host-renderer/server/spawn.h"
#include "host-renderer/server/vhost.h"
#include "host-renderer/transport/listen.h"

#define GRACE_MS 1000

struct worker {
	pid_t pid;
	uint64_t context_id;
};

struct daemon {
	const struct vt_options *o;
	int listener, signals;
	struct worker *worker;
	uint32_t num_workers;
	uint64_t last_id;
	bool stop;
	struct vt_vhost *vhost; /* or NULL */
};

/* Runs the check to its end. Its own words are on standard error. */
static int check_provider(const struct vt_options *o)
{
	pid_t pid = vt_spawn(o, VT_RUN_CHECK, 0, NULL, 0);
	int status;

	if (pid < 0) {
		vt_log(VT_LOG_ERROR, 0, "cannot start a process: %s", strerror(-pid));
		return pid;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status))
		vt_log(VT_LOG_ERROR, 0, "trying device %s ended with signal %d", o->device,
		       WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ENODEV;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void announce(const struct vt_options *o)
{
	char line[160];
	bool device = o->vhost_user[0] && !o->socket_named;
	int len = snprintf(line, sizeof(line), "vthunkd: listening on %s\n",
			   device ? o->vhost_user : o->socket);
	ssize_t ignored = write(o->ready_fd >= 0 ? o->ready_fd : STDOUT_FILENO, line, (size_t)len);

	(void)ignored;
	if (o->ready_fd > STDERR_FILENO)
		close(o->ready_fd);
}

static void on_client(struct daemon *d)
{
	pid_t peer, pid;
	uid_t uid;
	int client = vt_accept(d->listener, &peer, &uid);

	if (client < 0)
		return;
	if (uid != 0 && uid != geteuid()) {
		vt_log(VT_LOG_WARN, 0, "refused process %d of user %u", (int)peer, (unsigned)uid);
		vt_refuse(client, -EACCES, "the renderer serves its own user and root only");
		return;
	}
	if (d->num_workers >= d->o->max_clients) {
		vt_log(VT_LOG_WARN, 0, "refused process %d: %u clients are served already",
		       (int)peer, d->num_workers);
		vt_refuse(client, -EBUSY,
			  "the renderer serves as many programs as it may (--max-clients)");
		return;
	}
	pid = vt_spawn(d->o, VT_RUN_WORKER, ++d->last_id, &client, 1);
	if (pid < 0) {
		vt_log(VT_LOG_ERROR, 0, "cannot start a worker: %s", strerror(-pid));
		vt_refuse(client, pid, "the renderer cannot start a worker");
		return;
	}
	close(client);
	d->worker[d->num_workers++] = (struct worker){pid, d->last_id};
	vt_log(VT_LOG_INFO, d->last_id, "process %d is served by worker %d", (int)peer, (int)pid);
}

static void forget(struct daemon *d, pid_t pid, int status)
{
	for (uint32_t i = 0; i < d->num_workers; i++) {
		if (d->worker[i].pid != pid)
			continue;
		if (WIFSIGNALED(status) && !d->stop)
			vt_log(VT_LOG_ERROR, d->worker[i].context_id,
			       "worker %d ended with signal %d", (int)pid, WTERMSIG(status));
		else
			vt_log(VT_LOG_INFO, d->worker[i].context_id,
			       "worker %d ended with status %d", (int)pid, WEXITSTATUS(status));
		d->worker[i] = d->worker[--d->num_workers];
		return;
	}
}

static void reap(struct daemon *d)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (!d->vhost || !vt_vhost_ended(d->vhost, pid, status, d->stop))
			forget(d, pid, status);
}

static void on_signals(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(d);
		else
			d->stop = true;
	}
}

static void serve(struct daemon *d)
{
	while (!d->stop) {
		struct pollfd p[2] = {{.fd = d->signals, .events = POLLIN},
				      {.fd = d->listener, .events = POLLIN}};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents)
			on_signals(d);
		if (p[1].revents && !d->stop)
			on_client(d);
	}
}

/* Ends the workers: asks, waits a second, kills. */
static void end_workers(struct daemon *d)
{
	const struct timespec step = {.tv_nsec = 10000000};

	for (uint32_t i = 0; i < d->num_workers; i++)
		kill(d->worker[i].pid, SIGTERM);
	for (int ms = 0; d->num_workers && ms < GRACE_MS; ms += 10) {
		reap(d);
		if (d->num_workers)
			nanosleep(&step, NULL);
	}
	for (uint32_t i = 0; i < d->num_workers; i++) {
		kill(d->worker[i].pid, SIGKILL);
		waitpid(d->worker[i].pid, NULL, 0);
	}
}

/* Everything that is needed before the first client. Says what is wrong. */
static int start(struct daemon *d)
{
	char text[VT_LISTEN_TEXT];

	d->signals = open_signals();
	d->worker = calloc(d->o->max_clients, sizeof(*d->worker));
	if (d->signals < 0 || !d->worker) {
		vt_log(VT_LOG_ERROR, 0, "cannot start: %s", strerror(errno));
		return -1;
	}
	d->listener = vt_listen(d->o->socket, SOCK_SEQPACKET, text);
	if (d->listener >= 0 && d->o->vhost_user[0] && vt_vhost_create(d->o, &d->vhost, text)) {
		close(d->listener);
		unlink(d->o->socket);
		d->listener = -1;
	}
	if (d->listener < 0)
		vt_log(VT_LOG_ERROR, 0, "%s", text);
	return d->listener < 0 ? -1 : 0;
}

static int run(const struct vt_options *o)
{
	struct daemon d = {.o = o};

	if (o->exit_with_parent)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (check_provider(o) || start(&d))
		return 1;
	announce(o);
	serve(&d);
	close(d.listener);
	unlink(o->socket);
	vt_vhost_destroy(d.vhost);
	d.vhost = NULL;
	end_workers(&d);
	free(d.worker);
	return 0;
}

/* A device alone has a socket that nobody else finds. */
static int run_privately(const struct vt_options *named)
{
	struct vt_options o = *named;
	char *slash;
	int status;

	if (vt_listen_private(o.socket, sizeof(o.socket))) {
		vt_log(VT_LOG_ERROR, 0, "cannot make a folder for the socket: %s", strerror(errno));
		return 1;
	}
	status = run(&o);
	slash = strrchr(o.socket, '/');
	*slash = '\0';
	rmdir(o.socket);
	return status;
}

int vt_daemon_run(const struct vt_options *o)
{
	return o->vhost_user[0] && !o->socket_named ? run_privately(o) : run(o);
}
