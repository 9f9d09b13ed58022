/*
 * guest-thunk/view/tree.h - the files under which ROCm's tools find GPUs, written from a topology.
 *
 * Names and formats are those of Linux' amdkfd and amdgpu (Documentation/ABI/testing/sysfs-*,
 * kfd_topology.c). What a session does not tell, such as temperatures, is not there, as on GPUs
 * that cannot tell it.
 */
#ifndef VT_GUEST_VIEW_TREE_H
#define VT_GUEST_VIEW_TREE_H

#include "guest-thunk/client/topology.h"

/*
 * Writes sys/class/kfd, sys/class/drm, sys/module/amdgpu and what they lead to below `folder`,
 * which must exist and have none of them. Blocks for the writing. Returns 0 or -errno; then some
 * files may be there.
 */
int vt_view_tree_write(const char *folder, const struct vt_topology *t);

/* Removes what vt_view_tree_write() writes, whether it is all there or not; the folder stays.
 * Blocks. */
void vt_view_tree_remove(const char *folder);

#endif
