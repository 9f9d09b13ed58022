/* The QEMU that a guest runs in: which, whether it will do, and how it is started. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest-thunk/cli/container_check.h"
#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/inside.h"
#include "guest-thunk/cli/vm.h"

#define PROGRAM     "qemu-system-x86_64"
#define OUTPUT_SIZE 16384

/* Where things are in the container of an image's QEMU. */
#define INSIDE_FOLDER "/run/vthunk"
#define INSIDE_ROOT   "/host"

/* --- Which --- */

static int use_image(const char *name, struct vt_vm_qemu *q)
{
	char program[PATH_MAX + 64];
	int err = vt_image_find(name, q->image);

	if (err)
		return err;
	snprintf(program, sizeof(program), "%s/usr/bin/" PROGRAM, q->image);
	if (access(program, X_OK) < 0) {
		vt_say("image %s: no QEMU in it (/usr/bin/" PROGRAM ")", name);
		return -ENOENT;
	}
	strcpy(q->program, PROGRAM);
	return 0;
}

static int use_program(const char *path, struct vt_vm_qemu *q)
{
	if (access(path, X_OK) < 0 || !realpath(path, q->program)) {
		vt_say("QEMU %s: %s", path, strerror(errno));
		return -ENOENT;
	}
	return 0;
}

/* The images in which to look if nothing is asked for; NULL behind the last. */
static const char *const *images_for(enum vt_vm_mode mode)
{
	static const char *const vhost_user[] = {"qemu-sid", NULL};
	static const char *const virgl[] = {"qemu-trixie", "qemu-sid", NULL};

	return mode == VT_VM_VIRGL ? virgl : vhost_user;
}

int vt_vm_qemu_find(const struct vt_vm_options *o, struct vt_vm_qemu *ret)
{
	const char *const *names = images_for(o->mode);
	char images[PATH_MAX], root[PATH_MAX + 32];

	memset(ret, 0, sizeof(*ret));
	if (o->qemu)
		return strchr(o->qemu, '/') ? use_program(o->qemu, ret) : use_image(o->qemu, ret);
	if (vt_image_folder(NULL, images))
		return -ENOENT;
	for (size_t i = 0; names[i]; i++) {
		snprintf(root, sizeof(root), "%s/%s", images, names[i]);
		if (access(root, F_OK) == 0)
			return use_image(names[i], ret);
	}
	vt_say("there is no QEMU for the mode %s: make one with vthunk image make %s, or name one "
	       "with --qemu PATH",
	       o->mode == VT_VM_VIRGL ? "virgl" : "vhost-user", names[0]);
	return -ENOENT;
}

/* --- How it is started --- */

struct entries {
	const struct vt_vm_qemu *qemu;
	struct vt_words *to;
};

static void add_entry(void *arg, const char *name, const char *link)
{
	const struct entries *e = arg;

	vt_words_add(e->to, link ? "--symlink" : "--ro-bind");
	if (link)
		vt_words_add(e->to, "%s", link);
	else
		vt_words_add(e->to, "%s/%s", e->qemu->image, name);
	vt_words_add(e->to, "/%s", name);
}

static void add_bind(struct vt_words *to, const char *how, const char *from, const char *at)
{
	vt_words_add(to, "%s", how);
	vt_words_add(to, "%s", from);
	vt_words_add(to, "%s", at);
}

/* The root's folder is writable while things are bound into it, not for QEMU. */
static void add_container(const struct vt_vm_qemu *q, const char *folder, struct vt_words *to)
{
	static const char *const begin[] = {"bwrap",
					    "--die-with-parent",
					    "--unshare-ipc",
					    "--unshare-pid",
					    "--unshare-uts",
					    "--unshare-net",
					    NULL};
	static const char *const fixed[] = {"--dev",    "/dev",     "--dev-bind-try",
					    "/dev/kvm", "/dev/kvm", "--dev-bind-try",
					    "/dev/dri", "/dev/dri", "--proc",
					    "/proc",    "--tmpfs",  "/tmp",
					    "--tmpfs",  "/run",     "--clearenv",
					    "--setenv", "PATH",     "/usr/sbin:/usr/bin:/sbin:/bin",
					    NULL};
	static const char *const end[] = {"--remount-ro", "/", "--chdir", "/", NULL};
	struct entries entries = {q, to};
	char libraries[PATH_MAX];
	int err;

	vt_words_add_all(to, begin);
	/* In a namespace for users root could not read what others have. */
	if (geteuid() != 0)
		vt_words_add(to, "--unshare-user");
	err = vt_container_each_entry(q->image, add_entry, &entries);
	if (err && !to->err)
		to->err = err;
	vt_words_add_all(to, fixed);
	if (folder)
		add_bind(to, "--bind", folder, INSIDE_FOLDER);
	add_bind(to, "--ro-bind", "/", INSIDE_ROOT);
	if (vt_path(libraries, "lib/vthunk") == 0)
		add_bind(to, "--ro-bind", libraries, VT_INSIDE_LIBRARIES);
	vt_words_add_all(to, end);
}

void vt_vm_qemu_begin(const struct vt_vm_qemu *q, const char *folder,
		      const struct vt_words *environment, struct vt_words *to)
{
	if (q->image[0])
		add_container(q, folder, to);
	vt_words_add(to, "env");
	for (size_t i = 0; environment && i < environment->num; i++)
		vt_words_add(to, "%s", environment->word[i]);
	vt_words_add(to, "%s", q->program);
}

