/* Files with names. Invariant: a file in the table is open and ours. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/context.h"

void vt_files_fini(struct vt_named_files *files)
{
	for (uint32_t i = 0; i < files->count; i++)
		close(files->file[i].fd);
	free(files->file);
	*files = (struct vt_named_files){0};
}

static uint32_t find(const struct vt_named_files *files, uint64_t blob_id)
{
	uint32_t i = 0;

	while (i < files->count && files->file[i].blob_id != blob_id)
		i++;
	return i;
}

static int grow(struct vt_named_files *files)
{
	uint32_t room = files->room ? 2 * files->room : 16;
	struct vt_named_file *more = reallocarray(files->file, room, sizeof(*more));

	if (!more)
		return -ENOMEM;
	files->file = more;
	files->room = room;
	return 0;
}

int vt_files_add(struct vt_named_files *files, uint64_t blob_id, int fd)
{
	if (find(files, blob_id) < files->count)
		return -EEXIST;
	if (files->count >= VT_VGPU_MAX_FILES)
		return -ENOSPC;
	if (files->count == files->room && grow(files))
		return -ENOMEM;
	files->file[files->count++] = (struct vt_named_file){blob_id, fd};
	return 0;
}

int vt_files_peek(const struct vt_named_files *files, uint64_t blob_id)
{
	uint32_t i = find(files, blob_id);

	return i < files->count ? files->file[i].fd : -1;
}

int vt_files_take(struct vt_named_files *files, uint64_t blob_id)
{
	uint32_t i = find(files, blob_id);
	int fd = i < files->count ? files->file[i].fd : -1;

	if (fd >= 0)
		files->file[i] = files->file[--files->count];
	return fd;
}

/* Enters the files of one packet. Those that do not get in are closed. */
static int add_packet(struct vt_named_files *files, const struct vt_fds_packet *p, const int *fds,
		      unsigned nfds)
{
	int err = p->nfds == nfds && nfds ? 0 : -EBADMSG;

	for (unsigned i = 0; i < nfds; i++) {
		if (!err)
			err = vt_files_add(files, VT_VGPU_BLOB_FILE(p->seqno, i), fds[i]);
		if (err)
			close(fds[i]);
	}
	return err == -ENOMEM || !err ? err : -EBADMSG;
}

int vt_files_drain(struct vt_named_files *files, int sock)
{
	struct vt_fds_packet p;
	int fds[VT_MAX_FDS], err;
	unsigned nfds;

	do {
		nfds = 0;
		err = vt_sock_recv(sock, &p, sizeof(p), fds, VT_MAX_FDS, &nfds, 0);
		if (!err)
			err = add_packet(files, &p, fds, nfds);
	} while (!err);
	/* Of a hang-up the watcher hears, too. */
	return err == -ETIMEDOUT || err == -EPIPE ? 0 : err;
}

int vt_files_new_memory(uint64_t size)
{
	int err, fd = memfd_create("vt-guest", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (size > INT64_MAX || ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto close_fd;
	return fd;

close_fd:
	err = size > INT64_MAX || errno == EFBIG ? -EINVAL : -errno;
	close(fd);
	return err;
}
