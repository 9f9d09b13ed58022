/* The options of the subcommands. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "guest-thunk/cli/cli.h"

#define RENDERER_OPTIONS                                                                          \
	"  --socket PATH   use the renderer that listens at this socket\n"                        \
	"  --device NAME   start a renderer of its own on this device: swgpu (a software GPU),\n" \
	"                  kfd (the system's libhsakmt.so.1), or the path of another "            \
	"libhsakmt.so.1\n"                                                                        \
	"  --gfx NAME      start one with a software GPU of this kind: gfx906 (default), "        \
	"gfx900,\n"                                                                               \
	"                  gfx90c\n"

#define RENDERER_CHOICE                                                                         \
	"Without --socket, --device and --gfx: the renderer at VTHUNK_SOCKET if that is set, "  \
	"else\n"                                                                                \
	"the one at vthunk.sock in XDG_RUNTIME_DIR or at /run/vthunk/vthunkd.sock if it runs, " \
	"else\n"                                                                                \
	"the one behind a virtio-gpu device, in a guest (VTHUNK_RENDER_NODE names its node), "  \
	"else\n"                                                                                \
	"one of its own.\n"

static const char run_help[] =
    "usage: vthunk run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "\n" RENDERER_OPTIONS
    "  --direct        no renderer: load the device's libhsakmt.so.1 in the command itself\n"
    "  --stats         at the end, print the forwarded calls\n"
    "  --image IMAGE   run the command in a root file system, as a container: its path, or the\n"
    "                  name of one that vthunk image has made\n"
    "  --bind DIR[:AT] with --image: have the folder DIR in the container, writable, as AT\n"
    "  --help          this text\n"
    "\n" RENDERER_CHOICE "\n"
    "The exit status is the command's, 128+N if signal N ended it, 127 if there is no such\n"
    "command, 126 if it cannot be executed, 125 if vthunk itself failed.\n";

static const char info_help[] = "usage: vthunk info [OPTION...]\n"
				"\n" RENDERER_OPTIONS "  --json          as one JSON object\n"
				"  --help          this text\n"
				"\n" RENDERER_CHOICE;

static const char cdi_help[] =
    "usage: vthunk cdi [OPTION...]\n"
    "\n"
    "Writes a specification for the Container Device Interface, by which podman, docker and\n"
    "containerd give containers a renderer's GPU: vthunk.dev/gpu=all.\n"
    "\n"
    "  --output FILE   write it to this file, in its folder all at once; else to standard output.\n"
    "                  Runtimes look for *.json in /etc/cdi and /var/run/cdi\n"
    "  --socket PATH   the renderer that listens at this socket, now and when containers run\n"
    "  --view DIR      where to keep the files about the GPU that containers see; else\n"
    "                  vthunk/cdi in XDG_DATA_HOME or, if that is not set, in /var/lib (root) or\n"
    "                  ~/.local/share\n"
    "  --help          this text\n"
    "\n"
    "Without --socket: the renderer at VTHUNK_SOCKET if that is set, else the one at vthunk.sock\n"
    "in XDG_RUNTIME_DIR or at /run/vthunk/vthunkd.sock. Run the command again when the renderer\n"
    "has another device, vthunk is somewhere else, or the folder is gone: it makes all of it "
    "anew.\n"
    "The exit status is 125 if it fails.\n";

enum {
	OPT_DEVICE = 1,
	OPT_GFX,
	OPT_SOCKET,
	OPT_DIRECT,
	OPT_STATS,
	OPT_JSON,
	OPT_IMAGE,
	OPT_BIND,
	OPT_OUTPUT,
	OPT_VIEW,
	OPT_HELP
};

static const struct option run_options[] = {
    {"device", required_argument, NULL, OPT_DEVICE},
    {"gfx", required_argument, NULL, OPT_GFX},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"direct", no_argument, NULL, OPT_DIRECT},
    {"stats", no_argument, NULL, OPT_STATS},
    {"image", required_argument, NULL, OPT_IMAGE},
    {"bind", required_argument, NULL, OPT_BIND},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static const struct option info_options[] = {
    {"device", required_argument, NULL, OPT_DEVICE}, {"gfx", required_argument, NULL, OPT_GFX},
    {"socket", required_argument, NULL, OPT_SOCKET}, {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},           {NULL, 0, NULL, 0},
};

static const struct option cdi_options[] = {
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"view", required_argument, NULL, OPT_VIEW},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Absolute, so that it is clear what is meant on both sides. */
static int add_bind(struct vt_options *o, const char *bind)
{
	const char *colon = strchr(bind, ':');

	if (bind[0] != '/' || (colon && (colon[1] != '/' || strchr(colon + 1, ':')))) {
		vt_say("--bind %s: absolute paths are wanted, DIR or DIR:AT", bind);
		return -EINVAL;
	}
	if (o->num_binds == VT_BINDS_MAX) {
		vt_say("--bind: %d at most", VT_BINDS_MAX);
		return -EINVAL;
	}
	o->bind[o->num_binds++] = bind;
	return 0;
}

