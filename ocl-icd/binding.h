/*
 * ocl-icd/binding.h - to which functions the imports of a loaded library lead.
 *
 * A library calls what it imports through slots that the dynamic linker fills in, when it loads
 * the library or at the first call (x86-64 psABI: relocations of type JUMP_SLOT and GLOB_DAT).
 */
#ifndef VT_OCL_ICD_BINDING_H
#define VT_OCL_ICD_BINDING_H

#include <stdbool.h>

/* The slot of the import `name` of the library that dlopen() gave as `handle`, or NULL if it does
 * not import that. The slot belongs to the library. Any thread. */
void **vt_binding_find(void *handle, const char *name);

/*
 * Leads every import of `handle` for which the library `to` itself defines a function there. No
 * thread may be in the library meanwhile. Returns 0 or -errno, then some imports may be changed
 * and others not.
 */
int vt_binding_move(void *handle, void *to);

/* Whether the library's file holds the text, as it does its constants. Blocks for reading it. Any
 * thread. */
bool vt_binding_holds(void *handle, const char *text);

#endif
