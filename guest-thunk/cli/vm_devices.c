/* The GPU of a guest, as options of QEMU. */
#include "guest-thunk/cli/vm.h"

static void add_two(struct vt_words *to, const char *option, const char *value)
{
	vt_words_add(to, "%s", option);
	vt_words_add(to, "%s", value);
}

/* The device is another process, which must see the guest's memory. */
static void add_memory(const struct vt_vm_options *o, struct vt_words *to)
{
	vt_words_add(to, "-m");
	vt_words_add(to, "%lluM", (unsigned long long)o->memory >> 20);
	vt_words_add(to, "-object");
	vt_words_add(to, "memory-backend-memfd,id=vthunk-memory,size=%lluM,share=on",
		     (unsigned long long)o->memory >> 20);
	add_two(to, "-machine", "memory-backend=vthunk-memory");
}

/* QEMU takes a comma as the end of a value, two as one in it. */
static void double_commas(const char *from, char ret[2 * PATH_MAX])
{
	size_t len = 0;

	for (; *from && len < 2 * PATH_MAX - 2; from++) {
		ret[len++] = *from;
		if (*from == ',')
			ret[len++] = ',';
	}
	ret[len] = '\0';
}

/* 16: VIRTIO_ID_GPU; two queues, and the 16 bytes of struct virtio_gpu_config. */
static void add_vhost_user(const char *gpu, struct vt_words *to)
{
	char path[2 * PATH_MAX];

	double_commas(gpu, path);
	vt_words_add(to, "-chardev");
	vt_words_add(to, "socket,id=vthunk-gpu,path=%s", path);
	add_two(to, "-device",
		"vhost-user-test-device-pci,chardev=vthunk-gpu,virtio-id=16,num_vqs=2,vq_size=256,"
		"config_size=16");
}

void vt_vm_add_gpu(const struct vt_vm_options *o, const char *gpu, struct vt_words *to)
{
	add_memory(o, to);
	if (o->mode == VT_VM_VHOST_USER) {
		add_vhost_user(gpu, to);
		return;
	}
	vt_words_add(to, "-device");
	vt_words_add(to, "virtio-gpu-gl-pci,blob=on,hostmem=%lluM,venus=on",
		     (unsigned long long)o->hostmem >> 20);
}

void vt_vm_add_environment(const struct vt_vm_options *o, const char *libraries, const char *socket,
			   struct vt_words *to)
{
	if (o->mode != VT_VM_VIRGL)
		return;
	vt_words_add(to, "LD_LIBRARY_PATH=%s/virgl", libraries);
	vt_words_add(to, "VTHUNK_SOCKET=%s", socket);
}
