/*
 * host-renderer/transport/virgl/real.h - the system's libvirglrenderer.so.1 behind ours.
 *
 * It is looked for once, at the first use: the file that VTHUNK_VIRGLRENDERER names, else the first
 * libvirglrenderer.so.1 in the folders where the program's libraries are looked for that is not
 * this library. All of it may be missing, and each function on its own. Any thread.
 */
#ifndef VT_VIRGL_REAL_H
#define VT_VIRGL_REAL_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/transport/virgl/abi.h"

/* A pointer for each function, by its name. NULL: it has none. */
struct vt_virgl_real {
#define VT_VIRGL_OWN(type, name, parameters)                                 type(*name) parameters;
#define VT_VIRGL_HAND_ON(when, type, otherwise, name, parameters, arguments) type(*name) parameters;
#include "host-renderer/transport/virgl/exports.def"
#undef VT_VIRGL_OWN
#undef VT_VIRGL_HAND_ON
};

/* Never NULL. The first call loads the library; what is wrong with that is logged. It also begins
 * the log, at the level that VTHUNK_LOG names. */
const struct vt_virgl_real *vt_virgl_real(void);

/* Whether the real library has been initialised: most functions must not be called before. */
bool vt_virgl_up(void);

/*
 * Initialises the real library, without what it cannot do: VENUS where the program that executes it
 * is not there, and whatever else makes it fail, piece by piece. What is left out is logged. Blocks
 * as the real function does. Returns 0, or its error when it works in no way.
 */
int vt_virgl_real_init(void *cookie, int flags, struct vt_virgl_callbacks *cbs);

/* After which vt_virgl_up() is false. */
void vt_virgl_real_cleanup(void *cookie);

/* name(arguments) of the real library if it is up and has it, else `otherwise`. */
#define VT_VIRGL_REAL(otherwise, name, ...) \
	(vt_virgl_up() && vt_virgl_real()->name ? vt_virgl_real()->name(__VA_ARGS__) : (otherwise))

#endif
