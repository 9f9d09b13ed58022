/*
 * guest-thunk/transport/virtgpu_find.h - the render node behind which there is a renderer.
 */
#ifndef VT_GUEST_TRANSPORT_VIRTGPU_FIND_H
#define VT_GUEST_TRANSPORT_VIRTGPU_FIND_H

#include <stdint.h>

#include "guest-thunk/transport/transport.h"

struct vt_vgpu_found {
	int node; /* open; the caller's to close */
	uint32_t capset_id;
	char path[VT_NODE_PATH_MAX];
};

/* As vt_transport_virtgpu_find(), and leaves the node open. */
int vt_vgpu_find(const char *path, struct vt_vgpu_found *ret, char text[VT_CONNECT_TEXT]);

#endif
