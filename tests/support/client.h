/*
 * tests/support/client.h - a client of the renderer for tests: the protocol by hand, and renderers
 * to talk to.
 *
 * What goes wrong here ends the test with a message.
 */
#ifndef VT_TEST_CLIENT_H
#define VT_TEST_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/wire/codec.h"
#include "proto/wire/evpage.h"
#include "proto/wire/msg.h"
#include "proto/wire/ring.h"
#include "proto/wire/sock.h"

struct test_renderer {
	pid_t pid;
	char socket[108];
};

/* Starts vthunkd with the fake provider and more arguments (NULL-terminated, may be NULL), and
 * waits until it listens. */
void test_renderer_start(struct test_renderer *r, const char *const *more);

/* As above, where it was before. */
void test_renderer_again(struct test_renderer *r, const char *const *more);

/* Runs vthunkd with these arguments to its end: exit status, or 128 + signal; what it said goes to
 * text. */
int test_renderer_try(const char *const *argv, char *text, size_t size);

/* Ends it with SIGTERM and returns its exit status. */
int test_renderer_stop(struct test_renderer *r);

/* The only child process of `parent` (a worker), or 0 if there is none. */
pid_t test_child_of(pid_t parent);

/* Waits until the renderer has n workers, at most 2 s. Returns whether it has. */
bool test_renderer_workers(const struct test_renderer *r, unsigned n);

struct test_client {
	int sock;
	struct vt_channel channel;
	struct vt_event_page *events;
	struct vt_welcome welcome;
	uint64_t seqno;
	uint64_t window_va, window_size;
	int fds[VT_MAX_FDS]; /* of the last reply */
	unsigned nfds;
	struct vt_arena arena;
	uint8_t body[VT_MAX_BODY];
};

/* Connects without a greeting. Returns the socket. */
int test_connect(const char *path);

/* Connects and greets. */
void test_client_open(struct test_client *c, const struct test_renderer *r);

/* Agrees on a window of 1 GiB. */
void test_client_window(struct test_client *c);

void test_client_close(struct test_client *c);

/* One request; fd (or -1) goes with it. Returns the renderer's error as -errno, or 0 with the reply
 * in *rep. */
int test_call(struct test_client *c, unsigned op, const void *req, void *rep, int fd);

/* One request that is not answered. */
void test_post(struct test_client *c, unsigned op, const void *req);

/* Allocates; maps a new file where it belongs. Returns the error. */
int test_alloc(struct test_client *c, uint32_t node, uint32_t flags, uint64_t size,
	       struct vt_mem_alloc_rep *rep);

/* Whether the renderer hangs up within a second. */
bool test_hangs_up(const struct test_client *c);

#endif
