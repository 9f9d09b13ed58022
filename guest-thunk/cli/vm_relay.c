/*
 * Carries a command's input and output between the guest and us, and finds out how it ended.
 *
 * One loop that never blocks but in poll(), so that a signal, the end of QEMU, or a reader of ours
 * that does not read are all the same to it. What the guest sends on the control wire is believed
 * no further than it can be checked.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest-thunk/cli/vm.h"

#define START_TIMEOUT_MS 180000 /* a loaded machine that emulates takes long */
#define LOG_SIZE         65536
#define LOG_LINES        25 /* shown if something has failed */
#define PUMP_SIZE        65536
#define PIPE_PART        4096 /* what a pipe takes at once if poll() says that it takes something */
#define UNKNOWN          (-1)

/* Bytes on their way from a descriptor to another; -1: that side has ended. */
struct pump {
	int from, to;
	size_t at, len;
	char bytes[PUMP_SIZE];
};

struct relay {
	struct vt_vm_wires *wires;
	bool verbose, up;
	int status; /* to be returned; UNKNOWN: it goes on */
	bool drain; /* nothing comes any more but what has been sent */
	struct pump in, out, err;
	char line[256]; /* of the control wire, as far as it has come */
	size_t line_len;
	char log[LOG_SIZE]; /* what the console and QEMU said last */
	size_t log_len;
};

enum { P_IN, P_OUT, P_ERR, P_CONSOLE, P_CONTROL, P_WORDS, P_PROCESS, P_SIGNAL, P_NUM };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- What is said --- */

static void log_add(struct relay *r, const char *text, size_t len)
{
	if (r->verbose) {
		fwrite(text, 1, len, stderr);
		return;
	}
	if (len > LOG_SIZE / 2) {
		text += len - LOG_SIZE / 2;
		len = LOG_SIZE / 2;
	}
	if (r->log_len + len > LOG_SIZE) {
		memmove(r->log, r->log + LOG_SIZE / 2, r->log_len - LOG_SIZE / 2);
		r->log_len -= LOG_SIZE / 2;
	}
	memcpy(r->log + r->log_len, text, len);
	r->log_len += len;
}

static void log_show(const struct relay *r)
{
	size_t at = r->log_len, lines = 0;

	while (at && lines <= LOG_LINES)
		lines += r->log[--at] == '\n';
	if (lines > LOG_LINES)
		at++;
	fwrite(r->log + at, 1, r->log_len - at, stderr);
}

static int fail(struct relay *r, const char *why)
{
	log_show(r);
	vt_say("%s", why);
	return VT_EXIT_GUEST;
}

/* How QEMU has ended; it stays to be waited for. A container's QEMU that was ended by a signal has
 * 128 and its number as status. */
