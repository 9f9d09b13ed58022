/*
 * host-renderer/object/ctx.h - everything that one client owns.
 *
 * One worker process has one context. Every object is in `ids`, so ending the context releases all
 * of them, in the order queues, events, memory. All of it belongs to the thread that executes
 * requests, but what the headers of events and of relays say of their own threads.
 */
#ifndef VT_OBJECT_CTX_H
#define VT_OBJECT_CTX_H

#include <stdbool.h>
#include <stdint.h>

#include "host-renderer/object/ranges.h"
#include "host-renderer/object/window.h"
#include "host-renderer/provider/provider.h"
#include "proto/base/idtable.h"
#include "proto/wire/msg.h"

/* What vt_idtable calls a kind. */
enum vt_kind {
	VT_KIND_MEMORY = 1, /* of MEM_ALLOC */
	VT_KIND_USER,       /* of USER_REGISTER */
	VT_KIND_QUEUE,
	VT_KIND_EVENT,
};

struct vt_limits {
	uint64_t memory_bytes; /* 0: none */
	uint32_t queues, events, objects;
};

struct vt_slab;
struct vt_events;
struct vt_relay;
struct vt_page;

struct vt_ctx {
	uint64_t id; /* for the log */
	const struct vt_provider *p;
	struct vt_limits limits;
	uint32_t num_nodes;
	uint64_t gpu_mask; /* nodes that are GPUs */

	struct vt_idtable ids;
	struct vt_window window;
	struct vt_ranges ranges; /* addresses of memory and user objects */
	struct vt_slab *slabs;   /* see slab.h */
	uint64_t next_blob_id;
	uint64_t memory_bytes; /* that the client holds by MEM_ALLOC */
	uint64_t slab_bytes;   /* that we hold for the client in slabs */
	uint32_t num_memory;   /* objects, and mapped pieces of scratch */
	uint64_t blobs_exported;

	uint32_t num_queues;
	struct vt_page *pages;  /* see page.h */
	struct vt_relay *relay; /* NULL until a queue needs it */

	uint32_t num_events;
	struct vt_events *events; /* see event.h */
};

/* A file for the client, with its description. */
struct vt_export {
	struct vt_blob blob;
	int fd; /* -1 unless blob.is_new; the taker closes it */
};

/*
 * Begins a context on a provider that is loaded, not yet open: opens it and looks which nodes there
 * are. event_page is a mapped vt_event_page that outlives the context. Starts the thread that
 * publishes events. Returns 0 or -errno.
 */
int vt_ctx_init(struct vt_ctx *ctx, uint64_t id, const struct vt_provider *p,
		const struct vt_limits *limits, void *event_page);

/* Releases everything and closes the provider. */
void vt_ctx_fini(struct vt_ctx *ctx);

/* Whether [va, va + size) lies in one memory or user object of this context. */
bool vt_ctx_owns(const struct vt_ctx *ctx, uint64_t va, uint64_t size);

#endif
