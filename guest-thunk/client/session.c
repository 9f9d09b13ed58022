/*
 * Opening and closing, the watcher that sees the renderer go, and fork.
 *
 * Locks: open_lock is held over opening and closing as a whole; state_lock guards the pointer to
 * the session, its reference count and the number of openings, and is never held over anything that
 * blocks.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest-thunk/client/session.h"
#include "guest-thunk/client/stats.h"
#include "proto/base/log.h"

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vt_session *current; /* guarded by state_lock */
static unsigned openings;          /* guarded by state_lock */

/* A page that the kernel clears in a child, however it was forked (MADV_WIPEONFORK). 0: we are such
 * a child, or nothing was ever opened. */
static _Atomic uint32_t *our_process;

const char *vt_session_socket(char path[VT_SOCKET_PATH_MAX])
{
	const char *socket = getenv("VTHUNK_SOCKET"), *dir = getenv("XDG_RUNTIME_DIR");
	int len;

	if (socket && *socket) {
		snprintf(path, VT_SOCKET_PATH_MAX, "%s", socket);
		return path;
	}
	if (dir && *dir) {
		len = snprintf(path, VT_SOCKET_PATH_MAX, "%s/" VT_USER_SOCKET_NAME, dir);
		if (len < VT_SOCKET_PATH_MAX && access(path, F_OK) == 0)
			return path;
	}
	strcpy(path, VT_SYSTEM_SOCKET);
	return path;
}

/* --- References --- */

static void destroy(struct vt_session *s)
{
	vt_memory_fini(&s->memory);
	vt_queues_fini(&s->queues);
	vt_events_fini(&s->events);
	vt_blobs_fini(&s->blobs);
	vt_window_release(&s->window);
	vt_topology_fini(&s->topology);
	vt_caller_fini(&s->caller);
	free(s);
}

static bool is_our_process(void)
{
	return our_process && atomic_load_explicit(our_process, memory_order_relaxed);
}

struct vt_session *vt_session_get(void)
{
	struct vt_session *s;

	if (!is_our_process())
		return NULL;
	pthread_mutex_lock(&state_lock);
	s = current;
	if (s)
		s->refs++;
	pthread_mutex_unlock(&state_lock);
	return s;
}

void vt_session_put(struct vt_session *s)
{
	unsigned left;

	pthread_mutex_lock(&state_lock);
	left = --s->refs;
	pthread_mutex_unlock(&state_lock);
	if (!left)
		destroy(s);
}

static struct vt_session *replace_current(struct vt_session *s, unsigned new_openings)
{
	struct vt_session *old;

	pthread_mutex_lock(&state_lock);
	old = current;
	current = s;
	openings = new_openings;
	pthread_mutex_unlock(&state_lock);
	return old;
}

/* --- The watcher --- */

/*
 * A ROCm runtime that waits for the GPU never looks at the thunk again. What ends it is a memory
 * fault: the thread in which it waits for events wakes, reports and aborts. Without that thread
 * (HSA_ENABLE_INTERRUPT=0) nothing would end it, so this does.
 */
static void on_renderer_gone(struct vt_session *s)
{
	unsigned queues = vt_queues_count(&s->queues);
	bool told;

	atomic_store(&s->caller.gone, true);
	s->caller.transport->ops->stop(s->caller.transport);
	vt_log(VT_LOG_ERROR, s->caller.transport->context_id,
	       "the renderer has gone; what ran on the GPU is lost (%u queues)", queues);
	told = vt_events_lose(&s->events, vt_topology_first_gpu(&s->topology));
	if (queues && !told) {
		vt_log(VT_LOG_ERROR, 0,
		       "nothing in this program waits for errors of the GPU: ending it");
		abort();
	}
}

static void *watch(void *arg)
{
	struct vt_session *s = arg;

	s->caller.transport->ops->wait_gone(s->caller.transport);
	if (!atomic_load(&s->closing))
		on_renderer_gone(s);
	vt_session_put(s);
	return NULL;
}

/* The program's signals are for the program's threads. */
static int start_watcher(struct vt_session *s)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	s->refs++;
	err = -pthread_create(&s->watcher, NULL, watch, s);
	if (err)
		s->refs--;
	else
		pthread_setname_np(s->watcher, "vthunk-watch");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

/* --- fork --- */

static void fork_prepare(void)
{
	pthread_mutex_lock(&open_lock);
	vt_memory_fork_prepare();
	pthread_mutex_lock(&state_lock);
}

static void fork_parent(void)
{
	pthread_mutex_unlock(&state_lock);
	vt_memory_fork_parent();
	pthread_mutex_unlock(&open_lock);
}

/* The rest of the session is left lying: its locks may be held by threads that the child does not
 * have. */
static void fork_child(void)
{
	vt_memory_fork_child();
	if (current)
		current->caller.transport->ops->destroy(current->caller.transport);
	current = NULL;
	openings = 0;
	vt_stats_reset();
	pthread_mutex_init(&state_lock, NULL);
	pthread_mutex_init(&open_lock, NULL);
}

