/*
 * Names of blobs, and mapping them.
 *
 * A blob is mapped where the kernel likes and then moved to its place: a mapping over something
 * else that fails would leave a hole there. It is mapped whole, since older kernels map no part of
 * one, and cut.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest-thunk/transport/virtgpu_blobs.h"
#include "guest-thunk/transport/virtgpu_device.h"

/* Room for the control page, the channel, the events, and pages of doorbells and indices. */
#define SHELF_BYTES ((size_t)64 << 20)

struct vt_vgpu_name {
	uint64_t blob_id; /* 0: free */
	uint32_t blob;    /* of the node, if is_made */
	uint64_t size;    /* of the blob */
	bool is_made;
};

/* --- Where blobs go that may be anywhere --- */

/*
 * They get addresses that were reserved for them, each once. Where the program has given memory
 * back that it has still registered, one of them could otherwise pass for that memory:
 * /proc/self/maps shows no difference between two blobs.
 */
int vt_vgpu_blobs_init(struct vt_vgpu_blobs *b, int node)
{
	void *p =
	    mmap(NULL, SHELF_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	madvise(p, SHELF_BYTES, MADV_DONTFORK);
	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	b->node = node;
	b->shelf_lo = b->shelf = (uintptr_t)p;
	b->shelf_end = b->shelf + SHELF_BYTES;
	return 0;
}

void vt_vgpu_blobs_fini(struct vt_vgpu_blobs *b)
{
	munmap((void *)b->shelf_lo, SHELF_BYTES);
	free(b->name);
	pthread_mutex_destroy(&b->lock);
}

static void *take_from_shelf(struct vt_vgpu_blobs *b, size_t size)
{
	void *p = NULL;

	pthread_mutex_lock(&b->lock);
	if (size <= b->shelf_end - b->shelf) {
		p = (void *)b->shelf;
		b->shelf += size;
	}
	pthread_mutex_unlock(&b->lock);
	return p;
}

/* --- Names --- */

static int enter_locked(struct vt_vgpu_blobs *b, const struct vt_vgpu_name *name, int *ret_handle)
{
	unsigned i = 0, room = b->room ? b->room * 2 : 16;
	struct vt_vgpu_name *more;

	while (i < b->room && b->name[i].blob_id)
		i++;
	if (i == b->room) {
		more = reallocarray(b->name, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		memset(more + b->room, 0, (room - b->room) * sizeof(*more));
		b->name = more;
		b->room = room;
	}
	b->name[i] = *name;
	*ret_handle = (int)i;
	return 0;
}

int vt_vgpu_blobs_enter(struct vt_vgpu_blobs *b, uint64_t blob_id, int *ret_handle)
{
	const struct vt_vgpu_name name = {.blob_id = blob_id};
	int err;

	pthread_mutex_lock(&b->lock);
	err = enter_locked(b, &name, ret_handle);
	pthread_mutex_unlock(&b->lock);
	return err;
}

/* A copy of the entry; blob_id 0 if there is none. */
static struct vt_vgpu_name look_up(struct vt_vgpu_blobs *b, int handle)
{
	struct vt_vgpu_name name = {0};

	pthread_mutex_lock(&b->lock);
	if (handle >= 0 && (unsigned)handle < b->room)
		name = b->name[handle];
	pthread_mutex_unlock(&b->lock);
	return name;
}

uint64_t vt_vgpu_blobs_id(struct vt_vgpu_blobs *b, int handle)
{
	return look_up(b, handle).blob_id;
}

/* --- Mapping --- */

/* Moves a part of a mapping to addr, or to an address of the shelf. */
static int place(struct vt_vgpu_blobs *b, void *part, size_t size, void *addr, void **ret)
{
	if (!addr)
		addr = take_from_shelf(b, size);
	if (addr)
		part = mremap(part, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, addr);
	if (part == MAP_FAILED)
		return -errno;
	*ret = part;
	return 0;
}

/* Maps a blob of the node and cuts [offset, offset + size) out of it. */
static int map_part(struct vt_vgpu_blobs *b, const struct vt_vgpu_name *name, uint64_t offset,
		    size_t size, void *addr, void **ret)
{
	void *mapped;
	int err = vt_vgpu_blob_map(b->node, name->blob, name->size, &mapped);

	if (err)
		return err;
	err = place(b, (uint8_t *)mapped + offset, size, addr, ret);
	if (err) {
		munmap(mapped, name->size);
		return err;
	}
	if (offset)
		munmap(mapped, offset);
	if (offset + size < name->size)
		munmap((uint8_t *)mapped + offset + size, name->size - offset - size);
	return 0;
}

/* Makes the blob of a name if need be, and notes it. */
static int make(struct vt_vgpu_blobs *b, int handle, struct vt_vgpu_name *name, uint64_t size,
		bool shared)
{
	int err;

	if (name->is_made)
		return size <= name->size ? 0 : -EBADMSG;
	err = vt_vgpu_blob_create(b->node, name->blob_id, size, shared, &name->blob);
	if (err)
		return err;
	name->is_made = true;
	name->size = size;
	pthread_mutex_lock(&b->lock);
	b->name[handle] = *name;
	pthread_mutex_unlock(&b->lock);
	return 0;
}

/* Takes note that a made blob could not be mapped: the next attempt needs another one. */
static void unmake(struct vt_vgpu_blobs *b, int handle, const struct vt_vgpu_name *name)
{
	vt_vgpu_blob_close(b->node, name->blob);
	pthread_mutex_lock(&b->lock);
	b->name[handle].is_made = false;
	pthread_mutex_unlock(&b->lock);
}

int vt_vgpu_blobs_map(struct vt_vgpu_blobs *b, int handle, uint64_t offset, size_t size, void *addr,
		      void **ret)
{
	struct vt_vgpu_name name = look_up(b, handle);
	int err;

	if (!name.blob_id || !size || offset > SIZE_MAX - size)
		return -EBADMSG;
	err = make(b, handle, &name, offset + size, false);
	if (err)
		return err;
	err = map_part(b, &name, offset, size, addr, ret);
	if (err)
		unmake(b, handle, &name);
	return err;
}

int vt_vgpu_blobs_make(struct vt_vgpu_blobs *b, size_t size, void **ret, int *ret_handle)
{
	struct vt_vgpu_name name = {0};
	int err;

	pthread_mutex_lock(&b->lock);
	name.blob_id = VT_VGPU_BLOB_NEW(b->next_new);
	b->next_new++;
	pthread_mutex_unlock(&b->lock);
	err = vt_vgpu_blobs_enter(b, name.blob_id, ret_handle);
	if (err)
		return err;
	err = make(b, *ret_handle, &name, size, false);
	if (!err)
		err = vt_vgpu_blob_map(b->node, name.blob, size, ret);
	if (err)
		vt_vgpu_blobs_close(b, *ret_handle);
	return err;
}

int vt_vgpu_blobs_export(struct vt_vgpu_blobs *b, int handle, uint64_t size, int *ret_fd)
{
	struct vt_vgpu_name name = look_up(b, handle);
	int err = name.blob_id ? make(b, handle, &name, size, true) : -EBADMSG;

	if (!err)
		err = vt_vgpu_blob_export(b->node, name.blob, ret_fd);
	return err == -ENOMEM || err == -EBADMSG || !err ? err : -EOPNOTSUPP;
}

/* --- The end of a name --- */

/* Only these names are the bridge's to forget; the others last as long as the context. */
static bool is_droppable(uint64_t blob_id)
{
	return blob_id >= VT_VGPU_BLOB_NEW(0);
}

void vt_vgpu_blobs_close(struct vt_vgpu_blobs *b, int handle)
{
	struct vt_vgpu_name name = look_up(b, handle);
	struct vt_vgpu_drop drop = {.op = VT_VGPU_DROP, .blob_id = name.blob_id};

	if (!name.blob_id)
		return;
	if (name.is_made)
		vt_vgpu_blob_close(b->node, name.blob);
	if (is_droppable(name.blob_id))
		vt_vgpu_submit(b->node, &drop, sizeof(drop));
	pthread_mutex_lock(&b->lock);
	b->name[handle].blob_id = 0;
	pthread_mutex_unlock(&b->lock);
}
