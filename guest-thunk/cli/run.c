/* vthunk run: the command, its signals, its exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/container.h"

static volatile sig_atomic_t command_pid;

/* A signal that the terminal sends goes to the whole foreground group, so the command has it
 * already. */
static void pass_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (command_pid > 0 && info->si_code <= 0)
		kill((pid_t)command_pid, sig);
}

static const int passed_signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				     SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};
#define NUM_PASSED (sizeof(passed_signals) / sizeof(passed_signals[0]))

static void handle_signals(void)
{
	struct sigaction action = {.sa_sigaction = pass_signal,
				   .sa_flags = SA_SIGINFO | SA_RESTART};

	for (size_t i = 0; i < NUM_PASSED; i++) {
		struct sigaction old;

		/* What is ignored (nohup) stays so, here and in the command. */
		if (sigaction(passed_signals[i], NULL, &old) == 0 &&
		    ((old.sa_flags & SA_SIGINFO) || old.sa_handler != SIG_IGN))
			sigaction(passed_signals[i], &action, NULL);
	}
}

/* Executes the command in this process. Comes back with the exit status only if that fails. */
static int execute(char **command)
{
	execvp(command[0], command);
	vt_say("%s: %s", command[0], strerror(errno));
	return errno == ENOENT ? VT_EXIT_NOT_FOUND : VT_EXIT_NOT_EXECUTABLE;
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? VT_EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/* SIGKILL cannot be passed on: the kernel does it when this process goes. */
static void end_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(VT_EXIT_FAILED);
}

/* Executes the command in a child and waits for its end. */
static int execute_and_wait(char **command)
{
	pid_t parent = getpid(), pid;
	sigset_t passed, old;
	int status;

	/* Signals wait until it is known to whom they go. */
	sigemptyset(&passed);
	for (size_t i = 0; i < NUM_PASSED; i++)
		sigaddset(&passed, passed_signals[i]);
	sigprocmask(SIG_BLOCK, &passed, &old);
	pid = fork();
	if (pid == 0) {
		end_with_parent(parent);
		sigprocmask(SIG_SETMASK, &old, NULL);
		_exit(execute(command));
	}
	if (pid < 0) {
		vt_say("cannot fork: %s", strerror(errno));
		sigprocmask(SIG_SETMASK, &old, NULL);
		return VT_EXIT_FAILED;
	}
	command_pid = pid;
	handle_signals();
	sigprocmask(SIG_SETMASK, &old, NULL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return VT_EXIT_FAILED;
	command_pid = 0;
	return status_of(status);
}

/* Has the statistics of the run written to a file in the private folder. */
static int prepare_stats(struct vt_renderer *r, char path[PATH_MAX + 8])
{
	int err = vt_renderer_make_folder(r);

	if (err)
		return err;
	snprintf(path, PATH_MAX + 8, "%s/stats", r->folder);
	return setenv("VTHUNK_STATS", path, 1) < 0 ? -errno : 0;
}

/* What a run leaves in its folder, for its command and for us; "": nothing. */
struct leavings {
	char stats[PATH_MAX + 8], view[VT_VIEW_PATH_MAX];
};

static int prepare(const struct vt_options *o, struct vt_renderer *r, struct leavings *l)
{
	int err = o->direct ? 0 : vt_renderer_find(o, r);

	if (!err)
		vt_view_create(o, r, l->view); /* a program that uses the GPU can do without */
	return !err && o->stats && !o->direct ? prepare_stats(r, l->stats) : err;
}

static void tell_stats(const struct vt_options *o, const char *path)
{
	if (o->stats && o->direct)
		vt_say("--direct: nothing was forwarded");
	else if (o->stats)
		vt_stats_print(path);
}

static int run_here(const struct vt_options *o, struct vt_renderer *r, const struct leavings *l)
{
	int status;

	if (vt_environment_set(o, r) || (l->view[0] && setenv("VTHUNK_VIEW", l->view, 1) < 0))
		return VT_EXIT_FAILED;
	if (!r->folder[0] && !o->stats)
		return execute(o->command); /* nothing is left to do afterwards */
	status = execute_and_wait(o->command);
	tell_stats(o, l->stats);
	return status;
}

/* A file can be mounted in a container only if it is there. */
static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		vt_say("%s: %s", path, strerror(errno));
		return -errno;
	}
	close(fd);
	return 0;
}

static int run_in_container(const struct vt_options *o, struct vt_container *c,
			    const struct vt_renderer *r, const struct leavings *l)
{
	char **command;
	int status;

	if (l->stats[0] && make_file(l->stats))
		return VT_EXIT_FAILED;
	command = vt_container_command(c, o->direct ? NULL : r, l->view[0] ? l->view : NULL,
				       l->stats[0] ? l->stats : NULL);
	if (!command)
		return VT_EXIT_FAILED;
	status = execute_and_wait(command);
	tell_stats(o, l->stats);
	return status;
}

int vt_cmd_run(const struct vt_options *o)
{
	struct vt_renderer r = {.pid = 0};
	struct vt_container *c = NULL;
	struct leavings l = {"", ""};
	int status = VT_EXIT_FAILED;

	if (o->image && vt_container_create(o, &c))
		return VT_EXIT_FAILED;
	if (prepare(o, &r, &l) == 0)
		status = c ? run_in_container(o, c, &r, &l) : run_here(o, &r, &l);
	vt_container_destroy(c);
	vt_view_destroy(l.view);
	vt_renderer_end(&r);
	return status;
}
