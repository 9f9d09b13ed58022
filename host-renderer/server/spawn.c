/* Starting workers. Between fork() and exec() only async-signal-safe calls are made. */
#include "host-renderer/server/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_ENV 64

/* ThreadSanitizer wants the usual layout. */
#if defined(__SANITIZE_THREAD__)
#define KEEP_LAYOUT 1
#else
#define KEEP_LAYOUT 0
#endif

extern char **environ;

static bool kept(const char *var)
{
	const char *eq = strchr(var, '=');
	size_t len = eq ? (size_t)(eq - var) : strlen(var);

	if (strncmp(var, "SWGPU_", 6) == 0)
		return true;
	return len > 12 - 1 && strncmp(var + len - 11, "SAN_OPTIONS", 11) == 0;
}

/* The child's environment; *gfx_var has room for SWGPU_GFX. */
static void choose_env(const struct vt_options *o, char *env[MAX_ENV], char gfx_var[80])
{
	unsigned n = 0;

	for (char **var = environ; *var && n < MAX_ENV - 2; var++) {
		if (kept(*var) && !(o->gfx && strncmp(*var, "SWGPU_GFX=", 10) == 0))
			env[n++] = *var;
	}
	if (o->gfx) {
		snprintf(gfx_var, 80, "SWGPU_GFX=%s", o->gfx);
		env[n++] = gfx_var;
	}
	env[n] = NULL;
}

/* Files: 0 from /dev/null, 1 and 2 as they are, from VT_WORKER_FD on the given ones, no more. They
 * are first moved out of the way of each other. */
static void arrange_files(const int *fds, unsigned nfds)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), away[VT_SPAWN_FDS];

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	for (unsigned i = 0; i < nfds; i++)
		away[i] = fcntl(fds[i], F_DUPFD, VT_WORKER_FD + VT_SPAWN_FDS);
	for (unsigned i = 0; i < nfds; i++)
		dup2(away[i], VT_WORKER_FD + (int)i);
	syscall(SYS_close_range, VT_WORKER_FD + nfds, ~0u, 0);
}

static void child(const struct vt_worker_args *args, char *const env[MAX_ENV], const int *fds,
		  unsigned nfds, int end_signal, pid_t parent)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, end_signal);
	if (getppid() != parent)
		_exit(1);
	arrange_files(fds, nfds);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!KEEP_LAYOUT)
		personality(ADDR_COMPAT_LAYOUT);
	execve("/proc/self/exe", args->argv, env);
	_exit(127);
}

pid_t vt_spawn(const struct vt_options *o, enum vt_run run, uint64_t context_id, const int *fds,
	       unsigned nfds)
{
	struct vt_worker_args args;
	char *env[MAX_ENV], gfx_var[80];
	pid_t parent = getpid(), pid;

	vt_options_for_worker(o, run, context_id, &args);
	choose_env(o, env, gfx_var);
	pid = fork();
	if (pid == 0)
		child(&args, env, fds, nfds, run == VT_RUN_VHOST ? SIGHUP : SIGKILL, parent);
	return pid < 0 ? -errno : pid;
}
