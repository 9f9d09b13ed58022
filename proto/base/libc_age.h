/*
 * proto/base/libc_age.h - which versions of the C library's functions are linked. Included ahead of
 * everything, by the compiler's command line.
 *
 * Our libraries are loaded into programs of other systems, with older C libraries than the one they
 * were built with. glibc keeps the older versions of its functions; for these, which moved from
 * libpthread and libdl to libc or changed in a way that does not matter here, the oldest is asked
 * for. libc_age.c has what the oldest has not. Nothing of this is wanted in a build with a
 * sanitizer, which puts functions of its own in their place.
 */
#ifndef VT_PROTO_BASE_LIBC_AGE_H
#define VT_PROTO_BASE_LIBC_AGE_H

#include <features.h>

#if defined(__x86_64__) && defined(__GLIBC__)

#define VT_OLD(name, version) __asm__(".symver " #name "," #name "@GLIBC_" #version)

VT_OLD(dladdr, 2.2.5);
VT_OLD(dladdr1, 2.3.3);
VT_OLD(dlclose, 2.2.5);
VT_OLD(dlerror, 2.2.5);
VT_OLD(dlinfo, 2.3.3);
VT_OLD(dlopen, 2.2.5);
VT_OLD(dlsym, 2.2.5);
#ifndef VT_HAS_OWN_GLOB /* a library that defines it */
VT_OLD(glob, 2.2.5);
#endif
VT_OLD(pow, 2.2.5);
VT_OLD(pthread_attr_getguardsize, 2.2.5);
VT_OLD(pthread_attr_getstack, 2.2.5);
VT_OLD(pthread_attr_getstacksize, 2.2.5);
VT_OLD(pthread_attr_setguardsize, 2.2.5);
VT_OLD(pthread_attr_setstacksize, 2.2.5);
VT_OLD(pthread_condattr_setclock, 2.3.3);
VT_OLD(pthread_create, 2.2.5);
VT_OLD(pthread_detach, 2.2.5);
VT_OLD(pthread_getattr_default_np, 2.18);
VT_OLD(pthread_getattr_np, 2.2.5);
VT_OLD(pthread_join, 2.2.5);
VT_OLD(pthread_kill, 2.2.5);
VT_OLD(pthread_mutexattr_setpshared, 2.2.5);
VT_OLD(pthread_mutexattr_settype, 2.2.5);
VT_OLD(pthread_once, 2.2.5);
VT_OLD(pthread_setname_np, 2.12);
VT_OLD(pthread_sigmask, 2.2.5);
VT_OLD(pthread_getaffinity_np, 2.3.4);
VT_OLD(pthread_setaffinity_np, 2.3.4);

#endif
#endif
