/* Which render node, and why none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest-thunk/transport/virtgpu_abi.h"
#include "guest-thunk/transport/virtgpu_device.h"
#include "guest-thunk/transport/virtgpu_find.h"

#define FIRST_NODE 128
#define LAST_NODE  191

/* Our own where we are the whole device; the others where we share one (DRM native context,
 * Venus). */
static const uint32_t capset_ids[] = {VT_VGPU_CAPSET_ID, 6, 4};

/* Looks for our capset. -ENODATA: none is ours. */
static int find_capset(int node, uint32_t *ret_id, struct vt_capset *ret)
{
	for (size_t i = 0; i < sizeof(capset_ids) / sizeof(capset_ids[0]); i++) {
		int err = vt_vgpu_capset(node, capset_ids[i], ret);

		if (err == -ENOENT)
			continue;
		*ret_id = capset_ids[i];
		return err;
	}
	return -ENODATA;
}

static void say_version(const char *path, const struct vt_capset *capset,
			char text[VT_CONNECT_TEXT])
{
	snprintf(text, VT_CONNECT_TEXT,
		 "the renderer behind %s speaks protocol %u.%u, this library %u.%u", path,
		 capset->major, capset->minor, VT_PROTO_MAJOR, VT_PROTO_MINOR);
}

/* What stands behind the node's path. */
static const struct {
	int err;
	const char *text;
} sentences[] = {
    {-ENOENT, " is not there"},
    {-ENODEV, " is not a virtio-gpu device"},
    {-ENODATA, " is a virtio-gpu device without a vthunk renderer behind it"},
    {-EOPNOTSUPP, " is a virtio-gpu device without contexts and blobs; the virtual machine must "
		  "offer them (QEMU: 9.2 or newer, blob=on)"},
    {-ENOSPC, " has no window for the host's memory; the virtual machine must offer one (QEMU: "
	      "hostmem=SIZE)"},
    {-EBUSY, " does not answer; the device's process on the host may have ended"},
    {-EACCES, " may not be opened; the user must be in the file's group (often \"render\")"},
    {-EPERM, " may not be opened; the user must be in the file's group (often \"render\")"},
};

static void say(const char *path, int err, char text[VT_CONNECT_TEXT])
{
	snprintf(text, VT_CONNECT_TEXT, "%s: %s", path, strerror(-err));
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (sentences[i].err == err)
			snprintf(text, VT_CONNECT_TEXT, "%s%s", path, sentences[i].text);
}

static int check_node(int node, const char *path, uint32_t *ret_id, char text[VT_CONNECT_TEXT])
{
	struct vt_capset capset;
	int err;

	if (!vt_vgpu_has(node, VT_DRM_PARAM_CONTEXT_INIT) ||
	    !vt_vgpu_has(node, VT_DRM_PARAM_RESOURCE_BLOB))
		err = -EOPNOTSUPP;
	else
		err = find_capset(node, ret_id, &capset);
	if (!err && capset.major != VT_PROTO_MAJOR) {
		say_version(path, &capset, text);
		return -EPROTO;
	}
	if (!err && !vt_vgpu_has(node, VT_DRM_PARAM_HOST_VISIBLE))
		err = -ENOSPC;
	if (err)
		say(path, err, text);
	return err;
}

static int try_node(const char *path, struct vt_vgpu_found *ret, char text[VT_CONNECT_TEXT])
{
	int err = vt_vgpu_open(path, &ret->node);

	if (err) {
		say(path, err, text);
		return err;
	}
	err = check_node(ret->node, path, &ret->capset_id, text);
	if (err)
		vt_vgpu_close(ret->node);
	else
		snprintf(ret->path, sizeof(ret->path), "%s", path);
	return err;
}

/* How much an error tells of why there is no renderer, when there are several nodes. */
static int weight(int err)
{
	switch (err) {
	case 0:
	case -ENOENT:
	case -ENODEV: return 0; /* nothing */
	case -EACCES:
	case -EPERM: return 1; /* it may be a node of anything */
	case -EOPNOTSUPP: return 2;
	case -ENODATA: return 3;
	case -EPROTO: return 5;
	default: return 4;
	}
}

int vt_vgpu_find(const char *path, struct vt_vgpu_found *ret, char text[VT_CONNECT_TEXT])
{
	char node[VT_NODE_PATH_MAX], why[VT_CONNECT_TEXT];
	int best = 0;

	if (path && strlen(path) >= VT_NODE_PATH_MAX) {
		snprintf(text, VT_CONNECT_TEXT, "there is no %.100s...", path);
		return -ENAMETOOLONG;
	}
	if (path)
		return try_node(path, ret, text);
	for (unsigned i = FIRST_NODE; i <= LAST_NODE; i++) {
		int err;

		snprintf(node, sizeof(node), "/dev/dri/renderD%u", i);
		err = try_node(node, ret, why);
		if (!err)
			return 0;
		if (weight(err) > weight(best)) {
			best = err;
			memcpy(text, why, sizeof(why));
		}
	}
	if (!best)
		snprintf(text, VT_CONNECT_TEXT, "there is no virtio-gpu render node in /dev/dri");
	return best ? best : -ENOENT;
}

int vt_transport_virtgpu_find(const char *path, char ret_path[VT_NODE_PATH_MAX],
			      char text[VT_CONNECT_TEXT])
{
	struct vt_vgpu_found found;
	int err = vt_vgpu_find(path, &found, text);

	if (err)
		return err;
	vt_vgpu_close(found.node);
	memcpy(ret_path, found.path, VT_NODE_PATH_MAX);
	return 0;
}
