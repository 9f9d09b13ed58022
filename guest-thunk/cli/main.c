/* vthunk: runs programs on a renderer's GPU, and tells what a renderer offers. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-thunk/cli/cli.h"
#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/vm.h"

static const char help[] =
    "usage: vthunk run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "       vthunk info [OPTION...]\n"
    "       vthunk cdi [OPTION...]\n"
    "       vthunk vm run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "       vthunk vm args [OPTION...]\n"
    "       vthunk image make|list|path [OPTION...] [NAME]\n"
    "\n"
    "Runs programs for AMD's ROCm where there is no GPU device node.\n"
    "\n"
    "  run        run a command with its GPU calls forwarded to a renderer\n"
    "  info       tell what the renderer offers\n"
    "  vm         run a command in a virtual machine of QEMU's\n"
    "  image      make root file systems with ROCm, for run --image, or with QEMU, for vm\n"
    "  cdi        tell podman, docker and containerd how to have the GPU in containers\n"
    "\n"
    "  --help     this text; after a command: its options\n"
    "  --version  the version\n";

void vt_say(const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	fprintf(stderr, "vthunk: %s\n", line);
}

int vt_path(char ret[PATH_MAX], const char *below)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len < 0)
		return -errno;
	exe[len] = '\0';
	for (int i = 0; i < 2; i++) { /* the program's name, then bin */
		char *slash = strrchr(exe, '/');

		if (!slash)
			return -ENOENT;
		*slash = '\0';
	}
	return snprintf(ret, PATH_MAX, "%s/%s", exe, below) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int vt_make_folders(const char *path)
{
	char part[PATH_MAX];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	for (char *at = part + 1; (at = strchr(at, '/')); *at++ = '/') {
		*at = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return mkdir(part, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* A subcommand with its arguments, of which the first is its name. */
static int dispatch(int num, char **args)
{
	struct vt_options o = {.device = NULL};
	int err;

	if (strcmp(args[0], "run") == 0) {
		err = vt_options_parse_run(num, args, &o);
		return err < 0 ? VT_EXIT_FAILED : err > 0 ? EXIT_SUCCESS : vt_cmd_run(&o);
	}
	if (strcmp(args[0], "info") == 0) {
		err = vt_options_parse_info(num, args, &o);
		return err < 0 ? VT_EXIT_FAILED : err > 0 ? EXIT_SUCCESS : vt_cmd_info(&o);
	}
	if (strcmp(args[0], "cdi") == 0) {
		err = vt_options_parse_cdi(num, args, &o);
		return err < 0 ? VT_EXIT_FAILED : err > 0 ? EXIT_SUCCESS : vt_cmd_cdi(&o);
	}
	if (strcmp(args[0], "image") == 0)
		return vt_cmd_image(num, args);
	if (strcmp(args[0], "vm") == 0)
		return vt_cmd_vm(num, args);
	vt_say("there is no \"%s\"; try vthunk --help", args[0]);
	return VT_EXIT_FAILED;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs(help, stderr);
		return VT_EXIT_FAILED;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		fputs(help, stdout);
		return EXIT_SUCCESS;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("vthunk " VT_VERSION);
		return EXIT_SUCCESS;
	}
	return dispatch(argc - 1, argv + 1);
}
