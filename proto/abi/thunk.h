/*
 * proto/abi/thunk.h - the thunk's ABI, as the library that is being built has it.
 *
 * Sources that are compiled for two libraries include this and nothing of AMD's: libhsakmt.so.1 has
 * the structures of ROCm 5.2 to 6.2, libdtif.so (VT_THUNK_7 defined) those of ROCm 7. Whatever is
 * declared here is exported.
 */
#ifndef VT_ABI_THUNK_H
#define VT_ABI_THUNK_H

#pragma GCC visibility push(default)
#ifdef VT_THUNK_7
#include "proto/abi/thunk7.h"
#else
#include "proto/abi/thunk6.h"
#endif
#pragma GCC visibility pop

#endif
