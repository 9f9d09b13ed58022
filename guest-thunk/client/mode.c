/* Calls that are nothing but a message. */
#include "guest-thunk/client/mode.h"

int vt_mode_clocks(struct vt_session *s, uint32_t node, struct vt_clock_counters_rep *ret)
{
	struct vt_clock_counters_req req = {.node = node};

	return vt_call(&s->caller, VT_OP_CLOCK_COUNTERS, &req, ret, NULL);
}

int vt_mode_tile_config(struct vt_session *s, const struct vt_tile_config_req *req,
			struct vt_tile_config_rep *ret)
{
	return vt_call(&s->caller, VT_OP_TILE_CONFIG, req, ret, NULL);
}

int vt_mode_memory_policy(struct vt_session *s, const struct vt_memory_policy_req *req)
{
	return vt_call(&s->caller, VT_OP_MEMORY_POLICY, req, NULL, NULL);
}

int vt_mode_get_xnack(struct vt_session *s, int32_t *ret)
{
	struct vt_xnack_get_rep rep;
	int err = vt_call(&s->caller, VT_OP_XNACK_GET, NULL, &rep, NULL);

	if (!err)
		*ret = rep.enabled;
	return err;
}

int vt_mode_set_xnack(struct vt_session *s, int32_t enable)
{
	struct vt_xnack_set_req req = {.enable = enable};

	return vt_call(&s->caller, VT_OP_XNACK_SET, &req, NULL, NULL);
}

int vt_mode_trap_handler(struct vt_session *s, const struct vt_trap_handler_req *req)
{
	return vt_call(&s->caller, VT_OP_TRAP_HANDLER, req, NULL, NULL);
}

int vt_mode_runtime_enable(struct vt_session *s, bool setup_ttmp)
{
	struct vt_runtime_enable_req req = {.setup_ttmp = setup_ttmp};

	return vt_call(&s->caller, VT_OP_RUNTIME_ENABLE, &req, NULL, NULL);
}

int vt_mode_runtime_disable(struct vt_session *s)
{
	return vt_call(&s->caller, VT_OP_RUNTIME_DISABLE, NULL, NULL, NULL);
}
