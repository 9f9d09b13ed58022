/*
 * tests/support/stub_renderer.h - a renderer in this process, for one client: greets it and hands
 * its requests to a function of the test.
 *
 * What goes wrong here ends the test with a message.
 */
#ifndef VT_TEST_STUB_RENDERER_H
#define VT_TEST_STUB_RENDERER_H

#include <pthread.h>
#include <stdbool.h>

#include "proto/wire/evpage.h"
#include "proto/wire/ring.h"
#include "proto/wire/sock.h"

struct stub_renderer;

/* A request, with its files, which are the function's. Runs on the renderer's thread. */
typedef void stub_request(struct stub_renderer *r, const struct vt_frame *f, const uint8_t *body,
			  const int *fds, unsigned nfds);

struct stub_renderer {
	char folder[32], socket[64];
	int listen_fd;
	_Atomic int sock;     /* once connected; else -1 */
	_Atomic bool greeted; /* and only then the channel and the events are there */
	_Atomic bool ends;
	pthread_t thread;
	stub_request *on_request;
	uint32_t refuse; /* an errno for the welcome, or 0 */
	struct vt_channel channel;
	struct vt_event_page *events;
	void *channel_memory;
};

/* Listens from now on. refuse: as in the struct. */
void stub_renderer_start(struct stub_renderer *r, stub_request *on_request, uint32_t refuse);

/* Hangs up, whatever it is doing; returns when its thread has ended. */
void stub_renderer_hang_up(struct stub_renderer *r);

/* Ends it, whether it had a client or not. */
void stub_renderer_stop(struct stub_renderer *r);

/* Answers a request; the files stay the caller's. */
void stub_reply(struct stub_renderer *r, const struct vt_frame *request, int err, const void *body,
		uint32_t len, const int *fds, unsigned nfds);

/* Signals an event as a renderer does. There must be a client. */
void stub_publish(struct stub_renderer *r, unsigned slot);

#endif
