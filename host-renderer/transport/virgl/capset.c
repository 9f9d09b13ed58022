/* Capsets: those of the real library, and behind the two that a monitor shows to guests without
 * being told what is in them, who we are. */
#include <string.h>

#include "host-renderer/transport/virgl/exports.h"
#include "host-renderer/transport/virgl/real.h"
#include "host-renderer/transport/virtgpu/bridge.h"

static bool carries_us(uint32_t set)
{
	return set == VT_VIRGL_CAPSET_VENUS || set == VT_VIRGL_CAPSET_DRM;
}

/* Called before virgl_renderer_init(), too. */
static void real_capset(uint32_t set, uint32_t *max_ver, uint32_t *max_size)
{
	*max_ver = *max_size = 0;
	if (vt_virgl_real()->virgl_renderer_get_cap_set)
		vt_virgl_real()->virgl_renderer_get_cap_set(set, max_ver, max_size);
}

EXPORT void virgl_renderer_get_cap_set(uint32_t set, uint32_t *max_ver, uint32_t *max_size)
{
	real_capset(set, max_ver, max_size);
	if (carries_us(set))
		*max_size += (uint32_t)sizeof(struct vt_capset);
}

EXPORT void virgl_renderer_fill_caps(uint32_t set, uint32_t version, void *caps)
{
	struct vt_capset ours;
	uint32_t max_ver, size;

	real_capset(set, &max_ver, &size);
	if (carries_us(set))
		memset(caps, 0, size); /* the real library leaves it, if it is not initialised */
	VT_VIRGL_REAL((void)0, virgl_renderer_fill_caps, set, version, caps);
	if (carries_us(set)) {
		vt_bridge_capset(0, &ours);
		memcpy((char *)caps + size, &ours, sizeof(ours));
	}
}
