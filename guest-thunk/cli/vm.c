/* vthunk vm: a command in a virtual machine, and QEMU's options for a machine of the user's own. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest-thunk/cli/vm.h"

#define SYSTEM_GPU_SOCKET "/run/vthunk/gpu.sock"
#define END_TIMEOUT_MS    3000
#define STEP_MS           5

/* What a run consists of. */
struct run {
	struct vt_vm_options *options;
	struct vt_vm_qemu qemu;
	struct vt_vm_kernel kernel;
	struct vt_renderer renderer; /* its folder is the run's */
	char gpu[PATH_MAX + 8];      /* the device's socket */
	struct vt_vm_wires wires;
	pid_t pid;
};

/* --- Starting --- */

/* Everything that can be wrong before something is started. */
static int prepare(struct run *r)
{
	struct vt_vm_options *o = r->options;
	int err = vt_vm_qemu_find(o, &r->qemu);

	if (!err)
		err = vt_vm_qemu_check(o, &r->qemu);
	if (!err)
		err = vt_vm_kernel_find(o->kernel, &r->qemu, &r->kernel);
	if (!err)
		err = vt_renderer_make_folder(&r->renderer);
	return err ? err : vt_vm_guest_make(o, &r->kernel, r->renderer.folder);
}

static int start_renderer(struct run *r)
{
	struct vt_options *o = &r->options->renderer;

	snprintf(r->gpu, sizeof(r->gpu), "%s/" VT_VM_GPU, r->renderer.folder);
	if (!o->device)
		o->device = "swgpu"; /* one of our own, whatever else runs */
	if (r->options->mode == VT_VM_VHOST_USER) {
		o->vhost_user = r->gpu;
		o->hostmem = r->options->hostmem;
	}
	return vt_renderer_find(o, &r->renderer);
}

static void add_machine(const struct run *r, const char *folder, const char *accel,
			struct vt_words *to)
{
	static const char *const fixed[] = {
	    "-nodefaults", "-no-user-config", "-no-reboot", "-smp", "2", NULL};

	vt_words_add_all(to, fixed);
	vt_words_add(to, "-machine");
	vt_words_add(to, "q35,accel=%s", accel);
	vt_words_add(to, "-cpu");
	vt_words_add(to, strcmp(accel, "kvm") == 0 ? "host" : "max");
	vt_words_add(to, "-kernel");
	vt_words_add(to, "%s%s", r->qemu.image[0] ? vt_vm_qemu_path(&r->qemu, VT_VM_ROOT, "") : "",
		     r->kernel.file);
	vt_words_add(to, "-initrd");
	vt_words_add(to, "%s/" VT_VM_INITRAMFS, folder);
	vt_words_add(to, "-append");
	vt_words_add(to, "console=ttyS0 panic=-1%s", r->options->verbose ? "" : " quiet");
	vt_words_add(to, "-fsdev");
	vt_words_add(to, "local,id=root,path=%s,security_model=none,readonly=on,multidevs=remap",
		     vt_vm_qemu_path(&r->qemu, VT_VM_ROOT, "/"));
	vt_words_add(to, "-device");
	vt_words_add(to, "virtio-9p-pci,fsdev=root,mount_tag=root");
}

/* A display that can do OpenGL where there is neither a screen nor a GPU. */
static void add_display(const struct run *r, struct vt_words *environment, struct vt_words *to)
{
	bool gl = r->options->mode == VT_VM_VIRGL;

	vt_words_add(to, "-display");
	vt_words_add(to, gl ? "sdl,gl=on" : "none");
	if (!gl)
		return;
	vt_words_add(environment, "SDL_VIDEODRIVER=offscreen");
	vt_words_add(environment, "LIBGL_ALWAYS_SOFTWARE=1");
	vt_words_add(environment, "MESA_SHADER_CACHE_DISABLE=true");
}

static void make_words(const struct run *r, struct vt_words *to)
{
	const char *folder = vt_vm_qemu_path(&r->qemu, VT_VM_FOLDER, r->renderer.folder);
	const char *accel = vt_vm_qemu_accel(r->options, &r->qemu);
	struct vt_words environment = {.num = 0}, options = {.num = 0};
	char libraries[PATH_MAX] = "", socket[PATH_MAX + 8], gpu[PATH_MAX + 8];

	vt_path(libraries, "lib/vthunk");
	snprintf(socket, sizeof(socket), "%s/sock", folder);
	snprintf(gpu, sizeof(gpu), "%s/" VT_VM_GPU, folder);
	add_machine(r, folder, accel, &options);
	add_display(r, &environment, &options);
	vt_vm_add_gpu(r->options, gpu, &options);
	vt_vm_wires_add(&r->wires, &options);
	vt_vm_add_environment(r->options, vt_vm_qemu_path(&r->qemu, VT_VM_LIBRARIES, libraries),
			      socket, &environment);
	vt_vm_qemu_begin(&r->qemu, r->renderer.folder, &environment, to);
	if (environment.err || options.err)
		to->err = -ENOMEM;
	else
		vt_words_add_all(to, (const char *const *)options.word);
	vt_words_fini(&environment);
	vt_words_fini(&options);
}

