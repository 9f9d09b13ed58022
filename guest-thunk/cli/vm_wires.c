/* The wires between a guest and us: socket pairs that QEMU makes devices of. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest-thunk/cli/vm.h"

/* By these names vm/init.sh and vm/guest.sh find the ports; NULL: no port of the guest's. */
static const char *const port_names[VT_VM_WIRES] = {
    [VT_VM_CONTROL] = "control",
    [VT_VM_STDIN] = "stdin",
    [VT_VM_STDOUT] = "stdout",
    [VT_VM_STDERR] = "stderr",
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int vt_vm_wires_init(struct vt_vm_wires *w)
{
	for (int i = 0; i < VT_VM_WIRES; i++)
		w->ours[i] = w->theirs[i] = -1;
	for (int i = 0; i < VT_VM_WIRES; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
			return -errno;
		w->ours[i] = ends[0];
		w->theirs[i] = ends[1];
	}
	return 0;
}

void vt_vm_wires_close_theirs(struct vt_vm_wires *w)
{
	for (int i = 0; i < VT_VM_WIRES; i++)
		close_end(&w->theirs[i]);
}

void vt_vm_wires_fini(struct vt_vm_wires *w)
{
	vt_vm_wires_close_theirs(w);
	for (int i = 0; i < VT_VM_WIRES; i++)
		close_end(&w->ours[i]);
}

void vt_vm_wires_hand_over(const struct vt_vm_wires *w)
{
	for (int i = 0; i < VT_VM_WIRES; i++)
		if (port_names[i] || i == VT_VM_CONSOLE)
			fcntl(w->theirs[i], F_SETFD, 0);
	dup2(w->theirs[VT_VM_WORDS], 1);
	dup2(w->theirs[VT_VM_WORDS], 2);
}

void vt_vm_wires_add(const struct vt_vm_wires *w, struct vt_words *to)
{
	vt_words_add(to, "-chardev");
	vt_words_add(to, "socket,id=console,fd=%d", w->theirs[VT_VM_CONSOLE]);
	vt_words_add(to, "-serial");
	vt_words_add(to, "chardev:console");
	vt_words_add(to, "-device");
	vt_words_add(to, "virtio-serial-pci");
	for (int i = 0; i < VT_VM_WIRES; i++) {
		if (!port_names[i])
			continue;
		vt_words_add(to, "-chardev");
		vt_words_add(to, "socket,id=%s,fd=%d", port_names[i], w->theirs[i]);
		vt_words_add(to, "-device");
		vt_words_add(to, "virtserialport,chardev=%s,name=vthunk.%s", port_names[i],
			     port_names[i]);
	}
}