/* name: with which getopt's messages begin */
static int read_options(char *name, int num, char **args, const struct option *known,
			const char *help, struct vt_options *o)
{
	int c;

	optind = 1;
	args[0] = name;
	while ((c = getopt_long(num, args, "+h", known, NULL)) != -1) {
		switch (c) {
		case OPT_DEVICE: o->device = optarg; break;
		case OPT_GFX: o->gfx = optarg; break;
		case OPT_SOCKET: o->socket = optarg; break;
		case OPT_DIRECT: o->direct = true; break;
		case OPT_STATS: o->stats = true; break;
		case OPT_JSON: o->json = true; break;
		case OPT_OUTPUT: o->output = optarg; break;
		case OPT_VIEW: o->view = optarg; break;
		case OPT_IMAGE: o->image = optarg; break;
		case OPT_BIND:
			if (add_bind(o, optarg))
				return -EINVAL;
			break;
		case 'h':
		case OPT_HELP: fputs(help, stdout); return 1;
		default: return -EINVAL; /* getopt has said what is wrong */
		}
	}
	if (o->socket && (o->device || o->gfx)) {
		vt_say(
		    "--socket names a renderer that runs; --device and --gfx start one: not both");
		return -EINVAL;
	}
	return 0;
}

int vt_options_parse_run(int num, char **args, struct vt_options *o)
{
	static char name[] = "vthunk run";
	int err = read_options(name, num, args, run_options, run_help, o);

	if (err)
		return err;
	if (optind == num) {
		vt_say("no command to run; try vthunk run --help");
		return -EINVAL;
	}
	if (o->direct && o->socket) {
		vt_say("--direct needs no renderer: not both --direct and --socket");
		return -EINVAL;
	}
	if (o->num_binds && !o->image) {
		vt_say("--bind is for containers: it needs --image");
		return -EINVAL;
	}
	o->command = args + optind;
	return 0;
}

/* For the subcommands that have nothing but options; name: of two words. */
static int read_only_options(char *name, int num, char **args, const struct option *known,
			     const char *help, struct vt_options *o)
{
	int err = read_options(name, num, args, known, help, o);

	if (!err && optind < num) {
		vt_say("%s takes no \"%s\"; try %s --help", strchr(name, ' ') + 1, args[optind],
		       name);
		return -EINVAL;
	}
	return err;
}

int vt_options_parse_info(int num, char **args, struct vt_options *o)
{
	static char name[] = "vthunk info";

	return read_only_options(name, num, args, info_options, info_help, o);
}

int vt_options_parse_cdi(int num, char **args, struct vt_options *o)
{
	static char name[] = "vthunk cdi";

	return read_only_options(name, num, args, cdi_options, cdi_help, o);
}
