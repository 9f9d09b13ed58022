/*
 * guest-thunk/cli/vm.h - a command in a virtual machine of QEMU's.
 *
 * vm.c does a run from start to end. What it needs: a kernel (vm_kernel.c), an initramfs that
 * begins the guest (vm_guest.c, vm/initramfs.sh, vm/init.sh, vm/guest.sh), a QEMU (vm_qemu.c) with
 * its options (vm_devices.c), and the wires between the guest and us (vm_wires.c).
 *
 * The guest's root is this system's, over 9p and read-only, below an overlay in the guest's memory:
 * it can write everywhere, and nothing of it comes back.
 */
#ifndef VT_GUEST_CLI_VM_H
#define VT_GUEST_CLI_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/words.h"

/* The guest ended, or never came up, without an exit status of the command. */
#define VT_EXIT_GUEST 124

/* How the guest reaches the renderer. */
enum vt_vm_mode {
	VT_VM_VHOST_USER, /* a virtio-gpu device that vthunkd itself is */
	VT_VM_VIRGL,      /* QEMU's own, with vthunk's libvirglrenderer.so.1 */
};

struct vt_vm_options {
	const char *qemu, *kernel, *image, *accel; /* NULL: not given */
	enum vt_vm_mode mode;
	uint64_t memory, hostmem; /* bytes */
	bool verbose;
	struct vt_options renderer; /* device, gfx, and for args socket */
	char **command;             /* NULL-terminated; for run */
};

/* Reads the arguments behind the subcommand's name (args[0]); run: or those of args. Returns 0, 1:
 * help was printed, or -EINVAL after saying what is wrong. */
int vt_vm_options_parse(bool run, int num, char **args, struct vt_vm_options *ret);
void vt_vm_help(void);

/* --- A QEMU --- */

struct vt_vm_qemu {
	char image[PATH_MAX];   /* the root that it runs in; "": this system's */
	char program[PATH_MAX]; /* as it is called in there */
};

/* Finds the QEMU that is asked for, or one of the images' with the mode's device. Returns 0 or
 * -errno after saying why. */
int vt_vm_qemu_find(const struct vt_vm_options *o, struct vt_vm_qemu *ret);

/* Whether it has the devices; it is asked. Blocks, some 100 ms. Returns 0 or -errno after saying
 * what it lacks. */
int vt_vm_qemu_check(const struct vt_vm_options *o, const struct vt_vm_qemu *q);

/* How it executes guests: what o asks for, else kvm if it can use that, else tcg. Blocks, some
 * 100 ms. */
const char *vt_vm_qemu_accel(const struct vt_vm_options *o, const struct vt_vm_qemu *q);

/*
 * Adds the words that start the QEMU, up to and with its name. An image's QEMU runs in a container
 * that has this system's root and vthunk's libraries, read-only, and the run's private folder, if
 * not NULL, where vt_vm_qemu_path() says. environment: variables of its own, NAME=VALUE.
 */
void vt_vm_qemu_begin(const struct vt_vm_qemu *q, const char *folder,
		      const struct vt_words *environment, struct vt_words *to);

/* Where this QEMU finds a folder that it can see: q->image[0] tells whether it is in a container.
 */
enum vt_vm_place { VT_VM_FOLDER, VT_VM_ROOT, VT_VM_LIBRARIES };
const char *vt_vm_qemu_path(const struct vt_vm_qemu *q, enum vt_vm_place place, const char *here);

/* --- A kernel --- */

struct vt_vm_kernel {
	char file[PATH_MAX];
	char modules[PATH_MAX]; /* its modules are in lib/modules below */
	char version[128];
};

/* Finds the kernel that is asked for, or that of q's image, or of any. Returns 0 or -errno after
 * saying why. */
int vt_vm_kernel_find(const char *asked, const struct vt_vm_qemu *q, struct vt_vm_kernel *ret);

/* --- QEMU's options --- */

/* The virtio-gpu device and the guest's memory, of which it wants to be told. gpu: the socket of
 * the vhost-user device, as QEMU calls it. */
void vt_vm_add_gpu(const struct vt_vm_options *o, const char *gpu, struct vt_words *to);

/* The variables that QEMU needs for the mode, NAME=VALUE. libraries, socket: vthunk's libraries and
 * the renderer's socket, as QEMU calls them. */
void vt_vm_add_environment(const struct vt_vm_options *o, const char *libraries, const char *socket,
			   struct vt_words *to);

/* --- What the guest does --- */

/* Names of the files in the private folder. */
#define VT_VM_INITRAMFS "initramfs"
#define VT_VM_COMMAND   "command"
#define VT_VM_GPU       "gpu"

/* Makes the initramfs in the folder, for the kernel and the command. Blocks, some 300 ms. Returns 0
 * or -errno after saying why. */
int vt_vm_guest_make(const struct vt_vm_options *o, const struct vt_vm_kernel *k,
		     const char *folder);
void vt_vm_guest_remove(const char *folder);

/* --- Wires between the guest and us --- */

enum vt_vm_wire {
	VT_VM_CONSOLE,
	VT_VM_CONTROL, /* lines of the guest's init: vm/guest.sh */
	VT_VM_STDIN,
	VT_VM_STDOUT,
	VT_VM_STDERR,
	VT_VM_WORDS, /* what QEMU itself says */
	VT_VM_WIRES
};

struct vt_vm_wires {
	int ours[VT_VM_WIRES], theirs[VT_VM_WIRES]; /* owned; -1: closed */
};

/* Returns 0 or -errno. To be ended with vt_vm_wires_fini() in either case. */
int vt_vm_wires_init(struct vt_vm_wires *w);
void vt_vm_wires_fini(struct vt_vm_wires *w);

/* Adds the options of QEMU with the devices of the guest at which the wires end. */
void vt_vm_wires_add(const struct vt_vm_wires *w, struct vt_words *to);

/* In the process that becomes QEMU: has it inherit its ends, and speak into its wire. */
void vt_vm_wires_hand_over(const struct vt_vm_wires *w);

/* In the other one, once QEMU has been started. */
void vt_vm_wires_close_theirs(struct vt_vm_wires *w);

/*
 * Carries the command's input and output until the command has ended, QEMU (pid) has, or one of the
 * signals that the caller has blocked comes: SIGHUP, SIGINT, SIGQUIT, SIGTERM. Blocks. Returns the
 * exit status, after saying why if it is not the command's. QEMU may still run.
 */
int vt_vm_relay(struct vt_vm_wires *w, pid_t pid, bool verbose);

/* The subcommand; args[0] is its name. Returns the exit status. */
int vt_cmd_vm(int num, char **args);

#endif
