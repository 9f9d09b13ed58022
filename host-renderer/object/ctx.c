/* The context: begun once and ended once in a worker. */
#include "host-renderer/object/ctx.h"

#include <errno.h>
#include <string.h>

#include "host-renderer/object/event.h"
#include "host-renderer/object/memory.h"
#include "host-renderer/object/queue.h"

/* Objects of all kinds together; more than any program seen needs, and little memory. */
#define MAX_IDS 262144u

static int look_at_nodes(struct vt_ctx *ctx)
{
	HsaSystemProperties sys = {0};
	HsaNodeProperties props;
	int err = vt_err_from_status(ctx->p->AcquireSystemProperties(&sys));

	if (err)
		return err;
	ctx->num_nodes = sys.NumNodes < VT_MAX_NODES ? sys.NumNodes : VT_MAX_NODES;
	for (uint32_t node = 0; node < ctx->num_nodes; node++) {
		err = vt_err_from_status(ctx->p->GetNodeProperties(node, &props));
		if (err)
			return err;
		if (props.NumFComputeCores)
			ctx->gpu_mask |= 1ull << node;
	}
	return ctx->gpu_mask ? 0 : -ENODEV;
}

int vt_ctx_init(struct vt_ctx *ctx, uint64_t id, const struct vt_provider *p,
		const struct vt_limits *limits, void *event_page)
{
	int err;

	memset(ctx, 0, sizeof(*ctx));
	ctx->id = id;
	ctx->p = p;
	ctx->limits = *limits;
	vt_idtable_init(&ctx->ids, MAX_IDS);
	err = vt_err_from_status(p->OpenKFD());
	if (err)
		return err;
	err = look_at_nodes(ctx);
	if (!err)
		err = vt_event_start(ctx, event_page);
	if (err)
		p->CloseKFD();
	return err;
}

void vt_ctx_fini(struct vt_ctx *ctx)
{
	vt_queue_fini(ctx);
	vt_event_fini(ctx);
	vt_memory_fini(ctx);
	vt_window_fini(&ctx->window);
	vt_idtable_fini(&ctx->ids);
	ctx->p->ReleaseSystemProperties();
	ctx->p->CloseKFD();
}

bool vt_ctx_owns(const struct vt_ctx *ctx, uint64_t va, uint64_t size)
{
	return vt_ranges_find(&ctx->ranges, va, size) != NULL;
}
