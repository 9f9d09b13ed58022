/* The snapshot of the renderer's topology. It does not change during a session, so it is fetched
 * whole. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/client/topology.h"
#include "proto/base/log.h"

/* HSA_ENGINE_ID: uCode 10 bits, Major 6, Minor 8, Stepping 8 (hsakmttypes.h). */
#define ENGINE_ID_UCODE_MASK 0x3ffu

/* More caches than any machine has; a renderer that claims more is wrong. */
#define MAX_CACHES_OF_NODE 65536u

static int fetch_caches(struct vt_topology_node *node, uint32_t index, struct vt_caller *c)
{
	struct vt_node_caches_req req = {.node = index};
	struct vt_node_caches_rep *rep;
	int err = 0;

	if (!node->props.num_caches)
		return 0;
	if (node->props.num_caches > MAX_CACHES_OF_NODE)
		return -EBADMSG;
	node->cache = calloc(node->props.num_caches, sizeof(*node->cache));
	rep = malloc(sizeof(*rep));
	if (!node->cache || !rep)
		err = -ENOMEM;
	while (!err && req.first < node->props.num_caches) {
		err = vt_call(c, VT_OP_NODE_CACHES, &req, rep, NULL);
		if (!err &&
		    (!rep->num_caches || rep->num_caches > node->props.num_caches - req.first))
			err = -EBADMSG;
		if (err)
			break;
		memcpy(node->cache + req.first, rep->cache, rep->num_caches * sizeof(*rep->cache));
		req.first += rep->num_caches;
	}
	free(rep);
	return err;
}

static int parse_override(const char *text, uint32_t *ret_bits)
{
	unsigned major, minor, stepping;
	char rest;

	if (sscanf(text, "%u.%u.%u%c", &major, &minor, &stepping, &rest) != 3 || major > 63 ||
	    minor > 255 || stepping > 255) {
		vt_log(VT_LOG_ERROR, 0, "HSA_OVERRIDE_GFX_VERSION is not of the form 9.0.6");
		return -EINVAL;
	}
	*ret_bits = major << 10 | minor << 16 | stepping << 24;
	return 0;
}

static int override_versions(struct vt_topology *t)
{
	const char *text = getenv("HSA_OVERRIDE_GFX_VERSION");
	uint32_t bits;
	int err;

	if (!text)
		return 0;
	err = parse_override(text, &bits);
	if (err)
		return err;
	for (uint32_t i = 0; i < t->system.num_nodes; i++) {
		struct vt_node_rep *props = &t->node[i].props;

		if (props->num_fcompute_cores)
			props->engine_id_bits =
			    (props->engine_id_bits & ENGINE_ID_UCODE_MASK) | bits;
	}
	return 0;
}

static int fetch_nodes(struct vt_topology *t, struct vt_caller *c)
{
	for (uint32_t i = 0; i < t->system.num_nodes; i++) {
		struct vt_node_req req = {.node = i};
		int err = vt_call(c, VT_OP_NODE, &req, &t->node[i].props, NULL);

		if (!err)
			err = fetch_caches(&t->node[i], i, c);
		if (err)
			return err;
		if (t->node[i].props.num_fcompute_cores)
			t->gpu_mask |= UINT64_C(1) << i;
	}
	return 0;
}

int vt_topology_fetch(struct vt_topology *t, struct vt_caller *c)
{
	int err;

	memset(t, 0, sizeof(*t));
	err = vt_call(c, VT_OP_TOPOLOGY, NULL, &t->system, NULL);
	if (err)
		return err;
	if (!t->system.num_nodes || t->system.num_nodes > VT_MAX_NODES)
		return -EBADMSG;
	t->node = calloc(t->system.num_nodes, sizeof(*t->node));
	if (!t->node)
		return -ENOMEM;
	err = fetch_nodes(t, c);
	if (!err)
		err = override_versions(t);
	if (err)
		vt_topology_fini(t);
	return err;
}

void vt_topology_fini(struct vt_topology *t)
{
	for (uint32_t i = 0; t->node && i < t->system.num_nodes; i++)
		free(t->node[i].cache);
	free(t->node);
	memset(t, 0, sizeof(*t));
}

const struct vt_topology_node *vt_topology_peek(const struct vt_topology *t, uint32_t node)
{
	return node < t->system.num_nodes ? &t->node[node] : NULL;
}

uint32_t vt_topology_first_gpu(const struct vt_topology *t)
{
	return t->gpu_mask ? (uint32_t)__builtin_ctzll(t->gpu_mask) : UINT32_MAX;
}
