/*
 * tests/support/fake_virtgpu.h - a virtio-gpu device in this process: render nodes as the guest's
 * library sees them, and behind them the host's bridge.
 *
 * There is one device at a time, at /dev/dri/renderD128; whatever else is asked for is not there.
 */
#ifndef VT_TEST_FAKE_VIRTGPU_H
#define VT_TEST_FAKE_VIRTGPU_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_NODE "/dev/dri/renderD128"

struct fake_virtgpu {
	int open_error; /* of open(), or 0 */
	bool other_driver, no_contexts, no_window;
	bool old_kernel;       /* 6.1: no name of a context, and a fence with each EXECBUFFER */
	uint32_t capset_id;    /* where ours is; 0: nowhere */
	uint32_t bytes_before; /* of somebody else's in that capset's data */
	bool wrong_magic;
	uint16_t major; /* of the capset; 0: the right one */
};

/* From now on the library's system calls come here. socket: of the renderer. */
void fake_virtgpu_start(const struct fake_virtgpu *config, const char *socket);

/* And no longer. Asserts that nothing is left open. */
void fake_virtgpu_stop(void);

/* The ioctl with this request (0: mmap) fails with -err, after it has succeeded `after` times;
 * once.
 */
void fake_virtgpu_fail(unsigned long request, int err, unsigned after);

struct fake_virtgpu_counts {
	unsigned nodes, blobs;     /* open at present */
	unsigned creates, submits; /* so far */
	unsigned ioctls;           /* so far, of all kinds */
	unsigned awaits[6];        /* so far, by vt_vgpu_word */
	char name[64];             /* of the last context */
};
void fake_virtgpu_count(struct fake_virtgpu_counts *ret);

/* The process on the host dies: nothing is executed and no fence retires any more. The control
 * pages say that it has gone if `told`. */
void fake_virtgpu_die(bool told);

#endif
