/* The guest's kernel, and where its modules are. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest-thunk/cli/image.h"
#include "guest-thunk/cli/vm.h"

#define PREFIX "vmlinuz-"

/* Where a kernel for x86 says its version (Documentation/arch/x86/boot.rst of Linux). */
#define HEADER_AT     0x202
#define VERSION_AT    0x20e
#define VERSION_BASE  0x200
#define HEADER_MAGIC  "HdrS"
#define VERSION_BYTES 127

/* Returns 0 or -errno: -ENOEXEC if it is no kernel. */
static int read_version(const char *file, char ret[128])
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err = 0;
	unsigned char at[2];
	char magic[4];
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	if (pread(fd, magic, 4, HEADER_AT) != 4 || memcmp(magic, HEADER_MAGIC, 4) != 0 ||
	    pread(fd, at, 2, VERSION_AT) != 2)
		err = -ENOEXEC;
	if (!err)
		n = pread(fd, ret, VERSION_BYTES, VERSION_BASE + (at[0] | at[1] << 8));
	close(fd);
	if (n <= 0)
		return -ENOEXEC;
	ret[n] = '\0';
	ret[strcspn(ret, " \n")] = '\0';
	return ret[0] && !strchr(ret, '/') ? 0 : -ENOEXEC;
}

/* Modules that were unpacked only have no list of what depends on what. */
static bool has_modules(const char *root, const char *version)
{
	char path[PATH_MAX + 160];

	snprintf(path, sizeof(path), "%s/lib/modules/%s/modules.dep", root, version);
	return access(path, R_OK) == 0;
}

static int find_modules(struct vt_vm_kernel *k)
{
	char folder[PATH_MAX], above[PATH_MAX];
	char *slash;

	if (!realpath(k->file, folder))
		return -errno;
	slash = strrchr(folder, '/');
	*slash = '\0';
	snprintf(above, sizeof(above), "%s", folder);
	slash = strrchr(above, '/');
	if (slash)
		*slash = '\0';
	/* beside boot, beside the file, this system's */
	const char *const roots[] = {above, folder, ""};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (!has_modules(roots[i], k->version))
			continue;
		strcpy(k->modules, *roots[i] ? roots[i] : "/");
		return 0;
	}
	vt_say("kernel %s: there are no modules of %s (with a modules.dep) in %s/lib/modules, nor "
	       "beside it, nor in /lib/modules",
	       k->file, k->version, *above ? above : "");
	return -ENOENT;
}

static int use_file(const char *file, struct vt_vm_kernel *k)
{
	int err;

	if (snprintf(k->file, sizeof(k->file), "%s", file) >= (int)sizeof(k->file))
		err = -ENAMETOOLONG;
	else
		err = read_version(file, k->version);
	if (err == -ENOEXEC)
		vt_say("kernel %s: not a kernel for x86 (a bzImage)", file);
	else if (err)
		vt_say("kernel %s: %s", file, strerror(-err));
	return err ? err : find_modules(k);
}

static int is_kernel(const struct dirent *entry)
{
	return strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0;
}

/* The newest in the root's /boot: its path, or -ENOENT. */
static int look_in(const char *root, char ret[PATH_MAX])
{
	char boot[PATH_MAX + 8];
	struct dirent **list;
	int num, err = -ENOENT;

	snprintf(boot, sizeof(boot), "%s/boot", root);
	num = scandir(boot, &list, is_kernel, versionsort);
	if (num > 0 && snprintf(ret, PATH_MAX, "%s/%s", boot, list[num - 1]->d_name) < PATH_MAX)
		err = 0;
	for (int i = 0; i < num; i++)
		free(list[i]);
	if (num >= 0)
		free(list);
	return err;
}

static int use_image(const char *name, struct vt_vm_kernel *k)
{
	char root[PATH_MAX], file[PATH_MAX];
	int err = vt_image_find(name, root);

	if (err)
		return err;
	err = look_in(root, file);
	if (err)
		vt_say("image %s: no kernel in it (/boot/" PREFIX "*)", name);
	return err ? err : use_file(file, k);
}

/* That of any image that has one, else the one that this system runs. */
static int use_any(struct vt_vm_kernel *k)
{
	static const char *const names[] = {"qemu-sid", "qemu-trixie", "kernel-bookworm"};
	char images[PATH_MAX], root[PATH_MAX + 32], file[PATH_MAX];
	struct utsname self;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (vt_image_folder(NULL, images))
			break;
		snprintf(root, sizeof(root), "%s/%s", images, names[i]);
		if (look_in(root, file) == 0)
			return use_file(file, k);
	}
	uname(&self);
	snprintf(file, sizeof(file), "/boot/" PREFIX "%s", self.release);
	if (access(file, R_OK) == 0)
		return use_file(file, k);
	vt_say("there is no kernel for the guest: vthunk image make qemu-sid has one, or --kernel "
	       "FILE");
	return -ENOENT;
}

int vt_vm_kernel_find(const char *asked, const struct vt_vm_qemu *q, struct vt_vm_kernel *ret)
{
	char file[PATH_MAX];

	if (asked)
		return strchr(asked, '/') ? use_file(asked, ret) : use_image(asked, ret);
	if (q->image[0] && look_in(q->image, file) == 0)
		return use_file(file, ret);
	return use_any(ret);
}
