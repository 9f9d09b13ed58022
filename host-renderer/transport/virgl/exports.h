/* host-renderer/transport/virgl/exports.h - the functions of exports.def, declared. Their meaning
 * is libvirglrenderer's. */
#ifndef VT_VIRGL_EXPORTS_H
#define VT_VIRGL_EXPORTS_H

#include "host-renderer/transport/virgl/abi.h"

#define EXPORT                                                               __attribute__((visibility("default")))

#define VT_VIRGL_OWN(type, name, parameters)                                 type name parameters;
#define VT_VIRGL_HAND_ON(when, type, otherwise, name, parameters, arguments) type name parameters;
#include "host-renderer/transport/virgl/exports.def"
#undef VT_VIRGL_OWN
#undef VT_VIRGL_HAND_ON

#endif
