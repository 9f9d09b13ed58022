/* tests/wire/samples.h - one message of each kind, with a different value in every field. */
#ifndef VT_TEST_SAMPLES_H
#define VT_TEST_SAMPLES_H

#include <stddef.h>

#include "proto/wire/codec.h"

struct sample {
	unsigned op;
	enum vt_direction dir;
	const void *msg;
	size_t size;
	const char *name, *golden; /* hexadecimal */
};

/* Sample number i, or NULL at the end. */
const struct sample *sample_get(size_t i);

size_t sample_count(void);

#endif
