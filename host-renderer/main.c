/* vthunkd: one program, four lives: the daemon, its workers, the check of a provider, and a device
 * of a virtual machine. */
#include "host-renderer/server/daemon.h"
#include "host-renderer/server/options.h"
#include "host-renderer/server/vhost.h"
#include "host-renderer/server/worker.h"

int main(int argc, char **argv)
{
	struct vt_options o;

	vt_options_parse(&o, argc, argv);
	vt_log_init("vthunkd", o.log_level);
	switch (o.run) {
	case VT_RUN_WORKER: return vt_worker_run(&o);
	case VT_RUN_CHECK: return vt_check_run(&o);
	case VT_RUN_VHOST: return vt_vhost_run(&o);
	case VT_RUN_DAEMON: break;
	}
	return vt_daemon_run(&o);
}
