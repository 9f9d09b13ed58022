/*
 * host-renderer/object/window.h - the range of addresses in which client, renderer and GPU agree.
 *
 * All of it is reserved (PROT_NONE) but the parts that are handed out: a part is unmapped right
 * before the provider is told to allocate there, since libhsakmt wants a fixed address to be free.
 * Nothing else of this process is placed there meanwhile: the kernel gives addresses in the window
 * to nobody who does not name them. One thread.
 */
#ifndef VT_OBJECT_WINDOW_H
#define VT_OBJECT_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/object/extents.h"

struct vt_window {
	uint64_t base, size; /* 0, 0: none yet */
	struct vt_extents free;
};

/*
 * Reserves [base, base + size), whose shape is checked here (see WINDOW in msg.h).
 * Returns 0, -EALREADY, -EINVAL, -EEXIST if not all of it is free in this process, or -ENOMEM.
 */
int vt_window_reserve(struct vt_window *w, uint64_t base, uint64_t size);

/* Gives up what is left of the reservation. */
void vt_window_fini(struct vt_window *w);

/*
 * Takes a part and unmaps it: at *va if *va is not 0, else where there is room, and then *va says
 * where. Returns 0, -EINVAL without a window, -EEXIST or -ENOSPC if there is no room, -ENOMEM.
 */
int vt_window_take(struct vt_window *w, uint64_t size, uint64_t align, uint64_t *va);

/* Reserves a part again; whatever is mapped there ends. If the system has no room for that the part
 * is not handed out any more. */
void vt_window_give(struct vt_window *w, uint64_t va, uint64_t size);

/* A number as an address; the number must have been checked or come from here. */
static inline void *vt_va_ptr(uint64_t va)
{
	union {
		uint64_t va;
		void *ptr;
	} u = {va};

	return u.ptr;
}

#endif
