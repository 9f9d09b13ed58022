/* What a guest begins with: its command, and the initramfs in which it is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/inside.h"
#include "guest-thunk/cli/vm.h"

#define RENDER_NODE   "/dev/dri/renderD128"
#define PATH_IF_UNSET "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

extern char **environ;

/* The variables with which vthunk runs in the guest. Told where the renderer is, it starts none of
 * its own in there. */
static void add_variables(struct vt_words *to)
{
	const char *path = getenv("PATH");

	vt_words_add(to, "VTHUNK_RENDER_NODE=" RENDER_NODE);
	vt_words_add(to, "PATH=%s", path && *path ? path : PATH_IF_UNSET);
	vt_words_add(to, "HOME=/root");
	vt_words_add(to, "USER=root");
	for (char **at = environ; *at; at++)
		if (vt_inside_is_passed(*at))
			vt_words_add(to, "%s", *at);
}

/* What the guest is to execute, with its environment before it. */
static int make_command(const struct vt_vm_options *o, struct vt_words *to)
{
	char vthunk[PATH_MAX], image[PATH_MAX];
	int err = vt_path(vthunk, "bin/vthunk");

	if (!err && o->image)
		err = vt_image_find(o->image, image);
	if (err)
		return err;
	add_variables(to);
	vt_words_add(to, "%s", vthunk);
	vt_words_add(to, "run");
	if (o->image) {
		vt_words_add(to, "--image");
		vt_words_add(to, "%s", image);
	}
	vt_words_add(to, "--");
	for (char **at = o->command; *at; at++)
		vt_words_add(to, "%s", *at);
	return to->err;
}

/* For the guest's shell. */
static int write_command(const struct vt_words *words, const char *path)
{
	FILE *file = fopen(path, "we");
	char here[PATH_MAX];
	int err = 0;

	if (!file)
		return -errno;
	fputs("folder=", file);
	vt_words_print_quoted(file, getcwd(here, sizeof(here)) ? here : "/");
	fputs("\nset --", file);
	for (size_t i = 0; i < words->num; i++) {
		putc(' ', file);
		vt_words_print_quoted(file, words->word[i]);
	}
	putc('\n', file);
	if (ferror(file))
		err = -EIO;
	if (fclose(file) != 0)
		err = -errno;
	return err;
}

/* The script says what is wrong. */
static int run_script(const struct vt_vm_kernel *k, const char *folder)
{
	char script[PATH_MAX];
	int err = vt_path(script, "lib/vthunk/vm/initramfs.sh"), status = 0;
	pid_t pid;

	if (err)
		return err;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		execl("/bin/sh", "sh", script, k->modules, k->version, folder, (char *)NULL);
		vt_say("cannot run %s: %s", script, strerror(errno));
		_exit(VT_EXIT_FAILED);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

int vt_vm_guest_make(const struct vt_vm_options *o, const struct vt_vm_kernel *k,
		     const char *folder)
{
	char path[PATH_MAX + 16];
	struct vt_words words = {.num = 0};
	int err = make_command(o, &words);

	snprintf(path, sizeof(path), "%s/" VT_VM_COMMAND, folder);
	if (!err) {
		err = write_command(&words, path);
		if (err)
			vt_say("%s: %s", path, strerror(-err));
	}
	vt_words_fini(&words);
	return err ? err : run_script(k, folder);
}

void vt_vm_guest_remove(const char *folder)
{
	static const char *const names[] = {VT_VM_COMMAND, VT_VM_INITRAMFS, VT_VM_GPU};
	char path[PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
}
