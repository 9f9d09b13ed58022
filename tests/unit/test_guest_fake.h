/*
 * tests/unit/test_guest_fake.h - a session whose renderer is a function of the test.
 */
#ifndef VT_TEST_GUEST_FAKE_H
#define VT_TEST_GUEST_FAKE_H

#include "guest-thunk/client/session.h"

/* Answers a request; rep is the operation's struct, cleared. Returns 0 or -errno, which goes into
 * the reply. fd, if set to something else than -1, goes with the reply. */
typedef int vt_fake_renderer(unsigned op, const void *req, void *rep, int *fd);

/* A session with a window of 1 GiB, one CPU node (0) and one GPU node (1), and an event page. */
struct vt_session *vt_fake_session_create(vt_fake_renderer *renderer);
void vt_fake_session_destroy(struct vt_session *s);

/* Requests of this kind so far. */
unsigned vt_fake_count(const struct vt_session *s, unsigned op);

/* Signals an event as the renderer does. */
void vt_fake_publish(struct vt_session *s, unsigned slot, const struct vt_event_payload *payload);

#endif
