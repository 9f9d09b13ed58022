/* The commands of a context. What breaks the protocol is -EBADMSG, and ends the context. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host-renderer/transport/virtgpu/context.h"

static int on_hello(struct vt_vctx *ctx, const void *cmd)
{
	const struct vt_vgpu_hello *c = cmd;

	if (c->reserved || ctx->phase != VT_VCTX_NEW)
		return -EBADMSG;
	vt_vctx_greet_locked(ctx, &c->hello);
	return 0;
}

static int on_wake(struct vt_vctx *ctx, const void *cmd)
{
	const struct vt_vgpu_wake *c = cmd;
	_Atomic uint32_t *word = vt_vctx_word(ctx, c->word);

	if (c->word > VT_VGPU_WORD_REPLIES_HEAD || !word)
		return -EBADMSG;
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	return 0;
}

/* Hands new memory to the renderer. It keeps its name. */
static int on_files(struct vt_vctx *ctx, const void *cmd)
{
	const struct vt_vgpu_files *c = cmd;
	int fds[VT_MAX_FDS];
	bool good = ctx->phase == VT_VCTX_OPEN && c->num >= 1 && c->num <= VT_MAX_FDS;

	for (unsigned i = 0; i < VT_MAX_FDS && good; i++) {
		if (i < c->num)
			fds[i] = vt_files_peek(&ctx->memory, c->blob_id[i]);
		good = i < c->num ? fds[i] >= 0 : !c->blob_id[i];
	}
	if (!good)
		return -EBADMSG;
	/* A full socket is not waited for: its packets belong to frames that the guest never
	 * wrote. */
	return vt_sock_send_fds(ctx->sock, c->seqno, fds, c->num) == -EAGAIN ? -EBADMSG : 0;
}

/* A name that is not there (any more) is no mistake: the guest may not know whether making the blob
 * went wrong before or after it was taken. */
static int on_drop(struct vt_vctx *ctx, const void *cmd)
{
	const struct vt_vgpu_drop *c = cmd;
	int err, fd;

	if (c->reserved || ctx->phase != VT_VCTX_OPEN)
		return -EBADMSG;
	fd = vt_files_take(&ctx->memory, c->blob_id);
	if (fd < 0) {
		err = vt_files_drain(&ctx->replies, ctx->sock);
		if (err)
			return -EBADMSG;
		fd = vt_files_take(&ctx->replies, c->blob_id);
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static int on_await(struct vt_vctx *ctx, const void *cmd)
{
	const struct vt_vgpu_await *c = cmd;

	if (c->reserved || c->word <= VT_VGPU_WORD_REPLIES_HEAD || c->word > VT_VGPU_WORD_GONE ||
	    (c->word != VT_VGPU_WORD_GONE && ctx->phase != VT_VCTX_OPEN))
		return -EBADMSG;
	ctx->await = (struct vt_vfence){.waits = true, .word = c->word, .seen = c->seen};
	return 0;
}

static const struct {
	size_t bytes;
	int (*run)(struct vt_vctx *ctx, const void *cmd);
} commands[] = {
    [VT_VGPU_HELLO] = {sizeof(struct vt_vgpu_hello), on_hello},
    [VT_VGPU_WAKE] = {sizeof(struct vt_vgpu_wake), on_wake},
    [VT_VGPU_FILES] = {sizeof(struct vt_vgpu_files), on_files},
    [VT_VGPU_DROP] = {sizeof(struct vt_vgpu_drop), on_drop},
    [VT_VGPU_AWAIT] = {sizeof(struct vt_vgpu_await), on_await},
};

int vt_vctx_command_locked(struct vt_vctx *ctx, const void *cmd, size_t bytes)
{
	uint64_t copy[sizeof(struct vt_vgpu_hello) / 8 + 1];
	uint32_t op;

	if (bytes < sizeof(op) || bytes > sizeof(copy) || ctx->await.waits)
		return -EBADMSG; /* an await's fence comes before anything else */
	memcpy(copy, cmd, bytes);
	memcpy(&op, copy, sizeof(op));
	if (op >= sizeof(commands) / sizeof(commands[0]) || !commands[op].run ||
	    bytes != commands[op].bytes)
		return -EBADMSG;
	ctx->counts.commands[op]++;
	return commands[op].run(ctx, copy);
}
