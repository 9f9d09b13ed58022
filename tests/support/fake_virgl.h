/*
 * tests/support/fake_virgl.h - a libvirglrenderer that renders nothing and writes down what it is
 * asked.
 *
 * Loaded by our libvirglrenderer.so.1 as the real one; the test loads the same file and finds
 * fake_virgl in it. One thread at a time.
 */
#ifndef VT_TEST_FAKE_VIRGL_H
#define VT_TEST_FAKE_VIRGL_H

#include <stdbool.h>

#include "host-renderer/transport/virgl/abi.h"

struct fake_virgl {
	char log[8192];    /* "name argument argument;" for each call that a test may want to see */
	int refuses;       /* virgl_renderer_init() fails if one of these flags is set */
	bool broken;       /* it fails in any case */
	bool no_capsets;   /* it has none of those that we add to */
	bool no_fences;    /* it makes none */
	uint32_t contexts; /* bit n: there is a context n */
};

#define FAKE_VIRGL_VENUS_BYTES 160u
#define FAKE_VIRGL_DRM_BYTES   140u

#endif
