/*
 * tests/unit/test_guest_virtgpu_support.h - a connection over the fake device (fake_virtgpu.h) to
 * a renderer of the test's.
 *
 * The renderer answers PING with what it was sent, after vt_bed_delay_ms; MEM_ALLOC with a file of
 * three pages, each of which begins with its number; QUEUE_CREATE with two such files;
 * USER_REGISTER by writing one more than the first word of the file into the second.
 */
#ifndef VT_TEST_GUEST_VIRTGPU_SUPPORT_H
#define VT_TEST_GUEST_VIRTGPU_SUPPORT_H

#include "guest-thunk/transport/transport.h"
#include "proto/wire/virtgpu.h"
#include "tests/support/fake_virtgpu.h"
#include "tests/support/stub_renderer.h"

#define PAGE 4096u

extern const struct fake_virtgpu vt_bed_good, vt_bed_old;
extern _Atomic uint32_t vt_bed_delay_ms;

struct vt_bed {
	struct stub_renderer renderer;
	struct vt_transport *t;
	uint8_t body[VT_MAX_BODY];
	struct vt_parcel reply; /* the last one */
};
extern struct vt_bed bed;

void vt_bed_sleep_ms(long ms);
int64_t vt_bed_now_ms(void);

/* The renderer's function. */
stub_request vt_bed_on_request;

/* Connects; ends the connection and asserts that nothing is left of it. */
void vt_bed_begin(const struct fake_virtgpu *config);
void vt_bed_end(void);

/* One request with len bytes of bed.body, and its answer. */
int vt_bed_call(uint16_t op, uint32_t len, const int *handles, unsigned num);

/* A PING that must succeed. */
void vt_bed_ping(void);

/* Asks for a file of three pages; returns the handle. */
int vt_bed_alloc(void);

#endif
