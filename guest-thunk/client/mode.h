/*
 * guest-thunk/client/mode.h - what a process sets or asks about its GPU context as a whole.
 *
 * All block for one round trip and return 0 or the call's error.
 */
#ifndef VT_GUEST_CLIENT_MODE_H
#define VT_GUEST_CLIENT_MODE_H

#include "guest-thunk/client/session.h"

int vt_mode_clocks(struct vt_session *s, uint32_t node, struct vt_clock_counters_rep *ret);
int vt_mode_tile_config(struct vt_session *s, const struct vt_tile_config_req *req,
			struct vt_tile_config_rep *ret);
int vt_mode_memory_policy(struct vt_session *s, const struct vt_memory_policy_req *req);
int vt_mode_get_xnack(struct vt_session *s, int32_t *ret);
int vt_mode_set_xnack(struct vt_session *s, int32_t enable);
int vt_mode_trap_handler(struct vt_session *s, const struct vt_trap_handler_req *req);
int vt_mode_runtime_enable(struct vt_session *s, bool setup_ttmp);
int vt_mode_runtime_disable(struct vt_session *s);

#endif