/* --- Opening and closing --- */

static void init_process(void)
{
	const char *level_name = getenv("VTHUNK_LOG");
	enum vt_log_level level;
	void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page != MAP_FAILED) {
		madvise(page, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK);
		our_process = page;
		atomic_store(our_process, 1);
	}
	if (level_name && vt_log_parse(level_name, &level))
		vt_log_init("vthunk", level);
	pthread_atfork(fork_prepare, fork_parent, fork_child);
}

static const char *named(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

/* As session.h says. */
static int connect_anywhere(struct vt_transport **ret, char text[VT_CONNECT_TEXT])
{
	const char *node = named("VTHUNK_RENDER_NODE");
	char path[VT_SOCKET_PATH_MAX], why[VT_CONNECT_TEXT];
	int err;

	vt_session_socket(path);
	if (named("VTHUNK_SOCKET") || (!node && access(path, F_OK) == 0))
		return vt_transport_sock_connect(path, ret, text);
	err = vt_transport_virtgpu_connect(node, ret, why);
	if (err && node)
		memcpy(text, why, sizeof(why));
	else if (err)
		snprintf(text, VT_CONNECT_TEXT, "no renderer listens at %.100s, and %.250s", path,
			 why);
	return err;
}

static int connect_session(struct vt_session *s)
{
	char text[VT_CONNECT_TEXT] = "";
	struct vt_transport *transport;
	int err = connect_anywhere(&transport, text);

	if (err) {
		vt_log(VT_LOG_ERROR, 0, "%s", text);
		if (err == -ENOENT || err == -ECONNREFUSED)
			vt_log(VT_LOG_ERROR, 0,
			       "start a renderer with vthunkd, or run the program with: "
			       "vthunk run -- COMMAND");
		return err == -EPROTO || err == -ENOMEM ? err : -ECONNREFUSED;
	}
	vt_caller_init(&s->caller, transport);
	return 0;
}

static int set_up(struct vt_session *s)
{
	int err;

	vt_memory_init(&s->memory);
	vt_queues_init(&s->queues);
	vt_blobs_init(&s->blobs);
	vt_events_init(&s->events, s->caller.transport);
	err = vt_window_reserve(&s->window, &s->caller);
	if (err) {
		vt_log(VT_LOG_ERROR, 0, "no common range of addresses: %s", strerror(-err));
		return err;
	}
	err = vt_topology_fetch(&s->topology, &s->caller);
	return err ? err : start_watcher(s);
}

static int make_session(struct vt_session **ret)
{
	struct vt_session *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	err = connect_session(s);
	if (err) {
		free(s);
		return err;
	}
	s->refs = 1;
	err = set_up(s);
	if (err) {
		destroy(s);
		return err == -EPIPE ? -ECONNREFUSED : err;
	}
	*ret = s;
	return 0;
}

/* Ends a session that is no longer the current one. */
static void retire(struct vt_session *s)
{
	atomic_store(&s->closing, true);
	s->caller.transport->ops->stop(s->caller.transport);
	pthread_join(s->watcher, NULL);
	vt_session_put(s);
}

/*
 * A session that has lost its renderer is never freed: what the program has mapped of it must stay
 * readable, for there may be threads that have not noticed.
 */
static void keep_lost(struct vt_session *s)
{
	static struct vt_session *lost;

	replace_current(NULL, 0);
	pthread_join(s->watcher, NULL);
	vt_memory_end_registrations(&s->memory);
	s->next_lost = lost;
	lost = s;
}

/* Whether the present session serves. */
static bool is_usable(void)
{
	struct vt_session *s = vt_session_get();
	bool usable;

	if (!s)
		return false;
	usable = !atomic_load(&s->caller.gone);
	if (!usable)
		keep_lost(s);
	vt_session_put(s);
	return usable;
}

int vt_session_open(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct vt_session *s;
	int err = 0;

	pthread_once(&once, init_process);
	if (!our_process)
		return -ENOMEM;
	if (!is_our_process()) {
		fork_child(); /* again, unless the C library knew nothing of the fork */
		atomic_store(our_process, 1);
	}
	pthread_mutex_lock(&open_lock);
	if (is_usable()) {
		pthread_mutex_lock(&state_lock);
		openings++;
		pthread_mutex_unlock(&state_lock);
		err = -EALREADY;
	} else {
		err = make_session(&s);
		if (!err)
			replace_current(s, 1);
	}
	pthread_mutex_unlock(&open_lock);
	return err;
}

int vt_session_close(void)
{
	struct vt_session *last = NULL;
	int err = 0;

	if (!is_our_process())
		return -ENOTCONN;
	pthread_mutex_lock(&open_lock);
	pthread_mutex_lock(&state_lock);
	if (!openings) {
		err = -ENOTCONN;
	} else if (--openings == 0) {
		last = current;
		current = NULL;
	}
	pthread_mutex_unlock(&state_lock);
	if (last)
		retire(last);
	pthread_mutex_unlock(&open_lock);
	return err;
}
