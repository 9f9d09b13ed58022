/* A client for tests. */
#include "tests/support/client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/vt_test.h"

#define MAX_ARGS   24
#define TIMEOUT_MS 20000

static void pause_ms(long ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static char *unconst(const char *s)
{
	union {
		const char *in;
		char *out;
	} u = {s};

	return u.out;
}

/* Starts vthunkd. out_fd becomes its standard output, err_fd (or -1) its standard error. */
static pid_t start(const char *const *argv, int out_fd, int err_fd)
{
	char *args[MAX_ARGS] = {unconst("vthunkd")};
	unsigned n = 1;
	pid_t pid;

	for (; argv[n - 1] && n < MAX_ARGS - 1; n++)
		args[n] = unconst(argv[n - 1]);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out_fd, STDOUT_FILENO);
	if (err_fd >= 0)
		dup2(err_fd, STDERR_FILENO);
	execv(VT_VTHUNKD, args);
	_exit(127);
}

void test_renderer_start(struct test_renderer *r, const char *const *more)
{
	static unsigned serial;

	snprintf(r->socket, sizeof(r->socket), "/tmp/vt-test-%d-%u.sock", (int)getpid(), serial++);
	test_renderer_again(r, more);
}

void test_renderer_again(struct test_renderer *r, const char *const *more)
{
	const char *argv[MAX_ARGS] = {"--socket", r->socket, "--device", VT_FAKE_PROVIDER};
	char line[256];
	int out[2];
	ssize_t len;

	for (unsigned n = 4; more && *more && n < MAX_ARGS - 1; n++)
		argv[n] = *more++;
	VT_ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
	r->pid = start(argv, out[1], -1);
	close(out[1]);
	len = read(out[0], line, sizeof(line) - 1);
	close(out[0]);
	VT_ASSERT_MSG(len > 0, "the renderer did not start");
	line[len] = '\0';
	VT_ASSERT_MSG(strncmp(line, "vthunkd: listening on ", 22) == 0, "said: %s", line);
}

static int wait_status(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		VT_ASSERT_EQ(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int test_renderer_try(const char *const *argv, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int out[2];
	pid_t pid;

	VT_ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
	pid = start(argv, out[1], out[1]);
	close(out[1]);
	while (len < size - 1 && (n = read(out[0], text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(out[0]);
	return wait_status(pid);
}

int test_renderer_stop(struct test_renderer *r)
{
	kill(r->pid, SIGTERM);
	return wait_status(r->pid);
}

static pid_t parent_of(pid_t pid)
{
	char path[64], line[512];
	const char *at;
	FILE *f;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f) && (at = strrchr(line, ')')) &&
	    sscanf(at + 1, " %*c %d", &parent) != 1)
		parent = 0;
	fclose(f);
	return parent;
}

/* Children of a process; *ret_one is one of them. */
static unsigned count_children(pid_t parent, pid_t *ret_one)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	unsigned n = 0;

	VT_ASSERT(dir);
	while ((e = readdir(dir))) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid > 0 && parent_of(pid) == parent) {
			*ret_one = pid;
			n++;
		}
	}
	closedir(dir);
	return n;
}

pid_t test_child_of(pid_t parent)
{
	pid_t one = 0;

	return count_children(parent, &one) == 1 ? one : 0;
}

bool test_renderer_workers(const struct test_renderer *r, unsigned n)
{
	pid_t one;

	for (unsigned i = 0; i < 200; i++) {
		if (count_children(r->pid, &one) == n)
			return true;
		pause_ms(10);
	}
	return false;
}

