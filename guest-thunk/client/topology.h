/*
 * guest-thunk/client/topology.h - the machine that the renderer shows, fetched once when a session
 * opens.
 */
#ifndef VT_GUEST_CLIENT_TOPOLOGY_H
#define VT_GUEST_CLIENT_TOPOLOGY_H

#include <stdint.h>

#include "guest-thunk/client/call.h"
#include "proto/wire/msg.h"

struct vt_topology {
	struct vt_topology_rep system;
	struct vt_topology_node *node; /* system.num_nodes of them */
	uint64_t gpu_mask;             /* bit n: node n has GPU cores */
};

struct vt_topology_node {
	struct vt_node_rep props;
	struct vt_cache *cache; /* props.num_caches of them */
};

/* Fetches everything. HSA_OVERRIDE_GFX_VERSION=major.minor.stepping replaces the version of each
 * GPU, as in AMD's thunk. Blocks. Returns 0, -EINVAL if that variable is wrong (said on standard
 * error), -EBADMSG, -ENOMEM or the call's error. On an error nothing is held. */
int vt_topology_fetch(struct vt_topology *t, struct vt_caller *c);

void vt_topology_fini(struct vt_topology *t);

/* The node, or NULL if there is no such. */
const struct vt_topology_node *vt_topology_peek(const struct vt_topology *t, uint32_t node);

/* The number of the first GPU, or UINT32_MAX. */
uint32_t vt_topology_first_gpu(const struct vt_topology *t);

#endif