static void describe_end(int process, char ret[64])
{
	siginfo_t info = {.si_pid = 0};
	int status;

	ret[0] = '\0';
	if (waitid(P_PIDFD, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || !info.si_pid)
		return;
	status = info.si_status + (info.si_code == CLD_EXITED ? 0 : VT_EXIT_SIGNAL);
	if (status > VT_EXIT_SIGNAL)
		snprintf(ret, 64, " (QEMU: signal %d)", status - VT_EXIT_SIGNAL);
	else if (status)
		snprintf(ret, 64, " (QEMU: status %d)", status);
}

/* QEMU has ended without a word of the guest's on how the command did. */
static int fail_without_status(struct relay *r, int process)
{
	char how[64], why[128];

	if (memmem(r->log, r->log_len, "Kernel panic", strlen("Kernel panic")))
		return fail(r, "the guest's kernel panicked");
	describe_end(process, how);
	snprintf(why, sizeof(why), "the guest ended before %s%s",
		 r->up ? "the command did" : "it was up", how);
	return fail(r, why);
}

static void printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* A line of the guest's init: "up", "exit N", "fail TEXT". */
static void take_line(struct relay *r)
{
	int status;
	char end;

	if (strcmp(r->line, "up") == 0) {
		r->up = true;
	} else if (sscanf(r->line, "exit %3d%c", &status, &end) == 1 && status >= 0 &&
		   status < 256) {
		r->status = status;
		r->drain = true;
	} else if (strncmp(r->line, "fail ", 5) == 0) {
		char why[sizeof(r->line) + 16];

		printable(r->line);
		snprintf(why, sizeof(why), "in the guest: %s", r->line + 5);
		r->status = fail(r, why);
	}
}

static void take_control(struct relay *r, const char *text, size_t len)
{
	for (size_t i = 0; i < len && r->status == UNKNOWN; i++) {
		if (text[i] != '\n') {
			if (r->line_len < sizeof(r->line) - 1)
				r->line[r->line_len++] = text[i];
			continue;
		}
		r->line[r->line_len] = '\0';
		r->line_len = 0;
		take_line(r);
	}
}

/* --- Moving bytes --- */

/* Reads from one of the wires that are for us. Returns whether there was something. */
static bool take_wire(struct relay *r, enum vt_vm_wire wire)
{
	char text[4096];
	ssize_t n;

	if (r->wires->ours[wire] < 0)
		return false;
	n = recv(r->wires->ours[wire], text, sizeof(text), MSG_DONTWAIT);
	if (n < 0)
		return false;
	if (n == 0) {
		close(r->wires->ours[wire]);
		r->wires->ours[wire] = -1;
	} else if (wire == VT_VM_CONTROL) {
		take_control(r, text, (size_t)n);
	} else {
		log_add(r, text, (size_t)n);
	}
	return n > 0;
}

static void pump_read(struct pump *p)
{
	ssize_t n = read(p->from, p->bytes, sizeof(p->bytes));

	p->at = 0;
	p->len = n > 0 ? (size_t)n : 0;
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		p->from = -1;
}

/* Returns 0 or -errno of a writer that has nobody to write to. */
static int pump_write(struct pump *p)
{
	size_t len = p->len < PIPE_PART ? p->len : PIPE_PART;
	ssize_t n = write(p->to, p->bytes + p->at, len);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	p->at += (size_t)n;
	p->len -= (size_t)n;
	return 0;
}

static struct pollfd pump_wants(const struct pump *p)
{
	if (p->len)
		return (struct pollfd){.fd = p->to, .events = POLLOUT};
	return (struct pollfd){.fd = p->from, .events = POLLIN};
}

static int pump_move(struct pump *p, short happened)
{
	if (!happened)
		return 0;
	if (p->len)
		return pump_write(p);
	pump_read(p);
	return 0;
}

/* The end of our input is the end of the guest's, once all has been sent. A socket that is closed,
 * not shut down, makes QEMU forget what it has not read yet. */
static void move_input(struct relay *r, short happened)
{
	if (r->in.to < 0)
		return;
	if (pump_move(&r->in, happened) < 0 || (r->in.from < 0 && !r->in.len)) {
		shutdown(r->in.to, SHUT_WR);
		r->in.from = r->in.to = -1;
		r->in.len = 0;
	}
}

/* A local command would be ended by SIGPIPE here. */
static void move_output(struct relay *r, struct pump *p, short happened)
{
	int err = pump_move(p, happened);

	if (err == -EPIPE) {
		r->status = VT_EXIT_SIGNAL + SIGPIPE;
		r->drain = false;
	} else if (err) {
		vt_say("cannot write the command's output: %s", strerror(-err));
		r->status = VT_EXIT_FAILED;
		r->drain = false;
	}
}

static int take_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return UNKNOWN;
	return VT_EXIT_SIGNAL + (int)info.ssi_signo;
}

/* --- The loop --- */

static void fill(struct relay *r, struct pollfd at[P_NUM])
{
	const int *ours = r->wires->ours;

	at[P_IN] = pump_wants(&r->in);
	at[P_OUT] = pump_wants(&r->out);
	at[P_ERR] = pump_wants(&r->err);
	at[P_CONSOLE] = (struct pollfd){.fd = ours[VT_VM_CONSOLE], .events = POLLIN};
	at[P_CONTROL] = (struct pollfd){.fd = ours[VT_VM_CONTROL], .events = POLLIN};
	at[P_WORDS] = (struct pollfd){.fd = ours[VT_VM_WORDS], .events = POLLIN};
	if (r->drain)
		at[P_IN].fd = -1;
}