const char *vt_vm_qemu_path(const struct vt_vm_qemu *q, enum vt_vm_place place, const char *here)
{
	static const char *const inside[] = {
	    [VT_VM_FOLDER] = INSIDE_FOLDER,
	    [VT_VM_ROOT] = INSIDE_ROOT,
	    [VT_VM_LIBRARIES] = VT_INSIDE_LIBRARIES,
	};

	return q->image[0] ? inside[place] : here;
}

/* --- Whether it will do --- */

/* In the child: executes the words with this input and output. */
static void become(char **words, int input, int output)
{
	dup2(input, 0);
	dup2(output, 1);
	dup2(output, 2);
	execvp(words[0], words);
	_exit(errno == ENOENT ? VT_EXIT_NOT_FOUND : VT_EXIT_NOT_EXECUTABLE);
}

static void read_all(int fd, char output[OUTPUT_SIZE])
{
	char rest[512];
	size_t have = 0;
	ssize_t n;

	while (have < OUTPUT_SIZE - 1 && (n = read(fd, output + have, OUTPUT_SIZE - 1 - have)) > 0)
		have += (size_t)n;
	output[have] = '\0';
	while (read(fd, rest, sizeof(rest)) > 0)
		;
}

/* Runs QEMU with some options and a line as input. Returns its exit status with what it said, or
 * -errno. */
static int ask(const struct vt_vm_qemu *q, const char *const *options, const char *input,
	       char output[OUTPUT_SIZE])
{
	struct vt_words words = {.num = 0};
	int in[2] = {-1, -1}, out[2] = {-1, -1}, status = 0, err;
	pid_t pid = -1;

	vt_vm_qemu_begin(q, NULL, NULL, &words);
	vt_words_add_all(&words, options);
	err = words.err;
	if (!err && (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
		     write(in[1], input, strlen(input)) < 0))
		err = -errno;
	if (!err && (pid = fork()) == 0)
		become(words.word, in[0], out[1]);
	if (!err && pid < 0)
		err = -errno;
	close(in[0]);
	close(in[1]);
	close(out[1]);
	if (!err) {
		read_all(out[0], output);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(out[0]);
	vt_words_fini(&words);
	return err ? err : WIFEXITED(status) ? WEXITSTATUS(status) : VT_EXIT_SIGNAL;
}

static const char *name_of(const struct vt_vm_qemu *q)
{
	return q->image[0] ? q->image : q->program;
}

/* The first line of what a QEMU said in vain. */
static int refuse(const struct vt_vm_qemu *q, char *output)
{
	output[strcspn(output, "\n")] = '\0';
	vt_say("QEMU of %s does not run: %s", name_of(q), *output ? output : "it says nothing");
	return -ENOEXEC;
}

int vt_vm_qemu_check(const struct vt_vm_options *o, const struct vt_vm_qemu *q)
{
	static const char *const version[] = {"--version", NULL};
	static const char *const vhost_user[] = {"-device", "vhost-user-test-device-pci,help",
						 NULL};
	static const char *const virgl[] = {"-device", "virtio-gpu-gl-pci,help", NULL};
	bool is_virgl = o->mode == VT_VM_VIRGL;
	char output[OUTPUT_SIZE] = "";
	int status;

	if (q->image[0] && vt_container_check_bwrap())
		return -EPERM;
	status = ask(q, is_virgl ? virgl : vhost_user, "", output);
	if (status == 0 && (!is_virgl || (strstr(output, "hostmem=") && strstr(output, "venus="))))
		return 0;
	status = ask(q, version, "", output);
	if (status != 0)
		return status < 0 ? status : refuse(q, output);
	output[strcspn(output, "\n")] = '\0';
	if (is_virgl)
		vt_say("%s (%s) has no virtio-gpu-gl-pci with hostmem and venus: QEMU from 9.2 on, "
		       "with virglrenderer (Debian: qemu-system-modules-opengl)",
		       name_of(q), output);
	else
		vt_say("%s (%s) has no vhost-user-test-device-pci: QEMU from 11.1 on has it",
		       name_of(q), output);
	return -ENODEV;
}

/* Without these KVM, where it is there, emulates, and not every instruction. */
static bool has_virtualization(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0)
		found = strncmp(line, "flags", 5) == 0 &&
			(strstr(line, " vmx ") || strstr(line, " svm "));
	free(line);
	if (file)
		fclose(file);
	return found;
}

const char *vt_vm_qemu_accel(const struct vt_vm_options *o, const struct vt_vm_qemu *q)
{
	/* A processor that is made and not started: in a virtual machine this can fail. */
	static const char *const with_kvm[] = {"-accel",      "kvm",      "-cpu", "host",
					       "-nodefaults", "-display", "none", "-S",
					       "-monitor",    "stdio",    NULL};
	char output[OUTPUT_SIZE];

	if (o->accel)
		return o->accel;
	if (access("/dev/kvm", R_OK | W_OK) < 0 || !has_virtualization())
		return "tcg";
	return ask(q, with_kvm, "quit\n", output) == 0 ? "kvm" : "tcg";
}
