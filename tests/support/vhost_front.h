/*
 * tests/support/vhost_front.h - a front-end of vhost-user for tests: it plays QEMU and the guest's
 * kernel towards a virtio-gpu device. Memory of the guest is a memfd in two regions with a hole
 * between them; the window is a range of addresses of this process.
 *
 * After each mapping it tells the device a new region and waits for the answer before it answers
 * itself, as QEMU does. What goes wrong here ends the test with a message.
 */
#ifndef VT_TEST_VHOST_FRONT_H
#define VT_TEST_VHOST_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/transport/vhost_user/gpu_abi.h"
#include "host-renderer/transport/vhost_user/vhost_abi.h"
#include "tests/support/vgpu.h"

#define FRONT_WINDOW (64ull << 20)
#define FRONT_QUEUE  1024u
#define FRONT_SLOTS  (FRONT_QUEUE / 2) /* commands at a time: two descriptors each */

/* Guest memory: of the first region, of the second, and what is told to be in none. */
#define FRONT_LOW      0x0ull
#define FRONT_LOW_SIZE (2ull << 20)
#define FRONT_HIGH     0x100000000ull
#define FRONT_SIZE     (10ull << 20)

struct front_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};

struct front_slot {
	uint64_t serial;
	bool busy;
	uint32_t len; /* of the answer */
};

struct test_front {
	int sock, back; /* back: our end of the channel for requests */
	int mem_fd;
	uint8_t *mem, *window;
	bool without_shmem;
	unsigned mapped, maps; /* pieces of the window: now, ever */
	int call, kick;
	struct front_desc *desc; /* of the control queue */
	uint16_t *avail;
	uint8_t *used;
	uint16_t last_used;
	struct front_slot slot[FRONT_SLOTS];
	uint64_t serial;
	uint32_t next_resource;
	uint64_t next_offset;
};

/* Connects and sets everything up, as far as the queues. */
void test_front_open(struct test_front *f, const char *path, bool without_shmem);

void test_front_close(struct test_front *f);

/* Only connects. */
void test_front_connect(struct test_front *f, const char *path);

/* One message; fd or -1. */
void test_front_send(struct test_front *f, uint32_t request, uint32_t flags, const void *body,
		     uint32_t size, const int *fds, unsigned nfds);

/* The answer to a message: its size, at most `room`. -1: the device has hung up. */
int test_front_answer(struct test_front *f, uint32_t request, void *body, uint32_t room);

/* A message that the device must say something to: 0, or not 0. */
uint64_t test_front_ask(struct test_front *f, uint32_t request, const void *body, uint32_t size,
			const int *fds, unsigned nfds);

/* The table of the guest's memory. */
void test_front_tell_memory(struct test_front *f);

/* Starts the queues, at that place of the control queue. */
void test_front_start(struct test_front *f, uint16_t base);

/* Stops them. Returns the control queue's place. */
uint16_t test_front_stop(struct test_front *f);

/* The guest begins anew, without having said goodbye. */
void test_front_reboot(struct test_front *f);

/* Puts a command into the queue. Returns its slot. */
unsigned test_front_submit(struct test_front *f, const void *cmd, size_t bytes);

/* Makes descriptor `head` available, whatever it says. */
void test_front_offer(struct test_front *f, uint16_t head);

/* Whether the slot's answer comes within that time; requests of the device are served. */
bool test_front_done(struct test_front *f, unsigned slot, unsigned ms);

/* Serves the device for that time. */
void test_front_serve(struct test_front *f, unsigned ms);

/* A command and its answer. Returns the answer's type, or 0: it is empty. */
uint32_t test_front_command(struct test_front *f, const void *cmd, size_t bytes, void *answer,
			    size_t room);

/* Commands with these fields alone. */
uint32_t test_front_ctx(struct test_front *f, uint32_t type, uint32_t ctx_id);
uint32_t test_front_resource(struct test_front *f, uint32_t type, uint32_t ctx_id, uint32_t id);
uint32_t test_front_blob(struct test_front *f, uint32_t ctx_id, uint32_t id, uint64_t blob_id,
			 uint64_t size);
uint32_t test_front_map(struct test_front *f, uint32_t id, uint64_t offset);

/* Unmaps and frees all that test_front_ops has mapped. */
void test_front_unref_all(struct test_front *f);

/* Where guest memory is. */
void *test_front_at(struct test_front *f, uint64_t guest_addr);

/* The device for test_vgpu_open(): a struct test_front. Contexts are made with
 * test_front_ctx(GPU_CTX_CREATE). */
extern const struct test_vgpu_ops test_front_ops;

#endif
