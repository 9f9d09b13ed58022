/*
 * ocl-icd/thunk.h - our thunk in the program's process, and AMD's runtime made to use it.
 */
#ifndef VT_OCL_ICD_THUNK_H
#define VT_OCL_ICD_THUNK_H

#include <stdbool.h>

/*
 * Loads our libhsakmt.so.1 for all of the process, so that a libhsa-runtime64 that is loaded later
 * gets it for its own: the dynamic linker does not load a second library of the same SONAME. One
 * of ours that the process holds already (vthunk run) serves. The second call does nothing. Returns
 * 0 or -errno after saying why.
 */
int vt_thunk_load(void);

/*
 * Sees to it that the libhsa-runtime64.so.1 that is loaded now uses our thunk, whichever way its
 * version finds it:
 *   5.2 to 6.2  imports of libhsakmt.so.1. Where they lead to another one because the runtime was
 *               loaded before us, they are led to ours, if nobody has started the runtime yet.
 *   7.x         a table read from libdtif.so, if HSA_ENABLE_DTIF is 1: both are provided.
 * Returns 0; -EBUSY: the runtime is in use with another thunk; -ENOTSUP: its thunk is linked in
 * (6.3, 6.4, AMD's own builds); or -errno. Says why, the first time.
 */
int vt_thunk_attach(void);

/* Whether libhsa-runtime64 is in the process already. */
bool vt_thunk_is_late(void);

#endif