int test_connect(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	VT_ASSERT(sock >= 0);
	memcpy(addr.sun_path, path, strlen(path));
	VT_ASSERT_EQ(connect(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return sock;
}

static void *map_all(int fd, size_t size)
{
	struct stat st;
	void *at;

	VT_ASSERT_EQ(fstat(fd, &st), 0);
	VT_ASSERT_EQ(st.st_size, size);
	VT_ASSERT(fcntl(fd, F_GET_SEALS) & F_SEAL_SHRINK);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	VT_ASSERT(at != MAP_FAILED);
	close(fd);
	return at;
}

void test_client_open(struct test_client *c, const struct test_renderer *r)
{
	struct vt_hello hello;
	char text[128] = "";
	int fds[VT_WELCOME_FDS], err;

	memset(c, 0, sizeof(*c));
	c->sock = test_connect(r->socket);
	vt_hello_init(&hello, "test");
	err = vt_sock_greet(c->sock, &hello, &c->welcome, fds, text, TIMEOUT_MS);
	VT_ASSERT_MSG(err == 0, "greeting: %d, %s", err, text);
	vt_channel_init(&c->channel, map_all(fds[VT_WELCOME_CHANNEL_FD], VT_CHANNEL_BYTES));
	c->events = map_all(fds[VT_WELCOME_EVENTS_FD], VT_EVENT_PAGE_BYTES);
}

void test_client_window(struct test_client *c)
{
	for (unsigned i = 0; i < VT_WINDOW_CANDIDATES; i++) {
		struct vt_window_req req = {vt_window_candidate(i), VT_WINDOW_MIN};
		void *want = (void *)(uintptr_t)req.base_va;
		void *got =
		    mmap(want, req.size, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

		if (got == want && test_call(c, VT_OP_WINDOW, &req, NULL, -1) == 0) {
			c->window_va = req.base_va;
			c->window_size = req.size;
			return;
		}
		if (got != MAP_FAILED)
			munmap(got, req.size);
	}
	VT_ASSERT_MSG(false, "no window");
}

void test_client_close(struct test_client *c)
{
	close(c->sock);
	munmap(c->channel.requests.shared, VT_CHANNEL_BYTES);
	munmap(c->events, VT_EVENT_PAGE_BYTES);
	if (c->window_size)
		munmap((void *)(uintptr_t)c->window_va, c->window_size);
}

static void send_request(struct test_client *c, unsigned op, const void *req, int fd)
{
	int len = vt_codec_pack(op, VT_REQUEST, req, c->body);
	struct vt_frame f = {.op = (uint16_t)op, .seqno = ++c->seqno, .body_len = (uint32_t)len};

	VT_ASSERT(len >= 0);
	if (fd >= 0) {
		f.flags = VT_FRAME_FDS;
		VT_ASSERT_EQ(vt_sock_send_fds(c->sock, f.seqno, &fd, 1), 0);
	}
	VT_ASSERT_EQ(vt_ring_write(&c->channel.requests, &f, c->body, TIMEOUT_MS), 0);
}

int test_call(struct test_client *c, unsigned op, const void *req, void *rep, int fd)
{
	struct vt_frame f;
	int err;

	send_request(c, op, req, fd);
	err = vt_ring_read(&c->channel.replies, &f, c->body, sizeof(c->body), VT_RING_SPIN_NS,
			   TIMEOUT_MS);
	VT_ASSERT_MSG(err == 0, "no reply to %s: %d", vt_op_info(op)->name, err);
	VT_ASSERT_EQ(vt_frame_check_reply(&f, (uint16_t)op, c->seqno), 0);
	c->nfds = 0;
	if (f.flags & VT_FRAME_FDS)
		VT_ASSERT_EQ(vt_sock_recv_fds(c->sock, f.seqno, c->fds, VT_MAX_FDS, &c->nfds), 0);
	if (f.error)
		return -f.error;
	VT_ASSERT_EQ(vt_codec_unpack(op, VT_REPLY, c->body, f.body_len, rep, &c->arena), 0);
	return 0;
}

void test_post(struct test_client *c, unsigned op, const void *req)
{
	send_request(c, op, req, -1);
}

int test_alloc(struct test_client *c, uint32_t node, uint32_t flags, uint64_t size,
	       struct vt_mem_alloc_rep *rep)
{
	struct vt_mem_alloc_req req = {.node = node, .flags_bits = flags, .size = size};
	int err = test_call(c, VT_OP_MEM_ALLOC, &req, rep, -1);
	void *at, *want = (void *)(uintptr_t)rep->blob.base_va;

	if (err)
		return err;
	VT_ASSERT_EQ(c->nfds, rep->blob.is_new);
	if (!rep->blob.is_new)
		return 0;
	at = mmap(want, rep->blob.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, c->fds[0],
		  (off_t)rep->blob.file_offset);
	close(c->fds[0]);
	VT_ASSERT(at == want);
	return 0;
}

bool test_hangs_up(const struct test_client *c)
{
	struct pollfd p = {.fd = c->sock};

	return poll(&p, 1, 1000) == 1 && p.revents & POLLHUP;
}
