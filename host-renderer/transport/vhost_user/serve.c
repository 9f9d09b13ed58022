/* The loop of the device's process. Nothing in it waits but poll(). */
#include "host-renderer/transport/vhost_user/serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-renderer/transport/vhost_user/device.h"
#include "proto/base/log.h"

enum {
	ON_SIGNAL,
	ON_LISTENER,
	ON_RETIRED,
	ON_FRONT,
	ON_BACK,
	ON_KICK,
	POLLS = ON_KICK + VU_QUEUES
};

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A guest's blobs are open files here. */
static void raise_file_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static void on_front_end(struct vu_device *dev, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (dev->front.fd >= 0) {
		vt_log(VT_LOG_WARN, 0, "refused a second virtual machine: the device has one");
		close(fd);
		return;
	}
	vt_log(VT_LOG_INFO, 0, "a virtual machine is there");
	vu_front_open(dev, fd);
}

static void on_message(struct vu_device *dev)
{
	int err = vu_front_serve(dev);

	if (!err)
		return;
	if (err == -EPIPE)
		vt_log(VT_LOG_INFO, 0, "the virtual machine has gone");
	else
		vt_log(VT_LOG_ERROR, 0, "the virtual machine's connection is cut: %s",
		       strerror(-err));
	vu_front_close(dev);
}

static void clear_event(int fd)
{
	uint64_t count;
	ssize_t ignored = read(fd, &count, sizeof(count));

	(void)ignored;
}

static void dispatch(struct vu_device *dev, const struct pollfd p[POLLS])
{
	for (unsigned i = 0; i < VU_QUEUES; i++) {
		if (p[ON_KICK + i].revents & POLLIN)
			clear_event(p[ON_KICK + i].fd);
		else if (p[ON_KICK + i].revents)
			vu_queue_forget_kick(&dev->queue[i]);
	}
	if (p[ON_RETIRED].revents)
		clear_event(dev->retired.event_fd);
	/* The channel for requests first: closing the other one closes it. */
	if (p[ON_BACK].revents)
		vu_window_serve(dev);
	if (p[ON_FRONT].revents)
		on_message(dev);
	/* After the hang-up of the one before it, which was there first. */
	if (p[ON_LISTENER].revents)
		on_front_end(dev, p[ON_LISTENER].fd);
	vu_gpu_retire(dev);
}

/* Whether one of them ends the device. Without the daemon nobody else may connect: whoever listens
 * here next is another device. */
static bool on_signals(int signals, int *listener)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGHUP) {
			end = true;
		} else if (*listener >= 0) {
			close(*listener);
			*listener = -1;
		}
	}
	return end;
}

static void loop(struct vu_device *dev, int listener, int signals)
{
	bool more = false;

	while (listener >= 0 || dev->front.fd >= 0) {
		struct pollfd p[POLLS] = {
		    [ON_SIGNAL] = {.fd = signals, .events = POLLIN},
		    [ON_LISTENER] = {.fd = listener, .events = POLLIN},
		    [ON_RETIRED] = {.fd = dev->retired.event_fd, .events = POLLIN},
		    [ON_FRONT] = {.fd = dev->front.fd, .events = POLLIN},
		    [ON_BACK] = {.fd = dev->back.fd, .events = POLLIN},
		};

		for (unsigned i = 0; i < VU_QUEUES; i++)
			p[ON_KICK + i] =
			    (struct pollfd){.fd = dev->queue[i].kick, .events = POLLIN};
		if (poll(p, POLLS, more ? 0 : -1) < 0 && errno != EINTR)
			break;
		dispatch(dev, p);
		if (p[ON_SIGNAL].revents && on_signals(signals, &listener))
			break;
		more = vu_gpu_serve(dev);
	}
	if (listener >= 0)
		close(listener);
}

int vu_serve(int listener, int control_fd, const char *renderer, uint64_t window_bytes)
{
	struct vu_device *dev;
	int err, signals = open_signals();

	if (signals < 0)
		return -errno;
	raise_file_limit();
	err = vu_device_create(renderer, control_fd, window_bytes, &dev);
	if (!err) {
		loop(dev, listener, signals);
		vu_device_destroy(dev);
	}
	close(signals);
	return err;
}
