/* The common window. Invariant: every byte of it that is free in `free` is mapped PROT_NONE by us.
 */
#include "host-renderer/object/window.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "proto/base/check.h"
#include "proto/wire/msg.h"

#define GRAIN     (2ull << 20)
#define LOWEST    (1ull << 32)
#define HIGHEST   (1ull << 47)
#define RESERVING (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

int vt_window_reserve(struct vt_window *w, uint64_t base, uint64_t size)
{
	void *want = vt_va_ptr(base), *got;
	int err;

	if (w->size)
		return -EALREADY;
	if (base % GRAIN || size % GRAIN || size < VT_WINDOW_MIN || size > VT_WINDOW_MAX)
		return -EINVAL;
	if (!vt_range_inside(base, size, LOWEST, HIGHEST - LOWEST))
		return -EINVAL;
	got = mmap(want, size, PROT_NONE, RESERVING | MAP_FIXED_NOREPLACE, -1, 0);
	if (got == MAP_FAILED)
		return -errno;
	if (got != want) { /* a kernel before 4.17 takes the address for a hint */
		munmap(got, size);
		return -EEXIST;
	}
	err = vt_extents_init(&w->free, base, size);
	if (err) {
		munmap(got, size);
		return err;
	}
	w->base = base;
	w->size = size;
	return 0;
}

void vt_window_fini(struct vt_window *w)
{
	if (!w->size)
		return;
	for (uint32_t i = 0; i < w->free.count; i++)
		munmap(vt_va_ptr(w->free.free[i].at), w->free.free[i].size);
	vt_extents_fini(&w->free);
	memset(w, 0, sizeof(*w));
}

int vt_window_take(struct vt_window *w, uint64_t size, uint64_t align, uint64_t *va)
{
	int err;

	if (!w->size)
		return -EINVAL;
	if (*va)
		err = vt_extents_take_at(&w->free, *va, size);
	else
		err = vt_extents_take(&w->free, size, align, va);
	if (err)
		return err;
	if (munmap(vt_va_ptr(*va), size) < 0) { /* too many mappings */
		err = -errno;
		vt_extents_give(&w->free, *va, size);
	}
	return err;
}

void vt_window_give(struct vt_window *w, uint64_t va, uint64_t size)
{
	/* Where it cannot be reserved the kernel may put anything of ours: that part is lost. */
	if (mmap(vt_va_ptr(va), size, PROT_NONE, RESERVING | MAP_FIXED, -1, 0) != MAP_FAILED)
		vt_extents_give(&w->free, va, size);
}
