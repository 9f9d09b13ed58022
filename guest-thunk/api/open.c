/* Chapter: opening and closing. */
#include <errno.h>

#include "guest-thunk/api/api.h"

VT_API HSAKMT_STATUS hsaKmtOpenKFD(void)
{
	return vt_api_status(vt_session_open());
}

VT_API HSAKMT_STATUS hsaKmtCloseKFD(void)
{
	return vt_api_status(vt_session_close());
}

VT_API HSAKMT_STATUS hsaKmtGetVersion(HsaVersionInfo *VersionInfo)
{
	struct vt_session *s = vt_api_enter();

	if (!s)
		return vt_api_status(-ENOTCONN);
	if (!VersionInfo)
		return vt_api_leave(s, -EINVAL);
	VersionInfo->KernelInterfaceMajorVersion = s->topology.system.kernel_major;
	VersionInfo->KernelInterfaceMinorVersion = s->topology.system.kernel_minor;
	return vt_api_leave(s, 0);
}
