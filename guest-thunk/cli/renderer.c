/* Finding a renderer, or having one for this run. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/words.h"
#include "guest-thunk/client/session.h"

#define START_TIMEOUT_MS 15000
#define END_TIMEOUT_MS   3000
#define STEP_MS          5

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* 0 if somebody listens there, else -errno. */
static int try_socket(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int err = 0, sock;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		err = -errno;
	close(sock);
	return err;
}

int vt_renderer_make_folder(struct vt_renderer *r)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	int err;

	if (r->folder[0])
		return 0;
	if (!dir || access(dir, W_OK) < 0)
		dir = "/tmp";
	snprintf(r->folder, sizeof(r->folder), "%s/vthunk-XXXXXX", dir);
	if (mkdtemp(r->folder))
		return 0;
	err = -errno;
	vt_say("no folder for this run in %s: %s", dir, strerror(-err));
	r->folder[0] = '\0';
	return err;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGTERM);
	for (int waited = 0; waited < END_TIMEOUT_MS; waited += STEP_MS) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		sleep_ms(STEP_MS);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#define READY_FD 3

static void make_words(const struct vt_options *o, const char *program, const char *socket,
		       struct vt_words *to)
{
	vt_words_add(to, "%s", program);
	vt_words_add_all(to, (const char *const[]){"--exit-with-parent", "--ready-fd", "3",
						   "--socket", socket, "--device",
						   o->device ? o->device : "swgpu", NULL});
	if (o->gfx)
		vt_words_add_all(to, (const char *const[]){"--gfx", o->gfx, NULL});
	if (o->vhost_user) {
		vt_words_add_all(to, (const char *const[]){"--vhost-user", o->vhost_user, NULL});
		vt_words_add(to, "--hostmem");
		vt_words_add(to, "%llu", o->hostmem);
	}
}

/* In the child: becomes vthunkd, in a session of its own so that it gets no signals from the
 * terminal. */
static void become_renderer(const struct vt_options *o, const char *program, const char *socket,
			    int ready)
{
	struct vt_words words = {.num = 0};
	int err;

	setsid();
	if (ready == READY_FD)
		fcntl(ready, F_SETFD, 0);
	else
		dup2(ready, READY_FD);
	make_words(o, program, socket, &words);
	err = words.err;
	if (!err) {
		execv(program, words.word);
		err = -errno;
	}
	vt_say("cannot run %s: %s", program, strerror(-err));
	_exit(VT_EXIT_FAILED);
}

/* The renderer writes a line when it listens; if it ends before, the pipe does, too. */
static int wait_until_it_listens(struct vt_renderer *r, int ready)
{
	struct pollfd pfd = {.fd = ready, .events = POLLIN};
	char byte;
	int n;

	do
		n = poll(&pfd, 1, START_TIMEOUT_MS);
	while (n < 0 && errno == EINTR);
	if (n > 0 && read(ready, &byte, 1) == 1)
		return 0;
	if (n > 0)
		vt_say("the renderer did not start");
	else
		vt_say("the renderer does not listen after %d s", START_TIMEOUT_MS / 1000);
	end_process(r->pid);
	r->pid = 0;
	return n > 0 ? -ECHILD : -ETIMEDOUT;
}

static int launch(const struct vt_options *o, struct vt_renderer *r, const char *program)
{
	int ready[2], err;

	if (pipe2(ready, O_CLOEXEC) < 0) {
		err = -errno;
		vt_say("no pipe: %s", strerror(-err));
		return err;
	}
	r->pid = fork();
	if (r->pid == 0)
		become_renderer(o, program, r->socket, ready[1]);
	close(ready[1]);
	if (r->pid < 0) {
		err = -errno;
		vt_say("cannot fork: %s", strerror(-err));
		r->pid = 0;
	} else {
		err = wait_until_it_listens(r, ready[0]);
	}
	close(ready[0]);
	return err;
}

static int start(const struct vt_options *o, struct vt_renderer *r)
{
	char program[PATH_MAX];
	int err = vt_path(program, "bin/vthunkd");

	if (!err)
		err = vt_renderer_make_folder(r);
	if (err)
		return err;
	if (snprintf(r->socket, sizeof(r->socket), "%.*s/sock", PATH_MAX, r->folder) >=
	    (int)sizeof(r->socket)) {
		vt_say("the path of %s is too long for a socket", r->folder);
		return -ENAMETOOLONG;
	}
	return launch(o, r, program);
}

static void use(struct vt_renderer *r, const char *path)
{
	size_t len = strlen(path); /* try_socket() has found it short enough */

	if (len < sizeof(r->socket))
		memcpy(r->socket, path, len + 1);
}

static int use_named(struct vt_renderer *r, const char *path)
{
	int err = try_socket(path);

	if (err) {
		vt_say("no renderer listens at %s (%s); start one with: vthunkd --socket %s", path,
		       strerror(-err), path);
		return err;
	}
	use(r, path);
	return 0;
}

int vt_renderer_find_running(const char *socket, struct vt_renderer *r)
{
	const char *named = socket ? socket : getenv("VTHUNK_SOCKET");
	char path[VT_SOCKET_PATH_MAX];

	return use_named(r, named && *named ? named : vt_session_socket(path));
}

/*
 * Looks for a renderer behind a render node: the one that is named, or any. Returns 0: r has it, or
 * there is none; or -errno after saying why it cannot be used: it was named, or it is there and of
 * no use.
 */
static int find_node(struct vt_renderer *r)
{
	const char *named = getenv("VTHUNK_RENDER_NODE");
	char text[VT_CONNECT_TEXT];
	int err;

	if (named && !*named)
		named = NULL;
	err = vt_transport_virtgpu_find(named, r->node, text);
	if (err)
		r->node[0] = '\0';
	if (err && (named || err == -EPROTO || err == -ENOSPC)) {
		vt_say("%s", text);
		return err;
	}
	return 0;
}

int vt_renderer_find(const struct vt_options *o, struct vt_renderer *r)
{
	const char *named = o->socket ? o->socket : getenv("VTHUNK_SOCKET");
	const char *node = getenv("VTHUNK_RENDER_NODE");
	char path[VT_SOCKET_PATH_MAX];
	int err;

	if (o->device || o->gfx)
		return start(o, r);
	if (named && *named)
		return use_named(r, named);
	if (!(node && *node) && try_socket(vt_session_socket(path)) == 0) {
		use(r, path);
		return 0;
	}
	err = find_node(r);
	return err || r->node[0] ? err : start(o, r);
}

const char *vt_renderer_place(const struct vt_renderer *r)
{
	return r->node[0] ? r->node : r->socket;
}

int vt_renderer_set_variables(const struct vt_renderer *r)
{
	const char *is_set = r->node[0] ? "VTHUNK_RENDER_NODE" : "VTHUNK_SOCKET";

	unsetenv(r->node[0] ? "VTHUNK_SOCKET" : "VTHUNK_RENDER_NODE");
	if (setenv(is_set, vt_renderer_place(r), 1) == 0)
		return 0;
	vt_say("out of memory");
	return -ENOMEM;
}

static void remove_file(const char *folder, const char *name)
{
	int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return;
	unlinkat(dir, name, 0);
	close(dir);
}

void vt_renderer_end(struct vt_renderer *r)
{
	if (r->pid)
		end_process(r->pid);
	r->pid = 0;
	if (!r->folder[0])
		return;
	remove_file(r->folder, "sock");
	remove_file(r->folder, "stats");
	rmdir(r->folder);
	r->folder[0] = '\0';
}
