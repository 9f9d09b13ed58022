/* The border between -errno and HSAKMT_STATUS, and the checks that several chapters make. */
#include <errno.h>

#include "guest-thunk/api/api.h"
#include "proto/base/err.h"

HSAKMT_STATUS vt_api_status(int err)
{
	switch (err) {
	case -ENOTCONN:
	case -ECONNREFUSED: return HSAKMT_STATUS_KERNEL_IO_CHANNEL_NOT_OPENED;
	case -EPIPE: return HSAKMT_STATUS_KERNEL_COMMUNICATION_ERROR;
	case -ENXIO: return HSAKMT_STATUS_ERROR;
	default: return (HSAKMT_STATUS)vt_err_to_status(err);
	}
}

struct vt_session *vt_api_enter(void)
{
	return vt_session_get();
}

HSAKMT_STATUS vt_api_leave(struct vt_session *s, int err)
{
	vt_session_put(s);
	return vt_api_status(err);
}

int vt_api_check_node(const struct vt_session *s, HSAuint32 node)
{
	return vt_topology_peek(&s->topology, node) ? 0 : -ENODEV;
}

int vt_api_check_gpu(const struct vt_session *s, HSAuint32 node)
{
	int err = vt_api_check_node(s, node);

	return err ? err : s->topology.gpu_mask >> node & 1 ? 0 : -ENODEV;
}

int vt_api_nodes_mask(const struct vt_session *s, uint64_t num, const HSAuint32 *nodes,
		      uint64_t *ret_mask)
{
	uint64_t mask = 0;

	if (!num || !nodes)
		return -EINVAL;
	for (uint64_t i = 0; i < num; i++) {
		int err = vt_api_check_node(s, nodes[i]);

		if (err)
			return err;
		mask |= UINT64_C(1) << nodes[i];
	}
	*ret_mask = mask;
	return 0;
}
