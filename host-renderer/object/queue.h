/*
 * host-renderer/object/queue.h - queues of the client. Setting up only: packets and indices are
 * shared memory.
 *
 * Functions return 0 or -errno with outputs untouched; what comes from the client is checked here.
 * One thread.
 */
#ifndef VT_OBJECT_QUEUE_H
#define VT_OBJECT_QUEUE_H

#include "host-renderer/object/ctx.h"

#define VT_QUEUE_FDS 3u

/*
 * QUEUE_CREATE. fds gets the files of the new blobs in *rep, in the order doorbell, read_ptr,
 * write_ptr, *nfds says how many; they are the caller's to close.
 */
int vt_queue_create(struct vt_ctx *ctx, const struct vt_queue_create_req *req,
		    struct vt_queue_create_rep *rep, int fds[VT_QUEUE_FDS], unsigned *nfds);

int vt_queue_update(struct vt_ctx *ctx, const struct vt_queue_update_req *req);
int vt_queue_destroy(struct vt_ctx *ctx, uint64_t queue_id);
int vt_queue_cu_mask(struct vt_ctx *ctx, const struct vt_queue_cu_mask_req *req);
int vt_queue_info(struct vt_ctx *ctx, uint64_t queue_id, struct vt_queue_info_rep *rep);
int vt_queue_gws(struct vt_ctx *ctx, const struct vt_queue_gws_req *req, uint32_t *ret_first);

/* Destroys all queues. */
void vt_queue_fini(struct vt_ctx *ctx);

#endif
