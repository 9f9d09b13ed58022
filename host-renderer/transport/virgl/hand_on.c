/* Functions that are the real library's alone. */
#include "host-renderer/transport/virgl/exports.h"
#include "host-renderer/transport/virgl/real.h"

#define WHEN_UP     vt_virgl_up()
#define WHEN_ALWAYS true

#define VT_VIRGL_OWN(type, name, parameters)
#define VT_VIRGL_HAND_ON(when, type, otherwise, name, parameters, arguments)                  \
	EXPORT type name parameters                                                           \
	{                                                                                     \
		return WHEN_##when && vt_virgl_real()->name ? vt_virgl_real()->name arguments \
							    : otherwise;                      \
	}
#include "host-renderer/transport/virgl/exports.def"
