/* tests/support/fake_provider.h - what the two files of the fake provider share. */
#ifndef VT_TEST_FAKE_PROVIDER_H
#define VT_TEST_FAKE_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define PAGE   4096u
#define GPU    1u

/* Pages of doorbells, of read and of write indices, 8 bytes each. */
struct fake_words {
	int fd;
	uint8_t *at;
};

extern struct fake_words fake_words;

/* Whether SWGPU_FAKE has this letter. */
bool fake_told(char letter);

/* The thread that stands for the GPU. */
void *fake_run_queues(void *arg);

#endif