/* What is between us and QEMU when it has ended; then the last output is on its way out. */
static void take_rest(struct relay *r, int process)
{
	while (take_wire(r, VT_VM_CONTROL))
		;
	while (take_wire(r, VT_VM_CONSOLE) || take_wire(r, VT_VM_WORDS))
		;
	if (r->status == UNKNOWN)
		r->status = fail_without_status(r, process);
	r->drain = true;
}

static void handle(struct relay *r, struct pollfd at[P_NUM])
{
	move_input(r, at[P_IN].revents);
	move_output(r, &r->out, at[P_OUT].revents);
	move_output(r, &r->err, at[P_ERR].revents);
	if (at[P_CONSOLE].revents)
		take_wire(r, VT_VM_CONSOLE);
	if (at[P_WORDS].revents)
		take_wire(r, VT_VM_WORDS);
	if (at[P_CONTROL].revents && !r->drain)
		take_wire(r, VT_VM_CONTROL);
	if (at[P_PROCESS].revents && !r->drain)
		take_rest(r, at[P_PROCESS].fd);
	if (at[P_SIGNAL].revents) {
		r->status = take_signal(at[P_SIGNAL].fd);
		r->drain = false;
	}
}

/* The command has ended and its last output has been written by QEMU before we are told so: what
 * can be read now is all. */
static bool is_drained(const struct pollfd at[P_NUM])
{
	return !at[P_OUT].revents && !at[P_ERR].revents && at[P_OUT].events == POLLIN &&
	       at[P_ERR].events == POLLIN;
}

static int loop(struct relay *r, struct pollfd at[P_NUM])
{
	int64_t deadline = now_ms() + START_TIMEOUT_MS;

	while (r->status == UNKNOWN || r->drain) {
		int64_t left = deadline - now_ms();
		bool draining = r->drain;
		int n, timeout;

		fill(r, at);
		/* a poll that waits for our own reader has no limit */
		timeout = r->up ? -1 : left > 0 ? (int)left : 0;
		if (draining)
			timeout = at[P_OUT].events == POLLIN && at[P_ERR].events == POLLIN ? 0 : -1;
		if (draining)
			at[P_PROCESS].fd = -1;
		n = poll(at, P_NUM, timeout);
		if (n < 0 && errno != EINTR)
			return VT_EXIT_FAILED;
		if (n == 0 && !draining && !r->up)
			return fail(r, "the guest does not come up");
		if (n >= 0)
			handle(r, at);
		if (draining && n >= 0 && is_drained(at))
			break;
	}
	return r->status;
}

int vt_vm_relay(struct vt_vm_wires *w, pid_t pid, bool verbose)
{
	struct relay *r = calloc(1, sizeof(*r));
	int process = (int)syscall(SYS_pidfd_open, pid, 0), signals = -1, status;
	struct pollfd at[P_NUM];
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGQUIT);
	sigaddset(&ending, SIGTERM);
	signals = signalfd(-1, &ending, SFD_CLOEXEC);
	if (!r || process < 0 || signals < 0) {
		vt_say("cannot watch QEMU: %s", strerror(errno));
		status = VT_EXIT_FAILED;
	} else {
		r->wires = w;
		r->verbose = verbose;
		r->status = UNKNOWN;
		r->in.to = w->ours[VT_VM_STDIN];
		r->out.from = w->ours[VT_VM_STDOUT];
		r->out.to = STDOUT_FILENO;
		r->err.from = w->ours[VT_VM_STDERR];
		r->err.to = STDERR_FILENO;
		at[P_PROCESS] = (struct pollfd){.fd = process, .events = POLLIN};
		at[P_SIGNAL] = (struct pollfd){.fd = signals, .events = POLLIN};
		status = loop(r, at);
	}
	if (process >= 0)
		close(process);
	if (signals >= 0)
		close(signals);
	free(r);
	return status;
}