/* In the child. It gets no signals from the terminal, and none is blocked in it. */
static void become_qemu(const struct run *r, char **words, pid_t parent, const sigset_t *mask)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(VT_EXIT_FAILED);
	setsid();
	sigprocmask(SIG_SETMASK, mask, NULL);
	vt_vm_wires_hand_over(&r->wires);
	execvp(words[0], words);
	vt_say("cannot run %s: %s", words[0], strerror(errno));
	_exit(VT_EXIT_FAILED);
}

static int start_qemu(struct run *r)
{
	struct vt_words words = {.num = 0};
	pid_t parent = getpid();
	sigset_t ending, old;
	int err = vt_vm_wires_init(&r->wires);

	if (!err)
		make_words(r, &words);
	if (!err)
		err = words.err;
	/* vt_vm_relay() takes them */
	sigemptyset(&ending);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGQUIT);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, &old);
	if (!err && (r->pid = fork()) == 0)
		become_qemu(r, words.word, parent, &old);
	if (!err && r->pid < 0)
		err = -errno;
	signal(SIGPIPE, SIG_IGN);
	vt_vm_wires_close_theirs(&r->wires);
	vt_words_fini(&words);
	if (err)
		vt_say("cannot start QEMU: %s", strerror(-err));
	return err;
}

/* --- Ending --- */

static void end_qemu(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	for (int waited = 0; waited < END_TIMEOUT_MS; waited += STEP_MS) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000l}, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int run(struct vt_vm_options *o)
{
	struct run *r = calloc(1, sizeof(*r));
	int status = VT_EXIT_FAILED;

	if (!r) {
		vt_say("out of memory");
		return status;
	}
	r->options = o;
	for (int i = 0; i < VT_VM_WIRES; i++)
		r->wires.ours[i] = r->wires.theirs[i] = -1;
	if (prepare(r) == 0 && start_renderer(r) == 0 && start_qemu(r) == 0)
		status = vt_vm_relay(&r->wires, r->pid, o->verbose);
	end_qemu(r->pid);
	vt_vm_wires_fini(&r->wires);
	if (r->renderer.folder[0])
		vt_vm_guest_remove(r->renderer.folder);
	vt_renderer_end(&r->renderer);
	free(r);
	return status;
}

/* --- For a machine of the user's own --- */

static void default_socket(char ret[PATH_MAX])
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (dir && *dir == '/')
		snprintf(ret, PATH_MAX, "%s/vthunk-gpu.sock", dir);
	else
		strcpy(ret, SYSTEM_GPU_SOCKET);
}

/* An option and its value share a line. */
static void print_options(const struct vt_words *words)
{
	for (size_t i = 0; i < words->num; i++) {
		vt_words_print_quoted(stdout, words->word[i]);
		putchar(i + 1 < words->num && words->word[i + 1][0] != '-' ? ' ' : '\n');
	}
}

static void print_renderer(const struct vt_vm_options *o, const char *socket)
{
	bool vhost_user = o->mode == VT_VM_VHOST_USER;

	fputs("# before QEMU: vthunkd ", stderr);
	if (o->renderer.device)
		fprintf(stderr, "--device %s ", o->renderer.device);
	if (o->renderer.gfx)
		fprintf(stderr, "--gfx %s ", o->renderer.gfx);
	if (vhost_user)
		fprintf(stderr, "--hostmem %lluM ", (unsigned long long)o->hostmem >> 20);
	fputs(vhost_user ? "--vhost-user " : "--socket ", stderr);
	vt_words_print_quoted(stderr, socket);
	putc('\n', stderr);
}

static int args(const struct vt_vm_options *o)
{
	struct vt_words words = {.num = 0}, environment = {.num = 0};
	char libraries[PATH_MAX], socket[PATH_MAX];
	int err = vt_path(libraries, "lib/vthunk");

	if (o->renderer.socket)
		snprintf(socket, sizeof(socket), "%s", o->renderer.socket);
	else
		default_socket(socket);
	vt_vm_add_gpu(o, socket, &words);
	vt_vm_add_environment(o, libraries, socket, &environment);
	if (!err)
		err = words.err ? words.err : environment.err;
	if (err) {
		vt_say("%s", strerror(-err));
	} else {
		print_renderer(o, socket);
		if (environment.num)
			fputs("# QEMU's environment:", stderr);
		for (size_t i = 0; i < environment.num; i++) {
			putc(' ', stderr);
			vt_words_print_quoted(stderr, environment.word[i]);
		}
		if (environment.num)
			fputs("\n# and a -display with OpenGL, as egl-headless or gtk,gl=on\n",
			      stderr);
		print_options(&words);
	}
	vt_words_fini(&words);
	vt_words_fini(&environment);
	return err ? VT_EXIT_FAILED : EXIT_SUCCESS;
}

int vt_cmd_vm(int num, char **arguments)
{
	const char *name = num > 1 ? arguments[1] : "";
	bool is_run = strcmp(name, "run") == 0;
	struct vt_vm_options o;
	int err;

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		vt_vm_help();
		return EXIT_SUCCESS;
	}
	if (!is_run && strcmp(name, "args") != 0) {
		vt_say("vthunk vm run or args; try vthunk vm --help");
		return VT_EXIT_FAILED;
	}
	err = vt_vm_options_parse(is_run, num - 1, arguments + 1, &o);
	if (err)
		return err > 0 ? EXIT_SUCCESS : VT_EXIT_FAILED;
	return is_run ? run(&o) : args(&o);
}
