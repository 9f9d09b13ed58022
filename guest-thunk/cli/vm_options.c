/* The options of vthunk vm. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest-thunk/cli/vm.h"

static const char help[] =
    "usage: vthunk vm run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "       vthunk vm args [OPTION...]\n"
    "\n"
    "Runs a command in a virtual machine whose GPU is a renderer's on the host, or prints the\n"
    "options of QEMU for such a machine, one a line, for a shell.\n"
    "\n"
    "  --mode MODE     how the guest reaches the renderer: vhost-user (default), a device that\n"
    "                  vthunkd itself is (QEMU from 11.1 on); or virgl, QEMU's own virtio-gpu "
    "with\n"
    "                  vthunk's libvirglrenderer.so.1 (QEMU from 9.2 on)\n"
    "  --qemu QEMU     a program, by its path, or the name of an image with one; else the image\n"
    "                  qemu-sid or, for virgl, qemu-trixie (vthunk image make qemu-sid)\n"
    "  --kernel KERNEL the guest's kernel: a file, by its path, with its modules in\n"
    "                  ../lib/modules, or the name of an image with one; else that of QEMU's "
    "image\n"
    "  --memory SIZE   of the guest (default 2G)\n"
    "  --hostmem SIZE  the window in which the guest sees the renderer's memory (default 8G)\n"
    "  --accel NAME    kvm or tcg; else kvm if it can be used\n"
    "  --image IMAGE   run the command in a root file system, as vthunk run --image does\n"
    "  --device NAME   what the renderer executes on, as for vthunk run\n"
    "  --gfx NAME      which software GPU, as for vthunk run\n"
    "  --socket PATH   for args: where the renderer is to listen\n"
    "  --verbose       show what the kernel and QEMU say; else only if something fails\n"
    "  --help          this text\n"
    "\n"
    "The guest has this system's root file system; what it writes is lost at its end. The exit\n"
    "status is the command's as in vthunk run, 124 if the guest ended without one or never came\n"
    "up, 125 if vthunk itself failed.\n";

enum {
	OPT_MODE = 1,
	OPT_QEMU,
	OPT_KERNEL,
	OPT_MEMORY,
	OPT_HOSTMEM,
	OPT_ACCEL,
	OPT_IMAGE,
	OPT_DEVICE,
	OPT_GFX,
	OPT_SOCKET,
	OPT_VERBOSE,
	OPT_HELP
};

static const struct option known[] = {
    {"mode", required_argument, NULL, OPT_MODE},
    {"qemu", required_argument, NULL, OPT_QEMU},
    {"kernel", required_argument, NULL, OPT_KERNEL},
    {"memory", required_argument, NULL, OPT_MEMORY},
    {"hostmem", required_argument, NULL, OPT_HOSTMEM},
    {"accel", required_argument, NULL, OPT_ACCEL},
    {"image", required_argument, NULL, OPT_IMAGE},
    {"device", required_argument, NULL, OPT_DEVICE},
    {"gfx", required_argument, NULL, OPT_GFX},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

void vt_vm_help(void)
{
	fputs(help, stdout);
}

static int take_mode(const char *text, enum vt_vm_mode *ret)
{
	if (strcmp(text, "vhost-user") == 0)
		*ret = VT_VM_VHOST_USER;
	else if (strcmp(text, "virgl") == 0)
		*ret = VT_VM_VIRGL;
	else {
		vt_say("--mode %s: vhost-user or virgl is wanted", text);
		return -EINVAL;
	}
	return 0;
}

static int take_accel(const char *text, const char **ret)
{
	if (strcmp(text, "kvm") != 0 && strcmp(text, "tcg") != 0) {
		vt_say("--accel %s: kvm or tcg is wanted", text);
		return -EINVAL;
	}
	*ret = text;
	return 0;
}

/* Bytes, or with K, M, G, T. */
static int take_size(const char *option, const char *text, uint64_t min, uint64_t *ret)
{
	static const char units[] = "KMGT";
	unsigned long long value;
	unsigned shift = 0;
	const char *unit;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end && !end[1] && (unit = strchr(units, *end))) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	if (errno || *text < '0' || *text > '9' || *end || value > UINT64_MAX >> shift ||
	    value << shift < min || value << shift > 1ull << 40) {
		vt_say("--%s %s: a size is wanted, as 512M or 8G, from %lluM to 1T", option, text,
		       (unsigned long long)min >> 20);
		return -EINVAL;
	}
	*ret = value << shift;
	return 0;
}

/* The window is a region of a PCI device. */
static int take_window(const char *text, uint64_t *ret)
{
	int err = take_size("hostmem", text, 16ull << 20, ret);

	if (!err && (*ret & (*ret - 1))) {
		vt_say("--hostmem %s: a power of two is wanted, as 4G or 16G", text);
		err = -EINVAL;
	}
	return err;
}

/* Returns 0, 1 after help, or -EINVAL. */
static int take(int option, char *text, struct vt_vm_options *o)
{
	switch (option) {
	case OPT_MODE: return take_mode(text, &o->mode);
	case OPT_ACCEL: return take_accel(text, &o->accel);
	case OPT_MEMORY: return take_size("memory", text, 256ull << 20, &o->memory);
	case OPT_HOSTMEM: return take_window(text, &o->hostmem);
	case OPT_QEMU: o->qemu = text; break;
	case OPT_KERNEL: o->kernel = text; break;
	case OPT_IMAGE: o->image = text; break;
	case OPT_DEVICE: o->renderer.device = text; break;
	case OPT_GFX: o->renderer.gfx = text; break;
	case OPT_SOCKET: o->renderer.socket = text; break;
	case OPT_VERBOSE: o->verbose = true; break;
	case 'h':
	case OPT_HELP: vt_vm_help(); return 1;
	default: return -EINVAL; /* getopt has said what is wrong */
	}
	return 0;
}

static int check(bool run, int num, char **args, struct vt_vm_options *o)
{
	if (run && optind == num) {
		vt_say("no command to run; try vthunk vm --help");
		return -EINVAL;
	}
	if (!run && optind < num) {
		vt_say("vm args takes no \"%s\"; try vthunk vm --help", args[optind]);
		return -EINVAL;
	}
	if (run && o->renderer.socket) {
		vt_say("--socket is for vm args: vm run starts a renderer of its own");
		return -EINVAL;
	}
	o->command = args + optind;
	return 0;
}

int vt_vm_options_parse(bool run, int num, char **args, struct vt_vm_options *o)
{
	static char name[] = "vthunk vm";
	int c, err = 0;

	memset(o, 0, sizeof(*o));
	o->memory = 2ull << 30;
	o->hostmem = 8ull << 30;
	optind = 1;
	args[0] = name;
	while (!err && (c = getopt_long(num, args, "+h", known, NULL)) != -1)
		err = take(c, optarg, o);
	return err ? err : check(run, num, args, o);
}
