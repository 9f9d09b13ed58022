/*
 * Worker process: one guest context, from hello to hang-up.
 *
 * Threads: this one waits for the hang-up; another executes requests; object/ has its own.
 * Invariant: every object is reachable from the context, so ending it releases all of them in the
 * order queue, event, memory; and a release that takes too long is cut off by SIGALRM, since the
 * end of the process releases everything, too.
 */
#include "host-renderer/server/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-renderer/dispatch/dispatch.h"
#include "proto/wire/evpage.h"
#include "proto/wire/sock.h"

#define HELLO_TIMEOUT_MS 5000
#define RELEASE_SECONDS  2
#define PAGE             4096u

struct shared {
	int fd;
	void *at;
	size_t size;
};

struct worker {
	const struct vt_options *o;
	struct vt_provider provider;
	struct vt_ctx ctx;
	struct shared channel_file, events_file;
	struct vt_channel channel;
	struct vt_dispatch *dispatch;
	pthread_t thread;
};

/* Ends the heap where it is: more would grow into the part of the address space where clients have
 * theirs. */
static void fence_heap(void)
{
	uintptr_t end = ((uintptr_t)sbrk(0) + PAGE - 1) & ~(uintptr_t)(PAGE - 1);

	mmap((void *)end, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
	     0);
}

static int make_shared(const char *name, size_t size, struct shared *ret)
{
	struct shared s = {.size = size};
	int err;

	s.fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (s.fd < 0)
		return -errno;
	if (ftruncate(s.fd, (off_t)size) < 0 ||
	    fcntl(s.fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto close_fd;
	s.at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, 0);
	if (s.at == MAP_FAILED)
		goto close_fd;
	*ret = s;
	return 0;

close_fd:
	err = -errno;
	close(s.fd);
	return err;
}

static int refuse(struct vt_welcome *w, int err, const char *text)
{
	w->error = (uint32_t)-err;
	snprintf(w->text, sizeof(w->text), "%s", text);
	return err;
}

/* Reads the hello and checks it. Returns 0, or -errno with the welcome saying why; -EPIPE: nobody
 * to tell. */
static int take_hello(struct vt_hello *hello, struct vt_welcome *w)
{
	char text[128];
	int err =
	    vt_sock_recv(VT_WORKER_FD, hello, sizeof(*hello), NULL, 0, NULL, HELLO_TIMEOUT_MS);

	if (err == -EBADMSG)
		return refuse(w, -EPROTO,
			      "the renderer got a greeting that it does not understand");
	if (err)
		return -EPIPE;
	if (hello->magic != VT_HELLO_MAGIC)
		return refuse(w, -EPROTO, "the renderer got a greeting that is not vthunk's");
	if (hello->major != VT_PROTO_MAJOR) {
		snprintf(text, sizeof(text),
			 "the library speaks protocol %u.%u, the renderer %u.%u", hello->major,
			 hello->minor, VT_PROTO_MAJOR, VT_PROTO_MINOR);
		return refuse(w, -EPROTO, text);
	}
	if (hello->page_size != (uint32_t)sysconf(_SC_PAGESIZE))
		return refuse(w, -EPROTO, "library and renderer have pages of different sizes");
	return 0;
}

static int open_context(struct worker *wk, struct vt_welcome *w)
{
	char text[VT_PROVIDER_TEXT];
	int err = vt_provider_load(&wk->provider, wk->o->device, text);

	if (err) {
		vt_log(VT_LOG_ERROR, wk->o->context_id, "%s", text);
		return refuse(w, err, "the renderer cannot load its device");
	}
	err = make_shared("vt-channel", VT_CHANNEL_BYTES, &wk->channel_file);
	if (!err)
		err = make_shared("vt-events", VT_EVENT_PAGE_BYTES, &wk->events_file);
	if (!err)
		err = vt_ctx_init(&wk->ctx, wk->o->context_id, &wk->provider, &wk->o->limits,
				  wk->events_file.at);
	if (err) {
		vt_log(VT_LOG_ERROR, wk->o->context_id, "cannot open device %s: %s", wk->o->device,
		       vt_err_name(err));
		return refuse(w, err, "the renderer cannot open its device");
	}
	return 0;
}

/* The greeting, whole. On 0 the client has been welcomed and the context is open. */
static int greet(struct worker *wk)
{
	struct vt_hello hello;
	struct vt_welcome w = {.magic = VT_HELLO_MAGIC,
			       .major = VT_PROTO_MAJOR,
			       .minor = VT_PROTO_MINOR,
			       .context_id = wk->o->context_id,
			       .ring_bytes = VT_RING_BYTES,
			       .event_slots = VT_EVENT_SLOTS};
	int fds[VT_WELCOME_FDS], err = take_hello(&hello, &w);

	if (err == -EPIPE)
		return err;
	if (!err)
		err = open_context(wk, &w);
	if (err) {
		vt_log(VT_LOG_WARN, wk->o->context_id, "refused: %s", w.text);
		vt_sock_send(VT_WORKER_FD, &w, sizeof(w), NULL, 0);
		return err;
	}
	vt_log(VT_LOG_INFO, w.context_id, "the client calls itself process %u, protocol %u.%u",
	       hello.pid, hello.major, hello.minor);
	fds[VT_WELCOME_CHANNEL_FD] = wk->channel_file.fd;
	fds[VT_WELCOME_EVENTS_FD] = wk->events_file.fd;
	err = vt_sock_send(VT_WORKER_FD, &w, sizeof(w), fds, VT_WELCOME_FDS);
	close(wk->channel_file.fd);
	close(wk->events_file.fd);
	if (err)
		vt_ctx_fini(&wk->ctx);
	return err;
}

/* The thread that executes requests. When it breaks off, the client learns it by the hang-up. */
static void *run_requests(void *arg)
{
	struct worker *wk = arg;

	prctl(PR_SET_NAME, "vt-requests");
	vt_dispatch_run(wk->dispatch);
	shutdown(VT_WORKER_FD, SHUT_RDWR);
	return NULL;
}

static int start_requests(struct worker *wk)
{
	struct vt_dispatch *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	vt_channel_init(&wk->channel, wk->channel_file.at);
	d->ctx = &wk->ctx;
	d->channel = &wk->channel;
	d->sock = VT_WORKER_FD;
	d->version = VT_VERSION;
	d->device = wk->o->device;
	wk->dispatch = d;
	return -pthread_create(&wk->thread, NULL, run_requests, wk);
}

/* Waits for the client's hang-up, or ours. */
static void wait_hangup(void)
{
	struct pollfd p = {.fd = VT_WORKER_FD};

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

int vt_worker_run(const struct vt_options *o)
{
	static struct worker wk;

	prctl(PR_SET_NAME, "vthunkd-worker"); /* else "exe", by which it was started */
	fence_heap();
	wk.o = o;
	fcntl(VT_WORKER_FD, F_SETFD, FD_CLOEXEC);
	if (greet(&wk))
		return 1;
	if (start_requests(&wk))
		return 1;
	wait_hangup();
	alarm(RELEASE_SECONDS);
	vt_channel_close(&wk.channel);
	pthread_join(wk.thread, NULL);
	vt_ctx_fini(&wk.ctx);
	free(wk.dispatch);
	return 0;
}

int vt_check_run(const struct vt_options *o)
{
	struct vt_provider p;
	char text[VT_PROVIDER_TEXT];
	int err = vt_provider_load(&p, o->device, text);

	if (!err)
		err = vt_provider_check(&p, o->gfx, text);
	if (err)
		vt_log(VT_LOG_ERROR, 0, "%s", text);
	return err ? 1 : 0;
}
