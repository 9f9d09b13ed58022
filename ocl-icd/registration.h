/*
 * ocl-icd/registration.h - the .icd files by which OpenCL loaders find libraries, read to find
 * AMD's: libamdocl64.so.
 */
#ifndef VT_OCL_ICD_REGISTRATION_H
#define VT_OCL_ICD_REGISTRATION_H

#include <stdbool.h>

/* Called with the library that a registration names, as it stands there. true ends the search. */
typedef bool vt_registration_fn(void *arg, const char *library);

/*
 * Calls fn for each of AMD's registrations in the system's folder (/etc/OpenCL/vendors) and in
 * those that the loader reads now, if OCL_ICD_VENDORS or OPENCL_VENDOR_PATH name others. One may
 * come twice. Blocks for the reading of files; what cannot be read is passed over.
 */
void vt_registration_each(vt_registration_fn *fn, void *arg);

/* The same for those alone that the loader of this process reads now (OCL_ICD_FILENAMES too). */
void vt_registration_each_read(vt_registration_fn *fn, void *arg);

#endif
