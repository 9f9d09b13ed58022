/* What stands in the way of a container. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest-thunk/cli/container.h"
#include "guest-thunk/cli/container_check.h"
#include "guest-thunk/cli/inside.h"

static int refuse(const char *root, const char *why)
{
	vt_say("image %s: %s", root, why);
	return -ENOTSUP;
}

/* Our library that the image's runtime will use. */
static const char *library_name(const struct vt_options *o, enum vt_thunk_kind kind)
{
	if (kind == VT_THUNK_DTIF)
		return o->direct ? "swgpu/libdtif.so" : "guest/libdtif.so";
	return o->direct ? "swgpu/libhsakmt.so.1" : "guest/libhsakmt.so.1";
}

/* Nothing in a table of functions tells of their arguments' layout: a table that was not looked at
 * is not served. */
#define NEWEST_WITH_TABLE 18 /* of ROCm 7.2 */

static int check_table(const char *root, const char *libraries, const char *name,
		       const struct vt_image_content *content)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", libraries, name);
	if (access(path, R_OK) < 0) {
		vt_say("image %s needs %s: %s", root, path, strerror(errno));
		return -ENOENT;
	}
	if (!content->version)
		return refuse(root, "its ROCm runtime does not say its version: no file called "
				    "libhsa-runtime64.so.1.N");
	if (content->version <= NEWEST_WITH_TABLE)
		return 0;
	vt_say("image %s: its ROCm runtime is version 1.%u, newer than this vthunk, which knows "
	       "them up to 1.%u",
	       root, content->version, NEWEST_WITH_TABLE);
	return -ENOTSUP;
}

static int check_calls(const struct vt_options *o, const char *root, const char *libraries,
		       const struct vt_image_content *content)
{
	char path[PATH_MAX + 32], missing[128];
	const char *name = library_name(o, content->thunk);
	int err;

	if (content->thunk == VT_THUNK_DTIF)
		return check_table(root, libraries, name, content);
	snprintf(path, sizeof(path), "%s/%s", libraries, name);
	err = vt_image_missing_call(root, content, path, missing);
	if (err || !missing[0])
		return err;
	vt_say("image %s: its %s wants %s, which is newer than this vthunk", root, content->runtime,
	       missing);
	return -ENOTSUP;
}

/* A program that is linked to the OpenCL loader will want AMD's runtime. */
static bool wants_opencl(const char *root, const char *command)
{
	return vt_image_file_has(root, command, "libOpenCL.so.1");
}

/* bubblewrap cannot make folders in an image that it must not change. */
static int check_mount_point(const char *root)
{
	int err = vt_image_make_folder(root, "usr/lib", "vthunk");

	if (err)
		vt_say("image %s has no folder " VT_INSIDE_LIBRARIES
		       " for vthunk's libraries and none can be made: %s",
		       root, strerror(-err));
	return err;
}

int vt_container_check_image(const struct vt_options *o, const char *root, const char *libraries,
			     struct vt_image_content *ret)
{
	int err = vt_image_look(root, ret);

	if (err)
		return err;
	if (ret->thunk == VT_THUNK_NONE)
		return refuse(root, "no ROCm in it: there is no libhsa-runtime64.so.1");
	if (ret->thunk == VT_THUNK_STATIC)
		return refuse(root, "its ROCm runtime has the thunk linked in (ROCm 6.3, 6.4 and "
				    "AMD's own builds) and cannot be served");
	if (wants_opencl(root, o->command[0]) && !ret->opencl)
		return refuse(root, "no libamdocl64.so in it, which is AMD's OpenCL runtime "
				    "(Debian: rocm-opencl-icd)");
	if (o->direct && o->device && strcmp(o->device, "swgpu") != 0)
		return refuse(root, "--direct in an image is for the device swgpu alone");
	err = check_calls(o, root, libraries, ret);
	return err ? err : check_mount_point(root);
}

/* In the child: bubblewrap with the namespaces of a container and nothing to do. */
static void try_bwrap(int words)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	dup2(words, 2);
	execlp("bwrap", "bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc",
	       "--unshare-uts", "--unshare-net", "--ro-bind", "/", "/", "--dev", "/dev", "--proc",
	       "/proc", "true", (char *)NULL);
	_exit(errno == ENOENT ? VT_EXIT_NOT_FOUND : VT_EXIT_NOT_EXECUTABLE);
}

static void read_words(int fd, char words[512])
{
	size_t have = 0;
	ssize_t n;

	while (have < 511 && (n = read(fd, words + have, 511 - have)) > 0)
		have += (size_t)n;
	words[have] = '\0';
	words[strcspn(words, "\n")] = '\0';
}

static int tell(int status, const char *words)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == VT_EXIT_NOT_FOUND) {
		vt_say("there is no bwrap, which makes containers (Debian: apt install "
		       "bubblewrap)");
		return -ENOENT;
	}
	if (strcasestr(words, "namespace"))
		vt_say("user namespaces are forbidden here, so that no container can be made (%s)",
		       words);
	else
		vt_say("no container can be made: %s", words[0] ? words : "bwrap fails");
	return -EPERM;
}

int vt_container_check_bwrap(void)
{
	char words[512];
	int ends[2], status = 0, err;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		try_bwrap(ends[1]);
	err = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (!err)
		read_words(ends[0], words);
	close(ends[0]);
	while (!err && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err = -errno;
	if (err)
		vt_say("cannot try bwrap: %s", strerror(-err));
	return err ? err : tell(status, words);
}

static int is_registration(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	/* Ours is for any; AMD's runtime comes through it. */
	return dot && strcmp(dot, ".icd") == 0 &&
	       strcmp(entry->d_name, VT_INSIDE_REGISTRATION) != 0 &&
	       !strstr(entry->d_name, "amdocl");
}

void vt_container_each_driver(const char *root, const char *to, vt_bind_fn *fn, void *arg)
{
	char folder[PATH_MAX], from[PATH_MAX + 320], at[PATH_MAX];
	struct dirent **list;
	struct stat st;
	int num;

	if (vt_image_resolve(root, "etc/OpenCL/vendors", folder))
		return;
	num = scandir(folder, &list, is_registration, alphasort);
	for (int i = 0; i < num; i++) {
		snprintf(from, sizeof(from), "%s/%s", folder, list[i]->d_name);
		snprintf(at, sizeof(at), "%s/%s", to, list[i]->d_name);
		/* A link could lead out of the image. */
		if (lstat(from, &st) == 0 && S_ISREG(st.st_mode))
			fn(arg, from, at);
		free(list[i]);
	}
	if (num >= 0)
		free(list);
}

static int is_of_image(const struct dirent *entry)
{
	static const char *const own[] = {".",   "..",   "dev", "proc", "sys", "run",
					  "tmp", "root", "mnt", "home", NULL};

	for (size_t i = 0; own[i]; i++)
		if (strcmp(entry->d_name, own[i]) == 0)
			return 0;
	return 1;
}

int vt_container_each_entry(const char *root, vt_entry_fn *fn, void *arg)
{
	char path[PATH_MAX + 260], link[PATH_MAX];
	struct dirent **list;
	int num = scandir(root, &list, is_of_image, alphasort);

	if (num < 0)
		return -errno;
	for (int i = 0; i < num; i++) {
		ssize_t len;

		snprintf(path, sizeof(path), "%s/%s", root, list[i]->d_name);
		len = readlink(path, link, sizeof(link) - 1);
		link[len < 0 ? 0 : len] = '\0';
		fn(arg, list[i]->d_name, len < 0 ? NULL : link);
		free(list[i]);
	}
	free(list);
	return 0;
}
